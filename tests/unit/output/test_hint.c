// SPDX-License-Identifier: GPL-2.0-only
/* The text in place of an empty table: why it is empty, and what to try. */
#include <stdlib.h>

#include "model/map_type.h"
#include "output/hint.h"
#include "output/ledger_text.h"
#include "support/messages.h"
#include "support/test.h"
#include "support/written.h"
#include "util/diag.h"

/* As on 6.12: hashes and storage of tasks call the function, tries do not. */
static const struct map_allocators of_6_12 = {
	.known = true,
	.has = {ANSWER_YES, ANSWER_YES, ANSWER_NO, ANSWER_NO},
	.types = {0x1ffffffff, 0},
};

static __u64 bit_of(const char *name)
{
	__u32 type;

	assert_int_equal(map_type_from_name(name, &type), 0);
	return 1ULL << type;
}

static void check_text(const struct hint_facts *facts, const char *wanted)
{
	char *text = hint_text(facts);

	assert_string_equal(text, wanted);
	free(text);
}

TEST(types_that_do_not_call)
{
	struct filter filter = {.map_types = bit_of("lpm_trie")};
	const struct teardown_ledger no_teardowns = {};
	const struct ledger none = {};
	struct hint_facts facts = {.filter = &filter, .kernel = &of_6_12, .calls = &none};

	check_text(&facts, "no calls: lpm_trie maps do not call bpf_mem_alloc_destroy() on this "
			   "kernel, only from Linux 6.16 on\n"
			   "try 'memdestroy-trace teardowns -t lpm_trie'");
	facts.both_views = true;
	check_text(&facts, "no calls: lpm_trie maps do not call bpf_mem_alloc_destroy() on this "
			   "kernel, only from Linux 6.16 on\n"
			   "see the teardowns");
	facts.teardowns = &no_teardowns;
	check_text(&facts, "no calls: lpm_trie maps do not call bpf_mem_alloc_destroy() on this "
			   "kernel, only from Linux 6.16 on");
	facts.both_views = false;
	filter.map_types = bit_of("array") | bit_of("lpm_trie");
	check_text(&facts, "no calls: array and lpm_trie maps do not call bpf_mem_alloc_destroy() "
			   "on this kernel\n"
			   "try 'memdestroy-trace teardowns -t array -t lpm_trie'");
	/* One of them may call. */
	filter.map_types = bit_of("array") | bit_of("hash");
	check_text(&facts, "no calls: no map was freed during the run\n"
			   "maps are freed after their last user is gone; try a longer run, or run "
			   "'memdestroy-trace bench --quick' beside it");
	/* The kernel lacks the type. */
	filter.map_types = 1ULL << 40;
	facts.view = VIEW_TEARDOWNS;
	check_text(&facts, "no teardowns: this kernel has no type_40 maps");
}

TEST(callers)
{
	struct filter filter = {.callers = {"trie_free"}, .nr_callers = 1};
	struct ledger ledger = {};
	const struct hint_facts facts = {.filter = &filter, .kernel = &of_6_12, .calls = &ledger};

	check_text(&facts,
		   "no calls: trie_free() does not call bpf_mem_alloc_destroy() on this kernel, "
		   "only from Linux 6.16 on\n"
		   "known callers here: htab_map_free, htab_map_alloc, bpf_local_storage_map_free, "
		   "bpf_local_storage_map_alloc");
	/* A function that may be a caller. */
	filter.callers[0] = "some_function";
	ledger = (struct ledger){.entered = 6, .filtered = 6};
	check_text(&facts, "no calls: 6 calls filtered out by --caller\n"
			   "known callers here: htab_map_free, htab_map_alloc, "
			   "bpf_local_storage_map_free, bpf_local_storage_map_alloc");
	filter.callers[0] = "htab_map_free";
	check_text(&facts, "no calls: 6 calls filtered out by --caller");
}

TEST(filtered)
{
	struct filter filter = {.no_empty = true};
	struct ledger ledger = {.entered = 6, .filtered = 6, .maps_freed = 3};
	struct teardown_ledger teardowns = {.filtered = 1};
	struct hint_facts facts = {.filter = &filter, .kernel = &of_6_12, .calls = &ledger};

	check_text(&facts, "no calls: 6 calls filtered out by --no-empty\n"
			   "their allocators were never used, as those of preallocated maps");
	filter.by_name = true;
	filter.min_latency_ns = 1;
	check_text(&facts, "no calls: 6 calls filtered out by --name, --min-latency, --no-empty");
	/* Options of calls do not apply. */
	facts.view = VIEW_TEARDOWNS;
	facts.teardowns = &teardowns;
	check_text(&facts, "no teardowns: 1 map filtered out by --name, --min-latency");
	/* The kernel's types do not show it. */
	filter = (struct filter){.map_types = bit_of("sk_storage")};
	facts.view = VIEW_CALLS;
	check_text(&facts, "no calls: 6 calls filtered out by --type\n"
			   "try 'memdestroy-trace teardowns -t sk_storage'");
}

