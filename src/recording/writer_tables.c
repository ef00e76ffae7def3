// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes the rows of a recording, those that many events refer to only once.
 */
#include <string.h>

#include "recording/writer_tables.h"
#include "util/intern.h"

#define MAX_ROWS     65536 /* remembered of a table; some 200 bytes each */
#define MAX_RELEASES 4096  /* events of one map come close together */

static const size_t max_remembered[NR_TABLES] = {
	[TABLE_MAP] = MAX_ROWS,	 [TABLE_CALLER] = MAX_ROWS,	 [TABLE_ALLOCATOR] = MAX_ROWS,
	[TABLE_TASK] = MAX_ROWS, [TABLE_RELEASE] = MAX_RELEASES,
};

static struct intern *remember(struct writer_tables *tables, size_t max)
{
	struct intern *intern = intern_new(max);

	if (!intern)
		tables->rc = SQLITE_NOMEM;
	return intern;
}

int writer_tables_open(struct writer_tables *tables, sqlite3 *db)
{
	for (int i = 0; i < NR_TABLES && !tables->rc; i++) {
		tables->rc = table_prepare_insert(db, schema_table(i), &tables->insert[i]);
		if (!tables->rc && max_remembered[i])
			tables->rows[i] = remember(tables, max_remembered[i]);
	}
	if (!tables->rc)
		tables->objects = remember(tables, MAX_ROWS);
	return tables->rc;
}

void writer_tables_close(struct writer_tables *tables)
{
	for (int i = 0; i < NR_TABLES; i++) {
		sqlite3_finalize(tables->insert[i]);
		intern_free(tables->rows[i]);
	}
	intern_free(tables->objects);
	memset(tables, 0, sizeof(*tables));
}

int writer_tables_insert(struct writer_tables *tables, enum table_id table, __s64 key,
			 const void *row)
{
	if (!tables->rc)
		tables->rc = table_insert(tables->insert[table], schema_table(table), key, row);
	return tables->rc;
}

/* Values are compared by all of their bytes, so that padding must be zero. */
static __s64 number_of(struct writer_tables *tables, struct intern *intern, const void *value,
		       size_t size, bool *is_new)
{
	__s64 id = 0;
	int rc = tables->rc ? 0 : intern_id(intern, value, size, &id);

	if (rc < 0)
		tables->rc = SQLITE_NOMEM;
	*is_new = rc > 0;
	return id;
}

static __s64 share(struct writer_tables *tables, enum table_id table, const void *row, size_t size)
{
	bool is_new;
	__s64 id = number_of(tables, tables->rows[table], row, size, &is_new);

	if (is_new)
		writer_tables_insert(tables, table, id, row);
	return id;
}

__s64 writer_tables_map(struct writer_tables *tables, const struct map_info *map)
{
	struct map_row row;

	if (!map_has_type(map))
		return 0;
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
	return share(tables, TABLE_MAP, &row, sizeof(row));
}

__s64 writer_tables_caller(struct writer_tables *tables, const struct caller *caller)
{
	size_t len = caller->name ? strnlen(caller->name, CALLER_LEN - 1) : 0;
	struct caller_row row;

	if (!caller->name && !caller->address)
		return 0;
	memset(&row, 0, offsetof(struct caller_row, name) + len + 1);
	if (caller->name) {
		row.known = CALLER_NAME;
		row.offset = caller->offset;
		memcpy(row.name, caller->name, len);
	} else {
		row.known = CALLER_ADDRESS;
		row.address = caller->address;
	}
	return share(tables, TABLE_CALLER, &row, offsetof(struct caller_row, name) + len + 1);
}

__s64 writer_tables_allocator(struct writer_tables *tables, const struct call *call)
{
	struct allocator_row row;

	memset(&row, 0, sizeof(row));
	row.alloc = call->alloc;
	row.unit_size = call->unit_size;
	row.flags = call->flags & (CALL_PERCPU_KNOWN | CALL_PERCPU);
	return share(tables, TABLE_ALLOCATOR, &row, sizeof(row));
}

__s64 writer_tables_task(struct writer_tables *tables, const struct task *task)
{
	struct task row;

	memset(&row, 0, sizeof(row));
	row.pid = task->pid;
	row.tid = task->tid;
	memcpy(row.comm, task->comm, strnlen(task->comm, NAME_LEN - 1));
	return share(tables, TABLE_TASK, &row, sizeof(row));
}

static void set_releaser(struct writer_tables *tables, const struct releaser *releaser,
			 struct releaser_row *row)
{
	if (!releaser->known)
		return;
	row->known = true;
	row->cgroup_id = releaser->cgroup_id;
	row->task = writer_tables_task(tables, &releaser->task);
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

__s64 writer_tables_release(struct writer_tables *tables, const struct identity *identity)
{
	struct release_row row;

	memset(&row, 0, sizeof(row));
	row.map_id = identity->map_id;
	row.released_ns = identity->released_ns;
	row.context = context_of(identity);
	if (!row.map_id && !row.context && !identity->released_by.known &&
	    !identity->closed_by.known)
		return 0;
	set_releaser(tables, &identity->released_by, &row.released_by);
	set_releaser(tables, &identity->closed_by, &row.closed_by);
	return share(tables, TABLE_RELEASE, &row, sizeof(row));
}

__s64 writer_tables_object(struct writer_tables *tables, __u64 address)
{
	bool is_new;

	return address ? number_of(tables, tables->objects, &address, sizeof(address), &is_new) : 0;
}
