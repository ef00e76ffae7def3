/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What held a map from the close of its last file descriptor until its last reference was dropped.
 */
#pragma once

#include "event.h"
#include "util/macros.h"

enum holder_kind {
	HOLDER_PROGRAM, /* that uses the map */
	HOLDER_LINK,	/* that held this program */
	HOLDER_PIN,	/* of the map, or of the holder before it */
	HOLDER_MAP,	/* a map of maps with the map in it */
	NR_HOLDER_KINDS,
};

static const char *const holder_kind_names[] = {
	[HOLDER_PROGRAM] = "program",
	[HOLDER_LINK] = "link",
	[HOLDER_PIN] = "pin",
	[HOLDER_MAP] = "map",
};
_Static_assert(ARRAY_SIZE(holder_kind_names) == NR_HOLDER_KINDS, "a name for each");

struct map_holder {
	enum holder_kind kind;
	__u32 id;	 /* 0: it has none, or it is unknown */
	__u32 type;	 /* enum bpf_prog_type, bpf_link_type or bpf_map_type; 0: unknown */
	__u64 until_ns;	 /* when it went: a program, when its last reference was dropped */
	__u64 grace_ns;	 /* of a program: from then until its free was queued; UNKNOWN_NS */
	__u64 worker_ns; /* of a program: from then until its worker dropped the map; UNKNOWN_NS */
	char name[NAME_LEN]; /* of a program or map, NUL-terminated; empty: unknown */
};

/* At most: more are left out. */
#define MAX_HOLDERS 4

struct map_holders {
	/*
	 * The one that dropped the last reference comes first. 0: nothing held the map, or it is
	 * not known what did.
	 */
	__u32 nr;
	struct map_holder by[MAX_HOLDERS];
};
