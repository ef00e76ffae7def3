// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads traces back: arrows from slice to slice, none where an end is not known, and waits.
 */
#include "support/traced.h"

static void arrows(void **state)
{
	struct deferred_free reclaim = left;
	struct teardown teardown = plain;

	(void)state;
	begin(ORIGIN);
	add_reclaim(&left);
	add(&plain);
	end();
	check_arrow("released", "release events", "free events");
	check_arrow("deferred", "bpf_mem_alloc_destroy ma", "reclaim ma");
	assert_string_not_equal(member(only('s', "released"), "id"),
				member(only('s', "deferred"), "id"));
	forget();

	/* To what goes on, too. */
	teardown.running = true;
	teardown.run.latency_ns = UNKNOWN_NS;
	trace_of(&teardown);
	check_arrow("released", "release events", "free events");
	assert_int_equal(count('s', "deferred"), 0);
	forget();

	/* None from what is an instant, for its length is not known. */
	teardown = plain;
	teardown.destroy[1].latency_ns = UNKNOWN_NS;
	begin(ORIGIN);
	add_reclaim(&left);
	add(&teardown);
	end();
	only('i', "bpf_mem_alloc_destroy ma");
	assert_int_equal(count('s', "deferred") + count('f', "deferred"), 0);
	forget();

	/* None where one end is not there, or is another one's. */
	begin(ORIGIN);
	reclaim.map.address++;
	add_reclaim(&reclaim);
	reclaim = left;
	reclaim.destroy_ns++;
	add_reclaim(&reclaim);
	reclaim.destroy_ns = UNKNOWN_NS;
	add_reclaim(&reclaim);
	reclaim = left;
	reclaim.alloc = ALLOC_PCPU_MA;
	add_reclaim(&reclaim);
	reclaim = left;
	reclaim.run.latency_ns = UNKNOWN_NS;
	add_reclaim(&reclaim);
	reclaim.run.start_ns = UNKNOWN_NS;
	add_reclaim(&reclaim);
	add(&plain);
	add_reclaim(&left);
	end();
	assert_int_equal(count('X', "reclaim"), 5);
	assert_int_equal(count('i', "reclaim"), 1);
	assert_int_equal(count('s', "deferred") + count('f', "deferred"), 0);
	forget();
}

static void arrows_to_too_many(void **state)
{
	struct teardown teardown = plain;
	struct deferred_free reclaim = left;
	size_t i;

	(void)state;
	begin(ORIGIN);
	for (i = 0; i <= PERFETTO_MAX_RECLAIMS; i++) {
		reclaim.map.address = MAP + i;
		add_reclaim(&reclaim);
	}
	add(&teardown); /* of the first one, which was given up */
	fflush(out);
	assert_null(strstr(text, "\"deferred\",\"pid\""));
	teardown.map.address = MAP + 1;
	add(&teardown);
	teardown.map.address = MAP + PERFETTO_MAX_RECLAIMS;
	add(&teardown);
	add(&teardown); /* once only */
	end();
	assert_int_equal(count('s', "deferred"), 2);
	assert_int_equal(count('f', "deferred"), 2);
	forget();
}

static void waits_are_told_apart(void **state)
{
	char begun[2][32], ended[2][32];
	size_t nr_begun = 0, nr_ended = 0;
	const char *event;

	(void)state;
	begin(ORIGIN);
	add(&plain);
	add(&plain);
	end();
	assert_int_equal(count('b', ""), 2);
	assert_int_equal(count('e', ""), 2);
	for (event = next(NULL); event; event = next(event)) {
		if (*member(event, "ph") == 'b')
			strcpy(begun[nr_begun++], member(json_find(event, "id2"), "local"));
		if (*member(event, "ph") == 'e')
			strcpy(ended[nr_ended++], member(json_find(event, "id2"), "local"));
	}
	assert_string_equal(begun[0], ended[0]);
	assert_string_equal(begun[1], ended[1]);
	assert_string_not_equal(begun[0], begun[1]);
	assert_string_not_equal(begun[0], "");
	forget();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arrows),
		cmocka_unit_test(arrows_to_too_many),
		cmocka_unit_test(waits_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
