// SPDX-License-Identifier: GPL-2.0-only
/* Writes a comparison as plain text for a mail. */
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "output/diff_report.h"
#include "output/mail.h"
#include "util/outfile.h"
#include "util/text.h"

#define LABEL	   9 /* columns: "machine: " */
#define NAME	   12
#define FIGURE	   16
#define CHANGE	   10
#define LINE_BYTES TEXT_SIZE(2 * RUN_INFO_LEN)

/* Any bytes, printable and short enough for the rest of a line behind so many columns. */
static void put_text(FILE *out, size_t indent, const char *text)
{
	char safe[LINE_BYTES], shown[LINE_BYTES + sizeof("...")];

	text_printable(safe, sizeof(safe), text, strnlen(text, 2 * RUN_INFO_LEN));
	text_shorten(shown, sizeof(shown), safe, MAIL_WIDTH - indent, "...");
	fprintf(out, "%s\n", shown);
}

/* A line of our own words, each narrower than a line. */
static void put_wrapped(FILE *out, size_t indent, const char *text)
{
	size_t column = indent;

	fprintf(out, "%*s", (int)indent, "");
	while (*text) {
		size_t len = strcspn(text, " ");

		if (column > indent && column + 1 + len > MAIL_WIDTH) {
			fprintf(out, "\n%*s", (int)indent + 2, "");
			column = indent + 2;
		} else if (column > indent) {
			putc(' ', out);
			column++;
		}
		fprintf(out, "%.*s", (int)len, text);
		column += len;
		text += len + (text[len] == ' ');
	}
	putc('\n', out);
}

/* Sides */

static const char *or_unknown(const char *text)
{
	return *text ? text : "?";
}

static void put_count(char *text, size_t size, size_t count, const char *what)
{
	size_t len = strlen(text);

	snprintf(text + len, size - len, "%zu %s%s", count, what, count == 1 ? "" : "s");
}

static void put_kernel(FILE *out, const struct run_info *run_info)
{
	char text[2 * RUN_INFO_LEN];

	fputs("  kernel ", out);
	snprintf(text, sizeof(text), "%s%s%.*s", or_unknown(run_info->kernel_release),
		 *run_info->kernel_version ? " " : "", RUN_INFO_LEN, run_info->kernel_version);
	put_text(out, LABEL, text);
}

static void put_machine(FILE *out, const struct run_info *run_info)
{
	char text[2 * RUN_INFO_LEN], cpus[32] = "?";

	fputs("  on     ", out);
	if (run_info->cpus_online)
		snprintf(cpus, sizeof(cpus), "%llu", run_info->cpus_online);
	snprintf(text, sizeof(text), "%.64s, %.64s, %s CPU%s, %.64s", or_unknown(run_info->host),
		 or_unknown(run_info->machine), cpus, run_info->cpus_online == 1 ? "" : "s",
		 or_unknown(run_info->attach));
	put_text(out, LABEL, text);
}

static void put_side(FILE *out, const char *name, const struct reader_set *readers, size_t runs,
		     size_t boots)
{
	char text[RUN_INFO_LEN] = "";

	fprintf(out, "%-*s", LABEL, name);
	put_text(out, LABEL, readers->reader[0]->path);
	fprintf(out, "%*s", LABEL, "");
	put_count(text, sizeof(text), readers->nr, "recording");
	if (runs) {
		strcat(text, ", ");
		put_count(text, sizeof(text), runs, "run");
		strcat(text, " in ");
		put_count(text, sizeof(text), boots, "boot");
	}
	put_text(out, LABEL, text);
	put_kernel(out, readers->first);
	put_machine(out, readers->first);
}

/* Rows */

/* Right-aligned: "39.5us ±9%" */
static void put_figure(FILE *out, enum measure measure, const struct diff_figures *side)
{
	double median_ns = side->metric[METRIC_P50];
	char median[DURATION_SIZE], text[64] = "-";
	double below, above;
	size_t len;

	if (side->n) {
		measure_text(median, measure, median_ns);
		snprintf(text, sizeof(text), "%s", median);
	}
	if (side->n && side->bounded && median_ns > 0) {
		below = (median_ns - (double)side->low_ns) / median_ns * 100;
		above = ((double)side->high_ns - median_ns) / median_ns * 100;
		len = strlen(text);
		snprintf(text + len, sizeof(text) - len, " \u00b1%.0f%%",
			 fmin(fmax(below, above), 9999));
	}
	fprintf(out, "%*s%s", (int)(FIGURE - text_width(text)), "", text);
}

