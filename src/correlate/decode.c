// SPDX-License-Identifier: GPL-2.0-only
/* Checks records from the ring buffer. */
#include <errno.h>
#include <string.h>

#include "correlate/decode.h"
#include "model/alloc_name.h"

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
		return head->hook < NR_CALL_HOOKS ? sizeof(*head) : 0;
	case RECORD_QUEUE:
		return head->hook < NR_CALL_HOOKS || head->hook == HOOK_PROG_PUT ? sizeof(*head)
										 : 0;
	case RECORD_RELEASE:
		return sizeof(struct record_release);
	case RECORD_FREED:
		return head->hook == HOOK_FREE || head->hook == HOOK_DEFERRED_FREE
			       ? sizeof(struct record_freed)
			       : 0;
	case RECORD_HOLDER:
		return head->hook >= HOOK_PROG_PUT && head->hook <= HOOK_INNER_PUT
			       ? sizeof(struct record_holder)
			       : 0;
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
	if (head.type == RECORD_FREED)
		return 0;
	if (head.type == RECORD_HOLDER) {
		terminate(rec->holder.name);
		return 0;
	}
	if (head.type == RECORD_CALL && rec->call.returned_ns < head.ts_ns)
		return -EBADMSG;
	if (rec->call.alloc >= alloc_numbers())
		rec->call.alloc = ALLOC_UNKNOWN;
	if (rec->call.rcu_left >= NR_RCU_LEFT)
		rec->call.rcu_left = RCU_LEFT_UNKNOWN;
	terminate(rec->call.map_name);
	terminate(rec->call.comm);
	return 0;
}

int decode_user_stack(const void *data, size_t size, struct record_user_stack *rec)
{
	__u32 nr = 0;

	if (size < sizeof(*rec))
		return -EBADMSG;
	memcpy(rec, data, sizeof(*rec));
	if (rec->head.type != RECORD_USER_STACK || rec->head.size != sizeof(*rec) ||
	    rec->size > sizeof(rec->frames))
		return -EBADMSG;
	while (nr < rec->size / sizeof(*rec->frames) &&
	       (rec->frames[nr].status == USER_FRAME_BUILD_ID ||
		rec->frames[nr].status == USER_FRAME_ADDRESS))
		nr++;
	rec->size = nr * sizeof(*rec->frames);
	return 0;
}

/* Puts the path in order: the names come from the inside out. -EBADMSG: they are not what len says.
 */
static int join_names(const struct record_cgroup *rec, char path[CGROUP_PATH_SIZE])
{
	const char *name = rec->names, *end = rec->names + rec->len;
	size_t at = rec->len;

	path[at] = '\0';
	for (__u32 i = 0; i < rec->depth; i++) {
		size_t len = strnlen(name, end - name);

		if (!len || name + len == end || memchr(name, '/', len))
			return -EBADMSG;
		at -= len;
		memcpy(path + at, name, len);
		path[--at] = '/';
		name += len + 1;
	}
	if (!rec->len)
		strcpy(path, "/");
	return name == end ? 0 : -EBADMSG;
}

int decode_cgroup(const void *data, size_t size, __u64 *id, char path[CGROUP_PATH_SIZE])
{
	struct record_cgroup rec;

	if (size < sizeof(rec))
		return -EBADMSG;
	memcpy(&rec, data, sizeof(rec));
	if (rec.head.type != RECORD_CGROUP || rec.head.size != sizeof(rec) ||
	    rec.len > sizeof(rec.names))
		return -EBADMSG;
	*id = rec.head.arg;
	return join_names(&rec, path);
}
