/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Prints ledgers as text: the seen events, and each loss. All messages about losses are here.
 *
 * A line about a loss begins with "WARNING:". Functions flush, and return as stream_flush().
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "model/ledger.h"

/* with_filters: the run had filters, so that filtered calls are named even if there are none. */
int ledger_text_calls(FILE *out, const struct ledger *ledger, bool with_filters);
int ledger_text_teardowns(FILE *out, const struct teardown_ledger *ledger, bool with_filters);

/* Why events may have gone unseen, in one line; empty: nothing is printed. */
void ledger_text_blind(FILE *out, const char *why);

/* The losses of each hook, and which hooks count no misses. */
int ledger_text_hooks(FILE *out, const struct hook_counts *hooks, size_t nr_hooks);