static void put_figures(FILE *out, const struct diff_line *line)
{
	char change[CHANGE_SIZE] = "-";

	if (!diff_has_changed(line))
		strcpy(change, "~");
	else if (isfinite(line->delta[METRIC_P50]))
		text_change(change, line->delta[METRIC_P50]);
	fprintf(out, "  %-*s", NAME - 2, phase_names[line->phase]);
	put_figure(out, line->measure, &line->side[DIFF_BASE]);
	fprintf(out, " %*s", CHANGE, change);
	put_figure(out, line->measure, &line->side[DIFF_NEW]);
	if (isfinite(line->p_corrected))
		fprintf(out, line->p_corrected < 0.001 ? "  p<0.001" : "  p=%.3f",
			line->p_corrected);
	putc('\n', out);
}

/* Why a row did not pass, if it did not */
static void put_reason(FILE *out, const struct diff *diff, const struct diff_line *line,
		       const char *reason)
{
	static const char *const words[NR_CASE_RESULTS] = {
		[CASE_FAILED] = "FAIL",
		[CASE_ERROR] = "ERROR",
		[CASE_SKIPPED] = "not judged",
	};
	enum case_result result = case_of_line(diff, line);
	char text[LINE_BYTES];

	/* Of all rows alike, the verdict says it. */
	if (result == CASE_PASSED || (!line->failed && (diff->few_runs || diff->unlike)))
		return;
	if (diff->result == RESULT_NO_LIMITS && result == CASE_FAILED)
		return; /* the figures say it */
	snprintf(text, sizeof(text), "%s: %s", words[result], reason);
	put_wrapped(out, 4, text);
}

static int put_line(FILE *out, const struct diff *diff, const struct diff_line *line, bool same_key)
{
	char *keys = case_keys(diff, line), *reason = case_reason_of_line(diff, line);
	int err = keys && reason ? 0 : -ENOMEM;

	if (!err && *keys && !same_key) {
		putc('\n', out);
		put_text(out, 0, keys);
	}
	if (!err) {
		put_figures(out, line);
		put_reason(out, diff, line, reason);
	}
	free(keys);
	free(reason);
	return err;
}

static void put_means(FILE *out, const struct diff *diff)
{
	const struct diff_line *mean;
	char change[CHANGE_SIZE];

	putc('\n', out);
	for (mean = diff->means; mean < diff->means + diff->nr_means; mean++)
		if (mean->side[DIFF_BASE].n > 1)
			fprintf(out, "geometric mean of %llu medians: %s %s\n",
				mean->side[DIFF_BASE].n, diff_subject(mean),
				text_change(change, mean->delta[METRIC_P50]));
}

int mail_write(FILE *out, const struct diff *diff, const struct diff_sides *sides)
{
	char verdict[DIFF_VERDICT_SIZE];
	int err = 0;

	errno = 0;
	put_side(out, "base", sides->readers[DIFF_BASE], diff->runs[DIFF_BASE],
		 diff->boots[DIFF_BASE]);
	put_side(out, "new", sides->readers[DIFF_NEW], diff->runs[DIFF_NEW], diff->boots[DIFF_NEW]);
	fprintf(out, "\n%-*s%*s %*s%*s\n", NAME,
		diff->measure == MEASURE_TIME ? "" : measure_names[diff->measure], FIGURE, "base",
		CHANGE, "change", FIGURE, "new");
	for (size_t i = 0; i < diff->nr && !err; i++)
		err = put_line(out, diff, &diff->line[i],
			       i && diff->line[i].row == diff->line[i - 1].row);
	if (diff->left_out)
		fprintf(out, "\n%zu more row%s\n", diff->left_out, diff->left_out > 1 ? "s" : "");
	put_means(out, diff);
	put_wrapped(out, 0, diff_verdict(diff, verdict));
	return err ?: stream_flush(out);
}
