// SPDX-License-Identifier: GPL-2.0-only
/* Lays a screen out: tables between the header and a line for the keys. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "output/table_cell.h"
#include "screen/screen_table.h"
#include "screen/screen_view.h"
#include "util/macros.h"
#include "util/text.h"

#define INDENT	   2 /* of a line that goes on */
#define PANE_LINES 2 /* of a table, besides its rows: title and headings */

/* Tables */

static void title_progress(const struct screen_table *table, char title[SCREEN_TEXT_SIZE])
{
	snprintf(title, SCREEN_TEXT_SIZE, "IN PROGRESS: %zu", table->nr_all);
}

static void title_ended(const struct screen_model *model, const struct screen_state *state,
			const struct screen_table *table, char title[SCREEN_TEXT_SIZE])
{
	const struct grouping *grouping = &state->groupings[state->grouping];
	char took[DURATION_SIZE];
	int len;

	if (grouping->calls) {
		len = snprintf(title, SCREEN_TEXT_SIZE, "CALLS SINCE THE START: %llu",
			       model->figures.calls);
	} else if (model->ended_cut) {
		text_duration(took, model->figures.now_ns - model->ended_since_ns);
		len = snprintf(title, SCREEN_TEXT_SIZE, "ENDED LATELY: the last %zu, in %s",
			       model->nr_ended, took);
	} else {
		len = snprintf(title, SCREEN_TEXT_SIZE, "ENDED IN THE LAST MINUTE: %zu",
			       grouping->nr_by ? model->nr_ended : table->nr_all);
	}
	for (size_t i = 0; i < grouping->nr_by; i++)
		len += snprintf(title + len, SCREEN_TEXT_SIZE - (size_t)len, "%s%s",
				i ? "," : ", by ", key_names[grouping->by[i]]);
}

static void put_table_title(struct screen_lines *lines, const struct screen_state *state,
			    const struct screen_table *table, enum pane pane, const char *title)
{
	const struct pane_state *of = &state->panes[pane];
	unsigned int style = STYLE_BOLD | (state->active == pane ? STYLE_REVERSE : 0);
	struct screen_line *line = lines_add(lines);

	line_put(lines, line, style, " ");
	line_put(lines, line, style, title);
	if (*state->filter)
		line_printf(lines, line, style, ", %zu with '%s'", table->nr, state->filter);
	if (*of->sort || of->reverse)
		line_printf(lines, line, style, ", %s%s%s", *of->sort ? "sorted by " : "", of->sort,
			    !of->reverse ? ""
			    : *of->sort	 ? " reversed"
					 : "reversed");
	line_put(lines, line, style, " ");
	line_fill(lines, line, style & STYLE_REVERSE ? style : 0, lines->width);
}

/* Keeps the selected row on the screen. */
static void scroll(struct pane_state *pane, size_t nr, size_t page)
{
	pane->nr = nr;
	pane->page = page;
	if (pane->selected >= nr)
		pane->selected = nr ? nr - 1 : 0;
	if (pane->selected < pane->first)
		pane->first = pane->selected;
	if (page && pane->selected >= pane->first + page)
		pane->first = pane->selected - page + 1;
	if (pane->first + page > nr)
		pane->first = nr > page ? nr - page : 0;
}

static void keep_headings(struct pane_state *pane, const struct column *column)
{
	char heading[HEADING_SIZE];

	pane->nr_headings = 0;
	for (; column->name; column++)
		if (column->width)
			snprintf(pane->headings[pane->nr_headings++], HEADING_SIZE, "%s",
				 column_heading(heading, column));
}

/* A line of the table, from the first column shown on. */
static int put_cells(struct screen_lines *lines, const struct screen_state *state,
		     const struct table_layout *layout, const void *object, __u64 start_ns,
		     unsigned int style)
{
	struct screen_line *line = lines_add(lines);
	char *text = NULL;
	size_t size, from;
	FILE *memory = open_memstream(&text, &size);
	int err;

	if (!line || !memory) {
		if (memory)
			fclose(memory);
		free(text);
		return memory ? 0 : -ENOMEM;
	}
	table_cells(memory, layout->columns, object, start_ns);
	err = text_memory_end(memory, &text);
	if (err)
		return err;
	from = text_within(text, state->scrolled);
	line_put(lines, line, style, text + from);
	free(text);
	if (style & STYLE_REVERSE)
		line_fill(lines, line, style, lines->width);
	return 0;
}

/* The column in which the table is sorted, and those with a color. */
static void color_cells(struct screen_line *line, const struct pane_state *pane,
			const struct table_layout *layout, const void *object, size_t scrolled)
{
	char heading[HEADING_SIZE];
	size_t at = 0;

	for (const struct column *column = layout->columns; column->name; column++) {
		size_t width = (size_t)column->width;
		unsigned int style = 0;

		if (!width)
			continue;
		if (object && column->color)
			style = column->color(object);
		else if (!object && !strcmp(column_heading(heading, column), pane->sort))
			style = STYLE_BOLD | STYLE_REVERSE;
		if (style && at >= scrolled)
			line_style(line, style, at - scrolled, at - scrolled + width);
		at += width + TABLE_GAP;
	}
}

