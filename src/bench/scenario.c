// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads and names scenarios. Holds their settings, the map types that the benchmark can make, and
 * the standard lists.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/bpf.h>

#include "bench/scenario.h"
#include "model/map_type.h"
#include "util/diag.h"
#include "util/macros.h"
#include "util/suggest.h"

#define AT(member) offsetof(struct scenario, member)

static const char *const no_yes[] = {"no", "yes", NULL};
static const char *const fills[] = {"full",	   "emptied",		"empty",
				    "overwritten", "emptied_elsewhere", NULL};
static const char *const keys[] = {"spread", "dense", NULL};
static const char *const specials[] = {"none", "timer", "kptr", NULL};
static const char *const holders[] = {"fd", "map", "prog", NULL};

_Static_assert(ARRAY_SIZE(fills) == NR_FILLS + 1 && ARRAY_SIZE(keys) == NR_KEY_ORDERS + 1 &&
		       ARRAY_SIZE(specials) == NR_SPECIALS + 1 &&
		       ARRAY_SIZE(holders) == NR_HOLDERS + 1,
	       "a name for every value");

/* clang-format off */
const struct setting scenario_settings[] = {
	{"type", SETTING_TYPE, .at = AT(map_type), .usual = BPF_MAP_TYPE_HASH},
	{"entries", SETTING_NUMBER, NAMED_ALWAYS, AT(entries), 100000000, 1000,
	 .column = "entries", .comment = "of each map"},
	{"value", SETTING_NUMBER, NAMED_ALWAYS, AT(value_size), 65536, 64,
	 .column = "value_size", .comment = "bytes"},
	{"prealloc", SETTING_BOOL, NAMED_IF_UNUSUAL, AT(prealloc), .words = no_yes,
	 .column = "prealloc", .comment = "0 or 1"},
	{"fill", SETTING_WORD, NAMED_IF_UNUSUAL, AT(fill), .usual = FILL_FULL, .words = fills,
	 .column = "fill", .comment = "full, emptied, empty, overwritten, emptied_elsewhere"},
	{"threads", SETTING_NUMBER, NAMED_IF_UNUSUAL, AT(threads), 64, 1,
	 .column = "threads", .comment = "that release maps at the same time"},
	{"maps", SETTING_NUMBER, NAMED_IF_UNUSUAL, AT(maps), 10000, 1,
	 .column = "maps", .comment = "that each thread releases"},
	{"runs", SETTING_NUMBER, NAMED_NEVER, AT(runs), 100000, 50,
	 .column = "runs", .comment = "planned"},
	{"max", SETTING_NUMBER, NAMED_IF_UNUSUAL, AT(max_entries), 100000000,
	 .column = "max_entries", .comment = "room in each map; 0: entries", .later = true},
	{"keys", SETTING_WORD, NAMED_IF_UNUSUAL, AT(keys), .words = keys,
	 .column = "keys", .comment = "spread, dense", .later = true},
	{"special", SETTING_WORD, NAMED_IF_UNUSUAL, AT(special), .words = specials,
	 .column = "special", .comment = "field in each value: none, timer, kptr", .later = true},
	{"held", SETTING_WORD, NAMED_IF_UNUSUAL, AT(held), .words = holders,
	 .column = "held", .comment = "by what to the end: fd, map, prog", .later = true},
	{"name", SETTING_NAME, .naming = NAMED_NEVER},
	{},
};
/* clang-format on */

_Static_assert(ARRAY_SIZE(scenario_settings) <= MAX_SETTINGS, "a bit for each setting");

/* Newer than the header may be */
#define TYPE_CGRP_STORAGE 32
#define TYPE_ARENA	  33
#define TYPE_RHASH	  35

