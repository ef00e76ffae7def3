// SPDX-License-Identifier: GPL-2.0-only
/* Reads valid scenarios and refuses others. */
#include <errno.h>
#include <stdlib.h>

#include <linux/bpf.h>

#include "bench/scenario.h"
#include "support/messages.h"
#include "util/macros.h"

static void parse_bad(void *text)
{
	struct scenario scenario;

	if (scenario_parse(&scenario, text) != -EINVAL)
		fail_msg("taken: %s", (char *)text);
}

/* The text is refused with one line that contains the message. */
static void check_refused(const char *text, const char *message)
{
	check_one_line(said(parse_bad, (void *)text), message);
}

static struct scenario read_scenario(const char *text)
{
	struct scenario scenario;

	if (scenario_parse(&scenario, text))
		fail_msg("refused: %s", text);
	return scenario;
}

/* Settings left out have the type's defaults. */
TEST(what_is_right_is_read)
{
	static const struct {
		const char *text;
		struct scenario want;
	} cases[] = {
		{"type=percpu_hash,entries=10000000,value=32768,prealloc=yes,fill=emptied,"
		 "threads=64,maps=10000,runs=100000,name=as much as it takes: \xc3\xa4=b",
		 {"as much as it takes: \xc3\xa4=b", "", BPF_MAP_TYPE_PERCPU_HASH, 10000000, 32768,
		  true, FILL_EMPTIED, 64, 10000, 100000}},
		{"runs=3,name=x",
		 {"x", "", BPF_MAP_TYPE_HASH, 1000, 64, false, FILL_FULL, 1, 1, 3}},
		{"type=hash,name=x",
		 {"x", "", BPF_MAP_TYPE_HASH, 1000, 64, false, FILL_FULL, 1, 1, 50}},
		{"lru_hash,name=x",
		 {"x", "", BPF_MAP_TYPE_LRU_HASH, 1000, 64, true, FILL_FULL, 1, 1, 50}},
		{"array,prealloc=yes,name=x",
		 {"x", "", BPF_MAP_TYPE_ARRAY, 1000, 64, true, FILL_FULL, 1, 1, 50}},
		{"lpm_trie,prealloc=no,name=x",
		 {"x", "", BPF_MAP_TYPE_LPM_TRIE, 1000, 64, false, FILL_FULL, 1, 1, 50}},
		{"hash_of_maps,name=x",
		 {"x", "", BPF_MAP_TYPE_HASH_OF_MAPS, 1000, 4, false, FILL_FULL, 1, 1, 50}},
		{"type=hash_of_maps,value=4,name=x",
		 {"x", "", BPF_MAP_TYPE_HASH_OF_MAPS, 1000, 4, false, FILL_FULL, 1, 1, 50}},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scenario read = read_scenario(cases[i].text);

		assert_memory_equal(&read, &cases[i].want, sizeof(read));
	}
	assert_int_equal(scenario_maps(&cases[0].want), 640000);
}

