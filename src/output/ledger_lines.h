/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lines of a ledger's text: losses and notes.
 */
#pragma once

#include "output/ledger_text.h"

/* Where lines go. */
struct ledger_lines {
	FILE *out;	  /* NULL: they are only counted */
	bool below_table; /* a blank line is to come first */
	size_t nr_losses; /* written so far */
};

/* One line; the second is that of a loss. */
void ledger_note(struct ledger_lines *lines, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void ledger_loss(struct ledger_lines *lines, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* All losses that are known. */
void ledger_losses(struct ledger_lines *lines, const struct ledger_text *text);

/* Notes on events in progress at the start or the end, and on figures that nothing counts. */
void ledger_notes(struct ledger_lines *lines, const struct ledger_text *text);

/* A loss is counted and not zero. */
static inline bool is_loss(__u64 figure)
{
	return figure && figure_known(figure);
}
