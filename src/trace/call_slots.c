// SPDX-License-Identifier: GPL-2.0-only
/* Takes over destroy calls in progress, whose entries the programs keep. */
#include <stdbool.h>

#include "trace/call_slots.h"

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
