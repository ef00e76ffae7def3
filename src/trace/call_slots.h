/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The destroy calls in progress, which the programs keep in slots until their return (bpf/event.h).
 */
#pragma once

#include <stddef.h>

#include "event.h"

/*
 * Takes over the calls that were entered before this time and have not returned: hands over their
 * entries, each once. Their returns will be sent alone. slots: NR_CALL_SLOTS.
 */
void call_slots_take(struct call_slot *slots, __u64 before_ns,
		     void (*each)(void *ctx, const void *record, size_t size), void *ctx);
