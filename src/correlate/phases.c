// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long each phase of a teardown took.
 */
#include "correlate/phases.h"

static __u64 sum_of_destroys(const struct teardown *teardown)
{
	__u64 sum = 0;
	__u32 i;

	for (i = 0; i < teardown->nr_destroys && i < MAX_DESTROYS; i++) {
		if (teardown->destroy[i].latency_ns == UNKNOWN_NS)
			return UNKNOWN_NS;
		sum += teardown->destroy[i].latency_ns;
	}
	return i == teardown->nr_destroys ? sum : UNKNOWN_NS;
}

/* From the end of the worker's run until all is freed. Nothing shows when RCU has freed it. */
static __u64 deferred_after(const struct teardown *teardown, __u64 end)
{
	__u64 last = end;
	__u32 i;

	if (end == UNKNOWN_NS || teardown->nr_destroys > MAX_DESTROYS ||
	    teardown->rcu_flags != RCU_KNOWN)
		return UNKNOWN_NS;
	for (i = 0; i < teardown->nr_destroys; i++) {
		const struct destroy *destroy = &teardown->destroy[i];

		if (destroy->outcome == OUTCOME_PENDING || destroy->outcome == OUTCOME_UNKNOWN)
			return UNKNOWN_NS;
		if (destroy->outcome != OUTCOME_DEFERRED)
			continue;
		if (destroy->freed_ns == UNKNOWN_NS)
			return UNKNOWN_NS;
		if (destroy->freed_ns > last)
			last = destroy->freed_ns;
	}
	return last - end;
}

void set_phases(struct teardown *teardown, bool destroys_known)
{
	const struct worker_run *run = &teardown->run;
	__u64 released = teardown->map.identity.released_ns, *phase = teardown->phase;
	bool ended = run->start_ns != UNKNOWN_NS && run->latency_ns != UNKNOWN_NS;

	phase[PHASE_WAIT] =
		released == UNKNOWN_NS || run->start_ns == UNKNOWN_NS || run->start_ns < released
			? UNKNOWN_NS
			: run->start_ns - released;
	phase[PHASE_FREE] = run->latency_ns;
	phase[PHASE_DESTROY] = ended && destroys_known ? sum_of_destroys(teardown) : UNKNOWN_NS;
	phase[PHASE_DEFERRED] =
		deferred_after(teardown, ended ? run->start_ns + run->latency_ns : UNKNOWN_NS);
	phase[PHASE_TOTAL] = UNKNOWN_NS;
	if (phase[PHASE_WAIT] != UNKNOWN_NS && phase[PHASE_FREE] != UNKNOWN_NS &&
	    phase[PHASE_DEFERRED] != UNKNOWN_NS)
		phase[PHASE_TOTAL] = phase[PHASE_WAIT] + phase[PHASE_FREE] + phase[PHASE_DEFERRED];
}
