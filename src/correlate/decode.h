/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bytes from the ring buffer -> a checked record.
 */
#pragma once

#include <stddef.h>

#include "event.h"
#include "model/cgroup.h"

/* head.type says which member it is. */
union record {
	struct record_head head;
	struct record_call call; /* of a RECORD_RETURN only the head is there, the rest is zero */
	struct record_release release;
	struct record_freed freed;
	struct record_holder holder;
};

/*
 * Copies a record of any kind into *rec, padded with zeros. Strings are NUL-terminated. -EBADMSG:
 * not a record of a kind and size known here.
 */
int decode_record(const void *data, size_t size, union record *rec);

/* The same of a record_user_stack; without frames behind the first one that is empty. */
int decode_user_stack(const void *data, size_t size, struct record_user_stack *rec);

/* The same of a record_cgroup, which the union has no room for. */
int decode_cgroup(const void *data, size_t size, __u64 *id, char path[CGROUP_PATH_SIZE]);
