/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The keys of a row as bytes, which are both what identifies a row and what orders it: memcmp()
 * compares them key by key, since numbers have their high byte first and text ends with a NUL.
 */
#ifndef MEMDESTROY_ANALYSIS_ROW_KEY_H
#define MEMDESTROY_ANALYSIS_ROW_KEY_H

#include <stddef.h>

#include "model/call.h"
#include "model/keys.h"

#define CALLER_LEN 512 /* the kernel's KSYM_NAME_LEN, with its NUL */
#define KEYS_SIZE  (NR_KEYS * (1 + CALLER_LEN))

struct row_key {
	size_t len;
	unsigned char at[KEYS_SIZE];
};

/* Reads a call's keys, of which text is cut off after CALLER_LEN - 1 bytes. */
void row_key_read(struct row_key *keys, const enum key *by, size_t nr_by, const struct call *call);

#endif
