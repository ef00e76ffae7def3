// SPDX-License-Identifier: GPL-2.0-only
/*
 * Draws a run over time. Each teardown has a lane for as long as it takes. The script zooms by the
 * attributes data-at and data-ns: time since the start of the run, and length.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "output/html/page.h"
#include "output/html/timeline.h"
#include "output/table_cell.h"
#include "util/macros.h"
#include "util/text.h"

#define LEFT	    150
#define WIDTH	    (PAGE_WIDTH - LEFT - 10)
#define RATE_HEIGHT 40
#define GAP	    8
#define AXIS	    18
#define MAX_LANES   120
#define LANES_ROOM  480 /* height of all lanes together, if they are many */
#define MAX_LANE    16
#define MIN_LANE    4
#define LEAST_WIDTH 0.6
#define TICKS	    6

/* A teardown as it is drawn, in ns since the start of the run; NAN: unknown. */
struct slice {
	const struct teardown *teardown;
	double released, started, ended, freed; /* freed: after the deferred frees */
	double from, to;			/* the known part */
	unsigned int lane;
};

struct drawing {
	const struct page_timeline *timeline;
	FILE *out;
	double from, to; /* ns since the start of the run */
	double bottom;
	double lane_height;
};

static double since_start(const struct page_timeline *timeline, __u64 ts_ns)
{
	if (ts_ns == UNKNOWN_NS)
		return NAN;
	return (double)(__s64)(ts_ns - timeline->start_ns);
}

static double plus(double at, __u64 ns)
{
	return ns == UNKNOWN_NS ? NAN : at + (double)ns;
}

static struct slice slice_of(const struct page_timeline *timeline, const struct teardown *teardown)
{
	struct slice slice = {
		.teardown = teardown,
		.released = since_start(timeline, teardown->map.identity.released_ns),
		.started = since_start(timeline, teardown->run.start_ns),
	};

	if (teardown->running)
		slice.ended = since_start(timeline, timeline->to_ns);
	else
		slice.ended = plus(slice.started, teardown->run.latency_ns);
	slice.freed = plus(slice.ended, teardown->phase[PHASE_DEFERRED]);
	/* fmin() and fmax() skip NAN. */
	slice.from = fmin(slice.released, slice.started);
	slice.to = fmax(fmax(slice.from, slice.started), fmax(slice.ended, slice.freed));
	return slice;
}

/* Lanes */

static int by_start(const void *left, const void *right)
{
	const struct slice *a = left, *b = right;

	return (a->from > b->from) - (a->from < b->from);
}

/* Gives each slice the first free lane, and drops those without one. Returns how many stay. */
static size_t assign_lanes(struct slice *slices, size_t nr, unsigned int *nr_lanes)
{
	double busy_to[MAX_LANES];
	size_t kept = 0;

	qsort(slices, nr, sizeof(*slices), by_start);
	*nr_lanes = 0;
	for (size_t i = 0; i < nr; i++) {
		unsigned int lane = 0;

		while (lane < *nr_lanes && busy_to[lane] > slices[i].from)
			lane++;
		if (lane == MAX_LANES)
			continue;
		if (lane == *nr_lanes)
			(*nr_lanes)++;
		busy_to[lane] = slices[i].to;
		slices[i].lane = lane;
		slices[kept++] = slices[i];
	}
	return kept;
}

/* Slices */

static double x_of(const struct drawing *drawing, double ns)
{
	return LEFT + (ns - drawing->from) / (drawing->to - drawing->from) * WIDTH;
}

/* Only the part between the ends of the timeline is drawn, as the script does it. */
static void put_rect(const struct drawing *drawing, const char *style, double from, double to,
		     double y, double height)
{
	double x = x_of(drawing, fmax(from, drawing->from));

	if (isnan(from) || isnan(to) || to < from)
		return;
	fprintf(drawing->out,
		"<rect class=\"%s\" data-at=\"%.0f\" data-ns=\"%.0f\" x=\"%.2f\" y=\"%.1f\" "
		"width=\"%.2f\" height=\"%.1f\"/>",
		style, from, to - from, x, y,
		fmax(x_of(drawing, fmin(to, drawing->to)) - x, LEAST_WIDTH), height);
}

