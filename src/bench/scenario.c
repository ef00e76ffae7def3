// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads and names what the benchmark measures, and holds the standard lists of it.
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

#define DEFAULT_VALUE 64

/*
 * The whole list takes a minute or two. Most of the work is to fill the maps, so that the larger
 * they are the fewer runs there are, but never less than 10, of which a median says something. Each
 * update of a map of maps takes a grace period of RCU on older kernels. Per-CPU values are of 8
 * bytes, as counters are: of larger ones some lie across two pages, or none do, which is chance,
 * and each that does is dearer to free.
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

/* What may be given, in the order in which it is written. */
enum setting {
	SETTING_TYPE,
	SETTING_ENTRIES,
	SETTING_VALUE,
	SETTING_PREALLOC,
	SETTING_FILL,
	SETTING_THREADS,
	SETTING_MAPS,
	SETTING_RUNS,
	SETTING_NAME,
	NR_SETTINGS,
};

/* Of numbers: what is allowed, and where it goes. */
static const struct {
	const char *name;
	__u32 max; /* the least is 1; 0: no number */
	size_t at;
} settings[] = {
	[SETTING_TYPE] = {"type", 0, 0},
	[SETTING_ENTRIES] = {"entries", 10000000, offsetof(struct scenario, entries)},
	[SETTING_VALUE] = {"value", 65536, offsetof(struct scenario, value_size)},
	[SETTING_PREALLOC] = {"prealloc", 0, 0},
	[SETTING_FILL] = {"fill", 0, 0},
	[SETTING_THREADS] = {"threads", 64, offsetof(struct scenario, threads)},
	[SETTING_MAPS] = {"maps", 10000, offsetof(struct scenario, maps)},
	[SETTING_RUNS] = {"runs", 100000, offsetof(struct scenario, runs)},
	[SETTING_NAME] = {"name", 0, 0},
};
_Static_assert(ARRAY_SIZE(settings) == NR_SETTINGS, "a name for every setting");

static const char *const fill_names[] = {[FILL_FULL] = "full", [FILL_EMPTIED] = "emptied"};
_Static_assert(ARRAY_SIZE(fill_names) == NR_FILLS, "a name for every filling");

static const struct scenario defaults = {
	.map_type = BPF_MAP_TYPE_HASH,
	.entries = 1000,
	.value_size = DEFAULT_VALUE,
	.threads = 1,
	.maps = 1,
	.runs = 50,
};

const char *scenario_fill_name(enum fill fill)
{
	return fill_names[fill];
}

/* What a scenario is, less the runs; what is as usual for its type is left out. */
static void describe(const struct scenario *s, bool with_entries, char text[SCENARIO_NAME_LEN])
{
	const struct bench_type *type = bench_type_find(s->map_type);
	char entries[32] = "", threads[32] = "", maps[32] = "";
	bool usual = type && !type->can_grow;

	if (with_entries)
		snprintf(entries, sizeof(entries), ",entries=%u", s->entries);
	if (s->threads != 1)
		snprintf(threads, sizeof(threads), ",threads=%u", s->threads);
	if (s->maps != 1)
		snprintf(maps, sizeof(maps), ",maps=%u", s->maps);
	snprintf(text, SCENARIO_NAME_LEN, "%s%s,value=%u%s%s%s%s", map_type_name(s->map_type),
		 entries, s->value_size,
		 s->prealloc == usual ? ""
		 : s->prealloc	      ? ",prealloc=yes"
				      : ",prealloc=no",
		 s->fill == FILL_EMPTIED ? ",fill=emptied" : "", threads, maps);
}

void scenario_family(const struct scenario *scenario, char family[SCENARIO_NAME_LEN])
{
	describe(scenario, false, family);
}

/* Digits only, and no more than fit. */
static bool read_number(const char *text, size_t len, __u32 max, __u32 *number)
{
	__u64 sum = 0;

	if (!len || len > 9)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		sum = 10 * sum + (text[i] - '0');
	}
	*number = sum;
	return sum >= 1 && sum <= max;
}

/* Which of the names it is; or -EINVAL. */
static int choose(const char *const *names, size_t nr, const char *text, size_t len)
{
	for (size_t i = 0; i < nr; i++)
		if (strlen(names[i]) == len && !memcmp(names[i], text, len))
			return i;
	return -EINVAL;
}

