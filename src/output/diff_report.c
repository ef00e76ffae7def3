// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes a comparison, as a table with a summary, or line by line.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "output/diff_report.h"
#include "output/column.h"
#include "output/format.h"
#include "output/table.h"
#include "output/table_cell.h"
#include "output/terminal.h"
#include "util/json_writer.h"
#include "util/outfile.h"
#include "util/text.h"

const char *diff_subject(const struct diff_line *line)
{
	return measure_subject(line->measure, line->phase);
}

/* The mean of one line is not worth a line. */
static void write_means(FILE *out, const struct diff *diff, const char *item)
{
	const struct diff_line *mean;
	char change[CHANGE_SIZE];

	for (mean = diff->means; mean < diff->means + diff->nr_means; mean++)
		if (mean->side[DIFF_BASE].n > 1)
			fprintf(out, "%sgeometric mean of %llu medians: %s %s\n", item,
				mean->side[DIFF_BASE].n, diff_subject(mean),
				text_change(change, mean->delta[METRIC_P50]));
}

/* Of the rows shown: a test of so few values finds little. */
static void write_few(FILE *out, const struct diff *diff, const char *item)
{
	const struct diff_line *line;
	size_t few = 0;

	for (line = diff->line; line < diff->line + diff->nr; line++)
		few += line->side[DIFF_BASE].n < DIFF_FEW || line->side[DIFF_NEW].n < DIFF_FEW;
	if (few)
		fprintf(out, "%srows with less than %d values on a side, which say little: %zu\n",
			item, DIFF_FEW, few);
}

const char *diff_too_few(const struct diff_line *line)
{
	return line->verdict == VERDICT_FEW_RUNS ? "too few runs" : "too few values";
}

/* Of the test that was significant: that of all values, or that of the tail. */
static double p_of(const struct diff_line *line)
{
	return line->verdict == VERDICT_SLOWER ? line->p_corrected : line->p_tail_corrected;
}

void diff_write_exceeded(FILE *out, const struct diff_line *line, size_t nth)
{
	const struct diff_limit *limit = &line->limits[nth];
	char change[CHANGE_SIZE] = "from 0";

	if (isfinite(line->delta[limit->metric]))
		text_change(change, line->delta[limit->metric]);
	fprintf(out, "%s %s %s (limit %g%%)", diff_subject(line), metric_names[limit->metric],
		change, limit->percent);
	if (line->failed & 1U << nth)
		fprintf(out, ", p=%.2g", p_of(line));
	else
		fprintf(out, ": %s", diff_too_few(line));
}

/* Begins a line that says why the limits are not kept. */
static void begin_failure(FILE *out, enum format format, const struct column *columns,
			  const struct diff_line *line, const char *item)
{
	fprintf(out, "%sFAIL: ", item);
	if (table_cell_keys(out, format, columns, line))
		fputs(": ", out);
}

static void write_failures(FILE *out, enum format format, const struct column *columns,
			   const struct diff_line *line, bool strict, const char *item)
{
	__u32 limits = line->failed | (strict ? line->unclear : 0);

	for (size_t i = 0; i < MAX_LIMITS; i++) {
		if (!(limits & 1U << i))
			continue;
		begin_failure(out, format, columns, line, item);
		diff_write_exceeded(out, line, i);
		putc('\n', out);
	}
}

/* The phases of a key that the new side lacks; they are in one place, in order. */
static void write_gone(FILE *out, enum format format, const struct column *columns,
		       const struct diff *diff, const char *item)
{
	const struct diff_line *line, *last = NULL, *end = diff->line + diff->nr + diff->left_out;

	for (line = diff->line; line < end; line++) {
		if (!diff_is_gone(line))
			continue;
		if (last && last->row == line->row) {
			fprintf(out, ", %s", diff_subject(line));
		} else {
			if (last)
				putc('\n', out);
			begin_failure(out, format, columns, line, item);
			fprintf(out, "missing in the new side: %s", diff_subject(line));
		}
		last = line;
	}
	if (last)
		putc('\n', out);
}

const char *diff_runs(const struct diff *diff, enum diff_side side, char text[DIFF_RUNS_SIZE])
{
	size_t runs = diff->runs[side], boots = diff->boots[side];

	text[0] = '\0';
	if (runs > 1)
		snprintf(text, DIFF_RUNS_SIZE, ", %zu runs in %zu boot%s", runs, boots,
			 boots > 1 ? "s" : "");
	return text;
}

static size_t least_of(const size_t nr[NR_DIFF_SIDES])
{
	return nr[DIFF_BASE] < nr[DIFF_NEW] ? nr[DIFF_BASE] : nr[DIFF_NEW];
}

const char *diff_few_runs(const struct diff *diff, char text[DIFF_RUNS_SIZE])
{
	const size_t *units = diff->unit == UNIT_BOOT ? diff->boots : diff->runs;
	const char *name = diff->unit == UNIT_BOOT ? "boot" : "run";

	if (least_of(diff->runs) == 1)
		snprintf(text, DIFF_RUNS_SIZE, "1 run: within-run noise only");
	else if (least_of(units) == 1)
		snprintf(text, DIFF_RUNS_SIZE, "1 boot: within-boot noise only");
	else
		snprintf(text, DIFF_RUNS_SIZE, "%zu and %zu %ss are too few", units[DIFF_BASE],
			 units[DIFF_NEW], name);
	return text;
}

