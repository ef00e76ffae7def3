/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shows a benchmark: a line for each scenario, and how times grow with entries.
 */
#pragma once

#include <stdio.h>

#include "analysis/aggregate.h"
#include "bench/scenario.h"
#include "output/column.h"
#include "output/format.h"

/* A scenario and its teardowns. */
struct bench_line {
	const struct scenario *scenario;
	const struct row *row; /* NULL: none was seen */
	char family[SCENARIO_NAME_LEN];
};

/* A family of scenarios, which differ only in entries (scenario_describe()). */
struct scaling_line {
	char family[SCENARIO_NAME_LEN];
	__u32 points;		  /* scenarios with a known median */
	__u32 least, most;	  /* entries of these */
	double free_exponent;	  /* medians grow as entries to the power of this; NAN */
	double free_exponent_top; /* of the two with the most entries only, where the constant
				     part of a teardown weighs less; NAN */
	double total_exponent;	  /* as free_exponent; NAN */
	double free_per_entry_ns; /* of the median with the most entries; NAN */
	bool emptied;		  /* these maps: nothing was left to free for each entry */
};

/* Of struct bench_line: a column for each setting of a scenario, and the figures. */
const struct column *bench_columns(void);

extern const struct column scaling_columns[]; /* of struct scaling_line */

/*
 * The slope of log y over log x by least squares, over the pairs with x > 0 and y > 0. NAN: these
 * do not have two different x.
 */
double bench_exponent(const double *x, const double *y, size_t nr);

/*
 * Writes all scenarios in the order of the list, with their rows: teardowns by KEY_SCENARIO only,
 * in any order; other rows are not shown. Then the families with at least two different numbers of
 * entries, except as CSV, where a file has one table. An empty line separates tables of text and
 * Markdown. A choice of columns is of the first table. Returns as format_list().
 */
int bench_table(FILE *out, enum format format, const struct scenario *list, size_t nr,
		const struct rows *rows, const struct table_style *style);
