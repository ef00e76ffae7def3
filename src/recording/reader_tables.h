/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The small tables of a recording, in memory: what its calls and teardowns refer to.
 */
#ifndef MEMDESTROY_RECORDING_READER_TABLES_H
#define MEMDESTROY_RECORDING_READER_TABLES_H

#include "bench/scenario.h"
#include "model/call.h"
#include "recording/cursor.h"

struct reader_tables_map {
	__s64 id;
	const char *scenario; /* whose maps look like this; NULL: of none */
	__u32 type, key_size, value_size, max_entries, flags;
	__u8 call_flags; /* CALL_MAP, and what else is known of CALL_NAME and CALL_SIZES */
	char name[NAME_LEN];
};

struct reader_tables_caller {
	__s64 id;
	char *name; /* NULL: not known */
	__u64 offset;
	__u64 address; /* 0: not known */
};

struct reader_tables_allocator {
	__s64 id;
	enum alloc_member alloc;
	__u32 unit_size;
	__u8 call_flags;
};

struct reader_tables_task {
	__s64 id;
	__u32 pid, tid;
	char comm[NAME_LEN];
};

/* Rows in the order of their ids, each of which has its id as its first member. */
struct reader_tables_rows {
	char *row;
	size_t size; /* of each */
	size_t nr, room;
};

/* All zero is empty. */
struct reader_tables {
	struct reader_tables_rows maps, callers, allocators, tasks;
	struct scenario *scenarios;
	size_t nr_scenarios;
};

/* Reads all of them. -errno, of which the user has been told; to be freed all the same. */
int reader_tables_load(struct reader_tables *tables, sqlite3 *db, const char *path);
void reader_tables_free(struct reader_tables *tables);

/* NULL: there is no such row. */
const void *reader_tables_find(const struct reader_tables_rows *rows, __s64 id);

#endif