TEST(without_filters)
{
	const struct filter filter = {};
	const struct map_allocators unknown = {};
	struct ledger ledger = {.maps_freed = 12};
	struct teardown_ledger teardowns = {};
	struct hint_facts facts = {.filter = &filter, .kernel = &unknown, .calls = &ledger};

	check_text(&facts, "no calls: 12 maps were freed, of types that do not call "
			   "bpf_mem_alloc_destroy()\n"
			   "try 'memdestroy-trace teardowns'");
	ledger.maps_freed = LEDGER_UNKNOWN;
	check_text(&facts, "no calls: none was seen");
	ledger = (struct ledger){.entered = 5, .lost_entry = 5, .maps_freed = 3};
	check_text(&facts, "no calls: none was seen");
	ledger = (struct ledger){.missed_entry = 5, .maps_freed = 3};
	check_text(&facts, "no calls: none was seen");
	ledger = (struct ledger){.entered = LEDGER_UNKNOWN, .maps_freed = 3};
	check_text(&facts, "no calls: none was seen");
	ledger = (struct ledger){};
	facts.view = VIEW_TEARDOWNS;
	facts.teardowns = &teardowns;
	check_text(&facts, "no teardowns: no map was freed during the run\n"
			   "maps are freed after their last user is gone; try a longer run, or run "
			   "'memdestroy-trace bench --quick' beside it");
	facts.view = VIEW_BOTH;
	facts.both_views = true;
	check_text(&facts, "no calls, no teardowns: no map was freed during the run\n"
			   "maps are freed after their last user is gone; try a longer run, or run "
			   "'memdestroy-trace bench --quick' beside it");
	facts.view = VIEW_TEARDOWNS;
	teardowns.waiting = 1;
	check_text(&facts, "no teardowns: 1 map was released, but not freed before the end\n"
			   "try a longer run");
	teardowns.before = 2;
	check_text(&facts, "no teardowns: 2 maps were freed, but released before the run\n"
			   "try a longer run");
}

TEST(recordings)
{
	struct filter filter = {};
	const struct map_allocators unknown = {};
	struct ledger ledger = {};
	struct teardown_ledger teardowns = {.shown = 36};
	struct hint_facts facts = {.filter = &filter,
				   .recorded = true,
				   .kernel = &unknown,
				   .calls = &ledger,
				   .teardowns = &teardowns};

	check_text(&facts, "no calls: 36 maps were freed, of types that do not call "
			   "bpf_mem_alloc_destroy()\n"
			   "try 'memdestroy-trace report teardowns FILE'");
	ledger = (struct ledger){.entered = 48, .filtered = 48};
	filter.map_types = bit_of("lpm_trie");
	check_text(&facts, "no calls: 48 calls filtered out by --type\n"
			   "try 'memdestroy-trace report teardowns -t lpm_trie FILE'");
	filter.map_types = 0;
	ledger = (struct ledger){};
	teardowns.shown = 0;
	check_text(&facts, "no calls: no map was freed during the run");
	teardowns.shown = LEDGER_ABSENT;
	check_text(&facts, "no calls: none was seen");
}

static void warn(void *arg)
{
	hint_warn(arg);
}

/* Only of what is known to match nothing. */
TEST(warning)
{
	struct filter filter = {.map_types = bit_of("lpm_trie")};
	struct hint_facts facts = {.filter = &filter, .kernel = &of_6_12};

	check_one_line(said(warn, &facts),
		       "memdestroy-trace: warning: no calls will be seen: lpm_trie maps do not "
		       "call bpf_mem_alloc_destroy() on this kernel, only from Linux 6.16 on; try "
		       "'memdestroy-trace teardowns -t lpm_trie'\n");
	facts.view = VIEW_TEARDOWNS;
	assert_string_equal(said(warn, &facts), "");
	facts.view = VIEW_CALLS;
	filter.map_types = bit_of("sk_storage");
	assert_string_equal(said(warn, &facts), "");
	filter = (struct filter){.callers = {"rhtab_map_free", "trie_free"}, .nr_callers = 2};
	check_one_line(said(warn, &facts), "rhtab_map_free() and trie_free() do not call ");
	filter.callers[1] = "htab_map_free";
	assert_string_equal(said(warn, &facts), "");
}

static const char *ledger(const struct ledger_text *text, bool quiet)
{
	FILE *out = out_open();

	diag_init(quiet, false);
	assert_int_equal(ledger_text(out, text), 0);
	diag_init(false, false);
	return out_close(out);
}

/* If nothing was seen, the lines below the ledger's first say why; not with --quiet. */
TEST(in_the_ledger)
{
	const struct filter filter = {.min_latency_ns = 1};
	struct ledger calls = {.entered = 2, .filtered = 2};
	struct teardown_ledger teardowns = {.filtered = 1};
	struct ledger_text text = {
		.calls = &calls, .filter = &filter, .all_teardowns = &teardowns, .recorded = true};

	assert_string_equal(ledger(&text, false),
			    "0 calls, 2 filtered out; nothing lost\n"
			    "no calls: 2 calls filtered out by --min-latency\n");
	assert_string_equal(ledger(&text, true), "");
	text.teardowns = &teardowns;
	text.view = VIEW_BOTH;
	assert_string_equal(ledger(&text, false),
			    "0 calls, 2 filtered out, 0 maps freed, 1 filtered out; nothing lost\n"
			    "no calls, no teardowns: 1 map filtered out by --min-latency\n");
	teardowns.shown = 1;
	check_has(ledger(&text, false), "\nno calls: 2 calls filtered out by --min-latency\n");
	calls.completed = 1;
	assert_null(strstr(ledger(&text, false), "no calls"));
	calls.completed = LEDGER_UNKNOWN;
	assert_null(strstr(ledger(&text, false), "no calls"));
}

TEST_MAIN(NULL, NULL)
