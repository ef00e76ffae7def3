/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The conditions of a run. A condition is a member and its row in run_info.c: a recording's table,
 * its writer and its reader follow from that row.
 */
#pragma once

#include <stdbool.h>

#include <linux/types.h>

#include "model/activity.h"
#include "model/field.h"
#include "util/clock.h"

#define RUN_INFO_LEN 256 /* with the NUL; longer text is cut */

/* Unknown text is empty. */
struct run_info {
	char tool_version[RUN_INFO_LEN];
	char kernel_release[RUN_INFO_LEN];
	char kernel_version[RUN_INFO_LEN]; /* the build */
	char machine[RUN_INFO_LEN];
	char host[RUN_INFO_LEN];
	char boot_id[RUN_INFO_LEN];
	char run_id[RUN_INFO_LEN];	 /* random: copies of a recording have the same one */
	__u64 part;			 /* number of the file, if the run has several; 0 */
	char attach[RUN_INFO_LEN];	 /* of probe_method() */
	char command_line[RUN_INFO_LEN]; /* of this tool, joined by blanks */
	__u64 cpus_possible;		 /* 0: unknown */
	__u64 cpus_online;		 /* 0: unknown */
	bool symbols_hidden;		 /* callers are addresses */
	char blind[RUN_INFO_LEN];	 /* why events may have gone unseen; empty: none did */
	__u64 start_ns;			 /* CLOCK_MONOTONIC, as all times of a recording */
	__u64 start_realtime_ns;	 /* CLOCK_REALTIME of the same moment */
	__u64 end_ns;			 /* UNKNOWN_NS: still being recorded, or interrupted */
	__u64 end_realtime_ns;		 /* CLOCK_REALTIME of that moment; UNKNOWN_NS */
	__u64 slept_ns;			 /* by the machine, from start to end; UNKNOWN_NS */
	struct activity others;		 /* from start to end; of a benchmark only */
	__u64 slept_before_ns;		 /* by it, up to the start; not recorded */
};

extern const struct field run_info_fields[];

/* When a run began. */
struct start {
	__u64 ns;	   /* CLOCK_MONOTONIC: times are shown since then */
	__u64 realtime_ns; /* CLOCK_REALTIME of the same moment */
	bool live;	   /* on this machine, and the run goes on */
};

/* Sets the conditions of a run that begins now; "attach" is left empty. */
void run_info_now(struct run_info *run_info, int argc, char *const *argv, bool symbols_hidden);

/* Sets the start, if it was at another moment. */
void run_info_begin(struct run_info *run_info, const struct moment *began);

/* Sets the end. */
void run_info_end(struct run_info *run_info, const struct moment *end);

/*
 * What others did in the run, in text; NULL: nothing to report, or nothing known. See
 * activity_text().
 */
const char *run_info_activity(const struct run_info *run_info, char text[ACTIVITY_SIZE]);

/* Reports that times of day are wrong: the machine slept, or its clock was set. path: in messages.
 */
void run_info_warn_of_clocks(const struct run_info *run_info, const char *path);
