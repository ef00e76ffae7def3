// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds out under which conditions something is recorded.
 */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "model/call.h"
#include "model/run_info.h"

#define BOOT_ID	   "/proc/sys/kernel/random/boot_id"
#define NS_PER_SEC 1000000000ULL

static void copy_text(char dst[CONDITION_LEN], const char *src)
{
	snprintf(dst, CONDITION_LEN, "%s", src);
}

static void read_boot_id(char boot_id[CONDITION_LEN])
{
	FILE *file = fopen(BOOT_ID, "re");

	if (!file)
		return;
	if (fgets(boot_id, CONDITION_LEN, file))
		boot_id[strcspn(boot_id, "\n")] = '\0';
	fclose(file);
}

static void join_words(char line[CONDITION_LEN], int argc, char *const *argv)
{
	size_t len = 0;
	int i;

	for (i = 0; i < argc && len < CONDITION_LEN; i++)
		len += snprintf(line + len, CONDITION_LEN - len, "%s%s", i ? " " : "", argv[i]);
}

static __u64 clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * NS_PER_SEC + now.tv_nsec;
}

/* The other clock is read in the middle of a short while of this one. */
static void read_clocks(struct conditions *conditions)
{
	__u64 before = 0, after = 0, realtime = 0;
	int tries;

	conditions->start_ns = conditions->start_realtime_ns = 0;
	for (tries = 0; tries < 5; tries++) {
		__u64 best = after - before;

		before = clock_ns(CLOCK_MONOTONIC);
		realtime = clock_ns(CLOCK_REALTIME);
		after = clock_ns(CLOCK_MONOTONIC);
		if (tries && after - before >= best) {
			after = before + best;
			continue;
		}
		conditions->start_ns = before + (after - before) / 2;
		conditions->start_realtime_ns = realtime;
	}
}

void conditions_now(struct conditions *conditions, int argc, char *const *argv, bool symbols_hidden)
{
	long online = sysconf(_SC_NPROCESSORS_ONLN);
	int possible = libbpf_num_possible_cpus();
	struct utsname kernel;

	memset(conditions, 0, sizeof(*conditions));
	copy_text(conditions->tool_version, VERSION);
	if (!uname(&kernel)) {
		copy_text(conditions->kernel_release, kernel.release);
		copy_text(conditions->kernel_version, kernel.version);
		copy_text(conditions->machine, kernel.machine);
		copy_text(conditions->host, kernel.nodename);
	}
	read_boot_id(conditions->boot_id);
	join_words(conditions->command_line, argc, argv);
	conditions->cpus_possible = possible > 0 ? possible : 0;
	conditions->cpus_online = online > 0 ? online : 0;
	conditions->symbols_hidden = symbols_hidden;
	conditions->end_ns = UNKNOWN_NS;
	read_clocks(conditions);
}
