/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the user has chosen to see on a screen, and how the keys change it.
 */
#pragma once

#include "model/unfinished.h"
#include "output/column_names.h"
#include "output/view_options.h"
#include "screen/lines.h"
#include "screen/screen_model.h"

enum pane { PANE_PROGRESS, PANE_ENDED, NR_PANES };
enum overlay { OVERLAY_NONE, OVERLAY_HELP, OVERLAY_DETAILS };

struct pane_state {
	size_t selected;	 /* row */
	size_t first;		 /* on the screen */
	char sort[HEADING_SIZE]; /* the heading of a column; empty: the usual order */
	bool reverse;
	/* Of the last drawing: */
	size_t nr;				      /* rows */
	size_t page;				      /* rows that the screen shows */
	char headings[MAX_ROW_COLUMNS][HEADING_SIZE]; /* of the columns shown, in order */
	size_t nr_headings;
};

/* What the lower table shows: a line for each teardown, or rows of teardowns or calls. */
struct grouping {
	bool calls;
	enum key by[NR_KEYS];
	size_t nr_by; /* 0: a line for each */
};

#define MAX_GROUPINGS	   8
#define SCREEN_FILTER_SIZE 64
#define SCREEN_TEXT_SIZE   256

struct screen_state {
	const struct view_options *show;
	struct pane_state panes[NR_PANES];
	enum pane active;
	struct grouping groupings[MAX_GROUPINGS];
	size_t nr_groupings, grouping;

	char filter[SCREEN_FILTER_SIZE]; /* a part of what a row shows; empty: all rows */
	bool typing;			 /* the filter */
	bool frozen, wide, quit;
	size_t scrolled; /* columns to the right, if wide */

	enum overlay overlay;
	size_t overlay_first, overlay_nr, overlay_page; /* lines */
	struct unfinished details;			/* which teardown, as last seen */
	bool details_ended, details_gone;
	char stack[STACK_TEXT]; /* of the task that works on it */
	bool has_details;	/* of the last drawing: the selected row */
	struct unfinished selected_row;
	bool selected_ended;

	/* Set by whoever runs the screen. */
	const char *source;		/* the recording; NULL: the running kernel */
	double speed;			/* of the replay */
	__u64 length_ns;		/* of the recording */
	bool over;			/* it has been replayed */
	const char *clock;		/* time of day; NULL: not shown */
	char message[SCREEN_TEXT_SIZE]; /* the newest one to stderr; empty: none */
};

/* Other keys are their byte. */
enum screen_key {
	SCREEN_UP = 0x100,
	SCREEN_DOWN,
	SCREEN_LEFT,
	SCREEN_RIGHT,
	SCREEN_PAGE_UP,
	SCREEN_PAGE_DOWN,
	SCREEN_HOME,
	SCREEN_END,
	SCREEN_ENTER,
	SCREEN_ESCAPE,
	SCREEN_BACKSPACE,
	SCREEN_TAB,
	SCREEN_HELP,
};

/* show must outlive the state. */
void screen_state_init(struct screen_state *state, const struct view_options *show);

/* Takes a key. */
void screen_state_key(struct screen_state *state, int key);
