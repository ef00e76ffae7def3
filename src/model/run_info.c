// SPDX-License-Identifier: GPL-2.0-only
/* Lists and determines the conditions of a run. */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "model/call.h"
#include "model/run_info.h"
#include "util/clock.h"

#define BOOT_ID "/proc/sys/kernel/random/boot_id"

/* Comments are stored with the table: sqlite3's .schema shows them. */
const struct field run_info_fields[] = {
	{"tool_version", FIELD(TEXT, run_info, tool_version),
	 .note = "NULL, as in all of these texts and counts: unknown"},
	{"kernel_release", FIELD(TEXT, run_info, kernel_release), .note = "uname -r"},
	{"kernel_version", FIELD(TEXT, run_info, kernel_version), .note = "uname -v"},
	{"machine", FIELD(TEXT, run_info, machine), .note = "uname -m", .title = "architecture"},
	{"host", FIELD(TEXT, run_info, host), .note = "uname -n"},
	{"boot_id", FIELD(TEXT, run_info, boot_id)},
	{"attach", FIELD(TEXT, run_info, attach), .note = "how programs were attached",
	 .title = "attach mode"},
	{"command_line", FIELD(TEXT, run_info, command_line)},
	{"cpus_possible", FIELD(NONZERO, run_info, cpus_possible)},
	{"cpus_online", FIELD(NONZERO, run_info, cpus_online), .title = "number of CPUs online"},
	{"symbols_hidden", FIELD(NUMBER, run_info, symbols_hidden),
	 .note = "1: callers are addresses"},
	{"start_ns", FIELD(NUMBER, run_info, start_ns),
	 .note = "CLOCK_MONOTONIC, as all times here"},
	{"start_realtime_ns", FIELD(BITS, run_info, start_realtime_ns),
	 .note = "the same moment since 1970"},
	{"end_ns", FIELD(FIGURE, run_info, end_ns),
	 .note = "NULL: still being recorded, or interrupted"},
	{},
};

static void copy_text(char dst[RUN_INFO_LEN], const char *src)
{
	snprintf(dst, RUN_INFO_LEN, "%s", src);
}

static void read_boot_id(char boot_id[RUN_INFO_LEN])
{
	FILE *file = fopen(BOOT_ID, "re");

	if (!file)
		return;
	if (fgets(boot_id, RUN_INFO_LEN, file))
		boot_id[strcspn(boot_id, "\n")] = '\0';
	fclose(file);
}

static void join_words(char line[RUN_INFO_LEN], int argc, char *const *argv)
{
	size_t len = 0;
	int i;

	for (i = 0; i < argc && len < RUN_INFO_LEN; i++)
		len += snprintf(line + len, RUN_INFO_LEN - len, "%s%s", i ? " " : "", argv[i]);
}

/* Of five times, the one at which CLOCK_MONOTONIC passed least while both clocks were read. */
static void read_clocks(struct run_info *run_info)
{
	__u64 least = UNKNOWN_NS;

	for (int tries = 0; tries < 5; tries++) {
		__u64 before = clock_now_ns(), realtime = clock_realtime_ns();
		__u64 passed = clock_now_ns() - before;

		if (passed >= least)
			continue;
		least = passed;
		run_info->start_ns = before + passed / 2;
		run_info->start_realtime_ns = realtime;
	}
}

void run_info_now(struct run_info *run_info, int argc, char *const *argv, bool symbols_hidden)
{
	long online = sysconf(_SC_NPROCESSORS_ONLN);
	int possible = libbpf_num_possible_cpus();
	struct utsname kernel;

	memset(run_info, 0, sizeof(*run_info));
	copy_text(run_info->tool_version, VERSION);
	if (!uname(&kernel)) {
		copy_text(run_info->kernel_release, kernel.release);
		copy_text(run_info->kernel_version, kernel.version);
		copy_text(run_info->machine, kernel.machine);
		copy_text(run_info->host, kernel.nodename);
	}
	read_boot_id(run_info->boot_id);
	join_words(run_info->command_line, argc, argv);
	run_info->cpus_possible = possible > 0 ? possible : 0;
	run_info->cpus_online = online > 0 ? online : 0;
	run_info->symbols_hidden = symbols_hidden;
	run_info->end_ns = UNKNOWN_NS;
	read_clocks(run_info);
}
