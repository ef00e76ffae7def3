/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fills in what the ledgers say of calls and teardowns, on top of what was counted at the hooks.
 */
#pragma once

#include "correlate/call_matcher.h"
#include "correlate/teardown_tracker.h"
#include "model/ledger.h"

/* The figures of the kernel and the programs must be there; the others are left alone. */
void ledger_fill_calls(struct ledger *ledger, const struct call_matcher *destroy_calls);

/*
 * counts->hooks must be set. ended: the tracker is flushed; before, the number of running teardowns
 * is unknown.
 */
void ledger_fill_teardowns(struct teardown_counts *counts, const struct teardown_tracker *tracker,
			   bool ended);
