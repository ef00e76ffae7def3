/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The values of options that are chosen from a known set. Reading, help, errors and completion all
 * use these tables.
 */
#pragma once

#include "cmd/command.h"

struct choices {
	const char *what; /* in errors: "key" */
	const char *const *names;
	size_t nr;
	bool has_default; /* the first one */
	bool list;	  /* several, separated by commas */
	/* Bit N: names[N] applies to this command and view, or for VIEW_BOTH to a view. NULL: all
	 */
	unsigned int (*offered)(const struct command *command, enum view view);
};

extern const struct choices attach_choices, format_choices, sort_choices, key_choices,
	phase_choices, measure_choices, metric_choices, color_choices, label_choices;

struct choice_list {
	char text[256];
};

/* The choices that apply to a command and a view, as bits. */
unsigned int choices_offered(const struct choices *choices, const struct command *command,
			     enum view view);

/* "table, json" */
struct choice_list choices_list(const struct choices *choices, unsigned int offered);

/*
 * "table (default), json; for teardowns: also perfetto, folded". VIEW_BOTH: of a command whose user
 * has not chosen a view.
 */
struct choice_list choices_describe(const struct choices *choices, const struct command *command,
				    enum view view);

/*
 * Finds the name that is the first len bytes of text. Returns its index, which may not be offered,
 * or -EINVAL if there is none, which is reported with the nearest name and those offered.
 */
int choice_find(const struct options *opts, const char *option, const struct choices *choices,
		const char *text, size_t len);
