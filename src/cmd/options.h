/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The command line: one table of options, read into one structure.
 */
#ifndef MEMDESTROY_CMD_OPTIONS_H
#define MEMDESTROY_CMD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "analysis/diff.h"
#include "model/filter.h"
#include "output/view_options.h"
#include "recording/reader_set.h"
#include "trace/trace_options.h"

enum action {
	ACTION_TRACE,  /* show what happens: what is done if nothing else is asked for */
	ACTION_RECORD, /* write it to a file */
	ACTION_REPORT, /* show what such files hold */
	ACTION_DIFF,   /* compare such files */
	ACTION_BENCH,  /* make maps, drop them, and write what happens to such a file */
	ACTION_CHECK,  /* tell what a kernel allows */
	NR_ACTIONS,
};
struct options {
	int argc; /* the whole command line */
	char *const *argv;
	enum action action;
	bool quiet;
	bool verbose;

	struct filter filter;
	struct trace_options trace;
	struct view_options show;
	struct diff_options diff;
	bool view_given; /* the user chose the view; for diff, which has a default of its own */

	const char *output; /* file; points into argv; NULL: stdout */
	bool force;	    /* overwrite a file; compare recordings that are not well comparable */

	char *const *command; /* of record: what to run, NULL at its end; NULL: nothing */

	/* Recordings to read; for report, those of DIFF_BASE. Point into argv. */
	const char *files[NR_DIFF_SIDES][MAX_FILES];
	size_t nr_files[NR_DIFF_SIDES];

	const char *const *scenarios; /* of bench: what to measure; point into argv */
	size_t nr_scenarios;	      /* 0: the standard ones */
	bool list;		      /* of bench: only print their names */
	bool quick;		      /* of bench: fewer and smaller ones */

	const char *check_kernel;   /* of check: path of a kernel image; NULL: none */
	const char *check_btf;	    /* of a file with BTF; NULL: none */
	const char *check_kallsyms; /* of a copy of /proc/kallsyms; NULL: none */
};

enum options_result { OPTIONS_RUN, OPTIONS_DONE, OPTIONS_BAD };

/*
 * Reads argv into *opts, which is filled with the defaults first. OPTIONS_DONE: --help, --usage or
 * --version was answered on stdout, which is left to the caller to flush and check. OPTIONS_BAD:
 * one line on stderr named what was wrong. Silences libbpf; diag_init() is the caller's next step.
 */
enum options_result options_parse(struct options *opts, int argc, char **argv);

#endif
