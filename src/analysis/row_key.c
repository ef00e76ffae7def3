// SPDX-License-Identifier: GPL-2.0-only
/* Encodes the key of a row as bytes. */
#include <endian.h>
#include <string.h>

#include "analysis/row_key.h"

/* The kind of the value that follows, so that different kinds never compare equal. In sort order.
 */
enum key_tag { TAG_KNOWN = 1, TAG_ADDRESS, TAG_UNKNOWN };

static void put_number(struct row_key_bytes *keys, enum key_tag tag, __u64 number)
{
	__u64 high_first = htobe64(number);

	keys->at[keys->len++] = tag;
	if (tag == TAG_UNKNOWN)
		return;
	memcpy(&keys->at[keys->len], &high_first, sizeof(high_first));
	keys->len += sizeof(high_first);
}

static void put_known(struct row_key_bytes *keys, bool known, __u64 number)
{
	put_number(keys, known ? TAG_KNOWN : TAG_UNKNOWN, number);
}

/* NULL: unknown. */
static void put_text(struct row_key_bytes *keys, const char *text, size_t size)
{
	size_t len = text ? strnlen(text, size - 1) : 0;

	keys->at[keys->len++] = text ? TAG_KNOWN : TAG_UNKNOWN;
	if (!text)
		return;
	memcpy(&keys->at[keys->len], text, len);
	keys->len += len;
	keys->at[keys->len++] = '\0';
}

/* A cgroup that was made again has another id and the same path. */
static void put_cgroup(struct row_key_bytes *keys, bool known, __u64 id,
		       const struct cgroup *cgroup)
{
	if (known && !cgroup)
		put_number(keys, TAG_ADDRESS, id);
	else
		put_text(keys, known ? cgroup->path : NULL, CGROUP_PATH_SIZE);
}

/* A name in the path; the path may have none, which differs from not knowing it. */
static void put_cgroup_name(struct row_key_bytes *keys, const struct cgroup *cgroup,
			    const char *name)
{
	put_text(keys, cgroup ? name ?: "" : NULL, CGROUP_PATH_SIZE);
}

static void put_key(struct row_key_bytes *keys, enum key key, const struct row_source *of)
{
	const struct releaser *releaser = identity_releaser(&of->map->identity);
	const struct cgroup *cgroup = releaser ? releaser->cgroup : NULL;

	switch (key) {
	case KEY_CALLER:
		if (of->caller->name || !of->caller->address)
			put_text(keys, of->caller->name, CALLER_LEN);
		else
			put_number(keys, TAG_ADDRESS, of->caller->address);
		break;
	case KEY_TYPE:
		put_known(keys, map_has_type(of->map), of->map->type);
		break;
	case KEY_ALLOC:
		put_known(keys, of->alloc != ALLOC_UNKNOWN, of->alloc);
		break;
	case KEY_ID:
		put_known(keys, of->map->identity.map_id, of->map->identity.map_id);
		break;
	case KEY_RELEASED_BY:
		put_text(keys, releaser ? releaser->task.comm : NULL, NAME_LEN);
		break;
	case KEY_RELEASED_PID:
		put_known(keys, releaser, releaser ? releaser->task.pid : 0);
		break;
	case KEY_CGROUP:
		put_cgroup(keys, releaser, releaser ? releaser->cgroup_id : 0, cgroup);
		break;
	case KEY_UNIT:
		put_cgroup_name(keys, cgroup, cgroup ? cgroup->unit : NULL);
		break;
	case KEY_POD:
		put_cgroup_name(keys, cgroup, cgroup ? cgroup->pod_uid : NULL);
		break;
	case KEY_CONTAINER:
		put_cgroup_name(keys, cgroup, cgroup ? cgroup->container_id : NULL);
		break;
	case KEY_MEMCG:
		put_cgroup(keys, of->memcg_id, of->memcg_id, of->memcg);
		break;
	case KEY_NAME:
		put_text(keys, map_has_name(of->map) ? of->map->name : NULL, NAME_LEN);
		break;
	case KEY_COMM:
		put_text(keys, of->task->comm, NAME_LEN);
		break;
	case KEY_CPU:
		put_number(keys, TAG_KNOWN, of->cpu);
		break;
	case KEY_HOST:
		put_text(keys, of->map->host, CALLER_LEN);
		break;
	case KEY_SCENARIO:
		put_text(keys, of->map->scenario, CALLER_LEN);
		break;
	case NR_KEYS:
		break;
	}
}

void row_key_read(struct row_key_bytes *bytes, const enum key *by, size_t nr_by,
		  const struct row_source *source)
{
	bytes->len = 0;
	for (size_t i = 0; i < nr_by; i++)
		put_key(bytes, by[i], source);
}
