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
static const char *const fills[] = {[FILL_FULL] = "full", [FILL_EMPTIED] = "emptied", NULL};

_Static_assert(ARRAY_SIZE(fills) == NR_FILLS + 1, "a name for every fill");

/* clang-format off */
const struct setting scenario_settings[] = {
	{"type", SETTING_TYPE, .at = AT(map_type), .usual = BPF_MAP_TYPE_HASH},
	{"entries", SETTING_NUMBER, NAMED_ALWAYS, AT(entries), 10000000, 1000,
	 .column = "entries", .comment = "of each map"},
	{"value", SETTING_NUMBER, NAMED_ALWAYS, AT(value_size), 65536, 64,
	 .column = "value_size", .comment = "bytes"},
	{"prealloc", SETTING_BOOL, NAMED_IF_UNUSUAL, AT(prealloc), .words = no_yes,
	 .column = "prealloc", .comment = "0 or 1"},
	{"fill", SETTING_WORD, NAMED_IF_UNUSUAL, AT(fill), .usual = FILL_FULL, .words = fills,
	 .column = "fill", .comment = "full, emptied"},
	{"threads", SETTING_NUMBER, NAMED_IF_UNUSUAL, AT(threads), 64, 1,
	 .column = "threads", .comment = "that release maps at the same time"},
	{"maps", SETTING_NUMBER, NAMED_IF_UNUSUAL, AT(maps), 10000, 1,
	 .column = "maps", .comment = "that each thread releases"},
	{"runs", SETTING_NUMBER, NAMED_NEVER, AT(runs), 100000, 50,
	 .column = "runs", .comment = "planned"},
	{"name", SETTING_NAME, .naming = NAMED_NEVER},
	{},
};
/* clang-format on */

_Static_assert(ARRAY_SIZE(scenario_settings) <= MAX_SETTINGS, "a bit for each setting");

#define MANY	     10000000 /* entries */
#define ANY_VALUE    65536
#define UNIT_VALUE   32768 /* the kernel's PCPU_MIN_UNIT_SIZE */
#define MANY_TASKS   1000  /* each entry takes a process */
#define MANY_SOCKETS 10000 /* or a socket */

static const struct map_limits map_limits[] = {
	{BPF_MAP_TYPE_HASH, 4, 0, ANY_VALUE, MANY, true, true, true, false, OWNER_NONE},
	{BPF_MAP_TYPE_PERCPU_HASH, 4, 0, UNIT_VALUE, MANY, true, true, true, true, OWNER_NONE},
	{BPF_MAP_TYPE_LRU_HASH, 4, 0, ANY_VALUE, MANY, true, false, true, false, OWNER_NONE},
	{BPF_MAP_TYPE_LRU_PERCPU_HASH, 4, 0, UNIT_VALUE, MANY, true, false, true, true, OWNER_NONE},
	{BPF_MAP_TYPE_LPM_TRIE, 8, 0, ANY_VALUE, MANY, false, true, true, false, OWNER_NONE},
	{BPF_MAP_TYPE_HASH_OF_MAPS, 4, 4, 4, MANY, true, true, true, false, OWNER_NONE},
	{BPF_MAP_TYPE_ARRAY, 4, 0, ANY_VALUE, MANY, true, false, false, false, OWNER_NONE},
	{BPF_MAP_TYPE_PERCPU_ARRAY, 4, 0, UNIT_VALUE, MANY, true, false, false, true, OWNER_NONE},
	{BPF_MAP_TYPE_TASK_STORAGE, 4, 0, ANY_VALUE, MANY_TASKS, false, true, true, false,
	 OWNER_TASK},
	{BPF_MAP_TYPE_SK_STORAGE, 4, 0, ANY_VALUE, MANY_SOCKETS, false, true, true, false,
	 OWNER_SOCKET},
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
static __u32 usual_of(const struct setting *setting, const struct map_limits *limits)
{
	if (setting->at == AT(prealloc))
		return limits && !limits->can_grow;
	if (setting->at == AT(value_size) && limits && limits->value_size)
		return limits->value_size;
	return setting->usual;
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
		    (setting->naming == NAMED_IF_UNUSUAL && value == usual_of(setting, limits)))
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

/* Refuses what the map type does not allow. */
static int check_limits(const struct scenario *s)
{
	const struct map_limits *limits = map_limits_find(s->map_type);
	const char *name = map_type_name(s->map_type);

	if (s->prealloc && !limits->can_prealloc)
		diag_error("scenario: maps of type %s cannot be preallocated", name);
	else if (!s->prealloc && !limits->can_grow)
		diag_error("scenario: maps of type %s are always preallocated", name);
	else if (s->fill == FILL_EMPTIED && !limits->can_delete)
		diag_error("scenario: maps of type %s cannot be emptied", name);
	else if (limits->value_size && s->value_size != limits->value_size)
		diag_error("scenario: values of type %s have %u bytes", name, limits->value_size);
	else if (s->value_size > limits->max_value)
		diag_error("scenario: values of type %s have at most %u bytes", name,
			   limits->max_value);
	else if (s->entries > limits->max_entries)
		diag_error("scenario: maps of type %s are measured with at most %u entries", name,
			   limits->max_entries);
	else
		return 0;
	return -EINVAL;
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
			scenario_set(scenario, setting,
				     usual_of(setting, map_limits_find(scenario->map_type)));
	if (!scenario->name[0])
		scenario_describe(scenario, true, scenario->name);
	return check_limits(scenario);
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
