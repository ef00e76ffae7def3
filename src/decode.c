// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "decode.h"

int decode_record(const void *data, size_t size, struct record_call *rec)
{
	struct record_head head;
	size_t want;

	if (size < sizeof(head))
		return -EBADMSG;
	memcpy(&head, data, sizeof(head));
	switch (head.type) {
	case RECORD_ENTRY:
	case RECORD_RETURN_FULL:
		want = sizeof(*rec);
		break;
	case RECORD_RETURN:
		want = sizeof(head);
		break;
	default:
		return -EBADMSG;
	}
	/* The ring buffer may hand out more than was written, never less. */
	if (head.size != want || size < want)
		return -EBADMSG;
	memset(rec, 0, sizeof(*rec));
	memcpy(rec, data, want);
	if (rec->alloc >= NR_ALLOC_MEMBERS)
		rec->alloc = ALLOC_UNKNOWN;
	rec->map_name[NAME_LEN - 1] = '\0';
	rec->comm[NAME_LEN - 1] = '\0';
	return 0;
}