static int put_rows(struct screen_lines *lines, struct screen_state *state, enum pane pane,
		    const struct screen_table *table, const struct table_layout *layout,
		    __u64 start_ns)
{
	struct pane_state *of = &state->panes[pane];
	int err = put_cells(lines, state, layout, NULL, 0, 0);

	if (!err && lines->nr)
		color_cells(&lines->line[lines->nr - 1], of, layout, NULL, state->scrolled);
	for (size_t i = 0; i < of->page && !err; i++) {
		const void *object =
			of->first + i < table->nr ? table->objects[of->first + i] : NULL;
		bool selected = object && pane == state->active && of->first + i == of->selected;

		if (!object) {
			lines_add(lines);
			continue;
		}
		err = put_cells(lines, state, layout, object, start_ns,
				selected ? STYLE_REVERSE : 0);
		if (!err && !selected)
			color_cells(&lines->line[lines->nr - 1], of, layout, object,
				    state->scrolled);
	}
	return err;
}

static void remember_selected(struct screen_state *state, enum pane pane,
			      const struct screen_table *table, __u64 now_ns)
{
	const struct grouping *grouping = &state->groupings[state->grouping];
	bool single = pane == PANE_PROGRESS || (!grouping->calls && !grouping->nr_by);

	if (pane != state->active)
		return;
	state->has_details = single && table->nr;
	if (!state->has_details)
		return;
	state->selected_ended = pane == PANE_ENDED;
	if (pane == PANE_PROGRESS)
		state->selected_row =
			*(const struct unfinished *)table->objects[state->panes[pane].selected];
	else
		state->selected_row = (struct unfinished){
			.teardown = *(const struct teardown *)
					     table->objects[state->panes[pane].selected],
			.now_ns = now_ns,
		};
}

/* Rows: how many lines they have. */
static int put_table(struct screen_lines *lines, const struct screen_model *model,
		     struct screen_state *state, enum pane pane, const struct screen_table *table,
		     size_t rows)
{
	const struct view_options *show = state->show;
	struct pane_state *of = &state->panes[pane];
	const struct table_style style = {
		.width = state->wide ? 0 : lines->width,
		.columns = pane == PANE_ENDED && !state->grouping ? show->columns : NULL,
		.sorts = pane == PANE_ENDED ? 1U << show->sort : 0,
	};
	struct object_list list = {.start_ns = model->start_ns, .style = &style};
	char title[SCREEN_TEXT_SIZE];
	static struct table_layout layout; /* large */

	scroll(of, table->nr, rows);
	list.objects = table->objects + of->first;
	list.nr = table->nr - of->first < rows ? table->nr - of->first : rows;
	table_fit(&layout, table->columns, &list);
	keep_headings(of, layout.columns);
	if (pane == PANE_PROGRESS)
		title_progress(table, title);
	else
		title_ended(model, state, table, title);
	put_table_title(lines, state, table, pane, title);
	remember_selected(state, pane, table, model->figures.now_ns);
	return put_rows(lines, state, pane, table, &layout, model->start_ns);
}

/* The rows of both tables: what is in progress gets half, and more if the other needs less. */
static size_t progress_rows(size_t room, size_t nr_progress, size_t nr_ended)
{
	size_t half = room / 2, most = nr_ended < room - half ? room - nr_ended : half;
	size_t least = room < 3 ? room : 3;

	if (most > room - 1)
		most = room ? room - 1 : 0;
	if (nr_progress < least)
		return least < most ? least : most;
	return nr_progress < most ? nr_progress : most;
}

static int put_tables(struct screen_lines *lines, const struct screen_model *model,
		      struct screen_state *state, size_t height)
{
	static struct screen_table tables[NR_PANES]; /* large */
	bool both = state->show->view != VIEW_CALLS && height >= NR_PANES * (PANE_LINES + 1);
	size_t progress;
	int err = 0;

	for (int i = 0; i < NR_PANES && !err; i++)
		err = screen_table_fill(&tables[i], model, state, i);
	if (!err && both) {
		height -= NR_PANES * PANE_LINES;
		progress = progress_rows(height, tables[PANE_PROGRESS].nr, tables[PANE_ENDED].nr);
		err = put_table(lines, model, state, PANE_PROGRESS, &tables[PANE_PROGRESS],
				progress);
		if (!err)
			err = put_table(lines, model, state, PANE_ENDED, &tables[PANE_ENDED],
					height - progress);
	} else if (!err) {
		err = put_table(lines, model, state, state->active, &tables[state->active],
				height > PANE_LINES ? height - PANE_LINES : 0);
	}
	for (int i = 0; i < NR_PANES; i++)
		screen_table_clear(&tables[i]);
	return err;
}

/* The whole */

