// SPDX-License-Identifier: GPL-2.0-only
/* Gathers what a screen shows. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/ledger_figures.h"
#include "screen/screen_model.h"

struct screen_model *screen_model_new(const struct filter *filter, const enum key *calls_by,
				      size_t nr_calls_by, __u64 start_ns)
{
	struct screen_model *model = calloc(1, sizeof(*model));

	if (!model)
		return NULL;
	model->filter = filter;
	model->start_ns = model->updated_ns = model->known_ns = start_ns;
	model->figures.oldest_ns = UNKNOWN_NS;
	model->figures.now_ns = start_ns;
	model->unfinished = calloc(SCREEN_MAX_UNFINISHED, sizeof(*model->unfinished));
	model->ended = calloc(SCREEN_MAX_ENDED, sizeof(*model->ended));
	model->ring.teardown = calloc(SCREEN_MAX_ENDED, sizeof(*model->ring.teardown));
	model->ring.ended_ns = calloc(SCREEN_MAX_ENDED, sizeof(*model->ring.ended_ns));
	model->calls = aggregate_new(calls_by, nr_calls_by, SCREEN_MAX_ROWS);
	if (model->unfinished && model->ended && model->ring.teardown && model->ring.ended_ns &&
	    model->calls)
		return model;
	screen_model_free(model);
	return NULL;
}

void screen_model_free(struct screen_model *model)
{
	if (!model)
		return;
	aggregate_free(model->calls);
	free(model->ring.ended_ns);
	free(model->ring.teardown);
	free(model->ended);
	free(model->unfinished);
	free(model);
}

/* Events */

static void add_bytes(struct known_bytes *sum, const struct map_memory *memory)
{
	if (map_memory_known(memory))
		figure_add(&sum->bytes, memory->bytes);
	sum->more |= !map_memory_exact(memory);
}

static int take_call(void *ctx, const struct call *call)
{
	struct screen_model *model = ctx;

	if (!filter_wants_call(model->filter, call))
		return 0;
	model->figures.calls++;
	return aggregate_add(model->calls, call);
}

static int take_teardown(void *ctx, const struct teardown *teardown)
{
	struct screen_model *model = ctx;
	size_t slot = model->ring.nr % SCREEN_MAX_ENDED;
	__u64 end_ns = teardown_end_ns(teardown);

	if (!filter_wants_teardown(model->filter, teardown))
		return 0;
	/* One whose end is not known ended with the last one whose end is. */
	if (end_ns == UNKNOWN_NS)
		end_ns = model->known_ns;
	else if (end_ns > model->known_ns)
		model->known_ns = end_ns;
	model->ring.teardown[slot] = *teardown;
	model->ring.ended_ns[slot] = end_ns;
	model->ring.nr++;
	model->figures.teardowns++;
	if (!teardown_owes_memory(teardown))
		add_bytes(&model->figures.given_back, &teardown->memory);
	return 0;
}

static int take_stuck(void *ctx, const struct stuck *stuck)
{
	struct screen_model *model = ctx;

	if (filter_wants_map(model->filter, &stuck->map))
		model->stuck[model->nr_stuck++ % SCREEN_MAX_STUCK] = *stuck;
	return 0;
}

struct event_sink screen_model_sink(struct screen_model *model, enum view view)
{
	static const struct event_sink_ops ops[] = {
		[VIEW_CALLS] = {take_call, NULL, NULL, take_stuck},
		[VIEW_TEARDOWNS] = {NULL, take_teardown, NULL, take_stuck},
		[VIEW_BOTH] = {take_call, take_teardown, NULL, take_stuck},
	};

	return (struct event_sink){.ops = &ops[view], .ctx = model};
}

/* Updates */

void screen_model_begin(struct screen_model *model)
{
	struct screen_figures *figures = &model->figures;

	model->nr_unfinished = 0;
	figures->nr_unfinished = 0;
	figures->oldest_ns = UNKNOWN_NS;
	figures->pending = (struct known_bytes){};
	memset(figures->by_phase, 0, sizeof(figures->by_phase));
}

void screen_model_add(struct screen_model *model, const struct unfinished *unfinished)
{
	struct screen_figures *figures = &model->figures;
	__u64 age_ns = unfinished_age_ns(unfinished);

	if (!filter_wants_map(model->filter, &unfinished->teardown.map))
		return;
	if (age_ns != UNKNOWN_NS && age_ns < model->filter->min_latency_ns)
		return;
	figures->nr_unfinished++;
	figures->by_phase[unfinished->phase]++;
	if (age_ns != UNKNOWN_NS &&
	    (figures->oldest_ns == UNKNOWN_NS || age_ns > figures->oldest_ns))
		figures->oldest_ns = age_ns;
	add_bytes(&figures->pending, &unfinished->teardown.memory);
	if (model->nr_unfinished < SCREEN_MAX_UNFINISHED)
		model->unfinished[model->nr_unfinished++] = *unfinished;
}

