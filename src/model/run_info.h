/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Under which conditions something was recorded.
 */
#ifndef MEMDESTROY_MODEL_RUN_INFO_H
#define MEMDESTROY_MODEL_RUN_INFO_H

#include <stdbool.h>

#include <linux/types.h>

#define RUN_INFO_LEN 256 /* with the NUL; what is longer is cut */

/* Text that is not known is empty. */
struct run_info {
	char tool_version[RUN_INFO_LEN];
	char kernel_release[RUN_INFO_LEN]; /* uname -r */
	char kernel_version[RUN_INFO_LEN]; /* uname -v: the build */
	char machine[RUN_INFO_LEN];	   /* uname -m */
	char host[RUN_INFO_LEN];	   /* uname -n */
	char boot_id[RUN_INFO_LEN];	   /* /proc/sys/kernel/random/boot_id */
	char attach[RUN_INFO_LEN];	   /* as probe_method() says */
	char command_line[RUN_INFO_LEN];   /* of this tool; words are set apart by blanks */
	__u64 cpus_possible;		   /* 0: unknown */
	__u64 cpus_online;		   /* 0: unknown */
	bool symbols_hidden;
	__u64 start_ns;		 /* CLOCK_MONOTONIC, of which all recorded times are */
	__u64 start_realtime_ns; /* CLOCK_REALTIME of the same moment */
	__u64 end_ns;		 /* UNKNOWN_NS: still being recorded, or never ended as it should */
};

/* When a run began. */
struct start {
	__u64 ns;	   /* CLOCK_MONOTONIC: times are shown since then */
	__u64 realtime_ns; /* CLOCK_REALTIME of the same moment */
};

/* Fills in all but "attach" and "end_ns" for a run that begins now. */
void run_info_now(struct run_info *run_info, int argc, char *const *argv, bool symbols_hidden);

#endif
