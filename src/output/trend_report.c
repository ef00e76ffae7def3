// SPDX-License-Identifier: GPL-2.0-only
/* Writes changes over recordings. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "output/color.h"
#include "output/column.h"
#include "output/table.h"
#include "output/terminal.h"
#include "output/trend_report.h"
#include "util/json_writer.h"
#include "util/macros.h"
#include "util/outfile.h"
#include "util/text.h"

struct trend_item trend_item(const struct trend *trend, const struct reader_set *readers,
			     const struct trend_series *series, size_t point,
			     const struct trend_change *change)
{
	return (struct trend_item){
		.measure = trend->measure,
		.series = series,
		.change = change,
		.recording = readers->reader[trend->point[point].run],
		.recordings = trend->point[point].nr_runs,
		.median = series->median[point],
		.n = series->n[point],
		.uncounted = series->uncounted[point],
	};
}

const char *trend_time(const struct run_info *run_info, char text[TREND_TIME_SIZE])
{
	time_t seconds = (time_t)(run_info->start_realtime_ns / NSEC_PER_SEC);
	struct tm tm;

	if (!gmtime_r(&seconds, &tm) || !strftime(text, TREND_TIME_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm))
		snprintf(text, TREND_TIME_SIZE, "?");
	return text;
}

static const char *unit_of(const struct trend *trend)
{
	return trend->unit == UNIT_BOOT ? "boot" : "run";
}

const char *trend_extent(const struct trend *trend, const struct reader_set *readers,
			 char text[TREND_VERDICT_SIZE])
{
	snprintf(text, TREND_VERDICT_SIZE, "%zu recording%s, %zu %s%s", readers->nr,
		 readers->nr == 1 ? "" : "s", trend->nr_points, unit_of(trend),
		 trend->nr_points > 1 ? "s" : "");
	return text;
}

static size_t nr_changed(const struct trend *trend)
{
	size_t nr = 0;

	for (size_t i = 0; i < trend->nr_changes; i++)
		nr += !i || trend->change[i].series != trend->change[i - 1].series;
	return nr;
}

const char *trend_verdict(const struct trend *trend, char text[TREND_VERDICT_SIZE])
{
	const char *unit = unit_of(trend), *rows = trend->nr_series > 1 ? "s" : "";

	text[0] = '\0';
	if (trend->measure != MEASURE_TIME)
		text_append(text, TREND_VERDICT_SIZE, "%s: ", measure_names[trend->measure]);
	if (!trend->nr_series)
		text_append(text, TREND_VERDICT_SIZE, "nothing to compare");
	else if (trend->nr_few == trend->nr_series)
		text_append(
			text, TREND_VERDICT_SIZE,
			"no change can be significant in %zu row%s: %zu %s%s, and %zu are needed",
			trend->nr_series, rows, trend->nr_points, unit,
			trend->nr_points > 1 ? "s" : "", trend->enough);
	else if (trend->few_orders)
		text_append(text, TREND_VERDICT_SIZE,
			    "no change can be significant in %zu row%s: of %zu orders, P is %.2g at"
			    " best (use a greater --alpha, or fewer rows)",
			    trend->nr_series, rows, trend->orders, 1 / (double)(trend->orders + 1));
	else if (!trend->nr_changes)
		text_append(text, TREND_VERDICT_SIZE, "no change in %zu row%s", trend->nr_series,
			    rows);
	else
		text_append(text, TREND_VERDICT_SIZE, "%zu change%s in %zu of %zu row%s",
			    trend->nr_changes, trend->nr_changes > 1 ? "s" : "", nr_changed(trend),
			    trend->nr_series, rows);
	if (trend->nr_few && trend->nr_few < trend->nr_series)
		text_append(text, TREND_VERDICT_SIZE, "; too few %ss: %zu", unit, trend->nr_few);
	if (trend->uncounted)
		text_append(text, TREND_VERDICT_SIZE, "; frees left out, of unknown %s: %llu",
			    measure_names[trend->measure], trend->uncounted);
	if (trend->uncounted_keys)
		text_append(text, TREND_VERDICT_SIZE, "; rows without any: %zu",
			    trend->uncounted_keys);
	return text;
}

/* NULL: no memory. */
static struct trend_item *items_of_changes(const struct trend *trend,
					   const struct reader_set *readers)
{
	struct trend_item *items = calloc(trend->nr_changes + 1, sizeof(*items));

	for (size_t i = 0; items && i < trend->nr_changes; i++)
		items[i] = trend_item(trend, readers, trend->change[i].series, trend->change[i].at,
				      &trend->change[i]);
	return items;
}

