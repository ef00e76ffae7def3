// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counts values on a logarithmic scale, and draws the counts.
 */
#include <math.h>
#include <stdint.h>

#include "output/html/bins.h"
#include "util/macros.h"
#include "util/text.h"

#define TICK_GAP     52	    /* between labels */
#define ALL_DECADES  20	    /* of __u64 in ns */
#define MAX_DURATION 1.8e19 /* ns: below 2^64 */

static double log2_of(double ns)
{
	return ns < 1 ? 0 : log2(ns);
}

struct bins bins_new(__u64 low_ns, __u64 high_ns, unsigned int max, double finest)
{
	struct bins bins = {.low = log2_of((double)low_ns)};
	double span = log2_of((double)high_ns) - bins.low;

	bins.step = fmax(span / max, finest);
	bins.nr = (unsigned int)(span / bins.step) + 1;
	if (bins.nr > max)
		bins.nr = max;
	return bins;
}

static void add(struct bins *bins, __u64 ns, __u64 count)
{
	double at = floor((log2_of((double)ns) - bins->low) / bins->step);
	unsigned int bin;

	if (!ns) {
		bins->zeros += count;
		return;
	}
	bin = at <= 0 ? 0 : at >= bins->nr ? bins->nr - 1 : (unsigned int)at;

	bins->count[bin] += count;
	if (bins->count[bin] > bins->most)
		bins->most = bins->count[bin];
}

static void note_least(void *ctx, __u64 ns, __u64 count)
{
	__u64 *least_ns = ctx;

	(void)count;
	if (ns && *least_ns == UINT64_MAX)
		*least_ns = ns;
}

__u64 hist_least(const struct hist *hist)
{
	__u64 least_ns = UINT64_MAX;

	if (hist->min_ns)
		return hist->min_ns;
	hist_visit(hist, note_least, &least_ns);
	return least_ns;
}

__u64 samples_least(const struct samples *samples)
{
	for (size_t i = 0; i < samples->nr; i++)
		if (samples->ns[i])
			return samples->ns[i];
	return UINT64_MAX;
}

static void add_bucket(void *ctx, __u64 ns, __u64 count)
{
	add(ctx, ns, count);
}

void bins_add_hist(struct bins *bins, const struct hist *hist)
{
	hist_visit(hist, add_bucket, bins);
}

void bins_add_samples(struct bins *bins, const struct samples *samples)
{
	for (size_t i = 0; i < samples->nr; i++)
		add(bins, samples->ns[i], 1);
}

/* Drawing */

double plot_x(const struct plot *plot, const struct bins *bins, double ns)
{
	double part = (log2_of(ns) - bins->low) / (bins->step * bins->nr);

	return plot->x + plot->width * fmin(fmax(part, 0), 1);
}

/* Where a bin begins, in ns. */
static __u64 start_of(const struct bins *bins, unsigned int bin)
{
	return (__u64)fmin(exp2(bins->low + bins->step * bin), MAX_DURATION);
}

void plot_bins(FILE *out, const struct plot *plot, const struct bins *bins, const char *style)
{
	double width = plot->width / bins->nr;
	char *(*text)(char *, __u64) = bins->counts ? text_count : text_duration;
	char from[DURATION_SIZE], to[DURATION_SIZE];

	for (unsigned int i = 0; i < bins->nr; i++) {
		double height = fabs(plot->height) * log1p((double)bins->count[i]) /
				log1p((double)bins->most);

		if (!bins->count[i])
			continue;
		fprintf(out,
			"<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" "
			"data-count=\"%llu\"><title>%s to %s: %llu</title></rect>",
			style, plot->x + width * i,
			plot->height < 0 ? plot->ground : plot->ground - height,
			fmax(width - 0.5, 0.5), height, bins->count[i],
			text(from, start_of(bins, i)), text(to, start_of(bins, i + 1)),
			bins->count[i]);
	}
}

void plot_mark(FILE *out, const struct plot *plot, const struct bins *bins, double ns,
	       const char *title)
{
	double x = plot_x(plot, bins, ns);

	if (ns < 1)
		return;
	fprintf(out,
		"<line class=\"mark\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"><title>%s"
		"</title></line>",
		x, x, plot->ground, plot->ground - plot->height, title);
}

/* "1.2ms", or of counts "1.2M": of a round number, without zeros at its end. */
static void put_round(FILE *out, double ns, bool counts)
{
	static const char *const durations[] = {"ns", "us", "ms", "s"};
	static const char *const thousands[] = {"", "k", "M", "G"};
	const char *const *units = counts ? thousands : durations;
	size_t unit = 0;

	for (; ns >= 1000 && unit + 1 < ARRAY_SIZE(durations); unit++)
		ns /= 1000;
	fprintf(out, "%.3g%s", ns, units[unit]);
}

static void put_tick(FILE *out, double x, double top, double bottom, double ns, bool counts)
{
	fprintf(out,
		"<g class=\"tick\"><line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.0f\" y2=\"%.0f\"/>"
		"<text class=\"middle\" x=\"%.1f\" y=\"%.0f\">",
		x, x, top, bottom, x, bottom + 13);
	put_round(out, ns, counts);
	fputs("</text></g>", out);
}

void plot_axis(FILE *out, const struct plot *plot, const struct bins *bins, double top,
	       double bottom)
{
	static const double steps[] = {1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9};
	double span = bins->step * bins->nr, last = -TICK_GAP;
	size_t stride = span > 8 ? ARRAY_SIZE(steps) : 1;

	for (int decade = 0; decade < ALL_DECADES; decade++) {
		for (size_t i = 0; i < ARRAY_SIZE(steps); i += stride) {
			double ns = steps[i] * pow(10, decade), at = log2_of(ns) - bins->low;
			double x = plot->x + plot->width * at / span;

			if (at < 0 || at > span || x - last < TICK_GAP)
				continue;
			put_tick(out, x, top, bottom, ns, bins->counts);
			last = x;
		}
	}
	if (last >= 0)
		return;
	/* Too narrow for round numbers. */
	put_tick(out, plot->x, top, bottom, exp2(bins->low), bins->counts);
	put_tick(out, plot->x + plot->width, top, bottom, exp2(bins->low + span), bins->counts);
}
