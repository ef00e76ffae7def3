// SPDX-License-Identifier: GPL-2.0-only
/* Shows all that is known of one teardown: its columns, its timeline and its kernel stack. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "output/column.h"
#include "output/column_names.h"
#include "output/table_cell.h"
#include "output/timeline.h"
#include "screen/screen_view.h"
#include "util/text.h"

#define NAME_WIDTH 14

/* Looks it up again: it may have gone on, or ended. */
static void find_again(const struct screen_model *model, struct screen_state *state)
{
	const struct teardown *wanted = &state->details.teardown;

	for (size_t i = 0; i < model->nr_unfinished; i++) {
		if (!screen_same_teardown(&model->unfinished[i].teardown, wanted))
			continue;
		state->details = model->unfinished[i];
		return;
	}
	for (size_t i = model->nr_ended; i; i--) {
		if (!screen_same_teardown(&model->ended[i - 1], wanted))
			continue;
		state->details.teardown = model->ended[i - 1];
		state->details_ended = true;
		return;
	}
	state->details_gone = !state->details_ended;
}

/* With the current phase as long as it is by now, and without those that follow. */
static struct teardown for_timeline(const struct unfinished *unfinished)
{
	struct teardown drawn = unfinished->teardown;
	__u64 so_far_ns = unfinished_phase_ns(unfinished);

	switch (unfinished->phase) {
	case PHASE_WAIT:
		drawn.phase[PHASE_WAIT] = so_far_ns;
		drawn.phase[PHASE_FREE] = drawn.phase[PHASE_DEFERRED] = 0;
		break;
	case PHASE_DEFERRED:
		drawn.phase[PHASE_DEFERRED] = so_far_ns;
		break;
	default:
		drawn.running = false;
		drawn.phase[PHASE_FREE] = unfinished->now_ns > drawn.run.start_ns
						  ? unfinished->now_ns - drawn.run.start_ns
						  : 0;
		drawn.phase[PHASE_DEFERRED] = 0;
	}
	drawn.phase[PHASE_TOTAL] = unfinished_age_ns(unfinished);
	return drawn;
}

/* Has the teardown such a value, in this part? A single holder is HELD BY of the first part. */
static bool has_value(const struct column *column, const void *object, bool shown)
{
	struct value value;

	return !column->heading != shown && strcmp(column->name, "type") != 0 &&
	       column_read(column, object, &value) && !(column->items && value.items.nr < 2);
}

static void put_columns(FILE *out, const struct column *columns, const void *object, bool shown,
			__u64 start_ns)
{
	char heading[HEADING_SIZE], cell[CELL_SIZE];
	const struct column *column;
	size_t width = NAME_WIDTH;

	for (column = columns; column->name; column++) {
		size_t len = strlen(column_heading(heading, column));

		if (len > width && has_value(column, object, shown))
			width = len;
	}
	for (column = columns; column->name; column++) {
		if (!has_value(column, object, shown))
			continue;
		table_cell_fill(cell, column, object, start_ns);
		fprintf(out, "  %-*s %s\n", (int)width, column_heading(heading, column), cell);
	}
}

static void put_stack(FILE *out, const struct screen_model *model, const struct screen_state *state)
{
	const struct stuck *stuck = screen_model_stuck(model, &state->details.teardown);
	const char *stack = state->stack, *of = "KERNEL STACK";

	if (!*stack && stuck) {
		stack = stuck->stack;
		of = "KERNEL STACK, when it was reported as stuck";
	}
	if (!*stack)
		return;
	fprintf(out, "\n%s\n", of);
	while (*stack) {
		size_t len = strcspn(stack, "\n");

		fprintf(out, "  %.*s\n", (int)len, stack);
		stack += len + (stack[len] == '\n');
	}
}

static void put_details(FILE *out, const struct screen_lines *lines,
			const struct screen_model *model, struct screen_state *state)
{
	const struct unfinished *unfinished = &state->details;
	const struct teardown *teardown = &unfinished->teardown;
	static struct column columns[MAX_ROW_COLUMNS]; /* large */
	struct teardown drawn = *teardown;
	const struct teardown *list[] = {&drawn};
	const struct column *of = teardown_columns;

	if (!state->details_ended) {
		unfinished_columns(columns);
		of = columns;
		drawn = for_timeline(unfinished);
	}
	fprintf(out, "TEARDOWN %s\n",
		state->details_ended  ? "(ended)"
		: state->details_gone ? "(as last seen: it is not in progress any more)"
				      : "(in progress)");
	put_columns(out, of, unfinished, true, model->start_ns);
	fputs("\nTIMELINE\n", out);
	fflush(out);
	timeline_draw(out, list, 1, (int)lines->width);
	put_stack(out, model, state);
	fputs("\nMORE\n", out);
	put_columns(out, of, unfinished, false, model->start_ns);
}

int screen_details_draw(struct screen_lines *lines, const struct screen_model *model,
			struct screen_state *state)
{
	char *text = NULL;
	size_t size;
	FILE *memory = open_memstream(&text, &size);
	int err;

	if (!memory)
		return -ENOMEM;
	find_again(model, state);
	put_details(memory, lines, model, state);
	err = text_memory_end(memory, &text);
	if (err)
		return err;
	screen_overlay_draw(lines, state, text);
	free(text);
	return 0;
}