/* What was not compared, or does not compare well */
static void append_gaps(char text[DIFF_VERDICT_SIZE], const struct diff *diff)
{
	const struct diff_tally *tally = &diff->tally;

	if (tally->only_in[DIFF_BASE])
		text_append(text, DIFF_VERDICT_SIZE, "; only in the base: %zu",
			    tally->only_in[DIFF_BASE]);
	if (tally->only_in[DIFF_NEW])
		text_append(text, DIFF_VERDICT_SIZE, "; only in the new side: %zu",
			    tally->only_in[DIFF_NEW]);
	if (tally->unclear && !diff->few_runs)
		text_append(text, DIFF_VERDICT_SIZE, "; too few %s: %zu",
			    diff->unit == UNIT_VALUE ? "values" : "runs", tally->unclear);
	if (diff->uncounted[DIFF_BASE] || diff->uncounted[DIFF_NEW])
		text_append(
			text, DIFF_VERDICT_SIZE,
			"; frees left out, of unknown %s: %llu in the base, %llu in the new side",
			measure_names[diff->measure], diff->uncounted[DIFF_BASE],
			diff->uncounted[DIFF_NEW]);
	if (diff->uncounted_keys)
		text_append(text, DIFF_VERDICT_SIZE, "; rows without any: %zu",
			    diff->uncounted_keys);
	if (diff->keys_mixed)
		text_append(text, DIFF_VERDICT_SIZE, "; some keys share a row");
	if (diff->unlike)
		text_append(text, DIFF_VERDICT_SIZE, "; the benchmarks are not the same");
	if (diff->forced)
		text_append(text, DIFF_VERDICT_SIZE,
			    "; the recordings are not well comparable (--force)");
}

const char *diff_verdict(const struct diff *diff, char text[DIFF_VERDICT_SIZE])
{
	const struct diff_tally *tally = &diff->tally;
	const char *slower = diff_word(diff->measure, VERDICT_SLOWER);
	const char *faster = diff_word(diff->measure, VERDICT_FASTER);
	size_t changed = tally->slower ?: tally->faster;
	char few_runs[DIFF_RUNS_SIZE];
	static const char *const results[] = {
		[RESULT_NO_LIMITS] = "",
		[RESULT_PASSES] = "; the gate passes",
		[RESULT_FAILS] = "; the gate fails",
		[RESULT_NO_EVIDENCE] = "; the gate fails",
	};

	text[0] = '\0';
	if (diff->measure != MEASURE_TIME)
		text_append(text, DIFF_VERDICT_SIZE, "%s: ", measure_names[diff->measure]);
	if (!tally->compared)
		text_append(text, DIFF_VERDICT_SIZE, "nothing to compare");
	else if (diff->few_runs)
		text_append(text, DIFF_VERDICT_SIZE, "no row is called %s or %s (%s)", slower,
			    faster, diff_few_runs(diff, few_runs));
	else if (changed)
		text_append(text, DIFF_VERDICT_SIZE, "%zu of %zu row%s %s %s", changed,
			    tally->compared, tally->compared > 1 ? "s" : "",
			    changed > 1 ? "are" : "is", tally->slower ? slower : faster);
	else if (tally->mixed)
		text_append(text, DIFF_VERDICT_SIZE, "%zu of %zu row%s", tally->mixed,
			    tally->compared, tally->compared > 1 ? "s" : "");
	else
		text_append(text, DIFF_VERDICT_SIZE, "no significant change in %zu row%s",
			    tally->compared, tally->compared > 1 ? "s" : "");
	if (tally->slower && tally->faster)
		text_append(text, DIFF_VERDICT_SIZE, ", %zu %s", tally->faster, faster);
	if (changed && tally->mixed)
		text_append(text, DIFF_VERDICT_SIZE, ", %zu", tally->mixed);
	if (tally->mixed)
		text_append(text, DIFF_VERDICT_SIZE, " changed without a clear direction");
	append_gaps(text, diff);
	text_append(text, DIFF_VERDICT_SIZE, "%s", results[diff->result]);
	return text;
}

static const char *const unit_names[] = {
	[UNIT_VALUE] = "value",
	[UNIT_RUN] = "run",
	[UNIT_BOOT] = "boot",
};

/* Both members are null without limits. */
static void put_result(struct json_writer *json, enum diff_result result)
{
	static const char *const names[] = {
		[RESULT_PASSES] = "pass",
		[RESULT_FAILS] = "fail",
		[RESULT_NO_EVIDENCE] = "unknown",
	};

	json_key(json, "passes", strlen("passes"));
	if (result == RESULT_NO_LIMITS)
		json_null(json);
	else
		json_bool(json, result == RESULT_PASSES);
	json_key(json, "result", strlen("result"));
	if (result == RESULT_NO_LIMITS)
		json_null(json);
	else
		json_string(json, names[result], strlen(names[result]));
}