static void put_held(const struct drawing *drawing, const struct teardown *teardown)
{
	const struct map_holders *held = &teardown->holders;
	__u64 ns = teardown->phase[PHASE_HELD];
	char text[DURATION_SIZE];

	if (!ns || ns == UNKNOWN_NS)
		return;
	fprintf(drawing->out, "; held for %s before", text_duration(text, ns));
	for (__u32 i = 0; i < held->nr; i++) {
		fprintf(drawing->out, "%s%s ", i ? ", " : " by ",
			holder_kind_names[held->by[i].kind]);
		page_text(drawing->out, held->by[i].name);
	}
}

static void put_slice_title(const struct drawing *drawing, const struct slice *slice)
{
	static const enum phase phases[] = {PHASE_TOTAL, PHASE_WAIT, PHASE_FREE, PHASE_DESTROY,
					    PHASE_DEFERRED};
	const struct teardown *teardown = slice->teardown;
	const struct releaser *releaser = identity_releaser(&teardown->map.identity);
	char text[DURATION_SIZE];

	fprintf(drawing->out, "<title>%s ", table_cell_map_type(&teardown->map));
	page_text(drawing->out, table_cell_map_name(&teardown->map));
	if (teardown->map.identity.map_id)
		fprintf(drawing->out, ", id %u", teardown->map.identity.map_id);
	if (releaser) {
		fputs(", released by ", drawing->out);
		page_text(drawing->out, releaser->task.comm);
	}
	for (size_t i = 0; i < ARRAY_SIZE(phases); i++) {
		__u64 ns = teardown->phase[phases[i]];

		fprintf(drawing->out, "%s%s %s", i ? ", " : ": ", phase_names[phases[i]],
			ns == UNKNOWN_NS ? "?" : text_duration(text, ns));
	}
	put_held(drawing, teardown);
	fprintf(drawing->out, "%s</title>", teardown->running ? "; still running" : "");
}

static void put_slice(const struct drawing *drawing, const struct slice *slice, double top)
{
	double y = top + slice->lane * drawing->lane_height;
	double height = drawing->lane_height - (drawing->lane_height > 6 ? 2 : 0.5);
	const struct teardown *teardown = slice->teardown;

	fputs("<g>", drawing->out);
	put_slice_title(drawing, slice);
	put_rect(drawing, "wait", slice->released, slice->started, y, height);
	put_rect(drawing, teardown->running ? "running" : "free", slice->started, slice->ended, y,
		 height);
	for (__u32 i = 0; i < teardown->nr_destroys && i < MAX_DESTROYS; i++) {
		double at = since_start(drawing->timeline, teardown->destroy[i].ts_ns);

		put_rect(drawing, "destroy", at, plus(at, teardown->destroy[i].latency_ns), y,
			 height);
	}
	put_rect(drawing, "deferred", slice->ended, slice->freed, y, height);
	fputs("</g>\n", drawing->out);
}

/* Counts */

static void put_rate(const struct drawing *drawing, const struct page_rate *of, double bottom)
{
	const struct rate *rate = of->rate;
	__u64 most = 0, all = 0;
	char slot[DURATION_SIZE];

	for (int i = 0; i < RATE_SLOTS; i++) {
		most = rate->count[i] > most ? rate->count[i] : most;
		all += rate->count[i];
	}
	fprintf(drawing->out, "<text x=\"0\" y=\"%.0f\">%llu %s</text>", bottom - 14, all,
		of->label);
	fprintf(drawing->out, "<text class=\"dim\" x=\"0\" y=\"%.0f\">up to %llu in %s</text>",
		bottom - 1, most, text_duration(slot, rate->slot_ns));
	for (int i = 0; i < RATE_SLOTS; i++) {
		double height = most ? RATE_HEIGHT * (double)rate->count[i] / (double)most : 0;
		double at = (double)rate->slot_ns * i;

		if (!rate->count[i])
			continue;
		fprintf(drawing->out, "<g><title>%llu</title>", rate->count[i]);
		put_rect(drawing, of->style, at, at + (double)rate->slot_ns,
			 bottom - fmax(height, 1), fmax(height, 1));
		fputs("</g>", drawing->out);
	}
	putc('\n', drawing->out);
}

/* The whole */

