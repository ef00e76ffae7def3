// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes what many calls and teardowns of a recording have in common.
 */
#include <stdlib.h>
#include <string.h>

#include "model/map_type.h"
#include "recording/schema.h"
#include "recording/writer_tables.h"
#include "util/intern.h"

#define CALLER_LEN 512 /* the kernel's KSYM_NAME_LEN, with its NUL */

/* Some 200 bytes each. */
#define MAX_VALUES 65536
/* What is of one map comes close together. */
#define MAX_RELEASES 4096

enum dimension { MAP, CALLER, ALLOCATOR, TASK, RELEASE, OBJECT, NR_DIMENSIONS };

static const struct {
	size_t max;
	const char *insert;
} table_specs[NR_DIMENSIONS] = {
	[MAP] = {MAX_VALUES, "INSERT INTO map VALUES (?,?,?,?,?,?,?,?)"},
	[CALLER] = {MAX_VALUES, "INSERT INTO caller VALUES (?,?,?,?)"},
	[ALLOCATOR] = {MAX_VALUES, "INSERT INTO allocator VALUES (?,?,?,?)"},
	[TASK] = {MAX_VALUES, "INSERT INTO task VALUES (?,?,?,?)"},
	[RELEASE] = {MAX_RELEASES, "INSERT INTO release VALUES (?,?,?,?,?,?,?,?)"},
	[OBJECT] = {MAX_VALUES, NULL},
};

struct writer_tables {
	struct intern *intern[NR_DIMENSIONS];
	sqlite3_stmt *insert[NR_DIMENSIONS];
};

int writer_tables_new(struct writer_tables **out, sqlite3 *db)
{
	struct writer_tables *tables = calloc(1, sizeof(*tables));
	int i, rc = tables ? SQLITE_OK : SQLITE_NOMEM;

	for (i = 0; i < NR_DIMENSIONS && !rc; i++) {
		tables->intern[i] = intern_new(table_specs[i].max);
		if (!tables->intern[i])
			rc = SQLITE_NOMEM;
		else if (table_specs[i].insert)
			rc = sqlite3_prepare_v3(db, table_specs[i].insert, -1,
						SQLITE_PREPARE_PERSISTENT, &tables->insert[i],
						NULL);
	}
	if (rc) {
		writer_tables_free(tables);
		return rc;
	}
	*out = tables;
	return SQLITE_OK;
}

void writer_tables_free(struct writer_tables *tables)
{
	int i;

	if (!tables)
		return;
	for (i = 0; i < NR_DIMENSIONS; i++) {
		sqlite3_finalize(tables->insert[i]);
		intern_free(tables->intern[i]);
	}
	free(tables);
}

/* True: it is a new one, and its row is to be written, beginning with its id. */
static bool is_new(struct writer_tables *tables, enum dimension which, const void *value,
		   size_t len, __s64 *id, struct insert *insert)
{
	int known = intern_id(tables->intern[which], value, len, id);

	*insert = insert_into(tables->insert[which]);
	if (known < 0)
		insert->rc = SQLITE_NOMEM;
	else if (known && insert->stmt)
		insert_number(insert, *id);
	return known > 0 && insert->stmt;
}

/* What follows a name's NUL is no part of it. */
static void copy_name(char dst[NAME_LEN], const char src[NAME_LEN])
{
	memset(dst, 0, NAME_LEN);
	memcpy(dst, src, strnlen(src, NAME_LEN - 1));
}

int writer_tables_map(struct writer_tables *tables, const struct map_info *map, __s64 *id)
{
	bool sized = map_has_sizes(map), named = map_has_name(map);
	struct {
		__u32 type, sized, key_size, value_size, max_entries, flags, named;
		char name[NAME_LEN];
	} value = {.type = map->type, .sized = sized, .named = named};
	struct insert insert;

	*id = 0;
	if (!map_has_type(map))
		return SQLITE_OK;
	if (sized) {
		value.key_size = map->key_size;
		value.value_size = map->value_size;
		value.max_entries = map->max_entries;
		value.flags = map->flags;
	}
	if (named)
		copy_name(value.name, map->name);
	if (!is_new(tables, MAP, &value, sizeof(value), id, &insert))
		return insert.rc;
	insert_text(&insert, map_type_name(value.type));
	insert_number(&insert, value.type);
	insert_text(&insert, named ? value.name : NULL);
	insert_known(&insert, sized, value.key_size);
	insert_known(&insert, sized, value.value_size);
	insert_known(&insert, sized, value.max_entries);
	insert_known(&insert, sized, value.flags);
	return insert_run(&insert);
}

