/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the benchmark measures: maps of one sort, made, filled and let go of in one way.
 */
#ifndef MEMDESTROY_SCENARIO_H
#define MEMDESTROY_SCENARIO_H

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

/*
 * Reads "type=hash,entries=1000,value=64,prealloc=no,fill=full,threads=1,maps=1,runs=50", or the
 * name of a standard scenario; what is left out is as in that line. -EINVAL: the user has been told
 * in one line what was wrong. The map's name is left to the caller.
 */
int scenario_parse(struct scenario *scenario, const char *text);

/* The standard scenarios, or the quick ones. */
const struct scenario *scenario_standard(bool quick, size_t *nr);

#endif
