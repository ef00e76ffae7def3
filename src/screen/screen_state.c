// SPDX-License-Identifier: GPL-2.0-only
/* Changes what a screen shows by the keys of the user. */
#include <string.h>

#include "screen/screen_state.h"
#include "util/macros.h"

static void add_grouping(struct screen_state *state, bool calls, const enum key *by, size_t nr_by)
{
	struct grouping grouping = {.calls = calls, .nr_by = nr_by};

	memcpy(grouping.by, by, nr_by * sizeof(*by));
	for (size_t i = 0; i < state->nr_groupings; i++) {
		const struct grouping *other = &state->groupings[i];

		if (other->calls == calls && other->nr_by == nr_by &&
		    !memcmp(other->by, grouping.by, nr_by * sizeof(*by)))
			return;
	}
	if (state->nr_groupings < MAX_GROUPINGS)
		state->groupings[state->nr_groupings++] = grouping;
}

void screen_state_init(struct screen_state *state, const struct view_options *show)
{
	static const enum key usual[] = {KEY_TYPE, KEY_NAME, KEY_RELEASED_BY, KEY_UNIT};
	static const enum key of_calls[] = {KEY_CALLER, KEY_TYPE};

	*state = (struct screen_state){.show = show, .wide = show->wide};
	strcpy(state->panes[PANE_PROGRESS].sort, "AGE");
	if (show->view == VIEW_CALLS)
		add_grouping(state, true, show->by, show->nr_by);
	if (show->view == VIEW_TEARDOWNS && show->nr_by)
		add_grouping(state, false, show->by, show->nr_by);
	if (show->view != VIEW_CALLS) {
		add_grouping(state, false, usual, 0);
		for (size_t i = 0; i < ARRAY_SIZE(usual); i++)
			add_grouping(state, false, &usual[i], 1);
	}
	if (show->view == VIEW_BOTH)
		add_grouping(state, true, of_calls, ARRAY_SIZE(of_calls));
	if (show->view == VIEW_CALLS)
		state->active = PANE_ENDED;
}

/* Moves in a list of nr lines of which so many are shown. */
static size_t moved(size_t at, size_t nr, size_t page, int key)
{
	size_t last = nr ? nr - 1 : 0, step = page > 1 ? page - 1 : 1;

	if (at > last)
		at = last;
	switch (key) {
	case SCREEN_UP:
		return at ? at - 1 : 0;
	case SCREEN_DOWN:
		return at < last ? at + 1 : last;
	case SCREEN_PAGE_UP:
		return at > step ? at - step : 0;
	case SCREEN_PAGE_DOWN:
		return last - at > step ? at + step : last;
	case SCREEN_HOME:
		return 0;
	case SCREEN_END:
		return last;
	default:
		return at;
	}
}

static void type(struct screen_state *state, int key)
{
	size_t len = strlen(state->filter);

	if (key == SCREEN_ENTER) {
		state->typing = false;
	} else if (key == SCREEN_ESCAPE) {
		state->typing = false;
		state->filter[0] = '\0';
	} else if (key == SCREEN_BACKSPACE) {
		while (len && (state->filter[len - 1] & 0xc0) == 0x80)
			len--; /* the rest of a character */
		state->filter[len ? len - 1 : 0] = '\0';
	} else if (key >= ' ' && key < 0x100 && key != 0x7f && len + 1 < SCREEN_FILTER_SIZE) {
		state->filter[len] = (char)key;
		state->filter[len + 1] = '\0';
	}
	for (int i = 0; i < NR_PANES; i++)
		state->panes[i].selected = state->panes[i].first = 0;
}

/* To the next or the previous column of those shown. */
static void move_sort(struct pane_state *pane, int by)
{
	size_t nr = pane->nr_headings, at = 0;

	if (!nr)
		return;
	while (at < nr && strcmp(pane->headings[at], pane->sort))
		at++;
	if (at == nr)
		at = by > 0 ? 0 : nr - 1;
	else
		at = (at + nr + (size_t)by) % nr;
	strcpy(pane->sort, pane->headings[at]);
	pane->reverse = false;
}