#define MANY	    10000000  /* entries that are added */
#define HUGE	    100000000 /* entries that are just there */
#define ANY_VALUE   65536
#define UNIT_VALUE  32768 /* the kernel's PCPU_MIN_UNIT_SIZE */
#define MANY_OWNERS 1000  /* each entry takes a process, or a cgroup */
#define MANY_FILES  10000 /* or a socket, or an inode */
#define MANY_PAGES  262144

#define HASH	(CAN_PREALLOC | CAN_GROW | CAN_FILL | CAN_DELETE)
#define LRU	(CAN_PREALLOC | CAN_FILL | CAN_DELETE)
#define GROWING (CAN_GROW | CAN_FILL | CAN_DELETE)
#define ARRAY	(CAN_PREALLOC | CAN_FILL)

static const struct map_limits map_limits[] = {
	{BPF_MAP_TYPE_HASH, 4, 0, ANY_VALUE, HUGE, HASH | CAN_SPECIAL, OWNER_NONE},
	{BPF_MAP_TYPE_PERCPU_HASH, 4, 0, UNIT_VALUE, MANY, HASH | IS_PERCPU, OWNER_NONE},
	{BPF_MAP_TYPE_LRU_HASH, 4, 0, ANY_VALUE, MANY, LRU, OWNER_NONE},
	{BPF_MAP_TYPE_LRU_PERCPU_HASH, 4, 0, UNIT_VALUE, MANY, LRU | IS_PERCPU, OWNER_NONE},
	{TYPE_RHASH, 4, 0, ANY_VALUE, MANY, GROWING, OWNER_NONE},
	{BPF_MAP_TYPE_LPM_TRIE, 8, 0, ANY_VALUE, MANY, GROWING, OWNER_NONE},
	{BPF_MAP_TYPE_HASH_OF_MAPS, 4, 4, 4, MANY, HASH | HOLDS_MAPS, OWNER_NONE},
	{BPF_MAP_TYPE_ARRAY_OF_MAPS, 4, 4, 4, MANY, LRU | HOLDS_MAPS, OWNER_NONE},
	{BPF_MAP_TYPE_ARRAY, 4, 0, ANY_VALUE, HUGE, ARRAY | CAN_SPECIAL, OWNER_NONE},
	{BPF_MAP_TYPE_PERCPU_ARRAY, 4, 0, UNIT_VALUE, MANY, ARRAY | IS_PERCPU, OWNER_NONE},
	{BPF_MAP_TYPE_TASK_STORAGE, 4, 0, ANY_VALUE, MANY_OWNERS, GROWING, OWNER_TASK},
	{BPF_MAP_TYPE_SK_STORAGE, 4, 0, ANY_VALUE, MANY_FILES, GROWING, OWNER_SOCKET},
	{BPF_MAP_TYPE_INODE_STORAGE, 4, 0, ANY_VALUE, MANY_FILES, GROWING, OWNER_INODE},
	{TYPE_CGRP_STORAGE, 4, 0, ANY_VALUE, MANY_OWNERS, GROWING, OWNER_CGROUP},
	{BPF_MAP_TYPE_RINGBUF, 0, SCENARIO_PAGE, SCENARIO_PAGE, MANY_PAGES, CAN_PREALLOC | IN_PAGES,
	 OWNER_NONE},
	{TYPE_ARENA, 0, SCENARIO_PAGE, SCENARIO_PAGE, MANY_PAGES, CAN_GROW | CAN_FILL | IN_PAGES,
	 OWNER_NONE},
	{},
};

/*
 * The standard list takes a minute or two, mostly to fill the maps. Larger maps get fewer runs, but
 * at least 10, so that a median is meaningful. Each update of a map of maps takes an RCU grace
 * period on older kernels. Per-CPU values have 8 bytes, as counters do: larger ones may or may not
 * lie across two pages, which makes them more expensive to free.
 */