/* As the script does it after zooming. */
static void put_ticks(const struct drawing *drawing)
{
	static const int times[] = {1, 2, 5, 10};
	double rough = (drawing->to - drawing->from) / TICKS;
	double power = pow(10, floor(log10(rough))), step;
	size_t i = 0;
	int decimals;

	while (times[i] * power < rough && i + 1 < ARRAY_SIZE(times))
		i++;
	step = times[i] * power;
	decimals = 9 - (int)floor(log10(step) + 1e-9);
	fputs("<g class=\"ticks\">", drawing->out);
	for (double nth = ceil(drawing->from / step); nth * step <= drawing->to; nth++) {
		double x = x_of(drawing, nth * step);

		fprintf(drawing->out,
			"<g class=\"tick\"><line x1=\"%.1f\" x2=\"%.1f\" y1=\"0\" y2=\"%.0f\"/>"
			"<text class=\"middle\" x=\"%.1f\" y=\"%.0f\">%.*fs</text></g>",
			x, x, drawing->bottom, x, drawing->bottom + 14, decimals > 0 ? decimals : 0,
			nth * step / (double)NSEC_PER_SEC);
	}
	fputs("</g>\n", drawing->out);
}

static void put_tools(FILE *out)
{
	fputs("<p class=\"tools\" hidden>"
	      "<button type=\"button\" data-zoom=\"in\" aria-label=\"zoom in\">+</button>"
	      "<button type=\"button\" data-zoom=\"out\" aria-label=\"zoom out\">\u2212</button>"
	      "<button type=\"button\" data-zoom=\"earlier\" aria-label=\"earlier\">\u25c0</button>"
	      "<button type=\"button\" data-zoom=\"later\" aria-label=\"later\">\u25b6</button>"
	      "<button type=\"button\" data-zoom=\"all\">all</button>"
	      "<span class=\"dim\">Drag over a part of the time, or turn the wheel with Ctrl, to "
	      "zoom.</span></p>\n",
	      out);
}

static void put_all(struct drawing *drawing, const struct slice *slices, size_t nr)
{
	const struct page_timeline *timeline = drawing->timeline;
	double rates = (double)(timeline->nr_rates * (RATE_HEIGHT + GAP));

	fprintf(drawing->out,
		"<svg class=\"timeline\" id=\"timeline\" viewBox=\"0 0 %d %.0f\" role=\"img\" "
		"aria-label=\"timeline\" data-left=\"%d\" data-width=\"%d\" data-height=\"%.0f\" "
		"data-from=\"%.0f\" data-to=\"%.0f\">\n",
		PAGE_WIDTH, drawing->bottom + AXIS, LEFT, WIDTH, drawing->bottom, drawing->from,
		drawing->to);
	put_ticks(drawing);
	for (size_t i = 0; i < timeline->nr_rates; i++)
		put_rate(drawing, &timeline->rates[i], (double)((i + 1) * (RATE_HEIGHT + GAP)));
	for (size_t i = 0; i < nr; i++)
		put_slice(drawing, &slices[i], rates + GAP);
	if (nr)
		fprintf(drawing->out,
			"<text x=\"0\" y=\"%.0f\">%zu teardown%s</text><text class=\"dim\" x=\"0\" "
			"y=\"%.0f\">the slowest</text>",
			rates + GAP + 12, nr, nr == 1 ? "" : "s", rates + GAP + 26);
	fprintf(drawing->out,
		"<rect class=\"chosen\" x=\"0\" y=\"0\" width=\"0\" height=\"%.0f\"/></svg>\n",
		drawing->bottom);
}

long page_timeline_draw(FILE *out, const struct page_timeline *timeline)
{
	struct drawing drawing = {
		.timeline = timeline,
		.out = out,
		.from = since_start(timeline, timeline->from_ns),
		.to = since_start(timeline, timeline->to_ns),
	};
	/* One more, because an allocation of nothing may return NULL. */
	struct slice *slices = calloc(timeline->nr_teardowns + 1, sizeof(*slices));
	unsigned int nr_lanes;
	size_t nr = 0;

	if (!slices)
		return -ENOMEM;
	for (size_t i = 0; i < timeline->nr_teardowns; i++) {
		slices[nr] = slice_of(timeline, timeline->teardowns[i]);
		nr += isfinite(slices[nr].from);
	}
	nr = assign_lanes(slices, nr, &nr_lanes);
	drawing.lane_height =
		nr_lanes ? fmin(fmax(floor((double)LANES_ROOM / nr_lanes), MIN_LANE), MAX_LANE) : 0;
	drawing.bottom = (double)(timeline->nr_rates * (RATE_HEIGHT + GAP)) +
			 fmax(nr_lanes * drawing.lane_height, nr ? 28 : 0) + 2 * GAP;
	/* A single moment has a width, too. */
	drawing.to = fmax(drawing.to, drawing.from + 1000);
	put_tools(out);
	put_all(&drawing, slices, nr);
	free(slices);
	return (long)nr;
}
