// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes the page of a comparison.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "output/diff_report.h"
#include "output/html/bins.h"
#include "output/html/diff.h"
#include "output/html/page.h"
#include "output/table_cell.h"
#include "util/outfile.h"
#include "util/text.h"

#define LEFT	    290
#define RIGHT	    190
#define GAP	    10
#define HALF	    30 /* height of a side */
#define HEIGHT	    (2 * HALF + GAP)
#define AXIS	    18
#define LABEL_BYTES 40
#define BINS	    80
#define FINEST	    0.001 /* of values that are all the same */

static const char *const side_names[] = {[DIFF_BASE] = "base", [DIFF_NEW] = "new"};

static const char *const verdict_styles[] = {
	[VERDICT_UNKNOWN] = "dim",   [VERDICT_SAME] = "dim",	  [VERDICT_MIXED] = "dim",
	[VERDICT_FASTER] = "faster", [VERDICT_SLOWER] = "slower", [VERDICT_FEW_RUNS] = "dim",
};

static const char *verdict_words(const struct diff_line *line)
{
	static const char *const words[] = {
		[VERDICT_UNKNOWN] = "unknown",
		[VERDICT_SAME] = "no significant change",
		[VERDICT_MIXED] = "no clear direction",
		[VERDICT_FEW_RUNS] = "too few runs",
	};

	if (line->verdict == VERDICT_SLOWER || line->verdict == VERDICT_FASTER)
		return diff_word(line->measure, line->verdict);
	return words[line->verdict];
}

/* Sorted; NULL: no values. */
static const struct samples *samples_of(const struct page_side *side, const struct diff_line *line)
{
	const struct row *row = aggregate_find(side->aggregate, line->row);

	if (!row || !row->samples || !row->samples[line->phase].nr)
		return NULL;
	return &row->samples[line->phase];
}

/* Distributions */

/* "hash events" */
static void put_label(FILE *out, const struct diff *diff, const struct diff_line *line)
{
	struct column columns[MAX_ROW_COLUMNS];
	char label[CELL_SIZE] = "", cut[LABEL_BYTES + 1], cell[CELL_SIZE];
	size_t len = 0, shown;

	diff_columns(columns, diff->by, diff->nr_by, diff->measure);
	for (const struct column *column = columns; column->name; column++) {
		if (!column->of_key || !column->heading || len >= sizeof(label))
			continue;
		table_cell_fill(cell, column, line, 0);
		len += snprintf(label + len, sizeof(label) - len, "%s%s", len ? " \u00b7 " : "",
				cell);
	}
	shown = text_utf8(cut, sizeof(cut), label, strlen(label));
	fputs("<text x=\"0\" y=\"24\">", out);
	page_text(out, cut);
	fprintf(out,
		"%s</text><text class=\"dim\" x=\"0\" y=\"40\">%s, %llu and %llu values</text>",
		label[shown] ? "\u2026" : "", diff_subject(line), line->side[DIFF_BASE].n,
		line->side[DIFF_NEW].n);
}

static __u64 zeros_of(const struct samples *samples)
{
	__u64 zeros = 0;

	while (samples && zeros < samples->nr && !samples->ns[zeros])
		zeros++;
	return zeros;
}

/* Values of 0 have no place on the axis. */
static void put_zeros(FILE *out, const struct samples *const samples[NR_DIFF_SIDES])
{
	__u64 base = zeros_of(samples[DIFF_BASE]), now = zeros_of(samples[DIFF_NEW]);

	if (base || now)
		fprintf(out,
			"<text class=\"dim\" x=\"0\" y=\"56\" data-base=\"%llu\" data-new=\"%llu\">"
			"%llu and %llu took no time</text>",
			base, now, base, now);
}

/* The verdict in words, and the medians. */
static void put_verdict(FILE *out, const struct diff_line *line)
{
	char change[CHANGE_SIZE] = "", text[NR_DIFF_SIDES][DURATION_SIZE] = {"?", "?"};
	bool changed = line->verdict != VERDICT_UNKNOWN && diff_has_changed(line);

	for (int i = 0; i < NR_DIFF_SIDES; i++)
		if (line->side[i].n)
			measure_text(text[i], line->measure, line->side[i].metric[METRIC_P50]);
	if (changed && isfinite(line->delta[METRIC_P50]))
		text_change(change, line->delta[METRIC_P50]);
	fprintf(out,
		"<text class=\"%s\" x=\"%d\" y=\"24\" data-verdict=\"%s\">%s%s %s</text>"
		"<text class=\"dim\" x=\"%d\" y=\"40\">%s \u2192 %s</text>",
		verdict_styles[line->verdict], PAGE_WIDTH - RIGHT + GAP, verdict_words(line),
		line->failed ? "FAIL: " : "", verdict_words(line), change, PAGE_WIDTH - RIGHT + GAP,
		text[DIFF_BASE], text[DIFF_NEW]);
}