/* The last line of JSON. */
static int write_verdict_line(FILE *out, const struct diff *diff)
{
	const struct diff_tally *tally = &diff->tally;
	struct json_writer json = {.out = out};
	bool counts = diff->measure != MEASURE_TIME;
	char text[DIFF_VERDICT_SIZE];

	errno = 0;
	json_begin_object(&json);
	json_put_text(&json, "type", "verdict");
	if (counts)
		json_put_text(&json, "measure", measure_names[diff->measure]);
	json_put_text(&json, "unit", unit_names[diff->unit]);
	json_key(&json, "few_runs", strlen("few_runs"));
	json_bool(&json, diff->few_runs);
	json_put_u64(&json, "compared", tally->compared);
	json_put_u64(&json, diff_word(diff->measure, VERDICT_SLOWER), tally->slower);
	json_put_u64(&json, diff_word(diff->measure, VERDICT_FASTER), tally->faster);
	json_put_u64(&json, "only_in_base", tally->only_in[DIFF_BASE]);
	json_put_u64(&json, "only_in_new", tally->only_in[DIFF_NEW]);
	json_put_u64(&json, "unclear", tally->unclear);
	if (counts) {
		json_put_u64(&json, "uncounted_base", diff->uncounted[DIFF_BASE]);
		json_put_u64(&json, "uncounted_new", diff->uncounted[DIFF_NEW]);
		json_put_u64(&json, "uncounted_rows", diff->uncounted_keys);
	}
	put_result(&json, diff->result);
	json_put_text(&json, "text", diff_verdict(diff, text));
	json_end_object(&json);
	json_flush(&json);
	putc('\n', out);
	return stream_flush(out);
}

int diff_write_summary(FILE *out, enum format format, const struct diff *diff)
{
	const char *item = format == FORMAT_MARKDOWN ? "- " : "";
	const struct diff_line *line;
	struct column columns[MAX_ROW_COLUMNS];
	char verdict[DIFF_VERDICT_SIZE];

	errno = 0;
	diff_columns(columns, diff->by, diff->nr_by, diff->measure);
	if (format == FORMAT_MARKDOWN && diff->nr)
		putc('\n', out);
	write_means(out, diff, item);
	write_few(out, diff, item);
	for (line = diff->line; line < diff->line + diff->nr + diff->left_out; line++)
		write_failures(out, format, columns, line, diff->strict, item);
	if (diff->strict)
		write_gone(out, format, columns, diff, item);
	fprintf(out, "%s%s\n", item, diff_verdict(diff, verdict));
	return stream_flush(out);
}

static enum color color_of(const struct diff *diff, const char *line, bool last)
{
	if (!last)
		return strncmp(line, "FAIL: ", strlen("FAIL: ")) ? COLOR_NONE : COLOR_BAD;
	if (diff->result == RESULT_FAILS || diff->result == RESULT_NO_EVIDENCE)
		return COLOR_BAD;
	if (diff->tally.slower)
		return COLOR_BAD;
	return diff->tally.faster ? COLOR_GOOD : COLOR_NONE;
}

/* In a table: wrapped to the terminal, and colored line by line. */
static int show_summary(FILE *out, const struct diff *diff)
{
	char *text = NULL, *rest, *line;
	FILE *file;
	size_t size;

	file = open_memstream(&text, &size);
	if (!file)
		return -ENOMEM;
	diff_write_summary(file, FORMAT_TABLE, diff);
	if (text_memory_end(file, &text))
		return -ENOMEM;
	for (rest = text; (line = strsep(&rest, "\n")) && rest;) {
		enum color color = color_of(diff, line, !*rest);

		fputs(color_start(out, color), out);
		terminal_lines(out, line);
		fprintf(out, "%s\n", color_end(out, color));
	}
	free(text);
	return stream_flush(out);
}

int diff_write(FILE *out, enum format format, const struct diff *diff,
	       const struct table_style *style)
{
	struct object_list lines = {
		.objects = diff->line,
		.size = sizeof(*diff->line),
		.nr = diff->nr,
		.left_out = diff->left_out,
		.style = style,
	};
	struct object_list means = {
		.objects = diff->means,
		.size = sizeof(*diff->means),
		.nr = diff->nr_means,
		.style = style,
	};
	struct column columns[MAX_ROW_COLUMNS];
	struct table_layout layout;
	int err = 0;

	diff_columns(columns, diff->by, diff->nr_by, diff->measure);
	if (format == FORMAT_CSV)
		err = format_lines(out, FORMAT_CSV, &layout, columns, style);
	if (!err && diff->nr)
		err = format_list(out, format, columns, &lines);
	errno = 0;
	if (!err && format == FORMAT_TABLE)
		return show_summary(out, diff);
	if (!err && format == FORMAT_MARKDOWN)
		return diff_write_summary(out, format, diff);
	if (!err)
		err = format_list(out, format, columns, &means);
	return err || format != FORMAT_JSON ? err : write_verdict_line(out, diff);
}
