// SPDX-License-Identifier: GPL-2.0-only
/* The counts of the programs against those of the witness, without programs. */
#include "support/test.h"
#include "trace/witness.h"

#define SECOND 1000000000ULL

static struct memdestroy_trace_bpf__bss bss;
static struct memdestroy_trace_bpf skel = {.bss = &bss};
static struct cpu_counts cpus[2];
static struct prog_counts counts = {.nr_cpus = 2, .counters = cpus};
static struct witness witness;

/* Hash maps that were freed, and those whose destroy call was seen on either CPU. */
static int begin(void **state)
{
	(void)state;
	memset(&bss, 0, sizeof(bss));
	memset(cpus, 0, sizeof(cpus));
	memset(counts.attached, 0, sizeof(counts.attached));
	witness = (struct witness){
		.mode = ATTACH_KPROBE, .skel = &skel, .counts = &counts, .proven = true};
	bss.witness.func = 1;
	bss.witness.freed = bss.witness.hashes = bss.witness.begun = bss.witness.ended = 7;
	cpus[0].prog[PROG(HOOK_DESTROY, HOOK_ENTRY, 0)].hashes = 3;
	cpus[1].prog[PROG(HOOK_DESTROY, HOOK_ENTRY, 1)].hashes = 2;
	return 0;
}

static void check_blind(const char *has)
{
	const char *why = witness_blind(&witness, true);

	if (*has ? !strstr(why, has) : *why)
		fail_msg("'%s', not '%s'", why, has);
}

#define WITNESS_TEST(name) TEST_BETWEEN(name, begin, NULL)

WITNESS_TEST(all_is_seen)
{
	bss.witness.hashes = 5;
	assert_true(witness_close(&witness));
	assert_int_equal(bss.witness.closed, 1);
	check_blind("");
}

WITNESS_TEST(what_is_unseen_blinds)
{
	assert_false(witness_close(&witness));
	check_blind("of 7 maps freed, 5 were seen");
	bss.witness.hashes = 5; /* once blind, always blind */
	check_blind("of 7 maps freed");
}

/* The kernel may have skipped some, and not count it: then most must be unseen. */
WITNESS_TEST(misses_that_are_not_counted_explain_some)
{
	counts.attached[PROG(HOOK_DESTROY, HOOK_ENTRY, 0)].link = (void *)&counts;
	check_blind("");
	bss.witness.hashes = 11;
	check_blind("of 11 maps freed, 5 were seen");
}

/* A worker may still free a map's elements. */
WITNESS_TEST(frees_in_progress_are_not_unseen)
{
	bss.witness.ended = 5;
	check_blind("");
	bss.witness.ended = 6;
	check_blind("of 7 maps freed, 5 were seen");
}

/* Maps whose free began just now may still be seen. */
WITNESS_TEST(a_look_during_the_run_is_patient)
{
	assert_string_equal(witness_blind(&witness, false), "");
	assert_string_equal(witness_blind(&witness, false), "");
	witness.looked_ns -= SECOND;
	assert_non_null(strstr(witness_blind(&witness, false), "of 7 maps freed, 5 were seen"));
}

/* A worker that has begun, and not ended, may not have called the function yet. */
WITNESS_TEST(a_worker_in_flight_is_waited_for)
{
	bss.witness.hashes = 5;
	counts.attached[PROG(HOOK_FREE, HOOK_ENTRY, 0)].link = (void *)&counts;
	cpus[0].prog[PROG(HOOK_FREE, HOOK_ENTRY, 0)].handled = 3; /* misses are not counted */
	bss.witness.ended = 6;
	assert_false(witness_close(&witness));
	assert_true(witness_in_flight(&witness));
	for (int second = 0; second <= 11; second++) {
		assert_string_equal(witness_blind(&witness, false), "");
		witness.looked_ns -= SECOND;
	}
	witness.in_flight_ns -= 9 * SECOND;
	assert_string_equal(witness_blind(&witness, false), "");
	witness.looked_ns -= SECOND;
	witness.in_flight_ns -= 2 * SECOND;
	assert_non_null(strstr(witness_blind(&witness, false), "of 7 maps freed, 3 were seen"));
	*witness.blind = '\0';
	bss.witness.ended = 7;
	assert_false(witness_in_flight(&witness));
	check_blind("of 7 maps freed, 3 were seen");
	*witness.blind = '\0';
	cpus[0].prog[PROG(HOOK_FREE, HOOK_ENTRY, 0)].handled = 7;
	assert_true(witness_close(&witness));
	check_blind("");
}

WITNESS_TEST(programs_that_never_ran_blind)
{
	bss.witness.hashes = 0;
	witness.proven = false;
	witness.tried = true;
	assert_non_null(witness_silence(&witness));
	assert_string_equal(witness_blind(&witness, false), "");
	check_blind("did not run when a map was freed");
}

WITNESS_TEST(a_missing_witness_blinds)
{
	bss.witness.hashes = bss.witness.func = 0;
	assert_null(witness_silence(&witness));
	check_blind("no independent count");
}

WITNESS_TEST(a_switch_is_named)
{
	witness.switched_off = "this switch is off";
	assert_string_equal(witness_silence(&witness), "this switch is off");
	check_blind("of 7 maps freed, 5 were seen; this switch is off");
}

TEST_MAIN(NULL, NULL)
