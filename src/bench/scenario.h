/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the benchmark measures: maps of one sort, made, filled and let go of in one way.
 */
#ifndef MEMDESTROY_BENCH_SCENARIO_H
#define MEMDESTROY_BENCH_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>

#include "event.h"

#define SCENARIO_NAME_LEN 128 /* with the NUL */

enum fill {
	FILL_FULL,    /* the map holds its entries when it is let go of */
	FILL_EMPTIED, /* they have just been deleted */
	NR_FILLS,
};

struct scenario {
	char name[SCENARIO_NAME_LEN]; /* what it is known by */
	char map_name[NAME_LEN];      /* of its maps, and of no other scenario's */
	__u32 map_type;		      /* enum bpf_map_type */
	__u32 entries;		      /* that a map holds, or held */
	__u32 value_size;	      /* bytes */
	bool prealloc;
	enum fill fill;
	__u32 threads; /* that let go of maps at a time */
	__u32 maps;    /* that each of them lets go of, one after the other */
	__u32 runs;    /* how often */
};

#define SCENARIO_WARM_UP_MAP "bench_warmup" /* the name of maps that are not measured */
#define SCENARIO_KEPT_MAP    "bench_kept"   /* and of those that are there throughout */

/*
 * Reads "type=hash,entries=1000,value=64,prealloc=no,fill=full,threads=1,maps=1,runs=50", where
 * "type=" may be left out of what comes first and "name=TEXT" may be added; or the name of a
 * standard scenario. What is left out is as in that line, or as the type asks for if it allows
 * nothing else. Without a name, it is known by what it is, less the runs: that text can be read
 * again, and what differs in more than the runs has another. -EINVAL: the user has been told in one
 * line what was wrong. The map's name is left to scenario_name_maps().
 */
int scenario_parse(struct scenario *scenario, const char *text);

/* The standard scenarios, or the quick ones, without names of maps. */
const struct scenario *scenario_standard(bool quick, size_t *nr);

/*
 * Gives each scenario of a list a map's name that no other one has. -EINVAL: two of them have the
 * same name, of which the user has been told.
 */
int scenario_name_maps(struct scenario *list, size_t nr);

/* What scenarios have in common that differ in nothing but entries, runs and their names. */
void scenario_family(const struct scenario *scenario, char family[SCENARIO_NAME_LEN]);

const char *scenario_fill_name(enum fill fill);

/* Maps that are let go of in one run. */
static inline __u64 scenario_maps(const struct scenario *scenario)
{
	return (__u64)scenario->threads * scenario->maps;
}

#endif