int writer_tables_caller(struct writer_tables *tables, const struct caller *caller, __s64 *id)
{
	struct {
		__u64 number; /* the address, or the offset in the function */
		char name[CALLER_LEN];
	} value = {.number = caller->address};
	const char *name = caller->name;
	size_t len = name ? strnlen(name, CALLER_LEN - 1) : 0;
	struct insert insert;

	*id = 0;
	if (!name && !caller->address)
		return SQLITE_OK;
	if (name) {
		value.number = caller->offset;
		memcpy(value.name, name, len);
	}
	/* An address is told from an offset in a function without a name by its missing NUL. */
	len = sizeof(value.number) + (name ? len + 1 : 0);
	if (!is_new(tables, CALLER, &value, len, id, &insert))
		return insert.rc;
	insert_text(&insert, name ? value.name : NULL);
	insert_known(&insert, name, value.number);
	insert_known(&insert, !name, value.number);
	return insert_run(&insert);
}

int writer_tables_allocator(struct writer_tables *tables, const struct call *call, __s64 *id)
{
	const struct {
		__u32 alloc, flags, unit_size;
	} allocator = {
		.alloc = call->alloc,
		.flags = call->flags & (CALL_PERCPU_KNOWN | CALL_PERCPU),
		.unit_size = call->unit_size,
	};
	struct insert insert;

	if (!is_new(tables, ALLOCATOR, &allocator, sizeof(allocator), id, &insert))
		return insert.rc;
	insert_text(&insert, call->alloc != ALLOC_UNKNOWN ? alloc_name(call->alloc) : NULL);
	insert_known(&insert, call_has(call, CALL_PERCPU_KNOWN), call_has(call, CALL_PERCPU));
	insert_known(&insert, call->unit_size, call->unit_size);
	return insert_run(&insert);
}

int writer_tables_task(struct writer_tables *tables, const struct task *task, __s64 *id)
{
	struct task value = {.pid = task->pid, .tid = task->tid};
	struct insert insert;

	copy_name(value.comm, task->comm);
	if (!is_new(tables, TASK, &value, sizeof(value), id, &insert))
		return insert.rc;
	insert_number(&insert, value.pid);
	insert_number(&insert, value.tid);
	insert_text(&insert, value.comm);
	return insert_run(&insert);
}

static int put_releaser(struct writer_tables *tables, const struct releaser *releaser, __s64 *id)
{
	*id = 0;
	return releaser->known ? writer_tables_task(tables, &releaser->task, id) : SQLITE_OK;
}

int writer_tables_release(struct writer_tables *tables, const struct identity *identity, __s64 *id)
{
	const struct releaser *released_by = &identity->released_by;
	const struct releaser *closed_by = &identity->closed_by;
	const char *context = schema_context_name(identity);
	struct {
		__u64 map_id, released_ns, released_in, released_by_cgroup, closed_by_cgroup;
		__s64 released_by, closed_by; /* tasks */
	} release = {
		.map_id = identity->map_id,
		.released_ns = identity->released_ns,
		.released_in = context ? (unsigned char)*context : 0,
		.released_by_cgroup = released_by->known ? released_by->cgroup_id : 0,
		.closed_by_cgroup = closed_by->known ? closed_by->cgroup_id : 0,
	};
	struct insert insert;
	int rc;

	*id = 0;
	if (!release.map_id && !context && !released_by->known && !closed_by->known)
		return SQLITE_OK;
	rc = put_releaser(tables, released_by, &release.released_by);
	if (!rc)
		rc = put_releaser(tables, closed_by, &release.closed_by);
	if (rc)
		return rc;
	if (!is_new(tables, RELEASE, &release, sizeof(release), id, &insert))
		return insert.rc;
	insert_known(&insert, release.map_id, release.map_id);
	insert_figure(&insert, release.released_ns);
	insert_text(&insert, context);
	insert_known(&insert, release.released_by, release.released_by);
	insert_known(&insert, release.released_by, release.released_by_cgroup);
	insert_known(&insert, release.closed_by, release.closed_by);
	insert_known(&insert, release.closed_by, release.closed_by_cgroup);
	return insert_run(&insert);
}

int writer_tables_object(struct writer_tables *tables, __u64 map, __s64 *id)
{
	struct insert insert;

	*id = 0;
	if (map)
		is_new(tables, OBJECT, &map, sizeof(map), id, &insert);
	return map ? insert.rc : SQLITE_OK;
}