static int write_changes(FILE *out, enum format format, const struct trend *trend,
			 const struct reader_set *readers, const struct table_style *style)
{
	struct column columns[MAX_ROW_COLUMNS];
	struct trend_item *items = items_of_changes(trend, readers);
	const struct object_list list = {
		.objects = items, .size = sizeof(*items), .nr = trend->nr_changes, .style = style};
	char verdict[TREND_VERDICT_SIZE];
	bool table = format == FORMAT_TABLE;
	enum color color = trend->nr_changes && table ? COLOR_BAD : COLOR_NONE;
	int err = items ? 0 : -ENOMEM;

	trend_columns(columns, trend->by, trend->nr_by, trend->measure);
	if (!err && trend->nr_changes)
		err = format_list(out, format, columns, &list);
	free(items);
	if (err)
		return err;
	errno = 0;
	fprintf(out, "%s%s", trend->nr_changes && !table ? "\n" : "", table ? "" : "- ");
	fprintf(out, "%s%s%s\n", color_start(out, color), trend_verdict(trend, verdict),
		color_end(out, color));
	return stream_flush(out);
}

/* All points of the series, each behind the change that begins at it. */
static int write_series(FILE *out, enum format format, const struct trend *trend,
			const struct reader_set *readers, const struct trend_series *series,
			const struct column *columns)
{
	int err = 0;

	for (size_t point = 0; point < trend->nr_points && !err; point++) {
		struct trend_item item = trend_item(trend, readers, series, point, NULL);

		for (size_t i = 0; i < trend->nr_changes && !err; i++) {
			item.change = &trend->change[i];
			if (item.change->series == series && item.change->at == point)
				err = format_line(out, format, columns, &item, 0);
		}
		item.change = NULL;
		if (!err)
			err = format_line(out, format, columns, &item, 0);
	}
	return err;
}

static void write_verdict_line(FILE *out, const struct trend *trend)
{
	struct json_writer json = {.out = out};
	bool counts = trend->measure != MEASURE_TIME;
	char text[TREND_VERDICT_SIZE];

	json_begin_object(&json);
	json_put_text(&json, "type", "verdict");
	if (counts)
		json_put_text(&json, "measure", measure_names[trend->measure]);
	json_put_text(&json, "unit", unit_of(trend));
	json_put_u64(&json, "points", trend->nr_points);
	json_put_u64(&json, "rows", trend->nr_series);
	json_put_u64(&json, "changes", trend->nr_changes);
	json_put_u64(&json, "rows_with_too_few", trend->nr_few);
	if (counts) {
		json_put_u64(&json, "uncounted", trend->uncounted);
		json_put_u64(&json, "uncounted_rows", trend->uncounted_keys);
	}
	json_put_text(&json, "text", trend_verdict(trend, text));
	json_end_object(&json);
	json_flush(&json);
	putc('\n', out);
}

int trend_write(FILE *out, enum format format, const struct trend *trend,
		const struct reader_set *readers, const struct table_style *style)
{
	struct column columns[MAX_ROW_COLUMNS];
	struct table_layout layout;
	int err;

	if (format_is_for_people(format))
		return write_changes(out, format, trend, readers, style);
	trend_columns(columns, trend->by, trend->nr_by, trend->measure);
	err = format_lines(out, format, &layout, columns, style);
	for (size_t i = 0; i < trend->nr_series && !err; i++)
		err = write_series(out, format, trend, readers, &trend->series[i], layout.columns);
	errno = 0;
	if (!err && format == FORMAT_JSON)
		write_verdict_line(out, trend);
	return err ?: stream_flush(out);
}
