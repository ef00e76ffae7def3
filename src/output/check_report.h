/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shows the facts and the verdict on a kernel, as text or as lines of JSON.
 */
#ifndef MEMDESTROY_OUTPUT_CHECK_REPORT_H
#define MEMDESTROY_OUTPUT_CHECK_REPORT_H

#include <stdio.h>

#include "check/verdict.h"
#include "output/column.h"
#include "output/format.h"

/* The head of the report. */
struct check_view {
	const struct facts *facts;
	const struct verdict *verdict;
	int exit_status; /* of the program, by the verdict */
};

/* One hook. */
struct hook_view {
	const struct facts *facts;
	enum hook hook;
};

/* One known caller. */
struct caller_view {
	const char *name;
	enum answer found;
};

extern const struct column check_columns[];	  /* of struct check_view */
extern const struct column hook_view_columns[];	  /* of struct hook_view */
extern const struct column caller_view_columns[]; /* of struct caller_view */
extern const struct column lack_columns[];	  /* of struct lack */

/* "traceable", "untraceable", "forbidden" or "unknown" */
const char *verdict_name(const struct verdict *verdict);

/* 0, or -errno as the functions of render.h. */
int check_report(FILE *out, enum format format, const struct facts *facts,
		 const struct verdict *verdict, int exit_status);

#endif
