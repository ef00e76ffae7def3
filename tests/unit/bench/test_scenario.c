// SPDX-License-Identifier: GPL-2.0-only
/* Reads valid scenarios and refuses others. */
#include <errno.h>
#include <stdlib.h>

#include <linux/bpf.h>

#include "bench/scenario.h"
#include "support/messages.h"
#include "util/macros.h"

#define PLAIN KEYS_SPREAD, SPECIAL_NONE, HELD_BY_FD

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
		  true, FILL_EMPTIED, 64, 10000, 100000, 10000000, PLAIN}},
		{"runs=3,name=x",
		 {"x", "", BPF_MAP_TYPE_HASH, 1000, 64, false, FILL_FULL, 1, 1, 3, 1000, PLAIN}},
		{"type=hash,name=x",
		 {"x", "", BPF_MAP_TYPE_HASH, 1000, 64, false, FILL_FULL, 1, 1, 50, 1000, PLAIN}},
		{"lru_hash,name=x",
		 {"x", "", BPF_MAP_TYPE_LRU_HASH, 1000, 64, true, FILL_FULL, 1, 1, 50, 1000,
		  PLAIN}},
		{"array,prealloc=yes,name=x",
		 {"x", "", BPF_MAP_TYPE_ARRAY, 1000, 64, true, FILL_FULL, 1, 1, 50, 1000, PLAIN}},
		{"lpm_trie,prealloc=no,name=x",
		 {"x", "", BPF_MAP_TYPE_LPM_TRIE, 1000, 64, false, FILL_FULL, 1, 1, 50, 1000,
		  PLAIN}},
		{"hash_of_maps,name=x",
		 {"x", "", BPF_MAP_TYPE_HASH_OF_MAPS, 1000, 4, false, FILL_FULL, 1, 1, 50, 1000,
		  PLAIN}},
		{"max=2000,keys=dense,special=kptr,held=prog,fill=overwritten,name=x",
		 {"x", "", BPF_MAP_TYPE_HASH, 1000, 64, false, FILL_OVERWRITTEN, 1, 1, 50, 2000,
		  KEYS_DENSE, SPECIAL_KPTR, HELD_BY_PROG}},
		{"array,entries=100000000,special=timer,held=map,fill=empty,name=x",
		 {"x", "", BPF_MAP_TYPE_ARRAY, 100000000, 64, true, FILL_EMPTY, 1, 1, 50, 100000000,
		  KEYS_SPREAD, SPECIAL_TIMER, HELD_BY_MAP}},
		{"rhash,fill=emptied_elsewhere,name=x",
		 {"x", "", 35, 1000, 64, false, FILL_EMPTIED_ELSEWHERE, 1, 1, 50, 1000, PLAIN}},
		{"arena,name=x", {"x", "", 33, 256, 4096, false, FILL_FULL, 1, 1, 50, 256, PLAIN}},
		{"ringbuf,name=x",
		 {"x", "", BPF_MAP_TYPE_RINGBUF, 256, 4096, true, FILL_EMPTY, 1, 1, 50, 256,
		  PLAIN}},
		{"type=hash_of_maps,value=4,name=x",
		 {"x", "", BPF_MAP_TYPE_HASH_OF_MAPS, 1000, 4, false, FILL_FULL, 1, 1, 50, 1000,
		  PLAIN}},
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
		{"type=queue", "scenario: type 'queue' cannot be measured"},
		{"type_1,runs=1,type=hash", "scenario: type is given twice"},
		{"hash,", "scenario: '' has no value"},
		{"hash,100", "scenario: '100' has no value"},
		{"hash,,entries=1", "scenario: '' has no value"},
		{"hash,size=1", "scenario: unknown key 'size' (one of type, entries, "},
		{"=1", "scenario: unknown key ''"},
		{"entries=1,entries=1", "scenario: entries is given twice"},
		{"entries=", "scenario: entries '' is not a number from 1 to 100000000"},
		{"entries=0", "scenario: entries '0' is not"},
		{"entries=-1", "scenario: entries '-1' is not"},
		{"entries= 1", "scenario: entries ' 1' is not"},
		{"entries=1k", "scenario: entries '1k' is not"},
		{"entries=100000001", "scenario: entries '100000001' is not"},
		{"entries=18446744073709551617", "scenario: entries '18446744073709551617' is not"},
		{"value=65537", "scenario: value '65537' is not a number from 1 to 65536"},
		{"threads=65", "scenario: threads '65' is not a number from 1 to 64"},
		{"maps=10001", "scenario: maps '10001' is not a number from 1 to 10000"},
		{"runs=100001", "scenario: runs '100001' is not a number from 1 to 100000"},
		{"prealloc=maybe", "scenario: prealloc 'maybe' is not one of no, yes"},
		{"fill=gone", "scenario: fill 'gone' is not one of full, emptied, empty, "},
		{"lpm_trie,prealloc=yes", "maps of type lpm_trie cannot be preallocated"},
		{"task_storage,prealloc=yes", "maps of type task_storage cannot be preallocated"},
		{"lru_hash,prealloc=no", "maps of type lru_hash are always preallocated"},
		{"array,fill=emptied", "maps of type array cannot be emptied"},
		{"hash_of_maps,value=8", "values of type hash_of_maps have 4 bytes"},
		{"percpu_hash,value=32769", "values of type percpu_hash have at most 32768 bytes"},
		{"task_storage,entries=1001", "maps of type task_storage are measured with at most "
					      "1000 entries"},
		{"array,fill=overwritten", "maps of type array cannot be overwritten"},
		{"arena,fill=emptied_elsewhere", "maps of type arena cannot be emptied_elsewhere"},
		{"ringbuf,fill=full", "maps of type ringbuf can only be empty"},
		{"ringbuf,entries=100", "entries of type ringbuf are a power of two"},
		{"ringbuf,max=512", "maps of type ringbuf have no max"},
		{"ringbuf,value=1", "values of type ringbuf have 4096 bytes"},
		{"sk_storage,max=2000", "maps of type sk_storage have no max"},
		{"max=999", "max 999 is less than entries 1000"},
		{"max=0", "max '0' is not a number from 1 to 100000000"},
		{"lpm_trie,max=10000001",
		 "maps of type lpm_trie are measured with a max of at most "
		 "10000000"},
		{"entries=10000001", "at most 10000000 entries are added to a map"},
		{"keys=none", "keys 'none' is not one of spread, dense"},
		{"special=lock", "special 'lock' is not one of none, timer, kptr"},
		{"lru_hash,special=timer", "values of type lru_hash get no special fields"},
		{"special=kptr,value=15", "values with a special field have at least 16 bytes"},
		{"held=me", "held 'me' is not one of fd, map, prog"},
		{"array_of_maps,held=map", "maps of type array_of_maps cannot be held by a map"},
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
		{"max=1000,keys=spread,special=none,held=fd", "hash,entries=1000,value=64"},
		{"held=prog,max=2000,keys=dense,special=timer",
		 "hash,entries=1000,value=64,max=2000,keys=dense,special=timer,held=prog"},
		{"ringbuf,fill=empty", "ringbuf,entries=256,value=4096"},
		{"arena", "arena,entries=256,value=4096"},
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

