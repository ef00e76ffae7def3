// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds out in which phase a teardown in progress is, and cuts a complete one to what it was at a
 * time.
 */
#include <stdio.h>
#include <string.h>

#include "model/unfinished.h"

/* Says only that a task sleeps. */
static bool is_of_scheduler(const char *name, size_t len)
{
	static const char *const exact[] = {
		"schedule",
		"schedule_timeout",
		"schedule_preempt_disabled",
		"preempt_schedule",
		"context_switch",
		"__schedule",
		"__cond_resched",
		"io_schedule",
		"schedule_hrtimeout",
		"prepare_to_swait_event",
	};
	static const char *const begins[] = {"__wait_for_common",   "wait_for_completion",
					     "preempt_schedule_",   "schedule_timeout_",
					     "schedule_hrtimeout_", "wait_for_common"};

	for (size_t i = 0; i < ARRAY_SIZE(exact); i++)
		if (strlen(exact[i]) == len && !memcmp(exact[i], name, len))
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(begins); i++)
		if (len >= strlen(begins[i]) && !memcmp(begins[i], name, strlen(begins[i])))
			return true;
	return false;
}

void unfinished_set_function(struct unfinished *unfinished, const char *stack)
{
	unfinished->function[0] = '\0';
	for (; *stack; stack += strcspn(stack, "\n"), stack += *stack == '\n') {
		size_t len = strcspn(stack, "+\n");

		if (is_of_scheduler(stack, len))
			continue;
		snprintf(unfinished->function, FUNCTION_SIZE, "%.*s", (int)len, stack);
		return;
	}
}

static __u64 run_end_ns(const struct worker_run *run)
{
	if (run->start_ns == UNKNOWN_NS || run->latency_ns == UNKNOWN_NS)
		return UNKNOWN_NS;
	return run->start_ns + run->latency_ns;
}

__u64 teardown_begin_ns(const struct teardown *teardown)
{
	__u64 released_ns = teardown->map.identity.released_ns;

	return released_ns != UNKNOWN_NS ? released_ns : teardown->run.start_ns;
}

__u64 teardown_end_ns(const struct teardown *teardown)
{
	__u64 end_ns = run_end_ns(&teardown->run), deferred_ns = teardown->phase[PHASE_DEFERRED];

	if (end_ns == UNKNOWN_NS || teardown_owes_memory(teardown))
		return UNKNOWN_NS;
	return deferred_ns == UNKNOWN_NS ? end_ns : end_ns + deferred_ns;
}

static __u64 passed_ns(__u64 since_ns, __u64 until_ns)
{
	if (since_ns == UNKNOWN_NS || until_ns == UNKNOWN_NS)
		return UNKNOWN_NS;
	return until_ns > since_ns ? until_ns - since_ns : 0;
}

__u64 unfinished_age_ns(const struct unfinished *unfinished)
{
	return passed_ns(teardown_begin_ns(&unfinished->teardown), unfinished->now_ns);
}

__u64 unfinished_phase_ns(const struct unfinished *unfinished)
{
	return passed_ns(unfinished->since_ns, unfinished->now_ns);
}

static __u64 sum_of_destroys(const struct teardown *teardown)
{
	__u64 sum = 0;

	for (__u32 i = 0; i < teardown->nr_destroys && i < MAX_DESTROYS; i++) {
		if (teardown->destroy[i].latency_ns == UNKNOWN_NS)
			return UNKNOWN_NS;
		sum += teardown->destroy[i].latency_ns;
	}
	return teardown->nr_destroys <= MAX_DESTROYS ? sum : UNKNOWN_NS;
}

void unfinished_set(struct unfinished *unfinished, const struct teardown *teardown, __u64 now_ns,
		    __u64 destroy_ns)
{
	struct teardown *so_far = &unfinished->teardown;
	const struct worker_run *run = &so_far->run;

	*unfinished = (struct unfinished){.teardown = *teardown, .now_ns = now_ns};
	for (int i = 0; i < NR_PHASES; i++)
		so_far->phase[i] = UNKNOWN_NS;
	so_far->running = false;
	if (run->start_ns == UNKNOWN_NS) {
		unfinished->phase = PHASE_WAIT;
		unfinished->since_ns = so_far->map.identity.released_ns;
		return;
	}
	so_far->phase[PHASE_WAIT] = passed_ns(so_far->map.identity.released_ns, run->start_ns);
	if (run->latency_ns != UNKNOWN_NS) {
		so_far->phase[PHASE_FREE] = run->latency_ns;
		so_far->phase[PHASE_DESTROY] = sum_of_destroys(so_far);
		unfinished->phase = PHASE_DEFERRED;
		unfinished->since_ns = run_end_ns(run);
		return;
	}
	so_far->running = true;
	unfinished->phase = destroy_ns == UNKNOWN_NS ? PHASE_FREE : PHASE_DESTROY;
	unfinished->since_ns = destroy_ns == UNKNOWN_NS ? run->start_ns : destroy_ns;
	unfinished->task = run->worker;
}

/* What was known before the worker started. */
static void cut_run(struct teardown *teardown)
{
	teardown->run = (struct worker_run){.start_ns = UNKNOWN_NS, .latency_ns = UNKNOWN_NS};
	teardown->entries = ENTRIES_UNKNOWN;
	memset(&teardown->memory, 0, sizeof(teardown->memory));
	teardown->nr_destroys = 0;
}

/* Leaves the destroy calls that had returned. Returns when the one in progress began. */
static __u64 cut_destroys(struct teardown *teardown, __u64 now_ns)
{
	__u64 since_ns = UNKNOWN_NS;
	__u32 nr = 0;

	for (__u32 i = 0; i < teardown->nr_destroys && i < MAX_DESTROYS; i++) {
		const struct destroy *destroy = &teardown->destroy[i];

		if (destroy->ts_ns == UNKNOWN_NS || destroy->ts_ns > now_ns)
			break;
		if (destroy->latency_ns == UNKNOWN_NS ||
		    destroy->latency_ns > now_ns - destroy->ts_ns) {
			since_ns = destroy->ts_ns;
			break;
		}
		nr++;
	}
	teardown->nr_destroys = nr;
	return since_ns;
}

bool unfinished_at(struct unfinished *unfinished, const struct teardown *teardown, __u64 now_ns)
{
	__u64 begin_ns = teardown_begin_ns(teardown), end_ns = teardown_end_ns(teardown);
	__u64 start_ns = teardown->run.start_ns, destroy_ns = UNKNOWN_NS;
	struct teardown cut = *teardown;

	if (begin_ns == UNKNOWN_NS || begin_ns > now_ns || start_ns == UNKNOWN_NS)
		return false;
	if (end_ns == UNKNOWN_NS ? !teardown_owes_memory(teardown) : end_ns <= now_ns)
		return false;
	memset(cut.outcomes, 0, sizeof(cut.outcomes));
	if (start_ns > now_ns) {
		cut_run(&cut);
	} else if (cut.run.latency_ns == UNKNOWN_NS || cut.run.latency_ns > now_ns - start_ns) {
		cut.run.latency_ns = UNKNOWN_NS;
		destroy_ns = cut_destroys(&cut, now_ns);
	}
	unfinished_set(unfinished, &cut, now_ns, destroy_ns);
	return true;
}
