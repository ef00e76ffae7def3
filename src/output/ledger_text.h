/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Prints ledgers as text. All messages about losses are here and in ledger_lines.c.
 *
 * One line says what was seen, "326 calls, 140 maps freed, 36 deferred frees; nothing lost", and
 * if that is nothing, one or two lines say why. Losses follow, each a line that begins with
 * "WARNING: ", then notes on what was not complete at the start or the end of the run. --quiet
 * leaves only the losses, --verbose adds all figures.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "model/filter.h"
#include "model/keys.h"
#include "model/ledger.h"
#include "output/view_options.h"

/* The parts to print. */
struct ledger_text {
	const struct ledger *calls;
	const struct teardown_ledger *teardowns; /* NULL: not traced */
	const struct hook_counts *hooks;	 /* of all hooks; NULL: only calls are shown */
	enum view view;				 /* whose figures the first line has */
	bool below_table;			 /* a table on stdout was written just before */
	const struct filter *filter; /* to say why nothing was seen; NULL: it is not said */
	/* With a filter: that of teardowns, also if only calls are shown. */
	const struct teardown_ledger *all_teardowns;
	bool recorded; /* of a recording, or the sum of several */
};

/* The parts that a view shows. Points to what it is given. */
struct ledger_text ledger_text_of_view(const struct view_options *show, const struct filter *filter,
				       const struct ledger *calls,
				       const struct teardown_counts *counts);

/* Flushes, and returns as stream_flush(). */
int ledger_text(FILE *out, const struct ledger_text *text);

/* Why events may have gone unseen, in one line; empty: nothing is printed. */
void ledger_text_blind(FILE *out, const char *why);