/* Recordings made before the setting was added have a 0. */
TEST(an_unknown_max_is_usual)
{
	struct scenario s = read_scenario("max=2000");
	char text[SCENARIO_NAME_LEN];

	s.max_entries = 0;
	scenario_describe(&s, true, text);
	assert_string_equal(text, "hash,entries=1000,value=64");
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
	assert_int_equal(entries, quick ? 10000 : 100000000);
	assert_string_equal(copy[3].map_name, "bench_3");
	free(copy);
}

TEST(the_standard_lists_are_right)
{
	check_list(false, 30, 70);
	check_list(true, 8, 10);
}

/* A name finds the standard scenario with its number of runs. */
TEST(standard_scenarios_are_found)
{
	assert_int_equal(read_scenario("hash,entries=1000000,value=64").runs, 10);
	assert_int_equal(read_scenario("hash,entries=10000,value=64").runs, 20);
	assert_int_equal(read_scenario("hash,entries=1000000").runs, 50);
	assert_int_equal(read_scenario("lpm-trie-free").entries, 10000);
	assert_int_equal(read_scenario("lpm-trie-free").keys, KEYS_DENSE);
}

TEST(the_same_twice_is_refused)
{
	struct scenario list[3] = {read_scenario("runs=1"), read_scenario("entries=2"),
				   read_scenario("runs=2")};

	assert_int_equal(scenario_name_maps(list, 2), 0);
	assert_int_equal(scenario_name_maps(list, 3), -EINVAL);
}

static void check_bad(void *scenario)
{
	assert_int_equal(scenario_check(scenario), -EINVAL);
}

static void check_unmeasurable(struct scenario scenario, const char *message)
{
	check_one_line(said(check_bad, &scenario), message);
}

/* Scenarios of recordings, which are not trusted. */
TEST(recorded_scenarios_are_checked)
{
	struct scenario s = read_scenario("entries=10,name=mine"), bad;
	size_t nr;
	const struct scenario *list = scenario_standard(false, &nr);

	assert_int_equal(scenario_check(&s), 0);
	while (nr--)
		assert_int_equal(scenario_check(&list[nr]), 0);
	bad = s, bad.map_type = 12345;
	check_unmeasurable(bad, "type 12345 cannot be measured");
	bad = s, bad.entries = 4000000000;
	check_unmeasurable(bad, "entries 4000000000 cannot be measured");
	bad = s, bad.runs = 0;
	check_unmeasurable(bad, "runs 0 cannot be measured");
	bad = s, bad.fill = NR_FILLS;
	check_unmeasurable(bad, "scenario: fill ");
	bad = s, bad.prealloc = 2;
	check_unmeasurable(bad, "prealloc 2 cannot be measured");
	bad = s, bad.map_type = BPF_MAP_TYPE_ARRAY;
	check_unmeasurable(bad, "always preallocated");
	bad = s, bad.name[0] = '\n';
	check_unmeasurable(bad, "has control characters");
	bad = s, bad.name[0] = '\0';
	check_unmeasurable(bad, "the name is empty");
}

TEST_MAIN(NULL, NULL)
