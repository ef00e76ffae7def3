// SPDX-License-Identifier: GPL-2.0-only
/*
 * Draws teardowns to scale, one bar each.
 */
#include <errno.h>
#include <string.h>

#include "output/table_cell.h"
#include "output/timeline.h"
#include "util/macros.h"
#include "util/outfile.h"
#include "util/text.h"

#define GAP	       "  " /* between the columns, as in tables */
#define NAME_MAX_WIDTH 15
#define CELL_WIDTH     64

/* Bars */

/* At most: one for each phase, each destroy call, those not kept, and the end. */
#define MAX_MARKS (NR_PHASES + MAX_DESTROYS + 2)

/* A bar, drawn from left to right; without a scale it is only measured. */
struct bar {
	double ns_per_column;
	double ns;   /* length so far */
	int columns; /* with marks */
	int marks;
	bool measured; /* some of its length is known */
	char text[TIMELINE_MAX_WIDTH + MAX_MARKS + 1];
};

/* Fills the bar up to this time since its start. */
static void bar_until(struct bar *bar, double ns, char what)
{
	int to;

	bar->measured = true;
	if (ns <= bar->ns)
		return;
	bar->ns = ns;
	if (!bar->ns_per_column)
		return;
	to = (int)(ns / bar->ns_per_column + 0.5) + bar->marks;
	while (bar->columns < to && bar->columns < TIMELINE_MAX_WIDTH + bar->marks)
		bar->text[bar->columns++] = what;
}

/* A part of unknown length. */
static void bar_mark(struct bar *bar, char what)
{
	bar->text[bar->columns++] = what;
	bar->marks++;
}

static void bar_destroys(struct bar *bar, const struct teardown *teardown, double start)
{
	const struct destroy *destroy = teardown->destroy;
	__u64 free_ns = teardown->run.start_ns;
	double ns;
	__u32 i;

	for (i = 0; i < teardown->nr_destroys && i < MAX_DESTROYS; i++, destroy++) {
		if (free_ns == UNKNOWN_NS || destroy->ts_ns == UNKNOWN_NS ||
		    destroy->ts_ns < free_ns) {
			bar_mark(bar, '?');
			continue;
		}
		ns = start + (double)(destroy->ts_ns - free_ns);
		bar_until(bar, ns, '=');
		if (destroy->latency_ns == UNKNOWN_NS)
			bar_mark(bar, '?');
		else
			bar_until(bar, ns + (double)destroy->latency_ns, '#');
	}
	if (teardown->nr_destroys > MAX_DESTROYS)
		bar_mark(bar, '?');
}

static void bar_phase(struct bar *bar, __u64 ns, double start, char what)
{
	if (ns == UNKNOWN_NS)
		bar_mark(bar, '?');
	else
		bar_until(bar, start + (double)ns, what);
}

static void bar_draw(struct bar *bar, const struct teardown *teardown)
{
	const __u64 *phase = teardown->phase;
	double start;

	bar_phase(bar, phase[PHASE_WAIT], 0, '.');
	start = bar->ns;
	bar_destroys(bar, teardown, start);
	if (teardown->running) {
		bar_mark(bar, '>');
	} else {
		bar_phase(bar, phase[PHASE_FREE], start, '=');
		bar_phase(bar, phase[PHASE_DEFERRED], bar->ns, '~');
	}
	bar->text[bar->columns] = '\0';
}

/* Cells */

static void id_cell(char cell[CELL_WIDTH], const struct teardown *teardown)
{
	__u32 id = teardown->map.identity.map_id;

	if (id)
		snprintf(cell, CELL_WIDTH, "%u", id);
	else
		strcpy(cell, "?");
}

static void type_cell(char cell[CELL_WIDTH], const struct teardown *teardown)
{
	snprintf(cell, CELL_WIDTH, "%s", table_cell_map_type(&teardown->map));
}

static void name_cell(char cell[CELL_WIDTH], const struct teardown *teardown)
{
	const char *name = table_cell_map_name(&teardown->map);

	text_printable(cell, NAME_MAX_WIDTH + 1, name, strlen(name));
}

static void total_cell(char cell[CELL_WIDTH], const struct teardown *teardown)
{
	__u64 ns = teardown->phase[PHASE_TOTAL];

	if (ns == UNKNOWN_NS)
		strcpy(cell, "?");
	else
		text_duration(cell, ns);
}