static const char *const standard_texts[] = {
	"hash,entries=1",
	"hash,entries=1000",
	"hash,entries=100000,runs=30",
	"hash,entries=1000000,runs=10",
	"hash,entries=1,prealloc=yes",
	"hash,entries=1000,prealloc=yes",
	"hash,entries=100000,prealloc=yes,runs=30",
	"hash,entries=100000,value=8,runs=20",
	"hash,entries=100000,value=1024,runs=10",
	"hash,entries=1000,fill=emptied",
	"hash,entries=100000,fill=emptied,runs=20",
	"hash,entries=100000,prealloc=yes,fill=emptied,runs=20",
	"hash,entries=1000,threads=4",
	"hash,entries=100000,threads=4,runs=10",
	"hash,entries=1000,maps=50,runs=20",
	"hash,entries=1000,threads=4,maps=50,runs=10",
	"percpu_hash,entries=1,value=8",
	"percpu_hash,entries=1000,value=8",
	"percpu_hash,entries=10000,value=8,runs=20",
	"percpu_hash,entries=1,value=8,prealloc=yes",
	"percpu_hash,entries=1000,value=8,prealloc=yes",
	"percpu_hash,entries=10000,value=8,prealloc=yes,runs=20",
	"lru_hash,entries=1000",
	"lru_hash,entries=100000,runs=30",
	"lru_percpu_hash,entries=1000,value=8",
	"lru_percpu_hash,entries=10000,value=8,runs=20",
	"lpm_trie,entries=1",
	"lpm_trie,entries=1000",
	"lpm_trie,entries=100000,runs=10",
	"lpm_trie,entries=1000,value=1024",
	"lpm_trie,entries=1000,fill=emptied",
	"hash_of_maps,entries=1,runs=20",
	"hash_of_maps,entries=50,runs=10",
	"array,entries=1",
	"array,entries=1000",
	"array,entries=100000,runs=30",
	"task_storage,entries=1",
	"task_storage,entries=100",
	"sk_storage,entries=100",
	"inode_storage,entries=100",
	"cgrp_storage,entries=100",
	"rhash,entries=1000",
	"rhash,entries=100000,runs=30",
	"rhash,entries=1000,fill=emptied",
	"array_of_maps,entries=50,runs=10",
	"hash,entries=1000,held=map,runs=20",
	"hash,entries=1000,held=prog,runs=20",
	"hash,entries=1000,special=timer,runs=20",
	"hash,entries=1000,special=kptr,runs=20",
	"hash,entries=1000,fill=overwritten",
	"hash,entries=1000,fill=emptied_elsewhere",
	"hash,entries=10,max=1000000,runs=20",
	"array,entries=100000000,value=8,fill=empty,runs=10",
	"ringbuf,entries=256",
	"arena,entries=256",
	/* The maps of the kernel's tools/testing/selftests/bpf/bench; see docs/benchmark.md. */
	"lpm_trie,entries=10000,value=4,keys=dense,runs=20,name=lpm-trie-free",
	"hash,entries=64,value=8,max=8192,fill=overwritten,keys=dense,name=htab-mem-overwrite",
	"hash,entries=64,value=8,max=8192,fill=emptied,keys=dense,name=htab-mem-batch",
	"hash,entries=64,value=8,max=8192,fill=emptied_elsewhere,keys=dense,name=htab-mem-add-del",
	"sk_storage,entries=32,name=local-storage-create-socket",
	"task_storage,entries=32,name=local-storage-create-task",
};

/* About a minute in an emulated guest. */
static const char *const quick_texts[] = {
	"hash,entries=1,runs=20",
	"hash,entries=1000,runs=20",
	"hash,entries=10000,runs=20",
	"hash,entries=1000,prealloc=yes,runs=20",
	"hash,entries=10000,prealloc=yes,runs=20",
	"hash,entries=1000,fill=emptied,runs=20",
	"hash,entries=100,threads=4,maps=5,runs=20",
	"percpu_hash,entries=1000,value=8,runs=20",
	"lru_hash,entries=1000,runs=20",
	"lpm_trie,entries=1000,runs=20",
};

