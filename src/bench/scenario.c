// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads and names scenarios, and holds their settings and the standard lists.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <linux/bpf.h>

#include "bench/map_limits.h"
#include "bench/scenario.h"
#include "model/map_type.h"
#include "util/diag.h"
#include "util/macros.h"

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

/* The value of a setting that is not given. limits may be NULL. */
static __u32 usual_of(const struct setting *setting, const struct map_limits *limits)
{
	if (setting->at == AT(prealloc))
		return limits && !limits->can_grow;
	if (setting->at == AT(value_size) && limits && limits->value_size)
		return limits->value_size;
	return setting->usual;
}

/* Names a scenario by its settings; those that are usual for its map type are left out. */
static void describe(const struct scenario *s, bool with_entries, char text[SCENARIO_NAME_LEN])
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

void scenario_family(const struct scenario *scenario, char family[SCENARIO_NAME_LEN])
{
	describe(scenario, false, family);
}

int scenario_word(const struct setting *setting, const char *text, size_t len)
{
	for (int i = 0; setting->words[i]; i++)
		if (strlen(setting->words[i]) == len && !memcmp(setting->words[i], text, len))
			return i;
	return -EINVAL;
}

/* Digits only. */
static int read_number(struct scenario *scenario, const struct setting *setting, const char *text,
		       size_t len)
{
	__u64 number = 0;
	size_t i;

	for (i = 0; i < len && i < 9 && text[i] >= '0' && text[i] <= '9'; i++)
		number = 10 * number + (text[i] - '0');
	if (i < len || number < 1 || number > setting->max) {
		diag_error("scenario: %s '%.*s' is not a number from 1 to %u", setting->name,
			   (int)len, text, setting->max);
		return -EINVAL;
	}
	scenario_set(scenario, setting, number);
	return 0;
}

static int read_word(struct scenario *scenario, const struct setting *setting, const char *text,
		     size_t len)
{
	int word = scenario_word(setting, text, len);
	char list[64] = "";

	if (word >= 0) {
		scenario_set(scenario, setting, word);
		return 0;
	}
	for (int i = 0; setting->words[i]; i++)
		snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s", i ? ", " : "",
			 setting->words[i]);
	diag_error("scenario: %s '%.*s' is not one of %s", setting->name, (int)len, text, list);
	return -EINVAL;
}

static int read_type(struct scenario *scenario, const char *text, size_t len)
{
	char name[64];
	__u32 type = 0;

	snprintf(name, sizeof(name), "%.*s", (int)len, text);
	if (len >= sizeof(name) || map_type_from_name(name, &type) || !map_limits_find(type)) {
		diag_error("scenario: type '%.*s' cannot be measured (one of %s)", (int)len, text,
			   map_limits_types());
		return -EINVAL;
	}
	scenario->map_type = type;
	return 0;
}

static int read_name(struct scenario *scenario, const char *text, size_t len)
{
	if (!len || len >= SCENARIO_NAME_LEN) {
		diag_error("scenario: name '%.*s' is too %s (1 to %d bytes)", (int)len, text,
			   len ? "long" : "short", SCENARIO_NAME_LEN - 1);
		return -EINVAL;
	}
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == '\x7f') {
			diag_error("scenario: name '%.*s' has control characters", (int)len, text);
			return -EINVAL;
		}
	memcpy(scenario->name, text, len);
	scenario->name[len] = '\0';
	return 0;
}

/* NULL: already reported. */
static const struct setting *find_setting(const char *name, size_t len)
{
	char list[128] = "";

	for (const struct setting *setting = scenario_settings; setting->name; setting++) {
		if (strlen(setting->name) == len && !memcmp(setting->name, name, len))
			return setting;
		snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s",
			 *list ? ", " : "", setting->name);
	}
	diag_error("scenario: unknown key '%.*s' (one of %s)", (int)len, name, list);
	return NULL;
}

/* Reads "key=value". Bit N of given: the setting in row N was given before. */
static int read_setting(struct scenario *scenario, const char *text, size_t len, __u32 *given)
{
	const char *equals = memchr(text, '=', len), *value = equals ? equals + 1 : text;
	const struct setting *setting = scenario_settings; /* the type */

	if (!equals && *given) {
		diag_error("scenario: '%.*s' has no value (use key=value,key=value)", (int)len,
			   text);
		return -EINVAL;
	}
	if (equals)
		setting = find_setting(text, equals - text);
	if (!setting)
		return -EINVAL;
	if (*given & 1 << (setting - scenario_settings)) {
		diag_error("scenario: %s is given twice", setting->name);
		return -EINVAL;
	}
	*given |= 1 << (setting - scenario_settings);
	len -= value - text;
	switch (setting->kind) {
	case SETTING_NUMBER:
		return read_number(scenario, setting, value, len);
	case SETTING_TYPE:
		return read_type(scenario, value, len);
	case SETTING_NAME:
		return read_name(scenario, value, len);
	default:
		return read_word(scenario, setting, value, len);
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
	const struct setting *setting;
	__u32 given = 0;

	*scenario = (struct scenario){.map_type = scenario_settings->usual};
	for (;; text++) {
		size_t len = strcspn(text, ",");

		if (read_setting(scenario, text, len, &given))
			return -EINVAL;
		text += len;
		if (!*text)
			break;
	}
	for (setting = scenario_settings; setting->name; setting++)
		if (setting->column && !(given & 1 << (setting - scenario_settings)))
			scenario_set(scenario, setting,
				     usual_of(setting, map_limits_find(scenario->map_type)));
	if (!scenario->name[0])
		describe(scenario, true, scenario->name);
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
			if (!strcmp(list[i].name, list[j].name)) {
				diag_error("scenario: '%s' is given twice (give one of them "
					   "another name=TEXT)",
					   list[i].name);
				return -EINVAL;
			}
		snprintf(list[i].map_name, sizeof(list[i].map_name), "bench_%u", (unsigned int)i);
	}
	return 0;
}