static const struct {
	const char *heading;
	bool right;
	void (*fill)(char cell[CELL_WIDTH], const struct teardown *teardown);
} columns[] = {
	{"ID", true, id_cell},
	{"TYPE", false, type_cell},
	{"NAME", false, name_cell},
	{"TOTAL", true, total_cell},
};

#define NR_COLUMNS (ARRAY_SIZE(columns))

/* The whole */

struct layout {
	int width[NR_COLUMNS];
	int before;	/* columns of these cells and their gaps */
	int bar;	/* columns of a bar */
	int bar_room;	/* of these, without marks */
	double longest; /* ns */
	bool measured;
};

static int greater(int a, size_t b)
{
	return b > (size_t)a ? (int)b : a;
}

static void measure_cells(struct layout *layout, const struct teardown *teardown)
{
	char cell[CELL_WIDTH];
	size_t i;

	for (i = 0; i < NR_COLUMNS; i++) {
		columns[i].fill(cell, teardown);
		layout->width[i] = greater(layout->width[i], text_width(cell));
	}
}

static void lay_out(struct layout *layout, const struct teardown *const *list, size_t nr, int width)
{
	int marks = 0;
	size_t i;

	for (i = 0; i < NR_COLUMNS; i++)
		layout->width[i] = (int)strlen(columns[i].heading);
	for (i = 0; i < nr; i++) {
		struct bar bar = {};

		bar_draw(&bar, list[i]);
		marks = greater(marks, bar.marks);
		if (bar.ns > layout->longest)
			layout->longest = bar.ns;
		layout->measured |= bar.measured;
		measure_cells(layout, list[i]);
	}
	for (i = 0; i < NR_COLUMNS; i++)
		layout->before += layout->width[i] + (int)strlen(GAP);

	if (width > TIMELINE_MAX_WIDTH)
		width = TIMELINE_MAX_WIDTH;
	if (width < 0)
		width = 0;
	layout->bar_room = width - layout->before - (int)strlen("||") - marks;
	if (layout->bar_room < TIMELINE_MIN_BAR)
		layout->bar_room = TIMELINE_MIN_BAR;
	layout->bar = layout->bar_room + marks;
}

static void put_cell(FILE *out, const struct layout *layout, size_t column, const char *cell)
{
	int blanks = layout->width[column] - (int)text_width(cell);
	bool right = columns[column].right;

	fprintf(out, "%*s%s%*s" GAP, right ? blanks : 0, "", cell, right ? 0 : blanks, "");
}

/* The headings, and the time of a whole bar and of a column of it. */
static void put_header(FILE *out, const struct layout *layout)
{
	char whole[DURATION_SIZE] = "?", column[DURATION_SIZE] = "?";
	size_t i;

	if (layout->measured) {
		text_duration(whole, (__u64)layout->longest);
		text_duration(column, (__u64)(layout->longest / layout->bar_room));
	}
	fprintf(out,
		". wait  = worker  # destroy calls  ~ deferred  ? unknown  > running  "
		"(a column: %s)\n",
		column);
	for (i = 0; i < NR_COLUMNS; i++)
		put_cell(out, layout, i, columns[i].heading);
	fprintf(out, "|0%*s|\n", layout->bar - 1, whole);
}

static void put_line(FILE *out, const struct layout *layout, const struct teardown *teardown)
{
	struct bar bar = {.ns_per_column = layout->longest / layout->bar_room};
	char cell[CELL_WIDTH];
	size_t i;

	for (i = 0; i < NR_COLUMNS; i++) {
		columns[i].fill(cell, teardown);
		put_cell(out, layout, i, cell);
	}
	bar_draw(&bar, teardown);
	fprintf(out, "|%-*s|\n", layout->bar, bar.text);
}

int timeline_draw(FILE *out, const struct teardown *const *list, size_t nr, int width)
{
	struct layout layout = {};
	size_t i;

	errno = 0;
	if (nr) {
		lay_out(&layout, list, nr, width);
		put_header(out, &layout);
	} else {
		fputs("no teardowns\n", out);
	}
	for (i = 0; i < nr; i++)
		put_line(out, &layout, list[i]);
	return stream_flush(out);
}
