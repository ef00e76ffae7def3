/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Allocators in the kernel's maps that the programs do not know by name.
 */
#pragma once

#include "event.h"
#include "trace/kernel_types.h"

/*
 * Fills in the members of type "allocator" of structures that begin with "map", both found by
 * kernel_types_find(), and gives new names their numbers (model/alloc_name.h). Unused places are
 * zeroed. Returns how many there are; more than there is room for are left out.
 */
unsigned int other_allocs_find(const struct kernel_types *types, const struct wanted_type *map,
			       const struct wanted_type *allocator,
			       struct other_alloc found[MAX_OTHER_ALLOCS]);