/* The confidence interval of the median, and the median. */
static void put_median(FILE *out, const struct plot *plot, const struct bins *bins,
		       enum measure measure, const struct diff_figures *figures)
{
	double low = plot_x(plot, bins, (double)figures->low_ns);
	double high = plot_x(plot, bins, (double)figures->high_ns);
	char text[3][DURATION_SIZE], title[64];

	measure_text(text[0], measure, figures->metric[METRIC_P50]);
	if (!figures->bounded) {
		snprintf(title, sizeof(title), "median %s", text[0]);
	} else {
		measure_text(text[1], measure, (double)figures->low_ns);
		measure_text(text[2], measure, (double)figures->high_ns);
		snprintf(title, sizeof(title), "median %s, from %s to %s", text[0], text[1],
			 text[2]);
		fprintf(out,
			"<rect class=\"interval\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
			"height=\"3\" data-low=\"%llu\" data-high=\"%llu\"><title>%s</title></rect>",
			low, plot->ground - plot->height - (plot->height < 0 ? 3 : 0),
			fmax(high - low, 1), figures->low_ns, figures->high_ns, title);
	}
	plot_mark(out, plot, bins, figures->metric[METRIC_P50], title);
}

static void put_side(FILE *out, const struct plot *plot, struct bins bins, __u64 most,
		     const struct samples *samples, const struct diff_line *line,
		     enum diff_side side)
{
	if (!samples)
		return;
	bins_add_samples(&bins, samples);
	bins.most = most;
	plot_bins(out, plot, &bins, side_names[side]);
	put_median(out, plot, &bins, line->measure, &line->side[side]);
}

/* Empty bins for the values of both sides. */
static struct bins bins_for(const struct samples *const samples[NR_DIFF_SIDES],
			    enum measure measure)
{
	struct bins bins;
	__u64 low_ns = ~0ULL, high_ns = 0;

	for (int i = 0; i < NR_DIFF_SIDES; i++) {
		if (!samples[i])
			continue;
		if (samples_least(samples[i]) < low_ns)
			low_ns = samples_least(samples[i]);
		if (samples[i]->ns[samples[i]->nr - 1] > high_ns)
			high_ns = samples[i]->ns[samples[i]->nr - 1];
	}
	bins = bins_new(low_ns, high_ns, BINS, FINEST);
	bins.counts = measure != MEASURE_TIME;
	return bins;
}

/* The greatest count of a bin on either side. */
static __u64 most_of(struct bins bins, const struct samples *const samples[NR_DIFF_SIDES])
{
	__u64 most = 0;

	for (int i = 0; i < NR_DIFF_SIDES; i++) {
		struct bins side = bins;

		if (samples[i])
			bins_add_samples(&side, samples[i]);
		most = side.most > most ? side.most : most;
	}
	return most;
}

static void put_line(FILE *out, const struct diff *diff, const struct diff_line *line,
		     const struct page_side sides[NR_DIFF_SIDES])
{
	const struct samples *const samples[] = {samples_of(&sides[DIFF_BASE], line),
						 samples_of(&sides[DIFF_NEW], line)};
	const struct bins bins = bins_for(samples, line->measure);
	const struct plot up = {LEFT, PAGE_WIDTH - LEFT - RIGHT, HALF + GAP / 2, HALF};
	struct plot down = up;
	__u64 most = most_of(bins, samples);

	down.height = -HALF;
	fprintf(out,
		"<svg class=\"line\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"distributions\">",
		PAGE_WIDTH, HEIGHT + AXIS);
	plot_axis(out, &up, &bins, 0, HEIGHT);
	put_label(out, diff, line);
	put_zeros(out, samples);
	put_side(out, &up, bins, most, samples[DIFF_BASE], line, DIFF_BASE);
	put_side(out, &down, bins, most, samples[DIFF_NEW], line, DIFF_NEW);
	fprintf(out, "<line class=\"ground\" x1=\"%d\" x2=\"%d\" y1=\"%.0f\" y2=\"%.0f\"/>", LEFT,
		PAGE_WIDTH - RIGHT, up.ground, up.ground);
	put_verdict(out, line);
	fputs("</svg>\n", out);
}

