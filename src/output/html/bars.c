// SPDX-License-Identifier: GPL-2.0-only
/*
 * Draws the phases of teardowns as stacked bars.
 */
#include <math.h>
#include <string.h>

#include "output/column.h"
#include "output/html/bars.h"
#include "output/html/page.h"
#include "util/text.h"

#define LINE	    20 /* height of a bar with its gap */
#define LABEL_WIDTH 290
#define LABEL_BYTES 46 /* longer ones are cut; the tooltip has the whole */
#define VALUE_WIDTH 70
#define GAP	    12

/* Of the time of a worker, the part outside of destroy calls. */
static double rest_of(double free_ns, double destroy_ns)
{
	return free_ns > destroy_ns ? free_ns - destroy_ns : 0;
}

static double sum_of(const struct row *row, enum phase phase)
{
	const struct hist *hist = row_hist(row, phase);

	return hist ? (double)hist->total_ns : 0;
}

struct bar bar_of_row(const struct row *row)
{
	struct bar bar = {.unknown = row->unmeasured};

	bar.part_ns[PART_WAIT] = sum_of(row, PHASE_WAIT);
	bar.part_ns[PART_DESTROY] = sum_of(row, PHASE_DESTROY);
	bar.part_ns[PART_FREE] = rest_of(sum_of(row, PHASE_FREE), bar.part_ns[PART_DESTROY]);
	bar.part_ns[PART_DEFERRED] = sum_of(row, PHASE_DEFERRED);
	return bar;
}

static double known_ns(const struct teardown *teardown, enum phase phase)
{
	return teardown->phase[phase] == UNKNOWN_NS ? 0 : (double)teardown->phase[phase];
}

struct bar bar_of_teardown(const struct teardown *teardown)
{
	struct bar bar = {.unknown = teardown->phase[PHASE_TOTAL] == UNKNOWN_NS};

	bar.part_ns[PART_WAIT] = known_ns(teardown, PHASE_WAIT);
	bar.part_ns[PART_DESTROY] = known_ns(teardown, PHASE_DESTROY);
	bar.part_ns[PART_FREE] = rest_of(known_ns(teardown, PHASE_FREE), bar.part_ns[PART_DESTROY]);
	bar.part_ns[PART_DEFERRED] = known_ns(teardown, PHASE_DEFERRED);
	return bar;
}

void bars_legend(FILE *out)
{
	static const char *const meanings[] = {
		[PART_WAIT] = "wait for a worker",
		[PART_FREE] = "worker, outside of destroy calls",
		[PART_DESTROY] = "destroy calls",
		[PART_DEFERRED] = "deferred frees",
	};

	fputs("<ul class=\"legend\">", out);
	for (int i = 0; i < NR_PARTS; i++)
		fprintf(out,
			"<li><svg viewBox=\"0 0 12 12\" aria-hidden=\"true\"><rect class=\"%s\" "
			"width=\"12\" height=\"12\"/></svg>%s</li>",
			part_names[i], meanings[i]);
	fputs("</ul>\n", out);
}

static double length_of(const struct bar *bar)
{
	double ns = 0;

	for (int i = 0; i < NR_PARTS; i++)
		ns += bar->part_ns[i];
	return ns;
}

static void put_parts(FILE *out, const struct bar *bar, double x, double y, double width_per_ns)
{
	for (int i = 0; i < NR_PARTS; i++) {
		double width = bar->part_ns[i] * width_per_ns;

		if (bar->part_ns[i] <= 0)
			continue;
		fprintf(out,
			"<rect class=\"%s\" x=\"%.2f\" y=\"%.0f\" width=\"%.2f\" height=\"%d\" "
			"data-ns=\"%.0f\"/>",
			part_names[i], x, y, width, LINE - 6, bar->part_ns[i]);
		x += width;
	}
}

/* The tooltip, with the length of each part. */
static void put_title(FILE *out, const struct bar *bar)
{
	char text[DURATION_SIZE];

	fputs("<title>", out);
	page_text(out, bar->label);
	for (int i = 0; i < NR_PARTS; i++)
		fprintf(out, "%s%s %s", i ? ", " : ": ", part_names[i],
			text_duration(text, (__u64)bar->part_ns[i]));
	fprintf(out, "%s</title>", bar->unknown ? "; some are unknown" : "");
}

static void put_bar(FILE *out, const struct bar *bar, double y, double longest_ns, bool shares)
{
	double room = PAGE_WIDTH - LABEL_WIDTH - VALUE_WIDTH - GAP, ns = length_of(bar);
	double x = LABEL_WIDTH + VALUE_WIDTH + GAP, width = shares ? (room - GAP) / 2 : room;
	char label[LABEL_BYTES + 1], value[DURATION_SIZE];
	size_t len = text_utf8(label, sizeof(label), bar->label, strlen(bar->label));

	fputs("<g>", out);
	put_title(out, bar);
	fprintf(out, "<text x=\"0\" y=\"%.0f\">", y + LINE - 9);
	page_text(out, label);
	fprintf(out, "%s</text><text class=\"right\" x=\"%d\" y=\"%.0f\">%s%s</text>",
		bar->label[len] ? "\u2026" : "", LABEL_WIDTH + VALUE_WIDTH, y + LINE - 9,
		text_duration(value, (__u64)ns), bar->unknown ? " ?" : "");
	if (longest_ns > 0)
		put_parts(out, bar, x, y, width / longest_ns);
	if (shares && ns > 0) {
		fputs("</g><g>", out);
		put_title(out, bar);
		put_parts(out, bar, x + width + GAP, y, width / ns);
	}
	fputs("</g>\n", out);
}

void bars_draw(FILE *out, const char *id, const struct bar *bars, size_t nr, bool shares)
{
	double longest_ns = 0;

	for (size_t i = 0; i < nr; i++)
		longest_ns = fmax(longest_ns, length_of(&bars[i]));
	if (!nr)
		return;
	fprintf(out, "<svg id=\"%s\" viewBox=\"0 0 %d %zu\" role=\"img\" aria-label=\"phases\">\n",
		id, PAGE_WIDTH, nr * LINE);
	for (size_t i = 0; i < nr; i++)
		put_bar(out, &bars[i], (double)(i * LINE), longest_ns, shares);
	fputs("</svg>\n", out);
}
