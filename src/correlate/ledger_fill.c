// SPDX-License-Identifier: GPL-2.0-only
/* Fills in the ledgers' figures for calls and teardowns, given the counts of the hooks. */
#include "correlate/correlator_parts.h"
#include "model/ledger_figures.h"

/* Missed or lost returns, without those that show as calls with only the entry seen. */
static __u64 unexplained_returns(__u64 missed, __u64 lost, __u64 entry_only)
{
	__u64 gone;

	if (missed == LEDGER_UNKNOWN)
		return LEDGER_UNKNOWN;
	gone = missed + lost;
	return gone > entry_only ? gone - entry_only : 0;
}

/*
 * A call without a return is still running if no return can have been missed. Otherwise it may have
 * ended, and counts as a call with only the entry seen.
 */
static void decide_running(__u64 waiting, __u64 unexplained, __u64 *running, __u64 *entry_only)
{
	if (!waiting || !unexplained) {
		*running = waiting;
	} else {
		*running = LEDGER_UNKNOWN;
		*entry_only += waiting;
	}
}

/* ended: the matcher is flushed, and has passed on all calls. */
static void count_calls(const struct call_counts *calls, bool ended, struct ledger *ledger)
{
	__u64 missed = ledger->missed_return;

	figure_add(&missed, ledger->probe_missed_return);
	ledger->completed = calls->completed;
	ledger->entry_only = calls->entry_only + calls->returned;
	ledger->return_only = calls->return_only;
	decide_running(calls->waiting - calls->returned,
		       unexplained_returns(missed, ledger->lost_return, ledger->entry_only),
		       &ledger->still_running, &ledger->entry_only);
	ledger->not_passed_on = ended ? 0 : ledger->entry_only - calls->entry_only;
}

/* At least as many maps were released unseen. Several hooks see the same release. */
static __u64 released_unseen(const struct hook_counts *hooks)
{
	__u64 most = 0, unseen;
	int hook;

	for (hook = HOOK_PUT; hook <= HOOK_RELEASE; hook++) {
		unseen = hooks[hook].lost;
		if (hooks[hook].missed != LEDGER_UNKNOWN)
			unseen += hooks[hook].missed;
		if (unseen > most)
			most = unseen;
	}
	return most;
}

/* ended: the tracker is flushed; before, the number of running teardowns is unknown. */
static void count_teardowns(const struct teardown_tracker *tracker, bool ended,
			    struct teardown_counts *counts)
{
	const struct hook_counts *free = &counts->hooks[HOOK_FREE];
	struct teardown_ledger *ledger = &counts->ledger;
	__u64 running;

	teardown_tracker_count(tracker, ledger);
	running = ledger->running;
	ledger->started = free->taken;
	ledger->lost = free->lost;
	ledger->missed = free->missed;
	/* Unknown if a start or a release may have been missed. */
	if ((ledger->waiting && (free->lost || free->missed)) ||
	    released_unseen(counts->hooks) + ledger->forgotten > ledger->no_release)
		ledger->waiting = LEDGER_UNKNOWN;
	decide_running(
		running,
		unexplained_returns(free->missed_return, free->lost_return, ledger->start_only),
		&ledger->running, &ledger->start_only);
	if (!ended)
		ledger->running = LEDGER_UNKNOWN;
}

void correlator_count(const struct correlator *correlator, struct ledger *ledger,
		      struct teardown_counts *counts)
{
	count_calls(call_matcher_counts(correlator->matchers[HOOK_DESTROY]), correlator->flushing,
		    ledger);
	ledger->bad_records = correlator->bad_records;
	ledger->stuck = correlator->stuck;
	ledger->still_stuck = correlator->still_stuck;
	*counts = (struct teardown_counts){};
	for (enum hook hook = 0; hook < NR_HOOKS; hook++)
		correlator->ops->count_hook(correlator->ctx, hook, &counts->hooks[hook]);
	if (correlator->tracker)
		count_teardowns(correlator->tracker, correlator->flushing, counts);
}
