/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shows what a benchmark measured: a line for each scenario, and how times grow with entries.
 */
#ifndef MEMDESTROY_OUTPUT_BENCH_TABLE_H
#define MEMDESTROY_OUTPUT_BENCH_TABLE_H

#include <stdio.h>

#include "analysis/aggregate.h"
#include "bench/scenario.h"
#include "output/column.h"
#include "output/format.h"

/* A scenario and what was measured of it. */
struct bench_line {
	const struct scenario *scenario;
	const struct row *row; /* NULL: nothing */
	char family[SCENARIO_NAME_LEN];
};

/* A family of scenarios, which differ in their entries alone (scenario_family()). */
struct scaling_line {
	char family[SCENARIO_NAME_LEN];
	__u32 hooks;		  /* scenarios of which something is known */
	__u32 least, most;	  /* entries of these */
	double free_exponent;	  /* medians grow as entries to the power of this; NAN */
	double free_exponent_top; /* likewise, of the two with the most entries alone: what is the
				     same for all maps weighs less there; NAN */
	double total_exponent;	  /* likewise; NAN */
	double free_per_entry_ns; /* of the median, where there are most entries; NAN */
};

extern const struct column bench_columns[];   /* of struct bench_line */
extern const struct column scaling_columns[]; /* of struct scaling_line */

/*
 * The slope of log y over log x by least squares, over the pairs in which both are more than 0.
 * NAN: there are no two different x among these.
 */
double bench_exponent(const double *x, const double *y, size_t nr);

/*
 * Writes all scenarios of the list in its order, with their rows, which are teardowns by
 * KEY_SCENARIO alone and may be in any order; rows of others are not shown. Then the families with
 * at least two different numbers of entries; not as CSV, of which a file has one table. Each table
 * of Markdown and of text is followed by an empty line if there is another. 0, or -errno as
 * render.h says.
 */
int bench_table(FILE *out, enum format format, const struct scenario *list, size_t nr,
		const struct rows *rows);

#endif
