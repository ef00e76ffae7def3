// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads trends back as people and programs see them: hostile names, unknown points, full disks.
 */
#include <errno.h>
#include <math.h>

#include "output/html/trend.h"
#include "output/trend_report.h"
#include "support/compared.h"
#include "support/html.h"
#include "support/json.h"
#include "util/macros.h"

#define POINTS 10

/* A table of one key, whose median doubles at the sixth recording; the third lacks it. */
struct history {
	struct aggregate *all;
	struct diff_run run[POINTS];
	char id[POINTS][16];
	struct run_info info[POINTS];
	struct reader reader[POINTS];
	struct reader_set readers;
	struct trend trend;
};

static struct aggregate *samples_new(enum measure measure)
{
	struct aggregate *aggregate = aggregate_new(by_name, 1, 10);

	assert_non_null(aggregate);
	aggregate_keep_samples(aggregate, measure);
	return aggregate;
}

/* A call, or a teardown of so many instructions and one where they are unknown. */
static void add(struct aggregate *aggregate, const char *name, enum measure measure, __u64 value)
{
	const struct teardown counted = counted_of(name, value), uncounted = counted_of(name, 0);
	const struct call call = call_of(name, value);

	if (measure == MEASURE_TIME) {
		assert_int_equal(aggregate_add(aggregate, &call), 0);
		return;
	}
	assert_int_equal(aggregate_add_teardown(aggregate, &counted), 0);
	assert_int_equal(aggregate_add_teardown(aggregate, &uncounted), 0);
}

static void history_make_of(struct history *history, const char *name, enum measure measure)
{
	const struct trend_options opts = {.measure = measure, .alpha = 0.05, .arrangements = 999};

	*history = (struct history){.all = samples_new(measure)};
	history->readers.nr = POINTS;
	for (size_t i = 0; i < POINTS; i++) {
		const __u64 value = (i < 5 ? 1000 : 2000) + i;

		snprintf(history->id[i], sizeof(history->id[i]), "%zu", i);
		history->run[i] =
			(struct diff_run){samples_new(measure), history->id[i], history->id[i]};
		snprintf(history->info[i].kernel_release, RUN_INFO_LEN, "<6.%zu>&", i);
		history->reader[i] =
			(struct reader){.path = "\"<a>.mdt\x1b", .run_info = &history->info[i]};
		history->readers.reader[i] = &history->reader[i];
		if (i == 2)
			continue;
		add(history->all, name, measure, value);
		add(history->run[i].aggregate, name, measure, value);
	}
	assert_int_equal(trend_make(&history->trend, history->all, history->run, POINTS, &opts), 0);
	assert_int_equal(history->trend.nr_changes, 1);
}

static void history_make(struct history *history, const char *name)
{
	history_make_of(history, name, MEASURE_TIME);
}

static void history_free(struct history *history)
{
	trend_free(&history->trend);
	aggregate_free(history->all);
	for (size_t i = 0; i < POINTS; i++)
		aggregate_free(history->run[i].aggregate);
}

static const char *written(struct history *history, enum format format)
{
	FILE *out = out_open();

	assert_int_equal(trend_write(out, format, &history->trend, &history->readers, NULL), 0);
	return out_close(out);
}

static int write_page(FILE *out, const struct history *history)
{
	struct page_run runs[POINTS];

	for (size_t i = 0; i < POINTS; i++)
		runs[i] = (struct page_run){&history->info[i], history->reader[i].path};
	return page_trend_write(out, &history->trend, &history->readers, runs);
}

TEST(formats)
{
	struct history history;
	const char *text;

	history_make(&history, "map");
	text = written(&history, FORMAT_TABLE);
	check_begins(text, "NAME  PHASE    FROM          TIME                  KERNEL  BEFORE   "
			   "AFTER    DELTA      P\n"
			   "map   destroy  \"<a>.mdt\\x1b  1970-01-01T00:00:00Z  <6.5>&  1.00us  "
			   "2.01us  +100.3%  ");
	check_has(text, "\n1 change in 1 of 1 row\n");
	text = written(&history, FORMAT_JSON);
	json_check_lines(text);
	assert_int_equal(occurrences(text, "{\"type\":\"point\""), POINTS);
	assert_int_equal(occurrences(text, "{\"type\":\"change\""), 1);
	check_has(text, "\"kernel\":\"<6.2>&\",\"host\":null,\"n\":0,\"median_ns\":null,");
	check_has(
		text,
		"{\"type\":\"verdict\",\"unit\":\"boot\",\"points\":10,\"rows\":1,\"changes\":1,");
	history_free(&history);
}