/* Adds a word to "one, two". */
static void list_add(char *list, size_t size, const char *word)
{
	size_t len = strlen(list);

	snprintf(list + len, size - len, "%s%s", len ? ", " : "", word);
}

const struct map_limits *map_limits_find(__u32 map_type)
{
	for (const struct map_limits *limits = map_limits; limits->map_type; limits++)
		if (limits->map_type == map_type)
			return limits;
	return NULL;
}

/* The value of a setting that is not given. limits may be NULL. */
static __u32 usual_of(const struct setting *setting, const struct scenario *scenario,
		      const struct map_limits *limits)
{
	if (setting->at == AT(max_entries))
		return scenario->entries;
	if (!limits)
		return setting->usual;
	if (setting->at == AT(prealloc))
		return !(limits->abilities & CAN_GROW);
	if (setting->at == AT(fill) && !(limits->abilities & CAN_FILL))
		return FILL_EMPTY;
	if (setting->at == AT(entries) && limits->abilities & IN_PAGES)
		return 256;
	return setting->at == AT(value_size) && limits->value_size ? limits->value_size
								   : setting->usual;
}

static bool is_unusual(const struct scenario *s, const struct setting *setting,
		       const struct map_limits *limits)
{
	__u32 value = scenario_get(s, setting);

	return value != usual_of(setting, s, limits) && (value || setting->at != AT(max_entries));
}

void scenario_describe(const struct scenario *s, bool with_entries, char text[SCENARIO_NAME_LEN])
{
	const struct map_limits *limits = map_limits_find(s->map_type);
	size_t len = snprintf(text, SCENARIO_NAME_LEN, "%s", map_type_name(s->map_type));

	for (const struct setting *setting = scenario_settings; setting->name; setting++) {
		__u32 value = scenario_get(s, setting);
		char number[16];

		if (!setting->column || setting->naming == NAMED_NEVER ||
		    (setting->at == AT(entries) && !with_entries) || len >= SCENARIO_NAME_LEN ||
		    (setting->naming == NAMED_IF_UNUSUAL && !is_unusual(s, setting, limits)))
			continue;
		snprintf(number, sizeof(number), "%u", value);
		len += snprintf(text + len, SCENARIO_NAME_LEN - len, ",%s=%s", setting->name,
				setting->words ? setting->words[value] : number);
	}
}

/* Digits only. */
static int read_number(struct scenario *scenario, const struct setting *setting, const char *text)
{
	size_t digits = strspn(text, "0123456789");
	__u64 number = strtoull(text, NULL, 10);

	if (!digits || text[digits] || number < 1 || number > setting->max)
		return diag_invalid("scenario: %s '%s' is not a number from 1 to %u", setting->name,
				    text, setting->max);
	scenario_set(scenario, setting, number);
	return 0;
}

static int read_word(struct scenario *scenario, const struct setting *setting, const char *text)
{
	struct suggestion nearest = SUGGEST(text, strlen(text));
	char list[64] = "", meant[SUGGESTION_SIZE];

	for (__u32 word = 0; setting->words[word]; word++) {
		if (!strcmp(setting->words[word], text)) {
			scenario_set(scenario, setting, word);
			return 0;
		}
		list_add(list, sizeof(list), setting->words[word]);
		suggest_offer(&nearest, setting->words[word]);
	}
	return diag_invalid("scenario: %s '%s' is not one of %s%s", setting->name, text, list,
			    suggest_text(&nearest, "", meant));
}

static int read_type(struct scenario *scenario, const char *text)
{
	struct suggestion nearest = SUGGEST(text, strlen(text));
	char list[256] = "", meant[SUGGESTION_SIZE];

	if (!map_type_from_name(text, &scenario->map_type) && map_limits_find(scenario->map_type))
		return 0;
	for (const struct map_limits *limits = map_limits; limits->map_type; limits++) {
		list_add(list, sizeof(list), map_type_name(limits->map_type));
		suggest_offer(&nearest, map_type_name(limits->map_type));
	}
	return diag_invalid("scenario: type '%s' cannot be measured%s (one of %s)", text,
			    suggest_text(&nearest, "", meant), list);
}

