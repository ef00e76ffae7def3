/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The destroy calls in progress, which the programs keep in slots until their return (bpf/event.h).
 */
#pragma once

#include <stddef.h>

#include "event.h"

/* Maps the slots, by the descriptor of their BPF map. Returns 0 or -errno. */
int call_slots_map(struct call_slot **slots, int fd);
void call_slots_unmap(struct call_slot *slots); /* takes NULL */

/*
 * Takes over the calls that were entered before this time and have not returned: hands over their
 * entries, each once. Their returns will be sent alone.
 */
void call_slots_take(struct call_slot *slots, __u64 before_ns,
		     void (*each)(void *ctx, const void *record, size_t size), void *ctx);
