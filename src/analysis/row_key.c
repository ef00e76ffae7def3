// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes bytes of the keys of a row.
 */
#include <string.h>

#include "analysis/row_key.h"
#include "model/teardown.h"

/*
 * Say what kind of value follows in the bytes of a key, so that no two kinds are ever taken for
 * the same. In the order in which they are sorted.
 */
enum key_tag { TAG_KNOWN = 1, TAG_ADDRESS, TAG_UNKNOWN };

static void put_tag(struct row_key *keys, enum key_tag tag)
{
	keys->at[keys->len++] = tag;
}

static void put_number(struct row_key *keys, enum key_tag tag, __u64 number)
{
	int shift;

	put_tag(keys, tag);
	for (shift = 56; shift >= 0; shift -= 8)
		keys->at[keys->len++] = number >> shift;
}

static void put_text(struct row_key *keys, const char *text, size_t size)
{
	size_t len = strnlen(text, size - 1);

	put_tag(keys, TAG_KNOWN);
	memcpy(&keys->at[keys->len], text, len);
	keys->len += len;
	keys->at[keys->len++] = '\0';
}

static void put_caller(struct row_key *keys, const struct call *call)
{
	if (call->caller_name)
		put_text(keys, call->caller_name, CALLER_LEN);
	else if (call->caller)
		put_number(keys, TAG_ADDRESS, call->caller);
	else
		put_tag(keys, TAG_UNKNOWN);
}

static void put_string(struct row_key *keys, const char *text)
{
	if (text)
		put_text(keys, text, CALLER_LEN);
	else
		put_tag(keys, TAG_UNKNOWN);
}

static void put_known(struct row_key *keys, bool known, __u64 number)
{
	if (known)
		put_number(keys, TAG_KNOWN, number);
	else
		put_tag(keys, TAG_UNKNOWN);
}

static void put_key(struct row_key *keys, enum key key, const struct call *call)
{
	const struct task_id *task = identity_task(&call->identity);

	switch (key) {
	case KEY_CALLER:
		put_caller(keys, call);
		break;
	case KEY_TYPE:
		put_known(keys, call_has(call, CALL_MAP), call->map_type);
		break;
	case KEY_ALLOC:
		put_known(keys, call->alloc != ALLOC_UNKNOWN, call->alloc);
		break;
	case KEY_ID:
		put_known(keys, call->identity.map_id, call->identity.map_id);
		break;
	case KEY_RELEASED_BY:
		if (task)
			put_text(keys, task->comm, NAME_LEN);
		else
			put_tag(keys, TAG_UNKNOWN);
		break;
	case KEY_RELEASED_PID:
		put_known(keys, task, task ? task->pid : 0);
		break;
	case KEY_CGROUP:
		put_known(keys, task, task ? task->cgroup_id : 0);
		break;
	case KEY_NAME:
		if (call_has(call, CALL_MAP | CALL_NAME))
			put_text(keys, call->map_name, NAME_LEN);
		else
			put_tag(keys, TAG_UNKNOWN);
		break;
	case KEY_COMM:
		put_text(keys, call->comm, NAME_LEN);
		break;
	case KEY_CPU:
		put_number(keys, TAG_KNOWN, call->cpu);
		break;
	case KEY_HOST:
		put_string(keys, call->host);
		break;
	case KEY_SCENARIO:
		put_string(keys, call->scenario);
		break;
	case NR_KEYS:
		break;
	}
}

void row_key_read(struct row_key *keys, const enum key *by, size_t nr_by, const struct call *call)
{
	size_t i;

	keys->len = 0;
	for (i = 0; i < nr_by; i++)
		put_key(keys, by[i], call);
}
