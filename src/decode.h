/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bytes from the ring buffer -> a checked record.
 */
#ifndef MEMDESTROY_DECODE_H
#define MEMDESTROY_DECODE_H

#include <stddef.h>

#include "event.h"

/*
 * Copies a record of any kind into *rec; of a RECORD_RETURN only the head is there, and the rest is
 * zero. Strings are NUL-terminated. -EBADMSG: not a record of a kind and size known here.
 */
int decode_record(const void *data, size_t size, struct record_call *rec);

#endif
