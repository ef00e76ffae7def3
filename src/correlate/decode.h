/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bytes from the ring buffer -> a checked record.
 */
#pragma once

#include <stddef.h>

#include "event.h"

/* head.type says which member it is. */
union record {
	struct record_head head;
	struct record_call call; /* of a RECORD_RETURN only the head is there, the rest is zero */
	struct record_release release;
};

/*
 * Copies a record of any kind into *rec, padded with zeros. Strings are NUL-terminated. -EBADMSG:
 * not a record of a kind and size known here.
 */
int decode_record(const void *data, size_t size, union record *rec);