static int read_type(struct scenario *scenario, const char *text, size_t len)
{
	char name[64];
	__u32 type = 0;

	snprintf(name, sizeof(name), "%.*s", (int)len, text);
	if (len >= sizeof(name) || map_type_from_name(name, &type) || !bench_type_find(type)) {
		diag_error("scenario: type '%.*s' cannot be measured (one of %s)", (int)len, text,
			   bench_type_names());
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

/* Setting is one that is no number. */
static int read_word(struct scenario *scenario, enum setting setting, const char *text, size_t len)
{
	static const char *const no_yes[] = {"no", "yes"};
	int choice;

	if (setting == SETTING_TYPE)
		return read_type(scenario, text, len);
	if (setting == SETTING_NAME)
		return read_name(scenario, text, len);
	if (setting == SETTING_PREALLOC) {
		choice = choose(no_yes, ARRAY_SIZE(no_yes), text, len);
		scenario->prealloc = choice == 1;
	} else {
		choice = choose(fill_names, NR_FILLS, text, len);
		scenario->fill = choice < 0 ? FILL_FULL : choice;
	}
	if (choice < 0)
		diag_error("scenario: %s '%.*s' is neither %s nor %s", settings[setting].name,
			   (int)len, text, setting == SETTING_PREALLOC ? "no" : "full",
			   setting == SETTING_PREALLOC ? "yes" : "emptied");
	return choice < 0 ? choice : 0;
}

/* "key=value"; given has a bit for each setting that was met before. */
static int read_setting(struct scenario *scenario, const char *text, size_t len, __u32 *given)
{
	const char *equals = memchr(text, '=', len), *value;
	size_t key_len = equals ? (size_t)(equals - text) : 0;
	enum setting setting = SETTING_TYPE;

	if (!equals && *given) {
		diag_error("scenario: '%.*s' has no value (key=value, with a comma in between)",
			   (int)len, text);
		return -EINVAL;
	}
	for (; equals && setting < NR_SETTINGS; setting++)
		if (strlen(settings[setting].name) == key_len &&
		    !memcmp(settings[setting].name, text, key_len))
			break;
	if (setting == NR_SETTINGS) {
		diag_error("scenario: unknown key '%.*s' (one of type, entries, value, prealloc, "
			   "fill, threads, maps, runs, name)",
			   (int)key_len, text);
		return -EINVAL;
	}
	if (*given & 1 << setting) {
		diag_error("scenario: %s is given twice", settings[setting].name);
		return -EINVAL;
	}
	*given |= 1 << setting;
	value = equals ? equals + 1 : text;
	len -= value - text;
	if (!settings[setting].max)
		return read_word(scenario, setting, value, len);
	if (!read_number(value, len, settings[setting].max,
			 (__u32 *)((char *)scenario + settings[setting].at))) {
		diag_error("scenario: %s '%.*s' is not a number from 1 to %u",
			   settings[setting].name, (int)len, value, settings[setting].max);
		return -EINVAL;
	}
	return 0;
}

/* Fills in what the type asks for, and refuses what it does not allow. */
static int fit_to_type(struct scenario *s, __u32 given)
{
	const struct bench_type *type = bench_type_find(s->map_type);
	const char *name = map_type_name(s->map_type);

	if (!(given & 1 << SETTING_PREALLOC))
		s->prealloc = !type->can_grow;
	if (!(given & 1 << SETTING_VALUE) && type->value_size)
		s->value_size = type->value_size;
	if (s->prealloc && !type->can_prealloc)
		diag_error("scenario: maps of type %s cannot be preallocated", name);
	else if (!s->prealloc && !type->can_grow)
		diag_error("scenario: maps of type %s are always preallocated", name);
	else if (s->fill == FILL_EMPTIED && !type->can_delete)
		diag_error("scenario: maps of type %s cannot be emptied", name);
	else if (type->value_size && s->value_size != type->value_size)
		diag_error("scenario: values of type %s have %u bytes", name, type->value_size);
	else if (s->value_size > type->max_value)
		diag_error("scenario: values of type %s have at most %u bytes", name,
			   type->max_value);
	else if (s->entries > type->max_entries)
		diag_error("scenario: maps of type %s are measured with at most %u entries", name,
			   type->max_entries);
	else
		return 0;
	return -EINVAL;
}

static int parse(struct scenario *scenario, const char *text)
{
	__u32 given = 0;
	int err;

	*scenario = defaults;
	for (;;) {
		size_t len = strcspn(text, ",");

		err = read_setting(scenario, text, len, &given);
		if (err)
			return err;
		text += len;
		if (!*text)
			break;
		text++;
	}
	err = fit_to_type(scenario, given);
	if (!err && !scenario->name[0])
		describe(scenario, true, scenario->name);
	return err;
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
			parse(&list[i], texts[i]); /* the unit test has it that all are right */
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
				diag_error("scenario: '%s' is given twice (name=TEXT tells what "
					   "is the same apart)",
					   list[i].name);
				return -EINVAL;
			}
		snprintf(list[i].map_name, sizeof(list[i].map_name), "bench_%u", (unsigned int)i);
	}
	return 0;
}