/* Counts are never shown as times. */
TEST(counts)
{
	struct history history;
	const char *text;
	FILE *out;

	history_make_of(&history, "map", MEASURE_INSTRUCTIONS);
	text = written(&history, FORMAT_TABLE);
	check_begins(text,
		     "NAME  PHASE  MEASURE       FROM          TIME                  KERNEL  "
		     "BEFORE  AFTER    DELTA      P\n"
		     "map   free   instructions  \"<a>.mdt\\x1b  1970-01-01T00:00:00Z  <6.5>&  "
		     " 1.00k  2.01k  +100.3%  ");
	check_has(text, "\ninstructions: 1 change in 1 of 1 row; frees left out, of unknown "
			"instructions: 9\n");
	text = written(&history, FORMAT_JSON);
	json_check_lines(text);
	check_has(text, "\"measure\":\"instructions\",\"recording\"");
	check_has(text, "\"n\":1,\"uncounted\":1,\"median\":1000.0,\"before\":null,");
	check_has(text, "\"n\":0,\"uncounted\":0,\"median\":null,");
	check_has(text, "{\"type\":\"verdict\",\"measure\":\"instructions\",\"unit\":\"boot\",");
	check_has(text, ",\"uncounted\":9,\"uncounted_rows\":0,\"text\":");
	assert_null(strstr(text, "_ns\""));
	out = out_open();
	assert_int_equal(write_page(out, &history), 0);
	text = out_close(out);
	check_page(text);
	check_has(text, "map \u00b7 free instructions</text>");
	check_has(text, "\">2.01k</text>");
	history_free(&history);
}

/* A dot for each point that is known, and names that stay text. */
TEST(page)
{
	struct history history;
	const char *page;
	FILE *out = out_open();

	history_make(&history, "</svg><b>\n");
	assert_int_equal(write_page(out, &history), 0);
	page = out_close(out);
	check_page(page);
	assert_int_equal(occurrences(page, "<circle "), POINTS - 1);
	assert_int_equal(occurrences(page, "data-change=\"5\""), 1);
	check_has(page, "&lt;/svg&gt;&lt;b&gt;\\x0a");
	history_free(&history);
}

/* One of 20 orders is no less than alpha: the verdict is not that nothing changed. */
TEST(few_orders)
{
	struct trend_options opts = {.alpha = 0.05, .arrangements = 19};
	struct history history;

	history_make(&history, "map");
	trend_free(&history.trend);
	assert_int_equal(trend_make(&history.trend, history.all, history.run, POINTS, &opts), 0);
	assert_string_equal(written(&history, FORMAT_TABLE),
			    "no change can be significant in 1 row: of 19 orders, P is 0.05 at best"
			    " (use a greater --alpha, or fewer rows)\n");
	trend_free(&history.trend);
	opts.arrangements = 20;
	assert_int_equal(trend_make(&history.trend, history.all, history.run, POINTS, &opts), 0);
	assert_false(history.trend.few_orders);
	history_free(&history);
}

TEST(disk_full)
{
	static const enum format formats[] = {FORMAT_TABLE, FORMAT_JSON, FORMAT_CSV,
					      FORMAT_MARKDOWN};
	struct history history;
	FILE *out;

	history_make(&history, "map");
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		out = full_disk();
		assert_int_equal(
			trend_write(out, formats[i], &history.trend, &history.readers, NULL),
			-ENOSPC);
		fclose(out);
	}
	out = full_disk();
	assert_int_equal(write_page(out, &history), -ENOSPC);
	fclose(out);
	history_free(&history);
}

TEST_MAIN(NULL, NULL)
