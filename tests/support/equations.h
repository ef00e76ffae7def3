/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checks reported teardowns, and the ledger against them.
 */
#pragma once

#include "support/test.h"
#include "model/ledger.h"
#include "model/teardown.h"

/* The start of the run: all times are long after it unless a test sets another. */
#define LONG_BEFORE (0ULL - 1000000000)

/* The phases of a teardown add up. */
static inline void check_total(const __u64 phase[NR_PHASES])
{
	bool all = phase[PHASE_WAIT] != UNKNOWN_NS && phase[PHASE_FREE] != UNKNOWN_NS &&
		   phase[PHASE_DEFERRED] != UNKNOWN_NS;

	assert_true(
		phase[PHASE_TOTAL] ==
		(all ? phase[PHASE_WAIT] + phase[PHASE_FREE] + phase[PHASE_DEFERRED] : UNKNOWN_NS));
}

/* The end of what RCU frees, or may free, is not known. */
static inline void check_freed_by_rcu(const struct teardown *teardown)
{
	if (teardown->rcu_flags != RCU_KNOWN)
		assert_true(teardown->phase[PHASE_DEFERRED] == UNKNOWN_NS);
}

/* The equations at the head of ledger.h, when nothing is in progress. */
static inline void check_equations(const struct teardown_ledger *ledger, __u64 reported,
				   const __u64 outcomes[NR_OUTCOMES])
{
	assert_int_equal(ledger->completed + ledger->running + ledger->start_only +
				 ledger->end_only,
			 ledger->shown + ledger->before);
	assert_int_equal(ledger->shown, reported);
	assert_int_equal(ledger->deferred, ledger->reclaimed + ledger->pending);
	assert_int_equal(ledger->reclaimed, outcomes[OUTCOME_DEFERRED]);
	assert_int_equal(ledger->pending, outcomes[OUTCOME_PENDING]);
	assert_int_equal(ledger->undecided, outcomes[OUTCOME_UNKNOWN]);
}
