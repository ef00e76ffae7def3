// SPDX-License-Identifier: GPL-2.0-only
/* Remembers the programs, links and pins that have gone. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "correlate/holders.h"
#include "model/map_info.h"
#include "util/hash.h"

enum { PROGRAMS, LINKS, PINS, NR_KINDS };

/* The chain of what held something that has gone: the program, its link, the pin of either. */
struct gone {
	__u64 key; /* a program: its work; a link: its program; a pin: what was pinned */
	__u64 queued_ns;
	__u32 nr;
	struct map_holder by[3];
	bool refused;
	UT_hash_handle hh;
};

struct holders {
	size_t max;
	struct gone *gone[NR_KINDS]; /* the oldest first */
};

struct holders *holders_new(size_t max)
{
	struct holders *holders = calloc(1, sizeof(*holders));

	if (holders)
		holders->max = max;
	return holders;
}

static void drop(struct holders *holders, int kind, struct gone *gone)
{
	HASH_DEL(holders->gone[kind], gone);
	free(gone);
}

void holders_free(struct holders *holders)
{
	struct gone *gone, *next;

	if (!holders)
		return;
	for (int kind = 0; kind < NR_KINDS; kind++)
		HASH_ITER (hh, holders->gone[kind], gone, next)
			drop(holders, kind, gone);
	free(holders);
}

static struct gone *find(const struct holders *holders, int kind, __u64 key)
{
	struct gone *gone;

	HASH_FIND(hh, holders->gone[kind], &key, sizeof(key), gone);
	return gone;
}

/* Of an earlier object at this address nothing is known any more. */
static void forget(struct holders *holders, int kind, __u64 key)
{
	struct gone *gone = find(holders, kind, key);

	if (gone)
		drop(holders, kind, gone);
}

static int keep(struct holders *holders, int kind, const struct gone *as)
{
	struct gone *gone;

	forget(holders, kind, as->key);
	if (HASH_COUNT(holders->gone[kind]) >= holders->max)
		drop(holders, kind, holders->gone[kind]);
	gone = malloc(sizeof(*gone));
	if (!gone)
		return -ENOMEM;
	*gone = *as;
	HASH_ADD(hh, holders->gone[kind], key, sizeof(gone->key), gone);
	if (!gone->refused)
		return 0;
	free(gone);
	return -ENOMEM;
}

/* Moves what held this object, which has gone too, to the end of the chain. */
static void take(struct holders *holders, int kind, __u64 key, struct gone *chain)
{
	struct gone *gone = key ? find(holders, kind, key) : NULL;

	if (!gone)
		return;
	for (__u32 i = 0; i < gone->nr && chain->nr < ARRAY_SIZE(chain->by); i++)
		chain->by[chain->nr++] = gone->by[i];
	drop(holders, kind, gone);
}

int holders_add(struct holders *holders, const struct record_holder *rec)
{
	struct gone gone = {.key = rec->head.arg, .queued_ns = UNKNOWN_NS, .nr = 1};
	struct map_holder *first = gone.by;

	*first = (struct map_holder){
		.kind = HOLDER_PIN,
		.id = rec->id,
		.type = rec->kind,
		.until_ns = rec->head.ts_ns,
		.grace_ns = UNKNOWN_NS,
		.worker_ns = UNKNOWN_NS,
	};
	memcpy(first->name, rec->name, sizeof(first->name));
	switch (rec->head.hook) {
	case HOOK_PROG_PUT:
		first->kind = HOLDER_PROGRAM;
		take(holders, LINKS, rec->prog, &gone);
		take(holders, PINS, rec->prog, &gone);
		return keep(holders, PROGRAMS, &gone);
	case HOOK_LINK_FREE:
		first->kind = HOLDER_LINK;
		gone.key = rec->prog;
		take(holders, PINS, rec->head.arg, &gone);
		return gone.key ? keep(holders, LINKS, &gone) : 0;
	default:
		return keep(holders, PINS, &gone);
	}
}

void holders_queued(struct holders *holders, __u64 work, __u64 ts_ns)
{
	struct gone *gone = find(holders, PROGRAMS, work);

	if (gone && ts_ns >= gone->by[0].until_ns)
		gone->queued_ns = ts_ns;
}

__u32 holders_of_work(const struct holders *holders, __u64 work, __u64 since_ns, __u64 ts_ns,
		      struct map_holder by[MAX_HOLDERS])
{
	const struct gone *gone = work ? find(holders, PROGRAMS, work) : NULL;
	__u32 nr = 0;

	if (!gone || ts_ns < gone->by[0].until_ns)
		return 0;
	by[nr] = gone->by[0];
	if (gone->queued_ns != UNKNOWN_NS && gone->queued_ns <= ts_ns) {
		by[nr].grace_ns = gone->queued_ns - by[nr].until_ns;
		by[nr].worker_ns = ts_ns - gone->queued_ns;
	}
	nr++;
	for (__u32 i = 1; i < gone->nr; i++)
		if (gone->by[i].until_ns > since_ns)
			by[nr++] = gone->by[i];
	return nr;
}
