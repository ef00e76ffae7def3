/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The rows of one table of a screen: those of the model that pass the typed filter, in order.
 */
#pragma once

#include "output/table.h"
#include "screen/screen_state.h"

#define SCREEN_MAX_LIST 8192

struct screen_table {
	struct column columns[MAX_ROW_COLUMNS]; /* all that there are */
	const void *objects[SCREEN_MAX_LIST];	/* in the order shown */
	size_t nr;
	size_t nr_all; /* without the typed filter */

	/* Of rows: */
	struct aggregate *rows; /* owned */
	struct row_line *lines; /* owned */
};

/*
 * Fills the table of a pane. It refers to the model, until that is changed. Returns 0 or -ENOMEM,
 * with an empty table. Call screen_table_clear() afterwards; a table must be all zero at first.
 */
int screen_table_fill(struct screen_table *table, const struct screen_model *model,
		      const struct screen_state *state, enum pane pane);
void screen_table_clear(struct screen_table *table);
