// SPDX-License-Identifier: GPL-2.0-only
/* Plans a benchmark round by round, and decides when each run is over. */
#include <stdlib.h>
#include <string.h>

#include "bench/plan.h"

/*
 * The timeout of a run: an RCU grace period on a busy machine, and more where there is more to
 * free. Ten times the durations on emulated machines.
 */
#define BOUND_NS	   2000000000ULL
#define BOUND_PER_MAP_NS   50000000ULL
#define BOUND_PER_ENTRY_NS 20000ULL

enum state {
	STATE_OVER,    /* no run in progress */
	STATE_WORKING, /* the worker makes maps */
	STATE_WAITING, /* the maps are released, and not all seen torn down */
};

struct plan {
	const struct scenario *list;
	size_t nr;
	enum state state;
	bool begun;
	__u64 round;  /* of the run; 0: warm-up */
	size_t index; /* of the run's scenario */
	__u64 seen;   /* of the run's maps */
	__u64 deadline_ns;
	__u64 done, all; /* runs, warm-up included; runs left out count as done */
	struct plan_counts counts[];
};

struct plan *plan_new(const struct scenario *list, size_t nr)
{
	struct plan *plan = calloc(1, sizeof(*plan) + nr * sizeof(plan->counts[0]));

	if (!plan)
		return NULL;
	plan->list = list;
	plan->nr = nr;
	for (size_t i = 0; i < nr; i++)
		plan->all += 1 + list[i].runs;
	return plan;
}

static __u64 nr_rounds(const struct plan *plan)
{
	__u64 rounds = 0;

	for (size_t i = 0; i < plan->nr; i++)
		if (!plan->counts[i].err && plan->list[i].runs > rounds)
			rounds = plan->list[i].runs;
	return rounds;
}

static const char *map_name(const struct plan *plan)
{
	return plan->round ? plan->list[plan->index].map_name : SCENARIO_WARM_UP_MAP;
}

bool plan_next(struct plan *plan, size_t *index, bool *warm_up)
{
	__u64 rounds = nr_rounds(plan);

	do {
		if (plan->begun)
			plan->index++;
		plan->begun = true;
		if (plan->index >= plan->nr) {
			plan->index = 0;
			plan->round++;
		}
		if (plan->round > rounds) { /* and so it stays */
			plan->round = rounds;
			plan->index = plan->nr;
			return false;
		}
	} while (plan->counts[plan->index].err || plan->list[plan->index].runs < plan->round);
	plan->state = STATE_WORKING;
	plan->seen = 0;
	*index = plan->index;
	*warm_up = !plan->round;
	return true;
}

void plan_take_answer(struct plan *plan, __u64 now_ns, int err)
{
	const struct scenario *scenario = &plan->list[plan->index];
	struct plan_counts *counts = &plan->counts[plan->index];
	__u64 maps = scenario_maps(scenario);

	if (plan->state != STATE_WORKING)
		return;
	if (err) { /* the remaining runs count as done, so that progress still ends at 100 % */
		counts->err = err;
		plan->done += 1 + scenario->runs - plan->round;
		plan->state = STATE_OVER;
		return;
	}
	plan->done++;
	if (plan->round) {
		counts->runs++;
		counts->maps += maps;
	}
	plan->state = STATE_WAITING;
	plan->deadline_ns = now_ns + BOUND_NS + maps * BOUND_PER_MAP_NS +
			    maps * scenario->entries * BOUND_PER_ENTRY_NS;
}

const struct scenario *plan_count_teardown(struct plan *plan, const struct teardown *teardown)
{
	const char *name = teardown->map.name;

	if (!map_has_name(&teardown->map))
		return NULL;
	if (plan->state != STATE_OVER && !strcmp(name, map_name(plan)))
		plan->seen++;
	for (size_t i = 0; i < plan->nr; i++) {
		if (strcmp(name, plan->list[i].map_name))
			continue;
		plan->counts[i].seen++;
		return &plan->list[i];
	}
	return NULL;
}

bool plan_is_over(const struct plan *plan, __u64 now_ns)
{
	if (plan->state != STATE_WAITING)
		return plan->state == STATE_OVER;
	return now_ns >= plan->deadline_ns || plan->seen >= scenario_maps(&plan->list[plan->index]);
}

struct plan_progress plan_progress(const struct plan *plan)
{
	return (struct plan_progress){
		.round = plan->round,
		.rounds = nr_rounds(plan),
		.index = plan->index < plan->nr ? plan->index : plan->nr - 1,
		.percent = plan->all ? plan->done * 100 / plan->all : 100,
	};
}

const struct plan_counts *plan_counts(const struct plan *plan, size_t index)
{
	return &plan->counts[index];
}
