// SPDX-License-Identifier: GPL-2.0-only
/*
 * Plans a benchmark, round by round, and tells when each of its runs is over.
 */
#include <stdlib.h>
#include <string.h>

#include "bench/plan.h"

/*
 * How long what is let go of may take to be seen: what a grace period of RCU takes on a busy
 * machine, and more where there is more to be freed. Ten times what emulated machines take.
 */
#define BOUND_NS	   2000000000ULL
#define BOUND_PER_MAP_NS   50000000ULL
#define BOUND_PER_ENTRY_NS 20000ULL

enum state {
	STATE_OVER,    /* nothing runs */
	STATE_WORKING, /* maps are being made */
	STATE_WAITING, /* they have been let go of */
};

struct bench {
	const struct scenario *list;
	size_t nr;
	struct bench_counts *counts;
	enum state state;
	bool begun;
	__u64 round;  /* of the run; 0: to warm up */
	size_t index; /* of the run's scenario */
	__u64 seen;   /* of the run's maps */
	__u64 deadline_ns;
	__u64 done, all; /* runs, with those to warm up; those left out count as done */
};

struct bench *bench_new(const struct scenario *list, size_t nr)
{
	struct bench *bench = calloc(1, sizeof(*bench));

	if (!bench)
		return NULL;
	bench->list = list;
	bench->nr = nr;
	bench->counts = calloc(nr ? nr : 1, sizeof(*bench->counts));
	if (!bench->counts) {
		free(bench);
		return NULL;
	}
	for (size_t i = 0; i < nr; i++)
		bench->all += 1 + list[i].runs;
	return bench;
}

void bench_free(struct bench *bench)
{
	if (!bench)
		return;
	free(bench->counts);
	free(bench);
}

static __u64 nr_rounds(const struct bench *bench)
{
	__u64 rounds = 0;

	for (size_t i = 0; i < bench->nr; i++)
		if (!bench->counts[i].err && bench->list[i].runs > rounds)
			rounds = bench->list[i].runs;
	return rounds;
}

static const char *map_name(const struct bench *bench)
{
	return bench->round ? bench->list[bench->index].map_name : SCENARIO_WARM_UP_MAP;
}

/* Whether the scenario at which the plan is takes part in the round. */
static bool takes_part(const struct bench *bench)
{
	return !bench->counts[bench->index].err && bench->list[bench->index].runs >= bench->round;
}

bool bench_next(struct bench *bench, size_t *index, bool *warm_up)
{
	__u64 rounds = nr_rounds(bench);

	do {
		if (bench->begun)
			bench->index++;
		bench->begun = true;
		if (bench->index >= bench->nr) {
			bench->index = 0;
			bench->round++;
		}
		if (bench->round > rounds) { /* stay there */
			bench->round = rounds;
			bench->index = bench->nr;
			return false;
		}
	} while (!takes_part(bench));
	bench->state = STATE_WORKING;
	bench->seen = 0;
	*index = bench->index;
	*warm_up = !bench->round;
	return true;
}

/* The runs that a scenario will not have count as done, so that there is an end to come. */
static void leave_out(struct bench *bench, int err)
{
	bench->counts[bench->index].err = err;
	bench->done += 1 + bench->list[bench->index].runs - bench->round;
	bench->state = STATE_OVER;
}

void bench_answered(struct bench *bench, __u64 now_ns, int err)
{
	const struct scenario *scenario = &bench->list[bench->index];
	struct bench_counts *counts = &bench->counts[bench->index];
	__u64 maps = scenario_maps(scenario);

	if (bench->state != STATE_WORKING)
		return;
	if (err) {
		leave_out(bench, err);
		return;
	}
	bench->done++;
	if (bench->round) {
		counts->runs++;
		counts->maps += maps;
	}
	bench->state = STATE_WAITING;
	bench->deadline_ns = now_ns + BOUND_NS + maps * BOUND_PER_MAP_NS +
			     maps * scenario->entries * BOUND_PER_ENTRY_NS;
}

void bench_saw(struct bench *bench, const struct teardown *teardown)
{
	const char *name = teardown->free.map_name;

	if (!call_has(&teardown->free, CALL_MAP | CALL_NAME))
		return;
	if (bench->state != STATE_OVER && !strcmp(name, map_name(bench)))
		bench->seen++;
	for (size_t i = 0; i < bench->nr; i++)
		if (!strcmp(name, bench->list[i].map_name))
			bench->counts[i].seen++;
}

bool bench_over(const struct bench *bench, __u64 now_ns)
{
	if (bench->state != STATE_WAITING)
		return bench->state == STATE_OVER;
	return now_ns >= bench->deadline_ns ||
	       bench->seen >= scenario_maps(&bench->list[bench->index]);
}

__u64 bench_deadline(const struct bench *bench)
{
	return bench->state == STATE_WAITING ? bench->deadline_ns : UNKNOWN_NS;
}

struct bench_progress bench_progress(const struct bench *bench)
{
	struct bench_progress progress = {
		.round = bench->round,
		.rounds = nr_rounds(bench),
		.index = bench->index < bench->nr ? bench->index : bench->nr - 1,
		.percent = bench->all ? bench->done * 100 / bench->all : 100,
	};

	return progress;
}

const struct bench_counts *bench_counts(const struct bench *bench, size_t index)
{
	return &bench->counts[index];
}