static void next_grouping(struct screen_state *state)
{
	struct pane_state *pane = &state->panes[PANE_ENDED];

	state->grouping = (state->grouping + 1) % state->nr_groupings;
	pane->selected = pane->first = 0;
	pane->sort[0] = '\0';
	pane->reverse = false;
}

static void open_details(struct screen_state *state)
{
	if (!state->has_details)
		return;
	state->details = state->selected_row;
	state->details_ended = state->selected_ended;
	state->details_gone = false;
	state->stack[0] = '\0';
	state->overlay = OVERLAY_DETAILS;
	state->overlay_first = 0;
}

static void overlay_key(struct screen_state *state, int key)
{
	size_t last = state->overlay_nr > state->overlay_page
			      ? state->overlay_nr - state->overlay_page
			      : 0;

	switch (key) {
	case 'q':
	case '?':
	case SCREEN_HELP:
	case SCREEN_ESCAPE:
	case SCREEN_ENTER:
		state->overlay = OVERLAY_NONE;
		return;
	case ' ':
	case 'p':
		state->frozen = !state->frozen;
		return;
	}
	state->overlay_first = moved(state->overlay_first, last + 1, state->overlay_page, key);
}

static enum pane other_pane(const struct screen_state *state)
{
	return state->active == PANE_ENDED ? PANE_PROGRESS : PANE_ENDED;
}

/* In a table without rows, keys that move select the other one. */
static bool leave_empty_pane(struct screen_state *state, int key)
{
	enum pane other = other_pane(state);

	if (key < SCREEN_UP || key > SCREEN_END || state->panes[state->active].nr ||
	    !state->panes[other].nr)
		return false;
	state->active = other;
	return true;
}

static void change_view(struct screen_state *state, int key)
{
	struct pane_state *pane = &state->panes[state->active];

	switch (key) {
	case ' ':
	case 'p':
		state->frozen = !state->frozen;
		break;
	case '/':
		state->typing = true;
		break;
	case SCREEN_ESCAPE:
		state->filter[0] = '\0';
		break;
	case '<':
	case ',':
		move_sort(pane, -1);
		break;
	case '>':
	case '.':
		move_sort(pane, 1);
		break;
	case 'r':
		pane->reverse = !pane->reverse;
		break;
	case 'b':
		next_grouping(state);
		break;
	case 'w':
		state->wide = !state->wide;
		state->scrolled = 0;
		break;
	case SCREEN_LEFT:
		state->scrolled -= state->scrolled < 8 ? state->scrolled : 8;
		break;
	case SCREEN_RIGHT:
		if (state->wide && state->scrolled < SCREEN_MAX_WIDTH)
			state->scrolled += 8;
		break;
	default:
		if (!leave_empty_pane(state, key))
			pane->selected = moved(pane->selected, pane->nr, pane->page, key);
	}
}

void screen_state_key(struct screen_state *state, int key)
{
	static const char letters[] = "kjgG", also[] = {SCREEN_UP & 0xff, SCREEN_DOWN & 0xff,
							SCREEN_HOME & 0xff, SCREEN_END & 0xff};
	const char *letter = key > 0 && key < 0x100 ? strchr(letters, key) : NULL;

	state->message[0] = '\0';
	if (state->typing) {
		type(state, key);
		return;
	}
	if (letter)
		key = 0x100 | also[letter - letters];
	if (state->overlay != OVERLAY_NONE) {
		overlay_key(state, key);
	} else if (key == 'q' || key == 'Q') {
		state->quit = true;
	} else if (key == '?' || key == 'h' || key == SCREEN_HELP) {
		state->overlay = OVERLAY_HELP;
		state->overlay_first = 0;
	} else if (key == SCREEN_TAB) {
		if (state->show->view != VIEW_CALLS)
			state->active = other_pane(state);
	} else if (key == SCREEN_ENTER) {
		open_details(state);
	} else {
		change_view(state, key);
	}
}
