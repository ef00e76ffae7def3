// SPDX-License-Identifier: GPL-2.0-only
/*
 * Puts a benchmark's results into tables, and calculates how times grow with entries.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "output/bench_table.h"
#include "output/column.h"
#include "output/format.h"
#include "output/table.h"
#include "util/hist.h"

double bench_exponent(const double *x, const double *y, size_t nr)
{
	double mean_x = 0, mean_y = 0, xy = 0, xx = 0;
	size_t used = 0, i;

	for (i = 0; i < nr; i++) {
		if (!(x[i] > 0 && y[i] > 0))
			continue;
		mean_x += log(x[i]);
		mean_y += log(y[i]);
		used++;
	}
	if (!used)
		return NAN;
	mean_x /= used;
	mean_y /= used;
	for (i = 0; i < nr; i++) {
		if (!(x[i] > 0 && y[i] > 0))
			continue;
		xy += (log(x[i]) - mean_x) * (log(y[i]) - mean_y);
		xx += (log(x[i]) - mean_x) * (log(x[i]) - mean_x);
	}
	return xx > 1e-12 ? xy / xx : NAN;
}

static const struct row *find_row(const struct rows *rows, const char *name)
{
	for (size_t i = 0; i < rows->nr; i++) {
		const struct row *row = rows->row[i];

		if (!row->other && row->key.map.scenario && !strcmp(row->key.map.scenario, name))
			return row;
	}
	return NULL;
}

/* In ns; NAN: unknown. */
static double median_of(const struct bench_line *line, enum phase phase)
{
	const struct hist *hist = line->row ? row_hist(line->row, phase) : NULL;

	return hist ? hist_percentile(hist, 50) : NAN;
}

/* The exponent of the two greatest different x with a known y. */
static double exponent_at_top(const double *x, const double *y, size_t nr)
{
	double top_x[2] = {0}, top_y[2] = {0};

	for (size_t i = 0; i < nr; i++) {
		if (isnan(y[i]) || x[i] == top_x[0])
			continue;
		if (x[i] > top_x[0]) {
			top_x[1] = top_x[0];
			top_y[1] = top_y[0];
			top_x[0] = x[i];
			top_y[0] = y[i];
		} else if (x[i] > top_x[1]) {
			top_x[1] = x[i];
			top_y[1] = y[i];
		}
	}
	return bench_exponent(top_x, top_y, 2);
}

/* The family of lines[first]. x has room for nr values, y for twice as many. */
static struct scaling_line scale(const struct bench_line *lines, size_t first, size_t nr, double *x,
				 double *y)
{
	struct scaling_line scaling = {.free_per_entry_ns = NAN};
	double *total = y + nr;
	size_t used = 0;

	memcpy(scaling.family, lines[first].family, sizeof(scaling.family));
	for (size_t i = first; i < nr; i++) {
		const struct scenario *scenario = lines[i].scenario;

		if (strcmp(lines[i].family, scaling.family))
			continue;
		x[used] = scenario->entries;
		y[used] = median_of(&lines[i], PHASE_FREE);
		total[used] = median_of(&lines[i], PHASE_TOTAL);
		if (isnan(y[used]) && isnan(total[used]))
			continue;
		if (!used || scenario->entries < scaling.least)
			scaling.least = scenario->entries;
		if (!used || scenario->entries > scaling.most) {
			scaling.most = scenario->entries;
			scaling.emptied = !scenario_has_entries(scenario);
			scaling.free_per_entry_ns =
				scaling.emptied ? NAN : y[used] / scenario->entries;
		}
		used++;
	}
	scaling.points = used;
	scaling.free_exponent = bench_exponent(x, y, used);
	scaling.free_exponent_top = exponent_at_top(x, y, used);
	scaling.total_exponent = bench_exponent(x, total, used);
	return scaling;
}

static bool is_first_of_family(const struct bench_line *lines, size_t nth)
{
	for (size_t i = 0; i < nth; i++)
		if (!strcmp(lines[i].family, lines[nth].family))
			return false;
	return true;
}

/* Sets *out to an array of the families in which entries differ; to be freed. */
static int scale_all(const struct bench_line *lines, size_t nr, struct scaling_line **out,
		     size_t *nr_out)
{
	struct scaling_line *scalings = calloc(nr + 1, sizeof(*scalings));
	double *room = calloc(3 * nr + 1, sizeof(*room));

	*out = scalings;
	*nr_out = 0;
	for (size_t i = 0; scalings && room && i < nr; i++) {
		if (!is_first_of_family(lines, i))
			continue;
		scalings[*nr_out] = scale(lines, i, nr, room, room + nr);
		*nr_out += scalings[*nr_out].least < scalings[*nr_out].most;
	}
	free(room);
	return scalings && room ? 0 : -ENOMEM;
}

static int write_tables(FILE *out, enum format format, const struct bench_line *lines, size_t nr,
			const struct scaling_line *scalings, size_t nr_scalings,
			const struct table_style *style)
{
	const struct table_style all = {.width = style ? style->width : 0};
	const struct object_list rows = {.objects = lines,
					 .size = sizeof(*lines),
					 .nr = nr,
					 .empty = "no scenarios",
					 .style = style};
	const struct object_list families = {
		.objects = scalings, .size = sizeof(*scalings), .nr = nr_scalings, .style = &all};
	struct table_layout layout;
	int err = 0;

	if (format == FORMAT_CSV)
		err = format_lines(out, format, &layout, bench_columns(), style);
	if (!err)
		err = format_list(out, format, bench_columns(), &rows);
	if (err || !nr_scalings || format == FORMAT_CSV)
		return err;
	if (format != FORMAT_JSON)
		putc('\n', out);
	return format_list(out, format, scaling_columns, &families);
}

int bench_table(FILE *out, enum format format, const struct scenario *list, size_t nr,
		const struct rows *rows, const struct table_style *style)
{
	struct bench_line *lines = calloc(nr + 1, sizeof(*lines));
	struct scaling_line *scalings = NULL;
	size_t nr_scalings = 0;
	int err = -ENOMEM;

	if (!lines)
		return err;
	for (size_t i = 0; i < nr; i++) {
		lines[i].scenario = &list[i];
		lines[i].row = find_row(rows, list[i].name);
		scenario_describe(&list[i], false, lines[i].family);
	}
	err = scale_all(lines, nr, &scalings, &nr_scalings);
	if (!err)
		err = write_tables(out, format, lines, nr, scalings, nr_scalings, style);
	free(scalings);
	free(lines);
	return err;
}
