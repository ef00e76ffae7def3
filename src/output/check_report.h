/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shows the facts and the verdict on a kernel, as text or as lines of JSON.
 */
#pragma once

#include <stdio.h>

#include "check/verdict.h"
#include "output/column.h"
#include "output/format.h"

/* The head of the report. */
struct check_view {
	struct facts facts;
	enum answer function; /* the traced one: is it there? */
	const char *verdict;  /* "traceable", "untraceable", "forbidden" or "unknown" */
	const char *reason;
	const char *attach; /* the programs that "auto" uses; NULL: none, or unknown */
	const char *source; /* "machine" or "files" */
	__u32 exit_status;
};

/* One hook. */
struct hook_view {
	const char *function;
	enum answer present;
	const char *symbol;  /* in the symbol table; NULL: not there, or unknown */
	enum answer inlined; /* never ANSWER_NO: only a split function leaves a trace */
	struct mode_view {
		enum answer attachable;
		const char *known_by; /* means_names[] */
	} mode[NR_ATTACH_MODES];
	__u64 seen; /* LEDGER_UNKNOWN */
};

/* A function that calls the traced one on some kernels. */
struct caller_view {
	const char *name;
	enum answer found;
	enum answer calls; /* it can on this one */
};

extern const struct column check_columns[];	  /* of struct check_view */
extern const struct column hook_view_columns[];	  /* of struct hook_view */
extern const struct column caller_view_columns[]; /* of struct caller_view */
extern const struct column lack_columns[];	  /* of struct lack */

/* Returns as format_list(). */
int check_report(FILE *out, enum format format, const struct facts *facts,
		 const struct verdict *verdict, int exit_status, const struct table_style *style);
