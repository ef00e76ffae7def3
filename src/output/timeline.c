// SPDX-License-Identifier: GPL-2.0-only
/*
 * Draws teardowns to scale, one bar each.
 */
#include <errno.h>
#include <string.h>

#include "output/columns/get.h"
#include "output/table.h"
#include "output/terminal.h"
#include "output/timeline.h"
#include "util/macros.h"
#include "util/outfile.h"
#include "util/text.h"

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

/* The whole */

/* As wide as a name without escapes, so that bars keep their room. */
static bool get_short_name(const struct column *column, const void *object, struct value *value)
{
	if (!get_map_name(column, object, value))
		return false;
	text_printable(value->made, NAME_LEN, value->text, strlen(value->text));
	value->text = value->made;
	return true;
}

#define AT(member) .at = offsetof(struct teardown, member)

static const struct column before_bars[] = {
	{"id", "ID", VALUE_NUMBER, .goes = NAMES_SHRINK + 1, .get = get_nonzero_u32,
	 AT(map.identity.map_id)},
	{"map_type", "TYPE", VALUE_TEXT, .goes = NAMES_SHRINK, .get = get_map_type, AT(map)},
	{"map_name", "NAME", VALUE_TEXT, .get = get_short_name, AT(map)},
	{"held_ns", "HELD", VALUE_DURATION, .optional = true, .goes = NAMES_SHRINK + 2,
	 .get = get_u64, AT(phase[PHASE_HELD])},
	{"total_ns", "TOTAL", VALUE_DURATION, .get = get_u64, AT(phase[PHASE_TOTAL])},
	{},
};

struct layout {
	struct table_layout table; /* before the bars */
	int bar;		   /* columns of a bar */
	int bar_room;		   /* of these, without marks */
	double longest;		   /* ns */
	bool measured;
};

static void lay_out(struct layout *layout, const struct object_list *list, int width)
{
	const struct table_style style = {.width = width > 0 ? (size_t)width : 0};
	struct object_list fitted = *list;
	int marks = 0;

	for (size_t i = 0; i < list->nr; i++) {
		struct bar bar = {};

		bar_draw(&bar, object_list_nth(list, i));
		if (bar.marks > marks)
			marks = bar.marks;
		if (bar.ns > layout->longest)
			layout->longest = bar.ns;
		layout->measured |= bar.measured;
	}
	if (width > TIMELINE_MAX_WIDTH)
		width = TIMELINE_MAX_WIDTH;
	if (width < 0)
		width = 0;
	fitted.style = &style;
	table_fit_beside(&layout->table, before_bars, &fitted,
			 TIMELINE_MIN_BAR + marks + strlen("||") + TABLE_GAP);
	for (const struct column *column = layout->table.columns; column->name; column++)
		width -= column->width ? column->width + TABLE_GAP : 0;
	layout->bar_room = width - (int)strlen("||") - marks;
	if (layout->bar_room < TIMELINE_MIN_BAR)
		layout->bar_room = TIMELINE_MIN_BAR;
	layout->bar = layout->bar_room + marks;
}

/* Each mark of a bar, in the color of its phase. */
static enum color color_of(char mark)
{
	static const char marks[] = ".=#~";
	static const enum color colors[] = {COLOR_WAIT, COLOR_FREE, COLOR_DESTROY, COLOR_DEFERRED};
	const char *found = mark ? strchr(marks, mark) : NULL;

	return found ? colors[found - marks] : COLOR_NONE;
}

static void put_marks(FILE *out, const char *marks)
{
	for (size_t len; *marks; marks += len) {
		enum color color = color_of(*marks);

		len = strspn(marks, (char[]){*marks, '\0'});
		fprintf(out, "%s%.*s%s", color_start(out, color), (int)len, marks,
			color_end(out, color));
	}
}

static void put_legend(FILE *out, const char *column)
{
	static const struct {
		char mark;
		const char *meaning;
	} legend[] = {{'.', "wait"},	 {'=', "worker"},  {'#', "destroy calls"},
		      {'~', "deferred"}, {'?', "unknown"}, {'>', "running"}};
	char text[256];
	size_t len = 0;

	for (size_t i = 0; i < ARRAY_SIZE(legend); i++) {
		enum color color = color_of(legend[i].mark);

		len += snprintf(text + len, sizeof(text) - len, "%s%c%s %s  ",
				color_start(out, color), legend[i].mark, color_end(out, color),
				legend[i].meaning);
	}
	snprintf(text + len, sizeof(text) - len, "(a column: %s)\n", column);
	terminal_lines(out, text);
}

/* The headings, and the time of a whole bar and of a column of it. */
static void put_header(FILE *out, const struct layout *layout)
{
	char whole[DURATION_SIZE] = "?", column[DURATION_SIZE] = "?";

	if (layout->measured) {
		text_duration(whole, (__u64)layout->longest);
		text_duration(column, (__u64)(layout->longest / layout->bar_room));
	}
	put_legend(out, column);
	table_cells(out, layout->table.columns, NULL, 0);
	fprintf(out, "%*s|0%*s|\n", TABLE_GAP, "", layout->bar - 1, whole);
}

static void put_line(FILE *out, const struct layout *layout, const struct teardown *teardown)
{
	struct bar bar = {.ns_per_column = layout->longest / layout->bar_room};

	bar_draw(&bar, teardown);
	table_cells(out, layout->table.columns, teardown, 0);
	fprintf(out, "%*s|", TABLE_GAP, "");
	put_marks(out, bar.text);
	fprintf(out, "%*s|\n", layout->bar - bar.columns, "");
}

int timeline_draw(FILE *out, const struct teardown *const *teardowns, size_t nr, int width)
{
	const struct object_list list = {.objects = teardowns, .nr = nr};
	struct layout layout = {};
	size_t i;

	errno = 0;
	if (nr) {
		lay_out(&layout, &list, width);
		put_header(out, &layout);
	} else {
		fputs("no teardowns\n", out);
	}
	for (i = 0; i < nr; i++)
		put_line(out, &layout, teardowns[i]);
	if (*layout.table.note)
		fprintf(out, "%s\n", layout.table.note);
	return stream_flush(out);
}