TEST(what_is_wrong_is_said)
{
	static const char *const texts[][2] = {
		{"", "scenario: type '' cannot be measured (one of hash, percpu_hash, "},
		{"nonsense", "scenario: type 'nonsense' cannot be measured"},
		{"type=ringbuf", "scenario: type 'ringbuf' cannot be measured"},
		{"type_1,runs=1,type=hash", "scenario: type is given twice"},
		{"hash,", "scenario: '' has no value"},
		{"hash,100", "scenario: '100' has no value"},
		{"hash,,entries=1", "scenario: '' has no value"},
		{"hash,size=1", "scenario: unknown key 'size' (one of type, entries, "},
		{"=1", "scenario: unknown key ''"},
		{"entries=1,entries=1", "scenario: entries is given twice"},
		{"entries=", "scenario: entries '' is not a number from 1 to 10000000"},
		{"entries=0", "scenario: entries '0' is not"},
		{"entries=-1", "scenario: entries '-1' is not"},
		{"entries= 1", "scenario: entries ' 1' is not"},
		{"entries=1k", "scenario: entries '1k' is not"},
		{"entries=10000001", "scenario: entries '10000001' is not"},
		{"entries=18446744073709551617", "scenario: entries '18446744073709551617' is not"},
		{"value=65537", "scenario: value '65537' is not a number from 1 to 65536"},
		{"threads=65", "scenario: threads '65' is not a number from 1 to 64"},
		{"maps=10001", "scenario: maps '10001' is not a number from 1 to 10000"},
		{"runs=100001", "scenario: runs '100001' is not a number from 1 to 100000"},
		{"prealloc=maybe", "scenario: prealloc 'maybe' is not one of no, yes"},
		{"fill=empty", "scenario: fill 'empty' is not one of full, emptied"},
		{"lpm_trie,prealloc=yes", "maps of type lpm_trie cannot be preallocated"},
		{"task_storage,prealloc=yes", "maps of type task_storage cannot be preallocated"},
		{"lru_hash,prealloc=no", "maps of type lru_hash are always preallocated"},
		{"array,fill=emptied", "maps of type array cannot be emptied"},
		{"hash_of_maps,value=8", "values of type hash_of_maps have 4 bytes"},
		{"percpu_hash,value=32769", "values of type percpu_hash have at most 32768 bytes"},
		{"task_storage,entries=1001", "maps of type task_storage are measured with at most "
					      "1000 entries"},
		{"name=", "scenario: name '' is too short"},
		{"name=a\tb", "scenario: name 'a\\x09b' has control characters"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		check_refused(texts[i][0], texts[i][1]);
}

TEST(names_have_a_length)
{
	char text[5 + SCENARIO_NAME_LEN + 1] = "name=";

	memset(text + 5, 'x', SCENARIO_NAME_LEN);
	check_refused(text, "is too long (1 to 127 bytes)");
	text[5 + SCENARIO_NAME_LEN - 1] = '\0';
	assert_string_equal(read_scenario(text).name, text + 5);
}

/* A scenario's name lists its unusual settings, and can be read again. */
TEST(names_say_what_differs)
{
	static const char *const texts[][2] = {
		{"type=hash", "hash,entries=1000,value=64"},
		{"runs=7,entries=1000000,prealloc=yes",
		 "hash,entries=1000000,value=64,prealloc=yes"},
		{"lru_hash,prealloc=yes", "lru_hash,entries=1000,value=64"},
		{"lpm_trie,prealloc=no,fill=emptied",
		 "lpm_trie,entries=1000,value=64,fill=emptied"},
		{"maps=50,threads=4,value=8", "hash,entries=1000,value=8,threads=4,maps=50"},
	};
	struct scenario s, again;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		s = read_scenario(texts[i][0]);
		assert_string_equal(s.name, texts[i][1]);
		again = read_scenario(s.name);
		again.runs = s.runs;
		assert_memory_equal(&again, &s, sizeof(s));
	}
}

TEST(families_leave_entries_out)
{
	struct scenario s = read_scenario("prealloc=yes,entries=5,threads=4,name=mine");
	char family[SCENARIO_NAME_LEN];

	scenario_describe(&s, false, family);
	assert_string_equal(family, "hash,value=64,prealloc=yes,threads=4");
}

static void check_list(bool quick, size_t least, size_t most)
{
	size_t nr, entries = 0;
	const struct scenario *list = scenario_standard(quick, &nr);
	struct scenario *copy = calloc(nr, sizeof(*copy)), *one;

	assert_in_range(nr, least, most);
	assert_non_null(copy);
	memcpy(copy, list, nr * sizeof(*copy));
	assert_int_equal(scenario_name_maps(copy, nr), 0); /* no name twice */
	for (one = copy; one < copy + nr; one++) {
		struct scenario again = read_scenario(one->name);

		assert_true(one->runs > 0 && one->name[0]);
		if (one->entries > entries)
			entries = one->entries;
		again.runs = one->runs;
		memcpy(again.map_name, one->map_name, sizeof(again.map_name));
		assert_memory_equal(&again, one, sizeof(again));
		for (struct scenario *other = copy; other < one; other++)
			assert_string_not_equal(other->map_name, one->map_name);
		assert_string_not_equal(one->map_name, SCENARIO_WARM_UP_MAP);
		assert_string_not_equal(one->map_name, SCENARIO_KEPT_MAP);
	}
	assert_int_equal(entries, quick ? 10000 : 1000000);
	assert_string_equal(copy[3].map_name, "bench_3");
	free(copy);
}

TEST(the_standard_lists_are_right)
{
	check_list(false, 30, 60);
	check_list(true, 8, 10);
}

/* A name finds the standard scenario with its number of runs. */
TEST(standard_scenarios_are_found)
{
	assert_int_equal(read_scenario("hash,entries=1000000,value=64").runs, 10);
	assert_int_equal(read_scenario("hash,entries=10000,value=64").runs, 20);
	assert_int_equal(read_scenario("hash,entries=1000000").runs, 50);
}

TEST(the_same_twice_is_refused)
{
	struct scenario list[3] = {read_scenario("runs=1"), read_scenario("entries=2"),
				   read_scenario("runs=2")};

	assert_int_equal(scenario_name_maps(list, 2), 0);
	assert_int_equal(scenario_name_maps(list, 3), -EINVAL);
}

TEST_MAIN(NULL, NULL)
