// SPDX-License-Identifier: GPL-2.0-only
/*
 * Draws the distributions of rows.
 */
#include <string.h>

#include "output/html/bins.h"
#include "output/html/distributions.h"
#include "output/html/page.h"
#include "util/macros.h"
#include "util/text.h"

#define FINEST	    (1.0 / 16) /* buckets of histograms are narrower */
#define LEFT	    200
#define RIGHT	    190
#define LABEL_BYTES 30
#define GAP	    8
#define AXIS	    18

static struct bins bins_for(const struct distribution *list, size_t nr)
{
	__u64 low_ns = ~0ULL, high_ns = 0;

	for (size_t i = 0; i < nr; i++) {
		const struct hist *hist = list[i].hist;

		if (!hist || !hist->count)
			continue;
		if (hist_least(hist) < low_ns)
			low_ns = hist_least(hist);
		if (hist->max_ns > high_ns)
			high_ns = hist->max_ns;
	}
	return low_ns > high_ns ? (struct bins){} : bins_new(low_ns, high_ns, MAX_BINS, FINEST);
}

static void put_label(FILE *out, const struct distribution *distribution, double y)
{
	const char *text = distribution->label;
	char label[LABEL_BYTES + 1];
	size_t len = text_utf8(label, sizeof(label), text, strlen(text));

	fputs("<title>", out);
	page_text(out, text);
	fprintf(out, "</title><text x=\"0\" y=\"%.0f\">", y);
	page_text(out, label);
	fprintf(out, "%s</text>", text[len] ? "\u2026" : "");
}

/* The marks of its percentiles, and these in words. */
static void put_percentiles(FILE *out, const struct plot *plot, const struct bins *bins,
			    const struct hist *hist)
{
	static const unsigned int percents[] = {50, 99};
	char text[DURATION_SIZE], title[32];

	for (size_t i = 0; i < ARRAY_SIZE(percents); i++) {
		__u64 ns = hist_percentile(hist, percents[i]);

		snprintf(title, sizeof(title), "p%u: %s", percents[i], text_duration(text, ns));
		plot_mark(out, plot, bins, (double)ns, title);
	}
	fprintf(out, "<text class=\"dim\" x=\"%d\" y=\"%.0f\">p50 %s, ", PAGE_WIDTH - RIGHT + GAP,
		plot->ground - 2, text_duration(text, hist_percentile(hist, 50)));
	fprintf(out, "p99 %s</text>", text_duration(text, hist_percentile(hist, 99)));
	if (bins->zeros)
		fprintf(out,
			"<text class=\"dim\" x=\"%d\" y=\"%.0f\" data-zeros=\"%llu\">"
			"%llu took no time</text>",
			PAGE_WIDTH - RIGHT + GAP, plot->ground - 16, bins->zeros, bins->zeros);
}

static void draw(FILE *out, const struct distribution *distribution, struct bins bins,
		 double ground, double height)
{
	const struct plot plot = {
		.x = LEFT,
		.width = PAGE_WIDTH - LEFT - RIGHT,
		.ground = ground,
		.height = height,
	};
	const struct hist *hist = distribution->hist;

	fputs("<g>", out);
	put_label(out, distribution, ground - 2);
	fprintf(out, "<line class=\"ground\" x1=\"%d\" x2=\"%d\" y1=\"%.0f\" y2=\"%.0f\"/>", LEFT,
		PAGE_WIDTH - RIGHT, ground, ground);
	if (hist && hist->count) {
		bins_add_hist(&bins, hist);
		fprintf(out, "<text class=\"dim right\" x=\"%d\" y=\"%.0f\">%llu</text>",
			LEFT - GAP, ground - 2, hist->count);
		plot_bins(out, &plot, &bins, distribution->style);
		put_percentiles(out, &plot, &bins, hist);
	}
	fputs("</g>\n", out);
}

void distributions_draw(FILE *out, const char *id, const struct distribution *list, size_t nr,
			unsigned int height)
{
	const struct bins bins = bins_for(list, nr);
	const struct plot plot = {.x = LEFT, .width = PAGE_WIDTH - LEFT - RIGHT};
	double bottom = (double)(nr * (height + GAP));

	if (!bins.nr)
		return;
	fprintf(out,
		"<svg id=\"%s\" viewBox=\"0 0 %d %.0f\" role=\"img\" "
		"aria-label=\"distributions\">\n",
		id, PAGE_WIDTH, bottom + AXIS);
	plot_axis(out, &plot, &bins, 0, bottom);
	for (size_t i = 0; i < nr; i++)
		draw(out, &list[i], bins, (double)((i + 1) * (height + GAP)), height);
	fputs("</svg>\n", out);
}
