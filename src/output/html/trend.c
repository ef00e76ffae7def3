// SPDX-License-Identifier: GPL-2.0-only
/* Writes changes over recordings as an HTML page. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "output/html/page.h"
#include "output/html/trend.h"
#include "output/table_cell.h"
#include "util/outfile.h"
#include "util/text.h"

#define LEFT	    70
#define RIGHT	    20
#define TOP	    24
#define HEIGHT	    110 /* of the points */
#define BOTTOM	    12
#define DOT	    3
#define LABEL_WIDTH 40 /* columns of a key */

/* A drawing of a series. */
struct drawing {
	FILE *out;
	const struct trend *trend;
	const struct trend_series *series;
	double most;
};

static double x_of(const struct drawing *drawing, size_t point)
{
	return LEFT + (PAGE_WIDTH - LEFT - RIGHT) * ((double)point + 0.5) /
			      (double)drawing->trend->nr_points;
}

/* From 0, so that a change is as large as it looks. */
static double y_of(const struct drawing *drawing, double value)
{
	return TOP + HEIGHT * (1 - value / (drawing->most > 0 ? drawing->most : 1));
}

static void put_label(const struct drawing *drawing)
{
	struct trend_item item = {.series = drawing->series};
	struct column columns[MAX_ROW_COLUMNS];
	char cell[CELL_SIZE], cut[CELL_SIZE + sizeof("…")];

	trend_columns(columns, drawing->trend->by, drawing->trend->nr_by, drawing->trend->measure);
	fputs("<text x=\"0\" y=\"14\">", drawing->out);
	for (const struct column *column = columns; column->name; column++) {
		if (!column->of_key || !column->heading)
			continue;
		table_cell_fill(cell, column, &item, 0);
		text_shorten(cut, sizeof(cut), cell, LABEL_WIDTH, "…");
		page_text(drawing->out, cut);
		fputs(" \u00b7 ", drawing->out);
	}
	fprintf(drawing->out, "%s</text>",
		measure_subject(drawing->trend->measure, drawing->series->phase));
}

static void put_axis(const struct drawing *drawing)
{
	char text[DURATION_SIZE];

	for (int i = 0; i <= 2; i++) {
		double value = drawing->most * i / 2;

		fprintf(drawing->out,
			"<g class=\"tick\"><line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>"
			"<text class=\"right\" x=\"%d\" y=\"%.1f\">%s</text></g>",
			LEFT, PAGE_WIDTH - RIGHT, y_of(drawing, value), y_of(drawing, value),
			LEFT - 6, y_of(drawing, value) + 4,
			measure_text(text, drawing->trend->measure, value));
	}
}

static void put_points(const struct drawing *drawing, const struct reader_set *readers)
{
	const struct trend_series *series = drawing->series;
	char text[DURATION_SIZE], began[TREND_TIME_SIZE];

	for (size_t i = 0; i < drawing->trend->nr_points; i++) {
		const struct trend_item item = trend_item(drawing->trend, readers, series, i, NULL);

		if (isnan(item.median))
			continue;
		fprintf(drawing->out,
			"<circle class=\"free\" cx=\"%.1f\" cy=\"%.1f\" r=\"%d\" "
			"data-median=\"%.15g\"><title>%s, ",
			x_of(drawing, i), y_of(drawing, item.median), DOT, item.median,
			measure_text(text, item.measure, item.median));
		page_text(drawing->out, item.recording->path);
		fprintf(drawing->out, ", %s, Linux ", trend_time(item.recording->run_info, began));
		page_text(drawing->out, item.recording->run_info->kernel_release);
		fputs("</title></circle>", drawing->out);
	}
}

static void put_level(const struct drawing *drawing, size_t from, size_t to, double value)
{
	fprintf(drawing->out,
		"<line class=\"mark\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>",
		x_of(drawing, from) - DOT, x_of(drawing, to - 1) + DOT, y_of(drawing, value),
		y_of(drawing, value));
}

static bool is_of(const struct trend *trend, size_t nth, const struct trend_series *series)
{
	return nth < trend->nr_changes && trend->change[nth].series == series;
}

