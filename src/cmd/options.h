/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The command line: one table of options, read into one structure.
 */
#ifndef MEMDESTROY_CMD_OPTIONS_H
#define MEMDESTROY_CMD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "event.h"
#include "util/macros.h"

enum action {
	ACTION_TRACE,  /* show what happens: what is done if nothing else is asked for */
	ACTION_RECORD, /* write it to a file */
	ACTION_REPORT, /* show what such files hold */
	ACTION_DIFF,   /* compare such files */
	ACTION_BENCH,  /* make maps, drop them, and write what happens to such a file */
	ACTION_CHECK,  /* tell what a kernel allows */
	NR_ACTIONS,
};
enum attach_mode { ATTACH_AUTO, ATTACH_FENTRY, ATTACH_KPROBE };
enum view {
	VIEW_CALLS,	/* of the traced function: what is shown if nothing else is asked for */
	VIEW_TEARDOWNS, /* of maps, from the last put to the last byte freed */
	VIEW_BOTH,	/* what is recorded */
};
enum format {
	FORMAT_TABLE,
	FORMAT_JSON,
	FORMAT_CSV,
	FORMAT_PERFETTO,
	FORMAT_FOLDED,
	FORMAT_MARKDOWN
};
enum key {
	KEY_CALLER, /* this and those down to KEY_CPU are of a call */
	KEY_ALLOC,
	KEY_COMM,
	KEY_CPU,
	KEY_TYPE, /* from here on they are of a map */
	KEY_NAME,
	KEY_ID, /* from here on, who let go of it has to be known */
	KEY_RELEASED_BY,
	KEY_RELEASED_PID,
	KEY_CGROUP,
	KEY_HOST, /* from here on they are of a recording */
	KEY_SCENARIO,
	NR_KEYS,
};
enum sort {
	SORT_TOTAL,
	SORT_COUNT,
	SORT_EMPTY,
	SORT_MIN,
	SORT_MEAN,
	SORT_P50,
	SORT_P90,
	SORT_P99,
	SORT_MAX,
	SORT_WAIT, /* this and those down to SORT_DEFERRED are of a teardown */
	SORT_FREE,
	SORT_DESTROY,
	SORT_DEFERRED,
	SORT_KEY, /* by the row's keys, ascending; all others descending */
	NR_SORTS,
};

#define MAX_FILES  1024 /* recordings, on each side of a comparison */
#define MAX_LIMITS 16

enum diff_side { DIFF_BASE, DIFF_NEW, NR_DIFF_SIDES };

/* A figure of a side of a comparison. */
enum metric { METRIC_P50, METRIC_P99, METRIC_MEAN, METRIC_TOTAL, NR_METRICS };

static inline const char *metric_name(enum metric metric)
{
	static const char *const names[] = {
		[METRIC_P50] = "p50",
		[METRIC_P99] = "p99",
		[METRIC_MEAN] = "mean",
		[METRIC_TOTAL] = "total",
	};

	_Static_assert(ARRAY_SIZE(names) == NR_METRICS, "a name for each");
	return names[metric];
}

/* What a comparison must not show: the metric has grown by more than this. */
struct diff_limit {
	enum metric metric;
	double percent;
};

struct options {
	int argc; /* the whole command line */
	char *const *argv;
	enum action action;
	enum view view;
	enum attach_mode attach;
	enum format format;
	bool events;
	bool histogram;
	bool timeline;
	bool identity; /* find out which map it was, and who let go of it */
	bool timestamp;
	bool quiet;
	bool verbose;
	__u64 interval_ns; /* 0: no interim tables */
	__u64 duration_ns; /* 0: until a signal */
	__u64 stuck_ns;	   /* what takes longer is told of while it does; 0: nothing is */

	enum key by[NR_KEYS]; /* in the order given, each at most once */
	size_t nr_by;	      /* 0: of teardowns, one row for each */
	enum sort sort;
	__u64 top; /* rows to show; 0: all */

	__u64 map_types;		  /* bit N: type N is wanted; 0: all */
	const char *callers[MAX_CALLERS]; /* points into argv */
	size_t nr_callers;
	const char *name; /* glob; points into argv; NULL: all */
	__u64 min_latency_ns;
	bool no_empty;

	const char *output; /* file; points into argv; NULL: stdout */
	bool force;	    /* write over a file; compare what cannot be compared well */

	char *const *command; /* of record: what to run, NULL at its end; NULL: nothing */

	/* Recordings to read: of report, those of DIFF_BASE. Point into argv. */
	const char *files[NR_DIFF_SIDES][MAX_FILES];
	size_t nr_files[NR_DIFF_SIDES];

	struct diff_limit limits[MAX_LIMITS]; /* of diff */
	size_t nr_limits;
	double alpha;	 /* of diff: how probable a false alarm may be */
	__u32 phases;	 /* of diff: bit N: enum phase N is compared; 0: all */
	bool view_given; /* which view was asked for, rather than taken for want of a word */

	const char *const *scenarios; /* of bench: what to measure; point into argv */
	size_t nr_scenarios;	      /* 0: the standard ones */
	bool list;		      /* of bench: only name them */
	bool quick;		      /* of bench: fewer and smaller ones */

	const char *check_kernel;   /* of check: an image to look into; NULL: not to */
	const char *check_btf;	    /* and a file with BTF, */
	const char *check_kallsyms; /* and one like /proc/kallsyms */

	/* Of the ring buffer, a power of two of at least a page; 0: as many as suit the machine. */
	size_t buffer_bytes;
};

enum options_result { OPTIONS_RUN, OPTIONS_DONE, OPTIONS_BAD };

/*
 * Reads argv into *opts, which is filled with the defaults first. OPTIONS_DONE: --help, --usage or
 * --version was answered on stdout, which is left to the caller to flush and check. OPTIONS_BAD:
 * one line on stderr named what was wrong. Silences libbpf; diag_init() is the caller's next step.
 */
enum options_result options_parse(struct options *opts, int argc, char **argv);

#endif