static int read_name(struct scenario *scenario, const char *text)
{
	size_t len = strlen(text);

	if (!len || len >= SCENARIO_NAME_LEN)
		return diag_invalid("scenario: name '%s' is too %s (1 to %d bytes)", text,
				    len ? "long" : "short", SCENARIO_NAME_LEN - 1);
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == '\x7f')
			return diag_invalid("scenario: name '%s' has control characters", text);
	memcpy(scenario->name, text, len + 1);
	return 0;
}

/* NULL: already reported. */
static const struct setting *find_setting(const char *name)
{
	struct suggestion nearest = SUGGEST(name, strlen(name));
	char list[128] = "", meant[SUGGESTION_SIZE];

	for (const struct setting *setting = scenario_settings; setting->name; setting++) {
		if (!strcmp(setting->name, name))
			return setting;
		list_add(list, sizeof(list), setting->name);
		suggest_offer(&nearest, setting->name);
	}
	diag_error("scenario: unknown key '%s'%s (one of %s)", name,
		   suggest_text(&nearest, "", meant), list);
	return NULL;
}

/* Reads "key=value". Bit N of given: the setting in row N was given before. */
static int read_setting(struct scenario *scenario, char *text, __u32 *given)
{
	const struct setting *setting = scenario_settings; /* the type */
	char *value = text, *key = strchr(text, '=') ? strsep(&value, "=") : NULL;

	if (!key && *given)
		return diag_invalid("scenario: '%s' has no value (use key=value,key=value)", text);
	if (key)
		setting = find_setting(key);
	if (!setting)
		return -EINVAL;
	if (*given & 1 << (setting - scenario_settings))
		return diag_invalid("scenario: %s is given twice", setting->name);
	*given |= 1 << (setting - scenario_settings);
	switch (setting->kind) {
	case SETTING_NUMBER:
		return read_number(scenario, setting, value);
	case SETTING_TYPE:
		return read_type(scenario, value);
	case SETTING_NAME:
		return read_name(scenario, value);
	default:
		return read_word(scenario, setting, value);
	}
}

/* Refuses ways to fill a map that its type does not allow. */
static int check_fill(const struct scenario *s, const struct map_limits *limits)
{
	const char *name = map_type_name(s->map_type);

	if (s->fill != FILL_EMPTY && !(limits->abilities & CAN_FILL))
		return diag_invalid("scenario: maps of type %s can only be empty", name);
	if (s->fill >= FILL_OVERWRITTEN && !(limits->abilities & CAN_DELETE))
		return diag_invalid("scenario: maps of type %s cannot be %s", name, fills[s->fill]);
	if (s->fill == FILL_EMPTIED && !(limits->abilities & CAN_DELETE))
		return diag_invalid("scenario: maps of type %s cannot be emptied", name);
	if (s->special && !(limits->abilities & CAN_SPECIAL))
		return diag_invalid("scenario: values of type %s get no special fields", name);
	if (s->special && s->value_size < 16)
		return diag_invalid("scenario: values with a special field have at least 16 bytes");
	if (s->held == HELD_BY_MAP && limits->abilities & HOLDS_MAPS)
		return diag_invalid("scenario: maps of type %s cannot be held by a map", name);
	return 0;
}

