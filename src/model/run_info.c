// SPDX-License-Identifier: GPL-2.0-only
/* Lists and determines the conditions of a run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "model/call.h"
#include "model/run_info.h"
#include "util/diag.h"
#include "util/macros.h"
#include "util/text.h"

#define CLOCK_JITTER_NS (NSEC_PER_SEC / 10)
#define BOOT_ID		"/proc/sys/kernel/random/boot_id"
#define NEW_ID		"/proc/sys/kernel/random/uuid" /* another one each time */

/* Comments are stored with the table: sqlite3's .schema shows them. */
const struct field run_info_fields[] = {
	{"tool_version", FIELD(TEXT, run_info, tool_version),
	 .note = "NULL, as in all of these texts and counts: unknown"},
	{"kernel_release", FIELD(TEXT, run_info, kernel_release), .note = "uname -r"},
	{"kernel_version", FIELD(TEXT, run_info, kernel_version), .note = "uname -v"},
	{"machine", FIELD(TEXT, run_info, machine), .note = "uname -m", .title = "architecture"},
	{"host", FIELD(TEXT, run_info, host), .note = "uname -n"},
	{"boot_id", FIELD(TEXT, run_info, boot_id)},
	{"run_id", FIELD(TEXT, run_info, run_id), .later = true,
	 .note = "random: copies of a recording are of the same run"},
	{"part", FIELD(NONZERO, run_info, part), .later = true,
	 .note = "of a run in several files: which file it is, from 1"},
	{"attach", FIELD(TEXT, run_info, attach), .note = "how programs were attached",
	 .title = "attach mode"},
	{"command_line", FIELD(TEXT, run_info, command_line)},
	{"cpus_possible", FIELD(NONZERO, run_info, cpus_possible)},
	{"cpus_online", FIELD(NONZERO, run_info, cpus_online), .title = "number of CPUs online"},
	{"symbols_hidden", FIELD(NUMBER, run_info, symbols_hidden),
	 .note = "1: callers are addresses"},
	{"blind", FIELD(TEXT, run_info, blind), .later = true,
	 .note = "why events may have gone unseen; NULL: nothing shows that"},
	{"start_ns", FIELD(NUMBER, run_info, start_ns),
	 .note = "CLOCK_MONOTONIC, as all times here"},
	{"start_realtime_ns", FIELD(BITS, run_info, start_realtime_ns),
	 .note = "the same moment since 1970"},
	{"end_ns", FIELD(FIGURE, run_info, end_ns),
	 .note = "NULL: still being recorded, or interrupted"},
	{"end_realtime_ns", FIELD(FIGURE, run_info, end_realtime_ns), .later = true,
	 .note = "the same moment since 1970; the clock may have been set meanwhile"},
	{"slept_ns", FIELD(FIGURE, run_info, slept_ns), .later = true,
	 .note = "how long the machine slept from start to end: no time here"},
	{"other_maps", FIELD(FIGURE, run_info, others.maps), .later = true,
	 .note = "of bench, as the next five: teardowns of maps that others had released"},
	{"other_cpu_ns", FIELD(FIGURE, run_info, others.cpu_ns), .later = true,
	 .note = "CPU time of others"},
	{"queued_ns", FIELD(FIGURE, run_info, others.queued_ns), .later = true,
	 .note = "that tasks waited for a CPU, summed over tasks, those of bench too"},
	{"stolen_ns", FIELD(FIGURE, run_info, others.stolen_ns), .later = true,
	 .note = "CPU time that the hypervisor took, summed over CPUs"},
	{"low_khz", FIELD(FIGURE, run_info, others.low_khz), .later = true,
	 .note = "the frequency of the fastest CPU when that was slowest"},
	{"high_khz", FIELD(FIGURE, run_info, others.high_khz), .later = true,
	 .note = "and when it was fastest"},
	{},
};

static void copy_text(char dst[RUN_INFO_LEN], const char *src)
{
	snprintf(dst, RUN_INFO_LEN, "%s", src);
}

static void read_id(const char *path, char id[RUN_INFO_LEN])
{
	FILE *file = fopen(path, "re");

	if (!file)
		return;
	if (fgets(id, RUN_INFO_LEN, file))
		id[strcspn(id, "\n")] = '\0';
	fclose(file);
}

static void join_words(char line[RUN_INFO_LEN], int argc, char *const *argv)
{
	size_t len = 0;
	int i;

	for (i = 0; i < argc && len < RUN_INFO_LEN; i++)
		len += snprintf(line + len, RUN_INFO_LEN - len, "%s%s", i ? " " : "", argv[i]);
}

void run_info_now(struct run_info *run_info, int argc, char *const *argv, bool symbols_hidden)
{
	const struct moment now = clock_moment();
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
	read_id(BOOT_ID, run_info->boot_id);
	read_id(NEW_ID, run_info->run_id);
	join_words(run_info->command_line, argc, argv);
	run_info->cpus_possible = possible > 0 ? possible : 0;
	run_info->cpus_online = online > 0 ? online : 0;
	run_info->symbols_hidden = symbols_hidden;
	run_info->end_ns = run_info->end_realtime_ns = run_info->slept_ns = UNKNOWN_NS;
	activity_clear(&run_info->others);
	run_info_begin(run_info, &now);
}

void run_info_begin(struct run_info *run_info, const struct moment *began)
{
	run_info->start_ns = began->ns;
	run_info->start_realtime_ns = began->realtime_ns;
	run_info->slept_before_ns = began->slept_ns;
}

void run_info_end(struct run_info *run_info, const struct moment *end)
{
	__u64 slept_ns = end->slept_ns - run_info->slept_before_ns;

	run_info->end_ns = end->ns;
	run_info->end_realtime_ns = end->realtime_ns;
	/* The two clocks are not read at once. */
	run_info->slept_ns = slept_ns + NSEC_PER_MSEC < 2 * NSEC_PER_MSEC ? 0 : slept_ns;
}

const char *run_info_activity(const struct run_info *run_info, char text[ACTIVITY_SIZE])
{
	__u64 took =
		run_info->end_ns == UNKNOWN_NS ? UNKNOWN_NS : run_info->end_ns - run_info->start_ns;

	return activity_text(&run_info->others, took, run_info->cpus_online, text);
}

/* By how much the real-time clock was set in the run; 0: not at all, or unknown. */
static __s64 clock_set_ns(const struct run_info *run_info)
{
	__u64 took = run_info->end_ns - run_info->start_ns;
	__s64 step =
		run_info->end_realtime_ns - run_info->start_realtime_ns - took - run_info->slept_ns;

	if (run_info->end_ns == UNKNOWN_NS || run_info->end_realtime_ns == UNKNOWN_NS ||
	    run_info->slept_ns == UNKNOWN_NS)
		return 0;
	/* Time servers make it run faster or slower, but by less. */
	return (__u64)llabs(step) > CLOCK_JITTER_NS + took / 1000 ? step : 0;
}

void run_info_warn_of_clocks(const struct run_info *run_info, const char *path)
{
	__s64 set = clock_set_ns(run_info);
	char text[DURATION_SIZE];

	if (run_info->slept_ns != UNKNOWN_NS && run_info->slept_ns)
		diag_warn("'%s': the machine slept for %s in the run; times of day after that are "
			  "too early",
			  path, text_duration(text, run_info->slept_ns));
	if (set)
		diag_warn("'%s': the clock was set %s by %s in the run; times of day are by the "
			  "clock as it was before",
			  path, set < 0 ? "back" : "forward", text_duration(text, llabs(set)));
}
