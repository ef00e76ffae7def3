/* SPDX-License-Identifier: GPL-2.0-only */
/* Which calls the filters let through, as far as their entries show. */
#pragma once

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "call_record.bpf.h"
#include "caller.bpf.h"
#include "config.bpf.h"
#include "event.h"

static __always_inline bool type_wanted(const struct record_call *rec)
{
	return !config.map_types || ((rec->flags & CALL_MAP) && rec->map_type < 64 &&
				     (config.map_types & (1ULL << rec->map_type)));
}

static __always_inline bool name_wanted(const struct record_call *rec)
{
	return !config.by_name || ((rec->flags & CALL_NAME) &&
				   name_filter_match(&name_filter, rec->map_name, NAME_LEN));
}

static __always_inline bool caller_wanted(const struct record_call *rec)
{
	__u32 i;

	if (!config.nr_callers)
		return true;
	for (i = 0; i < MAX_CALLER_RANGES; i++)
		if (i < config.nr_callers &&
		    within(rec->head.caller, config.callers[i][0], config.callers[i][1]))
			return true;
	return false;
}

/*
 * An unknown value matches no filter, except that a call passes --no-empty unless it is known to be
 * empty.
 */
static __always_inline bool wanted_without_map(const struct record_call *rec)
{
	return !(config.no_empty && (rec->flags & CALL_EMPTY)) && caller_wanted(rec);
}

static __always_inline bool map_wanted(const struct record_call *rec)
{
	return type_wanted(rec) && name_wanted(rec);
}