/* The changes, and the levels between them */
static void put_changes(const struct drawing *drawing)
{
	const struct trend *trend = drawing->trend;
	size_t from = 0;

	for (size_t i = 0; i < trend->nr_changes; i++) {
		const struct trend_change *change = &trend->change[i];
		bool last = !is_of(trend, i + 1, drawing->series);
		char text[CHANGE_SIZE] = "from 0";
		double x;

		if (change->series != drawing->series)
			continue;
		x = (x_of(drawing, change->at) + x_of(drawing, change->at - 1)) / 2;
		if (isfinite(change->delta))
			text_change(text, change->delta);
		put_level(drawing, from, change->at, change->before);
		if (last)
			put_level(drawing, change->at, trend->nr_points, change->after);
		from = change->at;
		fprintf(drawing->out,
			"<line class=\"ground\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>"
			"<text class=\"%s middle\" x=\"%.1f\" y=\"%d\" data-change=\"%zu\">%s</text>",
			x, x, TOP, TOP + HEIGHT, change->delta < 0 ? "faster" : "slower", x,
			TOP - 2, change->at, text);
	}
}

static void put_series(FILE *out, const struct trend *trend, const struct reader_set *readers,
		       const struct trend_series *series)
{
	struct drawing drawing = {out, trend, series, 0};

	for (size_t i = 0; i < trend->nr_points; i++)
		if (series->median[i] > drawing.most)
			drawing.most = series->median[i];
	fprintf(out,
		"<svg class=\"series\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"medians\">",
		PAGE_WIDTH, TOP + HEIGHT + BOTTOM);
	put_label(&drawing);
	put_axis(&drawing);
	put_changes(&drawing);
	put_points(&drawing, readers);
	fputs("</svg>\n", out);
}

static bool has_change(const struct trend *trend, const struct trend_series *series)
{
	for (size_t i = 0; i < trend->nr_changes; i++)
		if (trend->change[i].series == series)
			return true;
	return false;
}

static void put_drawings(FILE *out, const struct trend *trend, const struct reader_set *readers)
{
	size_t nr = 0;

	page_begin_section(out, "Medians");
	fputs("<p class=\"dim\">A point for each recording, in their order; those of a boot, or copies "
	      "of a recording, are one. Scales begin at 0.</p>\n",
	      out);
	for (int changed = 1; changed >= 0; changed--)
		for (size_t i = 0; i < trend->nr_series && nr < PAGE_TREND_DRAWN; i++) {
			if (has_change(trend, &trend->series[i]) != (bool)changed)
				continue;
			put_series(out, trend, readers, &trend->series[i]);
			nr++;
		}
	if (nr < trend->nr_series)
		fprintf(out, "<p class=\"dim\">%zu of %zu rows are drawn.</p>\n", nr,
			trend->nr_series);
	page_end_section(out);
}

static int put_table(FILE *out, const struct trend *trend, const struct reader_set *readers)
{
	struct trend_item *items = calloc(trend->nr_changes + 1, sizeof(*items));
	const struct object_list list = {.objects = items,
					 .size = sizeof(*items),
					 .nr = trend->nr_changes,
					 .empty = "no changes"};
	struct column columns[MAX_ROW_COLUMNS];

	if (!items)
		return -ENOMEM;
	for (size_t i = 0; i < trend->nr_changes; i++)
		items[i] = trend_item(trend, readers, trend->change[i].series, trend->change[i].at,
				      &trend->change[i]);
	trend_columns(columns, trend->by, trend->nr_by, trend->measure);
	page_begin_section(out, "Changes");
	page_table(out, "changes", columns, &list);
	page_end_section(out);
	free(items);
	return 0;
}

int page_trend_write(FILE *out, const struct trend *trend, const struct reader_set *readers,
		     const struct page_run *runs)
{
	char text[TREND_VERDICT_SIZE];
	int err;

	errno = 0;
	page_begin(out, "Changes over recordings");
	page_begin_section(out, "Verdict");
	fprintf(out, "<p class=\"verdict\">%s</p>\n", trend_verdict(trend, text));
	fprintf(out, "<p>%s</p>\n", trend_extent(trend, readers, text));
	page_end_section(out);
	err = put_table(out, trend, readers);
	if (err)
		return err;
	put_drawings(out, trend, readers);
	page_begin_section(out, "Conditions");
	page_conditions(out, runs, readers->nr, NULL);
	page_end_section(out);
	page_end(out);
	return stream_flush(out);
}
