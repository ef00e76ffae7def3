/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The scenarios of the benchmark: which maps are made, how they are filled and released.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "event.h"

#define SCENARIO_NAME_LEN 128 /* with the NUL */

/* How the maps are when they are released. Recordings have the names, in scenario.c. */
enum fill {
	FILL_FULL,		/* with their entries */
	FILL_EMPTIED,		/* with all entries deleted */
	FILL_EMPTY,		/* without ever an entry */
	FILL_OVERWRITTEN,	/* with their entries, each replaced once */
	FILL_EMPTIED_ELSEWHERE, /* with all entries deleted, by another CPU than added them */
	NR_FILLS,
};

/* The keys of hashes and tries. */
enum key_order {
	KEYS_SPREAD, /* over all 32 bits, and over prefixes of several lengths */
	KEYS_DENSE,  /* 0 to entries - 1, in the byte order of the CPU; all prefixes have 32 bits */
	NR_KEY_ORDERS,
};

/* A field in each value that the kernel releases with the entry. */
enum special {
	SPECIAL_NONE,
	SPECIAL_TIMER, /* struct bpf_timer, initialized */
	SPECIAL_KPTR,  /* a pointer to an object of the program's own type */
	NR_SPECIALS,
};

/* The last holder of a map. */
enum holder {
	HELD_BY_FD,
	HELD_BY_MAP,  /* an outer array of maps */
	HELD_BY_PROG, /* a loaded program */
	NR_HOLDERS,
};

/* All settings but the name are a __u32, as scenario_settings[] describes them. */
struct scenario {
	char name[SCENARIO_NAME_LEN];
	char map_name[NAME_LEN]; /* of its maps, and of no other scenario's */
	__u32 map_type;		 /* enum bpf_map_type */
	__u32 entries;		 /* of each map */
	__u32 value_size;	 /* bytes */
	__u32 prealloc;		 /* 0 or 1 */
	__u32 fill;		 /* enum fill */
	__u32 threads;		 /* that release maps at the same time */
	__u32 maps;		 /* that each thread releases, one after the other */
	__u32 runs;
	__u32 max_entries; /* room in each map; 0 in older recordings: entries */
	__u32 keys;	   /* enum key_order */
	__u32 special;	   /* enum special */
	__u32 held;	   /* enum holder */
};

#define SCENARIO_WARM_UP_MAP "bench_warmup" /* name of maps that are not measured */
#define SCENARIO_KEPT_MAP    "bench_kept"   /* name of maps that are never released */

/* The owner of an entry of local storage; the map's keys are file descriptors of owners. */
enum owner { OWNER_NONE, OWNER_TASK, OWNER_SOCKET, OWNER_INODE, OWNER_CGROUP, NR_OWNERS };

#define SCENARIO_PAGE 4096 /* bytes of an "entry" of a map that has no entries */

/* The abilities of the benchmark with maps of a type. */
struct map_limits {
	__u32 map_type; /* enum bpf_map_type */
	__u32 key_size;
	__u32 value_size; /* bytes; 0: any up to max_value */
	__u32 max_value;
	__u32 max_entries;
	enum {
		CAN_PREALLOC = 1 << 0,
		CAN_GROW = 1 << 1, /* without preallocation */
		CAN_FILL = 1 << 2,
		CAN_DELETE = 1 << 3,
		CAN_SPECIAL = 1 << 4, /* the benchmark can add special fields */
		IS_PERCPU = 1 << 5,
		HOLDS_MAPS = 1 << 6,
		IN_PAGES = 1 << 7, /* memory without entries: a number of SCENARIO_PAGE bytes */
	} abilities;
	enum owner owner;
};

/* NULL: the benchmark cannot make maps of this type. */
const struct map_limits *map_limits_find(__u32 map_type);

enum setting_kind {
	SETTING_NUMBER, /* from 1 to max */
	SETTING_BOOL,	/* "no", "yes"; a number in recordings, a boolean in output */
	SETTING_WORD,	/* an index of words */
	SETTING_TYPE,	/* map_type, by its name */
	SETTING_NAME,	/* the text in scenario.name */
};

/* When a setting is part of the name that a scenario gets if it is given none. */
enum naming { NAMED_IF_UNUSUAL, NAMED_ALWAYS, NAMED_NEVER };

/* One setting: a row here and a member of struct scenario are all that a new one needs. */
struct setting {
	const char *name; /* in "name=value" */
	enum setting_kind kind;
	enum naming naming;
	size_t at; /* offset of its __u32 in struct scenario */
	__u32 max;
	__u32 usual; /* value if it is not given; type and entries may ask for another */
	const char *const *words; /* NULL-terminated; NULL for numbers, type and name */
	const char *column;	  /* in recordings and output; NULL for type and name */
	const char *comment;	  /* on that column of a recording */
	bool later;		  /* older recordings lack the column: the usual value */
};

/* In the order in which they are written. The last row has no name. */
#define MAX_SETTINGS 32
extern const struct setting scenario_settings[];

static inline __u32 scenario_get(const struct scenario *scenario, const struct setting *setting)
{
	return *(const __u32 *)((const char *)scenario + setting->at);
}

static inline void scenario_set(struct scenario *scenario, const struct setting *setting,
				__u32 value)
{
	*(__u32 *)((char *)scenario + setting->at) = value;
}

/*
 * Reads "type=hash,entries=1000,value=64,prealloc=no,fill=full,threads=1,maps=1,runs=50,max=1000,
 * keys=spread,special=none,held=fd", or the name of a standard scenario. "type=" may be left out of
 * the first setting and "name=TEXT" may be added. Settings left out are as in that line, or as the
 * map type and the entries require. Without a name, the
 * scenario is named by its unusual settings other than the runs; that name can be read again.
 * map_name is left empty for scenario_name_maps(). -EINVAL: already reported.
 */
int scenario_parse(struct scenario *scenario, const char *text);

/* Refuses what the map type, a known one, does not allow. -EINVAL: already reported. */
int scenario_check_limits(const struct scenario *scenario);

/* Refuses a scenario of a recording that cannot be measured. -EINVAL: already reported. */
int scenario_check(const struct scenario *scenario);

/* The standard scenarios, or the quick ones, without names of maps. */
const struct scenario *scenario_standard(bool quick, size_t *nr);

/* Gives each scenario its own map name. -EINVAL: two have the same name; already reported. */
int scenario_name_maps(struct scenario *list, size_t nr);

/*
 * Describes a scenario by its settings other than the runs; those that are usual for its map type
 * are left out. Without the entries, the text is the same for a whole family of scenarios.
 */
void scenario_describe(const struct scenario *scenario, bool with_entries,
		       char text[SCENARIO_NAME_LEN]);

/* Whether the maps have entries when they are released. */
static inline bool scenario_has_entries(const struct scenario *scenario)
{
	return scenario->fill == FILL_FULL || scenario->fill == FILL_OVERWRITTEN;
}

/* Maps released in one run. */
static inline __u64 scenario_maps(const struct scenario *scenario)
{
	return (__u64)scenario->threads * scenario->maps;
}
