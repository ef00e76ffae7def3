// SPDX-License-Identifier: GPL-2.0-only
/* Checks records from the ring buffer. */
#include <errno.h>
#include <string.h>

#include "correlate/decode.h"

/* 0: no such record. */
static size_t record_size(const struct record_head *head)
{
	switch (head->type) {
	case RECORD_ENTRY:
	case RECORD_RETURN_FULL:
		return head->hook < NR_CALL_HOOKS ? sizeof(struct record_call) : 0;
	case RECORD_CALL:
		return head->hook == HOOK_DESTROY ? sizeof(struct record_call) : 0;
	case RECORD_RETURN:
	case RECORD_QUEUE:
		return head->hook < NR_CALL_HOOKS ? sizeof(*head) : 0;
	case RECORD_RELEASE:
		return sizeof(struct record_release);
	default:
		return 0;
	}
}

static void terminate(char name[NAME_LEN])
{
	name[NAME_LEN - 1] = '\0';
}

int decode_record(const void *data, size_t size, union record *rec)
{
	struct record_head head;
	size_t want;

	if (size < sizeof(head))
		return -EBADMSG;
	memcpy(&head, data, sizeof(head));
	want = record_size(&head);
	/* The ring buffer may hand out more than was written, never less. */
	if (!want || head.size != want || size < want)
		return -EBADMSG;
	memcpy(rec, data, want);
	memset((char *)rec + want, 0, sizeof(*rec) - want);
	if (head.type == RECORD_RELEASE) {
		terminate(rec->release.map_name);
		terminate(rec->release.comm);
		return 0;
	}
	if (head.type == RECORD_CALL && rec->call.returned_ns < head.ts_ns)
		return -EBADMSG;
	if (rec->call.alloc >= NR_ALLOC_MEMBERS)
		rec->call.alloc = ALLOC_UNKNOWN;
	terminate(rec->call.map_name);
	terminate(rec->call.comm);
	return 0;
}