static void put_legend(FILE *out, enum measure measure)
{
	bool times = measure == MEASURE_TIME;

	fputs("<ul class=\"legend\">", out);
	for (int i = 0; i < NR_DIFF_SIDES; i++)
		fprintf(out,
			"<li><svg viewBox=\"0 0 12 12\" aria-hidden=\"true\"><rect class=\"%s\" "
			"width=\"12\" height=\"12\"/></svg>%s, %s</li>",
			side_names[i], side_names[i], i == DIFF_BASE ? "upwards" : "downwards");
	fprintf(out,
		"<li>line: median; bar at its end: confidence interval of the median</li></ul>\n"
		"<p class=\"dim\">%s and %s have logarithmic scales; each row has its own "
		"scale of %s.</p>\n",
		times			    ? "Durations"
		: measure == MEASURE_CYCLES ? "Cycles"
					    : "Instructions",
		times ? "counts" : "numbers of frees",
		times ? "durations" : measure_names[measure]);
}

static void put_distributions(FILE *out, const struct diff *diff,
			      const struct page_side sides[NR_DIFF_SIDES])
{
	size_t nr = diff->nr < PAGE_DIFF_DRAWN ? diff->nr : PAGE_DIFF_DRAWN;

	page_begin_section(out, "Distributions");
	if (nr)
		put_legend(out, diff->measure);
	else
		fputs("<p class=\"dim\">nothing to compare</p>\n", out);
	for (size_t i = 0; i < nr; i++)
		put_line(out, diff, &diff->line[i], sides);
	if (diff->nr + diff->left_out > nr)
		fprintf(out, "<p class=\"dim\">The first %zu of %zu rows are drawn.</p>\n", nr,
			diff->nr + diff->left_out);
	page_end_section(out);
}

/* The whole */

static void put_side_name(FILE *out, const char *name, const struct page_side *side)
{
	const struct run_info *info = side->runs[0].info;
	char line[4 * RUN_INFO_LEN];

	fprintf(out, "<p><strong>%s</strong>: ", name);
	page_text(out, side->runs[0].path);
	if (side->nr_runs > 1)
		fprintf(out, " and %zu more", side->nr_runs - 1);
	snprintf(line, sizeof(line), ", Linux %s on %s, %s",
		 *info->kernel_release ? info->kernel_release : "?", *info->host ? info->host : "?",
		 *info->attach ? info->attach : "?");
	page_text(out, line);
	fputs("</p>\n", out);
}

static int put_summary(FILE *out, const struct diff *diff,
		       const struct page_side sides[NR_DIFF_SIDES])
{
	char verdict[DIFF_VERDICT_SIZE], *text = NULL, *last;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	if (!file)
		return -ENOMEM;
	diff_write_summary(file, FORMAT_TABLE, diff);
	if (text_memory_end(file, &text))
		return -ENOMEM;
	/* Its last line is the verdict. */
	last = text + strlen(text) - (*text != '\0');
	while (last > text && last[-1] != '\n')
		last--;
	*last = '\0';
	page_begin_section(out, "Verdict");
	fputs("<p class=\"verdict\">", out);
	page_text(out, diff_verdict(diff, verdict));
	fputs("</p>\n", out);
	for (int i = 0; i < NR_DIFF_SIDES; i++)
		put_side_name(out, side_names[i], &sides[i]);
	page_lines(out, text);
	page_end_section(out);
	free(text);
	return 0;
}

static void put_tables(FILE *out, const struct diff *diff)
{
	const struct object_list lines = {
		.objects = diff->line,
		.size = sizeof(*diff->line),
		.nr = diff->nr,
		.left_out = diff->left_out,
		.empty = "nothing to compare",
	};
	struct column columns[MAX_ROW_COLUMNS];

	diff_columns(columns, diff->by, diff->nr_by, diff->measure);
	page_begin_section(out, "Rows");
	page_table(out, "lines", columns, &lines);
	page_end_section(out);
}

static void put_conditions(FILE *out, const struct page_side sides[NR_DIFF_SIDES])
{
	const struct page_run runs[] = {sides[DIFF_BASE].runs[0], sides[DIFF_NEW].runs[0]};

	page_begin_section(out, "Conditions");
	page_conditions(out, runs, NR_DIFF_SIDES, side_names);
	if (sides[DIFF_BASE].nr_runs > 1 || sides[DIFF_NEW].nr_runs > 1)
		fputs("<p class=\"dim\">Those of the first recording on each side.</p>\n", out);
	page_end_section(out);
}

int page_diff_write(FILE *out, const struct diff *diff, const struct page_side sides[NR_DIFF_SIDES])
{
	const char *base = sides[DIFF_BASE].runs[0].info->kernel_release;
	const char *now = sides[DIFF_NEW].runs[0].info->kernel_release;
	char title[2 * RUN_INFO_LEN + 64];
	int err;

	errno = 0;
	snprintf(title, sizeof(title), "Linux %s compared with %s", *now ? now : "?",
		 *base ? base : "?");
	page_begin(out, title);
	err = put_summary(out, diff, sides);
	if (err)
		return err;
	put_distributions(out, diff, sides);
	put_tables(out, diff);
	put_conditions(out, sides);
	page_end(out);
	return stream_flush(out);
}
