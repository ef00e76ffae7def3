/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * uthash, made to survive a failed allocation.
 *
 * An element needs a bool member "refused" besides its UT_hash_handle. After HASH_ADD*() it is true
 * if memory ran out: the element is then not in the table, and the caller still owns it.
 */
#pragma once

#define HASH_NONFATAL_OOM	     1
#define uthash_nonfatal_oom(element) ((element)->refused = true)

#include <stdbool.h>

#include <uthash.h>
