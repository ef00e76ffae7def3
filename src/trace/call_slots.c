// SPDX-License-Identifier: GPL-2.0-only
/* Takes over destroy calls in progress, whose entries the programs keep. */
#include <errno.h>
#include <stdbool.h>
#include <sys/mman.h>

#include "trace/call_slots.h"

#define SIZE (NR_CALL_SLOTS * sizeof(struct call_slot)) /* mmap() takes whole pages */

int call_slots_map(struct call_slot **slots, int fd)
{
	void *mapped = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (mapped == MAP_FAILED)
		return -errno;
	*slots = mapped;
	return 0;
}

void call_slots_unmap(struct call_slot *slots)
{
	if (slots)
		munmap(slots, SIZE);
}

/* The copy belongs to one call only if the owner has not changed since. */
static bool take(struct call_slot *slot, __u64 owner)
{
	return __atomic_compare_exchange_n(&slot->owner, &owner, owner - CALL_RUNS + CALL_TAKEN,
					   false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

void call_slots_take(struct call_slot *slots, __u64 before_ns,
		     void (*each)(void *ctx, const void *record, size_t size), void *ctx)
{
	for (int i = 0; i < NR_CALL_SLOTS; i++) {
		__u64 owner = __atomic_load_n(&slots[i].owner, __ATOMIC_SEQ_CST);
		struct record_call rec;

		if (CALL_OWNER_STATE(owner) != CALL_RUNS)
			continue;
		rec = slots[i].rec;
		if (rec.head.ts_ns <= before_ns && take(&slots[i], owner))
			each(ctx, &rec, sizeof(rec));
	}
}
