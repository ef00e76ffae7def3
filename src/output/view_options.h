/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How calls and teardowns are shown.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#include "analysis/sort.h"
#include "model/keys.h"
#include "output/color.h"
#include "output/format.h"

struct view_options {
	enum view view;
	enum format format;
	bool events; /* a line for each call or teardown instead of rows */
	bool histogram;
	bool timeline;
	bool timestamp;
	bool identity;	      /* of calls, show also which map it was, and who released it */
	bool user_stack;      /* of teardowns, show also the user stack of who released the map */
	bool recorded;	      /* from a recording: nothing is filtered yet, none waits for lines */
	__u64 interval_ns;    /* 0: no interim tables */
	enum key by[NR_KEYS]; /* in the order given, each at most once; VIEW_BOTH: of calls */
	size_t nr_by;	      /* 0: for teardowns, one row for each */
	enum sort sort;
	__u64 top; /* rows to show; 0: all */
	bool top_given;
	bool wide;	     /* all columns, whatever the terminal's width */
	const char *columns; /* those to show, as in struct table_style; NULL: the usual ones */
	enum color_when color;
};

/* How tables are laid out in this stream. */
struct table_style view_style(const struct view_options *show, FILE *out);
