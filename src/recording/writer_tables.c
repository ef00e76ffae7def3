// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes the rows of a recording, those that many events refer to only once.
 */
#include <stdlib.h>
#include <string.h>

#include "recording/writer_tables.h"
#include "util/intern.h"

#define MAX_ROWS     65536 /* remembered of a table; some 200 bytes each */
#define MAX_RELEASES 4096  /* events of one map come close together */

struct writer_tables {
	sqlite3_stmt *insert[NR_TABLES];
	struct intern *rows[NR_TABLES]; /* NULL: each row is written */
	struct intern *objects;
};

int writer_tables_new(struct writer_tables **out, sqlite3 *db)
{
	static const enum table_id shared[] = {TABLE_MAP, TABLE_CALLER, TABLE_ALLOCATOR, TABLE_TASK,
					       TABLE_RELEASE};
	struct writer_tables *tables = calloc(1, sizeof(*tables));
	int rc = tables ? SQLITE_OK : SQLITE_NOMEM;

	for (int i = 0; i < NR_TABLES && !rc; i++)
		rc = table_prepare_insert(db, schema_table(i), &tables->insert[i]);
	for (size_t i = 0; i < ARRAY_SIZE(shared) && !rc; i++) {
		tables->rows[shared[i]] =
			intern_new(shared[i] == TABLE_RELEASE ? MAX_RELEASES : MAX_ROWS);
		rc = tables->rows[shared[i]] ? SQLITE_OK : SQLITE_NOMEM;
	}
	if (!rc) {
		tables->objects = intern_new(MAX_ROWS);
		rc = tables->objects ? SQLITE_OK : SQLITE_NOMEM;
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
	if (!tables)
		return;
	for (int i = 0; i < NR_TABLES; i++) {
		sqlite3_finalize(tables->insert[i]);
		intern_free(tables->rows[i]);
	}
	intern_free(tables->objects);
	free(tables);
}

int writer_tables_insert(struct writer_tables *tables, enum table_id table, __s64 key,
			 const void *row)
{
	return table_insert(tables->insert[table], schema_table(table), key, row);
}

/* Rows are compared by all of their bytes, so that padding must be zero. */
static int share(struct writer_tables *tables, enum table_id table, const void *row, size_t size,
		 __s64 *id)
{
	int known = intern_id(tables->rows[table], row, size, id);

	if (known < 0)
		return SQLITE_NOMEM;
	return known ? writer_tables_insert(tables, table, *id, row) : SQLITE_OK;
}

int writer_tables_map(struct writer_tables *tables, const struct map_info *map, __s64 *id)
{
	struct map_row row;

	*id = 0;
	if (!map_has_type(map))
		return SQLITE_OK;
	memset(&row, 0, sizeof(row));
	row.type = map->type;
	row.known = map->known & (CALL_NAME | CALL_SIZES);
	if (map_has_sizes(map)) {
		row.key_size = map->key_size;
		row.value_size = map->value_size;
		row.max_entries = map->max_entries;
		row.flags = map->flags;
	}
	if (map_has_name(map))
		memcpy(row.name, map->name, strnlen(map->name, NAME_LEN - 1));
	return share(tables, TABLE_MAP, &row, sizeof(row), id);
}

int writer_tables_caller(struct writer_tables *tables, const struct caller *caller, __s64 *id)
{
	size_t len = caller->name ? strnlen(caller->name, CALLER_LEN - 1) : 0;
	struct caller_row row;

	*id = 0;
	if (!caller->name && !caller->address)
		return SQLITE_OK;
	memset(&row, 0, offsetof(struct caller_row, name) + len + 1);
	if (caller->name) {
		row.known = CALLER_NAME;
		row.offset = caller->offset;
		memcpy(row.name, caller->name, len);
	} else {
		row.known = CALLER_ADDRESS;
		row.address = caller->address;
	}
	return share(tables, TABLE_CALLER, &row, offsetof(struct caller_row, name) + len + 1, id);
}

int writer_tables_allocator(struct writer_tables *tables, const struct call *call, __s64 *id)
{
	struct allocator_row row;

	memset(&row, 0, sizeof(row));
	row.alloc = call->alloc;
	row.unit_size = call->unit_size;
	row.flags = call->flags & (CALL_PERCPU_KNOWN | CALL_PERCPU);
	return share(tables, TABLE_ALLOCATOR, &row, sizeof(row), id);
}

int writer_tables_task(struct writer_tables *tables, const struct task *task, __s64 *id)
{
	struct task row;

	memset(&row, 0, sizeof(row));
	row.pid = task->pid;
	row.tid = task->tid;
	memcpy(row.comm, task->comm, strnlen(task->comm, NAME_LEN - 1));
	return share(tables, TABLE_TASK, &row, sizeof(row), id);
}

static int share_releaser(struct writer_tables *tables, const struct releaser *releaser,
			  struct releaser_row *row)
{
	if (!releaser->known)
		return SQLITE_OK;
	row->known = true;
	row->cgroup_id = releaser->cgroup_id;
	return writer_tables_task(tables, &releaser->task, &row->task);
}

static enum release_context context_of(const struct identity *identity)
{
	if (identity->unsure)
		return CONTEXT_UNSURE;
	if (identity->by_interrupt)
		return CONTEXT_INTERRUPT;
	if (identity->by_kernel)
		return CONTEXT_KERNEL;
	return identity->released_ns != UNKNOWN_NS ? CONTEXT_TASK : CONTEXT_UNKNOWN;
}

int writer_tables_release(struct writer_tables *tables, const struct identity *identity, __s64 *id)
{
	struct release_row row;
	int rc;

	*id = 0;
	memset(&row, 0, sizeof(row));
	row.map_id = identity->map_id;
	row.released_ns = identity->released_ns;
	row.context = context_of(identity);
	if (!row.map_id && !row.context && !identity->released_by.known &&
	    !identity->closed_by.known)
		return SQLITE_OK;
	rc = share_releaser(tables, &identity->released_by, &row.released_by);
	if (!rc)
		rc = share_releaser(tables, &identity->closed_by, &row.closed_by);
	return rc ? rc : share(tables, TABLE_RELEASE, &row, sizeof(row), id);
}

int writer_tables_object(struct writer_tables *tables, __u64 address, __s64 *id)
{
	*id = 0;
	if (!address)
		return SQLITE_OK;
	return intern_id(tables->objects, &address, sizeof(address), id) < 0 ? SQLITE_NOMEM
									     : SQLITE_OK;
}
