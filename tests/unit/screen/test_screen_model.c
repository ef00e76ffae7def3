// SPDX-License-Identifier: GPL-2.0-only
/* The figures of a screen: rates, bytes, what is pending, and what ended lately. */
#include "support/screened.h"

SCREEN_TEST(rates_and_bytes, VIEW_BOTH)
{
	const struct screen_figures *figures = &screened.model->figures;
	struct teardown teardown = teardown_of(1, "events", 0);

	end_one(&teardown);
	end_one(&teardown);
	update(2, NULL, 0);
	assert_true(figures->teardowns_per_s == 1);
	assert_true(figures->bytes_per_s == MAP_BYTES);
	assert_int_equal(figures->given_back.bytes, 2 * MAP_BYTES);
	assert_false(figures->given_back.more);
	/* Nothing since. */
	update(3, NULL, 0);
	assert_true(figures->teardowns_per_s == 0);
	assert_true(figures->bytes_per_s == 0);
	assert_int_equal(figures->teardowns, 2);
	/* Not given back: what is pending, and what is not known. */
	teardown.outcomes[OUTCOME_PENDING] = 1;
	end_one(&teardown);
	assert_int_equal(figures->given_back.bytes, 2 * MAP_BYTES);
	teardown = teardown_of(1, "events", 0);
	teardown.memory.flags = 0;
	end_one(&teardown);
	assert_int_equal(figures->given_back.bytes, 2 * MAP_BYTES);
	assert_true(figures->given_back.more);
	update(3, NULL, 0); /* no time has passed: as before */
	assert_true(figures->teardowns_per_s == 0);
}

SCREEN_TEST(in_progress, VIEW_BOTH)
{
	const struct screen_figures *figures = &screened.model->figures;
	const struct teardown teardowns[] = {teardown_of(1, "a", 0), teardown_of(2, "b", 2),
					     teardown_of(3, "c", 2.7), teardown_of(4, "d", 3.5)};

	update(3.8, teardowns, 4);
	assert_int_equal(figures->nr_unfinished, 4);
	assert_int_equal(figures->by_phase[PHASE_WAIT], 1);
	assert_int_equal(figures->by_phase[PHASE_FREE], 1);
	assert_int_equal(figures->by_phase[PHASE_DESTROY], 1);
	assert_int_equal(figures->by_phase[PHASE_DEFERRED], 1);
	assert_int_equal(figures->oldest_ns, 3.8 * NSEC_PER_SEC);
	assert_int_equal(figures->pending.bytes, 3 * MAP_BYTES);
	assert_true(figures->pending.more); /* known once a worker has started */
	update(100, teardowns, 4);
	assert_int_equal(figures->nr_unfinished, 0);
	assert_true(figures->oldest_ns == UNKNOWN_NS);
	assert_int_equal(figures->pending.bytes, 0);
	assert_false(figures->pending.more);
}

SCREEN_TEST(ended_lately, VIEW_BOTH)
{
	struct teardown teardown;

	for (__u32 i = 0; i < 100; i++) { /* one a second, from 6 s on */
		teardown = teardown_of(i + 1, "events", i);
		end_one(&teardown);
	}
	update(105, NULL, 0);
	assert_int_equal(screened.model->nr_ended, 61);
	assert_int_equal(screened.model->ended[0].map.identity.map_id, 40);
	assert_int_equal(screened.model->ended[60].map.identity.map_id, 100);
	assert_false(screened.model->ended_cut);
	for (__u32 i = 0; i < SCREEN_MAX_ENDED; i++) {
		teardown = teardown_of(i, "many", 100);
		end_one(&teardown);
	}
	update(107, NULL, 0);
	assert_int_equal(screened.model->nr_ended, SCREEN_MAX_ENDED);
	assert_true(screened.model->ended_cut);
	assert_int_equal(screened.model->ended[0].map.identity.map_id, 0);
	/* Without a known end, it is as old as the newest before it. */
	teardown.run.latency_ns = UNKNOWN_NS;
	end_one(&teardown);
	update(166.5, NULL, 0);
	assert_int_equal(screened.model->nr_ended, 1);
}

SCREEN_TEST(filters, VIEW_BOTH)
{
	struct teardown teardown = teardown_of(1, "events", 0);
	struct call call = {.map = teardown.map, .ts_ns = AT(1), .latency_ns = 5};

	screened.filter.map_types = 1 << 2;
	end_one(&teardown);
	assert_int_equal(screened.sink.ops->call(screened.sink.ctx, &call), 0);
	update(2, &teardown, 1);
	assert_int_equal(screened.model->figures.teardowns, 0);
	assert_int_equal(screened.model->figures.calls, 0);
	assert_int_equal(screened.model->figures.nr_unfinished, 0);
	screened.filter.map_types = 1 << 1;
	assert_int_equal(screened.sink.ops->call(screened.sink.ctx, &call), 0);
	update(2, &teardown, 1);
	assert_int_equal(screened.model->figures.nr_unfinished, 1);
	assert_int_equal(screened.model->figures.calls, 1);
	screened.filter.min_latency_ns = 3 * NSEC_PER_SEC;
	update(2, &teardown, 1);
	assert_int_equal(screened.model->figures.nr_unfinished, 0);
}

SCREEN_TEST(losses, VIEW_BOTH)
{
	const struct screen_figures *figures = &screened.model->figures;
	struct ledger ledger = {.lost_entry = 1,
				.lost_return = 2,
				.missed_return = 4,
				.probe_missed_entry = LEDGER_UNKNOWN,
				.stuck = 9};
	struct teardown_counts counts = {.hooks = {
						 [HOOK_DESTROY] = {.attached = true, .lost = 100},
						 [HOOK_FREE] = {.attached = true,
								.returns = true,
								.lost = 8,
								.missed_return = 16},
						 [HOOK_PUT] = {.attached = true,
							       .missed = LEDGER_UNKNOWN,
							       .lost_return = 100},
						 [HOOK_RELEASE] = {.lost = 100},
					 }};

	screen_model_count(screened.model, &ledger, &counts, "");
	assert_true(figures->counted);
	assert_int_equal(figures->lost, 1 + 2 + 8);
	assert_int_equal(figures->missed, 4 + 16);
	assert_int_equal(figures->stuck, 9);
	screen_model_count(screened.model, NULL, NULL, NULL);
	assert_false(figures->counted);
	assert_int_equal(figures->lost, 0);
}

/* More than there is room for are counted. */
SCREEN_TEST(too_many, VIEW_BOTH)
{
	const struct teardown teardown = teardown_of(1, "events", 0);
	struct unfinished unfinished;

	assert_true(unfinished_at(&unfinished, &teardown, AT(2)));
	screen_model_begin(screened.model);
	for (int i = 0; i < SCREEN_MAX_UNFINISHED + 5; i++)
		screen_model_add(screened.model, &unfinished);
	screen_model_end(screened.model, AT(2));
	assert_int_equal(screened.model->nr_unfinished, SCREEN_MAX_UNFINISHED);
	assert_int_equal(screened.model->figures.nr_unfinished, SCREEN_MAX_UNFINISHED + 5);
	draw(80, 24);
}

TEST_MAIN(NULL, NULL)
