// SPDX-License-Identifier: GPL-2.0-only
/* Watches what else happens on the machine while a benchmark runs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bench/others.h"
#include "bench/worker.h"
#include "util/macros.h"

#define MAX_SAMPLED 8		       /* CPUs */
#define OWN_MAPS    "bench_"	       /* begin the names of maps whose releaser is unknown */
#define OWN_COMM    "memdestroy-trace" /* of this tool; the kernel cuts it */

static __u64 to_ns(__u64 ticks)
{
	return ticks * (NSEC_PER_SEC / sysconf(_SC_CLK_TCK));
}

bool others_parse_stat(const char *line, struct cpu_times *times)
{
	unsigned long long user, nice, system, idle, iowait, irq, softirq, stolen;

	if (sscanf(line, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &user, &nice, &system,
		   &idle, &iowait, &irq, &softirq, &stolen) != 8)
		return false;
	*times = (struct cpu_times){to_ns(user + nice), to_ns(user + nice + system + irq + softirq),
				    to_ns(stolen), UNKNOWN_NS};
	return true;
}

bool others_parse_schedstat(const char *line, struct cpu_times *times)
{
	unsigned long long ran, queued;

	if (sscanf(line, "cpu%*u %*u %*u %*u %*u %*u %*u %llu %llu", &ran, &queued) != 2)
		return false;
	times->busy_ns += ran;
	times->queued_ns += queued;
	return true;
}

/* The name, in parentheses, may have any bytes. */
bool others_parse_process(const char *line, struct cpu_times *times)
{
	const char *behind = strrchr(line, ')');
	unsigned long long user, system;

	if (!behind || sscanf(behind, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu",
			      &user, &system) != 2)
		return false;
	*times = (struct cpu_times){to_ns(user), to_ns(user + system), 0, UNKNOWN_NS};
	return true;
}

static bool read_line(const char *path, char *line, size_t size)
{
	FILE *file = fopen(path, "re");
	bool is_read = file && fgets(line, size, file);

	if (file)
		fclose(file);
	return is_read;
}

static __u64 timeval_ns(const struct timeval *time)
{
	return time->tv_sec * NSEC_PER_SEC + time->tv_usec * 1000ULL;
}

/* Of this process and of the worker, with all their threads. */
static bool read_own(pid_t worker, struct cpu_times *own)
{
	char path[64], line[1024];
	struct rusage usage;

	snprintf(path, sizeof(path), "/proc/%d/stat", worker);
	if (getrusage(RUSAGE_SELF, &usage) || !read_line(path, line, sizeof(line)) ||
	    !others_parse_process(line, own))
		return false;
	own->user_ns += timeval_ns(&usage.ru_utime);
	own->busy_ns += timeval_ns(&usage.ru_utime) + timeval_ns(&usage.ru_stime);
	return true;
}

/* Kernels without CONFIG_SCHEDSTATS lack the exact times. */
static void read_exact(struct cpu_times *times)
{
	FILE *file = fopen("/proc/schedstat", "re");
	struct cpu_times exact = {};
	char line[1024];
	bool found = false;

	while (file && fgets(line, sizeof(line), file))
		found |= others_parse_schedstat(line, &exact);
	if (file)
		fclose(file);
	if (!found)
		return;
	times->busy_ns = exact.busy_ns;
	times->queued_ns = exact.queued_ns;
}

static bool read_times(struct cpu_times *times)
{
	char line[1024];

	if (!read_line("/proc/stat", line, sizeof(line)) || !others_parse_stat(line, times))
		return false;
	read_exact(times);
	return true;
}

void others_begin(struct others *others, pid_t worker)
{
	others->worker = worker;
	others->own_known = read_own(worker, &others->own_start);
	others->times_known = read_times(&others->start);
	others_sample(others);
}

/* The fastest CPU works; idle ones may be slow. */
void others_sample(struct others *others)
{
	long cpus = sysconf(_SC_NPROCESSORS_CONF),
	     sampled = cpus < MAX_SAMPLED ? cpus : MAX_SAMPLED;
	char path[96], line[32];
	__u64 fastest = 0;

	for (long i = 0; i < sampled; i++) {
		__u64 khz;

		snprintf(path, sizeof(path),
			 "/sys/devices/system/cpu/cpu%ld/cpufreq/scaling_cur_freq",
			 i * cpus / sampled);
		khz = read_line(path, line, sizeof(line)) ? strtoull(line, NULL, 10) : 0;
		if (khz > fastest)
			fastest = khz;
	}
	if (!fastest)
		return;
	if (!others->low_khz || fastest < others->low_khz)
		others->low_khz = fastest;
	if (fastest > others->high_khz)
		others->high_khz = fastest;
}

static bool is_own(const struct map_info *map)
{
	const struct releaser *releaser = identity_releaser(&map->identity);

	/* Maps of the run before this one may be torn down in this one. */
	if (releaser && (!strcmp(releaser->task.comm, WORKER_COMM) ||
			 !strncmp(releaser->task.comm, OWN_COMM, NAME_LEN - 1)))
		return true;
	return map_has_name(map) && !strncmp(map->name, OWN_MAPS, strlen(OWN_MAPS));
}

void others_teardown(struct others *others, const struct teardown *teardown)
{
	if (!is_own(&teardown->map))
		others->maps++;
	else if (teardown->run.latency_ns != UNKNOWN_NS)
		others->freed_ns += teardown->run.latency_ns;
}

static __u64 less(__u64 from, __u64 amount)
{
	return from > amount ? from - amount : 0;
}

void others_end(const struct others *others, struct activity *activity)
{
	const struct cpu_times *start = &others->start, *own_start = &others->own_start;
	struct cpu_times end, own;
	__u64 user_ns;

	activity_clear(activity);
	activity->maps = others->maps;
	if (others->high_khz) {
		activity->low_khz = others->low_khz;
		activity->high_khz = others->high_khz;
	}
	if (!others->times_known || !read_times(&end))
		return;
	activity->stolen_ns = less(end.stolen_ns, start->stolen_ns);
	if (end.queued_ns != UNKNOWN_NS && start->queued_ns != UNKNOWN_NS)
		activity->queued_ns = less(end.queued_ns, start->queued_ns);
	if (!others->own_known || !read_own(others->worker, &own))
		return;
	activity->cpu_ns = less(less(end.busy_ns, start->busy_ns),
				less(own.busy_ns, own_start->busy_ns) + others->freed_ns);
	/* Workers may sleep while they free; the user mode of others is theirs for sure. */
	user_ns = less(less(end.user_ns, start->user_ns), less(own.user_ns, own_start->user_ns));
	if (activity->cpu_ns < user_ns)
		activity->cpu_ns = user_ns;
}