static int check_entries(const struct scenario *s, const struct map_limits *limits)
{
	const char *name = map_type_name(s->map_type);

	if (s->entries > limits->max_entries)
		return diag_invalid(
			"scenario: maps of type %s are measured with at most %u entries", name,
			limits->max_entries);
	if (s->entries > MANY && limits->abilities & CAN_DELETE && s->fill != FILL_EMPTY)
		return diag_invalid("scenario: at most %u entries are added to a map", MANY);
	if (s->map_type == BPF_MAP_TYPE_RINGBUF && s->entries & (s->entries - 1))
		return diag_invalid("scenario: entries of type %s are a power of two", name);
	if (s->max_entries < s->entries)
		return diag_invalid("scenario: max %u is less than entries %u", s->max_entries,
				    s->entries);
	if (s->max_entries > s->entries && (limits->abilities & IN_PAGES || limits->owner))
		return diag_invalid("scenario: maps of type %s have no max", name);
	if (s->max_entries > limits->max_entries)
		return diag_invalid(
			"scenario: maps of type %s are measured with a max of at most %u", name,
			limits->max_entries);
	return 0;
}

int scenario_check_limits(const struct scenario *s)
{
	const struct map_limits *limits = map_limits_find(s->map_type);
	const char *name = map_type_name(s->map_type);

	if (s->prealloc && !(limits->abilities & CAN_PREALLOC))
		return diag_invalid("scenario: maps of type %s cannot be preallocated", name);
	if (!s->prealloc && !(limits->abilities & CAN_GROW))
		return diag_invalid("scenario: maps of type %s are always preallocated", name);
	if (limits->value_size && s->value_size != limits->value_size)
		return diag_invalid("scenario: values of type %s have %u bytes", name,
				    limits->value_size);
	if (s->value_size > limits->max_value)
		return diag_invalid("scenario: values of type %s have at most %u bytes", name,
				    limits->max_value);
	return check_fill(s, limits) ?: check_entries(s, limits);
}

static int parse(struct scenario *scenario, const char *text)
{
	char *rest = strdupa(text), *part; /* of at most 128 KiB, as any argument */
	const struct setting *setting;
	__u32 given = 0;
	int err = 0;

	*scenario = (struct scenario){.map_type = scenario_settings->usual};
	while (!err && (part = strsep(&rest, ",")))
		err = read_setting(scenario, part, &given);
	if (err)
		return err;
	for (setting = scenario_settings; setting->name; setting++)
		if (setting->column && !(given & 1 << (setting - scenario_settings)))
			scenario_set(
				scenario, setting,
				usual_of(setting, scenario, map_limits_find(scenario->map_type)));
	if (!scenario->name[0])
		scenario_describe(scenario, true, scenario->name);
	return scenario_check_limits(scenario);
}

const struct scenario *scenario_standard(bool quick, size_t *nr)
{
	static struct scenario lists[2][ARRAY_SIZE(standard_texts)];
	const char *const *texts = quick ? quick_texts : standard_texts;
	struct scenario *list = lists[quick];

	_Static_assert(ARRAY_SIZE(quick_texts) <= ARRAY_SIZE(standard_texts), "room for both");
	*nr = quick ? ARRAY_SIZE(quick_texts) : ARRAY_SIZE(standard_texts);
	if (!list->runs)
		for (size_t i = 0; i < *nr; i++)
			parse(&list[i], texts[i]); /* a unit test checks that all are valid */
	return list;
}

int scenario_parse(struct scenario *scenario, const char *text)
{
	for (int quick = 0; quick <= 1; quick++) {
		size_t nr;
		const struct scenario *list = scenario_standard(quick, &nr);

		for (size_t i = 0; i < nr; i++)
			if (!strcmp(list[i].name, text)) {
				*scenario = list[i];
				return 0;
			}
	}
	return parse(scenario, text);
}

int scenario_name_maps(struct scenario *list, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		for (size_t j = 0; j < i; j++)
			if (!strcmp(list[i].name, list[j].name))
				return diag_invalid("scenario: '%s' is given twice (give one of "
						    "them another name=TEXT)",
						    list[i].name);
		snprintf(list[i].map_name, sizeof(list[i].map_name), "bench_%u", (unsigned int)i);
	}
	return 0;
}