/* Copies those that ended lately, the oldest first. */
static void copy_ended(struct screen_model *model, __u64 now_ns)
{
	const struct ring *ring = &model->ring;
	size_t kept = ring->nr < SCREEN_MAX_ENDED ? ring->nr : SCREEN_MAX_ENDED;
	__u64 since_ns = now_ns > SCREEN_LATELY_NS ? now_ns - SCREEN_LATELY_NS : 0;

	model->nr_ended = 0;
	model->ended_since_ns = UNKNOWN_NS;
	model->ended_cut =
		ring->nr > kept && ring->ended_ns[ring->nr % SCREEN_MAX_ENDED] >= since_ns;
	for (size_t i = ring->nr - kept; i < ring->nr; i++) {
		size_t slot = i % SCREEN_MAX_ENDED;

		if (ring->ended_ns[slot] < since_ns)
			continue;
		if (!model->nr_ended)
			model->ended_since_ns = ring->ended_ns[slot];
		model->ended[model->nr_ended++] = ring->teardown[slot];
	}
}

static double per_second(__u64 now, __u64 *before, double seconds)
{
	double rate = seconds > 0 ? (double)(now - *before) / seconds : 0;

	*before = now;
	return rate;
}

void screen_model_end(struct screen_model *model, __u64 now_ns)
{
	struct screen_figures *figures = &model->figures;
	double seconds = now_ns > model->updated_ns
				 ? (double)(now_ns - model->updated_ns) / NSEC_PER_SEC
				 : 0;

	figures->now_ns = now_ns;
	if (now_ns > model->known_ns)
		model->known_ns = now_ns;
	copy_ended(model, now_ns);
	if (!seconds)
		return;
	figures->calls_per_s = per_second(figures->calls, &model->calls_before, seconds);
	figures->teardowns_per_s =
		per_second(figures->teardowns, &model->teardowns_before, seconds);
	figures->bytes_per_s = per_second(figures->given_back.bytes, &model->bytes_before, seconds);
	model->updated_ns = now_ns;
}

static void add_known(__u64 *sum, __u64 figure)
{
	if (figure_known(figure))
		*sum += figure;
}

void screen_model_count(struct screen_model *model, const struct ledger *ledger,
			const struct teardown_counts *counts, const char *blind)
{
	struct screen_figures *figures = &model->figures;

	figures->lost = figures->missed = 0;
	figures->counted = ledger;
	snprintf(figures->blind, sizeof(figures->blind), "%s", blind ?: "");
	if (!ledger)
		return;
	figures->stuck = figure_known(ledger->stuck) ? ledger->stuck : 0;
	add_known(&figures->lost, ledger->lost_entry);
	add_known(&figures->lost, ledger->lost_return);
	add_known(&figures->missed, ledger->missed_entry);
	add_known(&figures->missed, ledger->missed_return);
	add_known(&figures->missed, ledger->probe_missed_entry);
	add_known(&figures->missed, ledger->probe_missed_return);
	for (int i = 0; i < NR_HOOKS; i++) {
		const struct hook_counts *hook = &counts->hooks[i];

		if (!hook->attached || i == HOOK_DESTROY) /* counted above */
			continue;
		add_known(&figures->lost, hook->lost);
		add_known(&figures->missed, hook->missed);
		if (!hook->returns)
			continue;
		add_known(&figures->lost, hook->lost_return);
		add_known(&figures->missed, hook->missed_return);
	}
}

bool screen_same_teardown(const struct teardown *teardown, const struct teardown *other)
{
	const struct identity *identity = &teardown->map.identity;

	if (teardown->map.address != other->map.address ||
	    identity->map_id != other->map.identity.map_id)
		return false;
	if (identity->released_ns != UNKNOWN_NS || other->map.identity.released_ns != UNKNOWN_NS)
		return identity->released_ns == other->map.identity.released_ns;
	return teardown->run.start_ns == other->run.start_ns;
}

const struct stuck *screen_model_stuck(const struct screen_model *model,
				       const struct teardown *teardown)
{
	size_t kept = model->nr_stuck < SCREEN_MAX_STUCK ? model->nr_stuck : SCREEN_MAX_STUCK;

	for (size_t i = 0; i < kept; i++) {
		const struct stuck *stuck =
			&model->stuck[(model->nr_stuck - 1 - i) % SCREEN_MAX_STUCK];

		if (stuck->map.identity.map_id == teardown->map.identity.map_id &&
		    stuck->map.identity.map_id)
			return stuck;
	}
	return NULL;
}