static void put_keys(struct screen_lines *lines, const struct screen_state *state)
{
	struct screen_line *line = lines_add(lines);
	static const char *const keys[][2] = {
		{"?", "help"},	     {"q", "quit"},   {"Enter", "details"}, {"/", "filter"},
		{"Space", "freeze"}, {"< >", "sort"}, {"b", "by"},	    {"Tab", "table"},
		{"r", "reverse"},    {"w", "wide"},
	};

	if (state->typing) {
		line_printf(lines, line, STYLE_BOLD, "filter: %s", state->filter);
		line_put(lines, line, STYLE_REVERSE, " ");
		line_put(lines, line, 0, "  (Enter: keep, Esc: all rows)");
		return;
	}
	if (*state->message) {
		line_put(lines, line, COLOR_WARNING, state->message);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (line &&
		    line->width + strlen(keys[i][0]) + strlen(keys[i][1]) + 1 > lines->width)
			break;
		line_put(lines, line, STYLE_BOLD, keys[i][0]);
		line_printf(lines, line, 0, " %s  ", keys[i][1]);
	}
}

/* The bytes of the line's next part: all, or up to the last blank that leaves the rest. */
static size_t part_of(const char *text, size_t len, size_t width)
{
	char line[SCREEN_MAX_WIDTH * 4 + 1];
	size_t fits;

	snprintf(line, sizeof(line), "%.*s", (int)len, text);
	fits = text_within(line, width);
	if (fits >= len)
		return len;
	for (size_t end = fits; end > fits / 2; end--)
		if (line[end] == ' ')
			return end;
	return fits ?: len;
}

/* Draws the lines from the overlay's first one on, up to so many. Returns how many there are. */
static size_t put_text(struct screen_lines *lines, const struct screen_state *state,
		       const char *text, size_t page)
{
	char part[SCREEN_MAX_WIDTH * 4 + 1];
	size_t nr = 0;

	for (; *text; text += *text == '\n') {
		unsigned int style = *text == ' ' || *text == '\n' ? 0 : STYLE_BOLD;
		bool goes_on = false;

		do {
			size_t len = part_of(text, strcspn(text, "\n"),
					     lines->width - (goes_on ? INDENT : 0));

			snprintf(part, sizeof(part), "%*s%.*s", goes_on ? INDENT : 0, "", (int)len,
				 text);
			if (nr >= state->overlay_first && nr < state->overlay_first + page)
				line_put(lines, lines_add(lines), style, part);
			nr++;
			text += len;
			if (*text == ' ')
				text += strspn(text, " ");
			goes_on = true;
		} while (*text && *text != '\n');
	}
	return nr;
}

void screen_overlay_draw(struct screen_lines *lines, struct screen_state *state, const char *text)
{
	size_t page = lines->height > lines->nr + 1 ? lines->height - lines->nr - 1 : 1;

	state->overlay_page = page;
	state->overlay_nr = put_text(lines, state, text, 0);
	if (state->overlay_first + page > state->overlay_nr)
		state->overlay_first = state->overlay_nr > page ? state->overlay_nr - page : 0;
	put_text(lines, state, text, page);
	while (lines->nr + 1 < lines->height)
		lines_add(lines);
	line_put(lines, lines_add(lines), 0,
		 state->overlay_nr > page ? "Esc back  Up, Down, PgUp, PgDn scroll" : "Esc back");
}

/* For a terminal without room for tables. */
static void draw_least(struct screen_lines *lines, const struct screen_model *model)
{
	const struct screen_figures *figures = &model->figures;
	char age[DURATION_SIZE] = "-";

	if (figures->oldest_ns != UNKNOWN_NS)
		text_duration(age, figures->oldest_ns);
	line_printf(lines, lines_add(lines), STYLE_BOLD, "%llu now", figures->nr_unfinished);
	line_printf(lines, lines_add(lines), 0, "%s old", age);
	line_printf(lines, lines_add(lines), 0, "%.1f/s", figures->teardowns_per_s);
}

int screen_view_draw(struct screen_lines *lines, const struct screen_model *model,
		     struct screen_state *state)
{
	enum view view = state->show->view;
	bool footer;

	if (lines->width < SCREEN_LEAST_WIDTH || lines->height < SCREEN_LEAST_HEIGHT) {
		draw_least(lines, model);
		return 0;
	}
	screen_header_title(lines, model, state);
	if (state->overlay == OVERLAY_HELP)
		return screen_help_draw(lines, state);
	if (state->overlay == OVERLAY_DETAILS)
		return screen_details_draw(lines, model, state);
	if (lines->height > SCREEN_LEAST_HEIGHT)
		screen_header_rates(lines, model, view);
	if (lines->height > SCREEN_LEAST_HEIGHT + 2 && view != VIEW_CALLS)
		screen_header_pending(lines, model);
	footer = lines->height > SCREEN_LEAST_HEIGHT || state->typing || *state->message;
	if (put_tables(lines, model, state, lines->height - lines->nr - footer))
		return -ENOMEM;
	while (footer && lines->nr + 1 < lines->height)
		lines_add(lines);
	if (footer)
		put_keys(lines, state);
	return 0;
}
