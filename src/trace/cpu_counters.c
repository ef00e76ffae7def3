// SPDX-License-Identifier: GPL-2.0-only
/*
 * Opens a perf event for each counter and CPU, and hands it to the programs in a map. Events are
 * not pinned: with more events than hardware counters the kernel lets them take turns, which the
 * programs see. Misses are not counted on a CPU where they would make instructions and cycles take
 * turns.
 */
#include <errno.h>
#include <linux/perf_event.h>
#include <stdbool.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "trace/cpu_counters.h"
#include "util/diag.h"
#include "util/macros.h"
#include "util/text.h"

#define DTLB_READ_MISSES                                                                           \
	(PERF_COUNT_HW_CACHE_DTLB | PERF_COUNT_HW_CACHE_OP_READ << 8 |                             \
	 PERF_COUNT_HW_CACHE_RESULT_MISS << 16)

static const struct {
	const char *name;
	__u32 type;
	__u64 config;
	bool if_it_fits; /* not if it would have to take turns with others */
} events[] = {
	[COUNTER_INSTRUCTIONS] = {"instructions", PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS,
				  false},
	[COUNTER_CYCLES] = {"cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES, false},
	[COUNTER_CACHE_MISSES] = {"cache misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES,
				  true},
	[COUNTER_DTLB_MISSES] = {"dTLB misses", PERF_TYPE_HW_CACHE, DTLB_READ_MISSES, true},
};
_Static_assert(ARRAY_SIZE(events) == NR_CPU_COUNTERS, "an event for each");

/* A file descriptor, or -errno. */
static int open_event(enum cpu_counter counter, __u32 cpu)
{
	struct perf_event_attr attr = {
		.type = events[counter].type,
		.size = sizeof(attr),
		.config = events[counter].config,
		.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING,
	};
	int fd = syscall(__NR_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* On any CPU. Returns 0 or the -errno of the first. */
static int try_event(enum cpu_counter counter, __u32 nr_cpus)
{
	int first_err = 0;

	for (__u32 cpu = 0; cpu < nr_cpus; cpu++) {
		int fd = open_event(counter, cpu);

		if (fd >= 0) {
			close(fd);
			return 0;
		}
		first_err = first_err ?: fd;
	}
	return first_err;
}

static const char *why_not(int err)
{
	return err == -ENOENT || err == -EOPNOTSUPP || err == -ENODEV
		       ? "the machine has no such counter, or its hypervisor shows none"
		       : strerror(-err);
}

/* Appends "cycles" to "instructions": ", cycles" or " and cycles". */
static void add_name(char *names, size_t size, enum cpu_counter counter, bool last)
{
	text_append(names, size, "%s%s",
		    !*names ? ""
		    : last  ? " and "
			    : ", ",
		    events[counter].name);
}

/* Those that stay unknown for this reason, in one line. */
static void warn_of(const char *why, __u32 counters)
{
	char names[128] = "";

	for (enum cpu_counter counter = 0; counter < NR_CPU_COUNTERS; counter++)
		if (counters & 1U << counter)
			add_name(names, sizeof(names), counter, !(counters >> (counter + 1)));
	diag_warn("--counters: %s stay unknown: %s", names, why);
}

__u32 cpu_counters_find(__u32 nr_cpus)
{
	__u32 found = 0;

	for (enum cpu_counter counter = 0; counter < NR_CPU_COUNTERS; counter++)
		found |= try_event(counter, nr_cpus) ? 0 : 1U << counter;
	return found;
}

/* In one line for each reason. */
static void warn_of_missing(__u32 found, __u32 nr_cpus)
{
	const char *why[NR_CPU_COUNTERS];
	__u32 missing = ~found & ((1U << NR_CPU_COUNTERS) - 1), alike;

	for (enum cpu_counter counter = 0; counter < NR_CPU_COUNTERS; counter++)
		why[counter] = missing & 1U << counter ? why_not(try_event(counter, nr_cpus)) : "";
	for (enum cpu_counter counter = 0; counter < NR_CPU_COUNTERS; counter++) {
		if (!(missing & 1U << counter))
			continue;
		alike = 0;
		for (enum cpu_counter other = counter; other < NR_CPU_COUNTERS; other++)
			alike |= strcmp(why[other], why[counter]) ? 0 : 1U << other;
		warn_of(why[counter], alike);
		missing &= ~alike;
	}
}

static struct bpf_map *map_of(const struct memdestroy_trace_bpf *skel, enum cpu_counter counter)
{
	struct bpf_map *const maps[] = {
		[COUNTER_INSTRUCTIONS] = skel->maps.cpu_instructions,
		[COUNTER_CYCLES] = skel->maps.cpu_cycles,
		[COUNTER_CACHE_MISSES] = skel->maps.cpu_cache_misses,
		[COUNTER_DTLB_MISSES] = skel->maps.cpu_dtlb_misses,
	};

	return maps[counter];
}

int cpu_counters_choose(struct memdestroy_trace_bpf *skel, __u32 counters)
{
	int err = bpf_map__set_autocreate(skel->maps.worker_counters, counters);

	for (enum cpu_counter counter = 0; counter < NR_CPU_COUNTERS && !err; counter++)
		err = bpf_map__set_autocreate(map_of(skel, counter), counters & 1U << counter);
	return err;
}

/*
 * Whether the event got a hardware counter. One that did not is scheduled in turns with the others
 * from the next tick on.
 */
static bool fits(int fd)
{
	struct {
		__u64 count, enabled_ns, running_ns;
	} now;

	return read(fd, &now, sizeof(now)) == sizeof(now) && now.enabled_ns &&
	       now.running_ns == now.enabled_ns;
}

/* The map keeps the event, until the map's own file descriptor is closed. */
static int hand_over(int map, enum cpu_counter counter, __u32 cpu)
{
	int fd = open_event(counter, cpu), err = 0;

	if (fd < 0)
		return fd;
	if (events[counter].if_it_fits && !fits(fd))
		err = -EBUSY;
	else if (bpf_map_update_elem(map, &cpu, &fd, BPF_ANY))
		err = -errno;
	close(fd);
	return err;
}

void cpu_counters_open(struct memdestroy_trace_bpf *skel, __u32 counters, __u32 nr_cpus)
{
	warn_of_missing(counters, nr_cpus);
	for (enum cpu_counter counter = 0; counter < NR_CPU_COUNTERS; counter++) {
		__u32 busy = 0;

		for (__u32 cpu = 0; counters & 1U << counter && cpu < nr_cpus; cpu++) {
			int err = hand_over(bpf_map__fd(map_of(skel, counter)), counter, cpu);

			busy += err == -EBUSY;
			if (err)
				diag_verbose("no %s of CPU %u: %s", events[counter].name, cpu,
					     strerror(-err));
		}
		if (busy)
			diag_warn("--counters: %s stay unknown on %u CPU%s: other perf events have"
				  " the hardware's counters",
				  events[counter].name, busy, busy > 1 ? "s" : "");
	}
}
