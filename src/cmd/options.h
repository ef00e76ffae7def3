/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The command line, read into one structure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "analysis/diff.h"
#include "model/filter.h"
#include "output/metrics/metrics.h"
#include "output/view_options.h"
#include "recording/reader_set.h"
#include "trace/trace_options.h"

struct command;

/* Of export. */
struct export_options {
	struct metrics_options metrics;
	const char *listen;   /* as listener_is_valid(); NULL: not given */
	const char *textfile; /* "-" is stdout; NULL: none */
};

/* Strings point into argv. */
struct options {
	int argc; /* the whole command line */
	char *const *argv;
	const struct command *command;
	bool quiet;
	unsigned int verbose; /* as diag_init() takes it */

	struct filter filter;
	struct trace_options trace;
	struct view_options show;
	struct diff_options diff;
	struct export_options export;
	bool view_given; /* the user chose the view; for diff, which has a default of its own */

	double speed; /* of top: of the replay on a screen; 0: not given */

	const char *output;  /* file; NULL: stdout */
	bool temporary;	     /* of bench: the output is removed at the end */
	bool by_kernel;	     /* of trend: the order is that of kernels, not of time */
	bool in_bench;	     /* of diff: bench runs it, whose --force is another option */
	bool github;	     /* of diff: annotate for GitHub Actions */
	const char *summary; /* of the environment: the file of a step's summary; NULL: none */
	bool force;	     /* overwrite a file; compare recordings that are not well comparable */

	__u64 rotate_bytes; /* of record: another file after so many bytes; 0: no limit */
	__u64 rotate_ns;    /* the same, after so long */
	unsigned int keep;  /* files of a rotated recording; 0: all */

	char *const *run_argv; /* of record: the command to run, NULL at its end; NULL: none */

	/* Recordings to read; for report, those of DIFF_BASE; for bench, the base to judge by. */
	const char *files[NR_DIFF_SIDES][MAX_FILES];
	size_t nr_files[NR_DIFF_SIDES];
	enum diff_side side; /* to which words belong; NR_DIFF_SIDES: none was named */

	const char *const *scenarios; /* of bench: what to measure */
	size_t nr_scenarios;	      /* 0: the standard ones */
	bool list;		      /* of bench: only print their names */
	bool quick;		      /* of bench: fewer and smaller ones */
	unsigned int runs;	      /* of bench: processes; 0: only this one */
	bool bisect;		      /* of bench: exit statuses are those of "git bisect run" */

	const char *check_kernel;   /* of check: path of a kernel image; NULL: none */
	const char *check_btf;	    /* of a file with BTF; NULL: none */
	const char *check_kallsyms; /* of a copy of /proc/kallsyms; NULL: none */
};

enum options_result { OPTIONS_RUN, OPTIONS_DONE, OPTIONS_BAD };

/*
 * Fills *opts, with defaults where argv has nothing; nothing changes it later. OPTIONS_DONE: --help
 * or --version was answered on stdout, which the caller flushes and checks. OPTIONS_BAD: one line
 * on stderr says what is wrong. Silences libbpf; diag_init() is the caller's next step.
 */
enum options_result options_parse(struct options *opts, int argc, char **argv);

/*
 * The exit status after OPTIONS_BAD. That of bench, or of an unknown command, with --bisect ends
 * the bisection.
 */
int options_bad_status(int argc, char **argv);
