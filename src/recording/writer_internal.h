/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by writer.c and writer_file.c. */
#pragma once

#include "recording/batch.h"
#include "recording/schema.h"
#include "recording/sql.h"
#include "recording/writer.h"
#include "util/intern.h"

#define OBJECTS NR_TABLES /* of no table: numbers that stand for addresses of maps */

/*
 * The references of the last event, as events have them: mostly the next one has the same. Only
 * the id is that of a row.
 */
struct last_refs {
	struct {
		__s64 id; /* 0: none */
		struct map_info map;
	} map;
	struct {
		__s64 id;
		struct task task;
	} task;
	struct {
		__s64 id;
		struct caller caller;
		char name[CALLER_LEN];
	} caller;
	struct {
		__s64 id;
		enum alloc_member alloc;
		__u32 unit_size;
		__u8 flags;
	} allocator[2]; /* by the last bit of "alloc": the calls for a hash map are of two */
};

struct writer {
	const char *path;
	sqlite3 *db;
	sqlite3_stmt *insert[NR_TABLES]; /* NULL: batched */
	struct batch *batch[NR_TABLES];
	struct intern *rows[NR_TABLES + 1]; /* numbers of rows; NULL: each one is written */
	struct last_refs last;
	struct run_info run_info;
	bool in_transaction;
	__u64 events;
	__u64 scenarios;
	int err; /* why nothing more is written */
};

/* Reports the first error of SQLite, and keeps it. Returns -errno; 0 if there was none. */
int writer_fail(struct writer *writer, int rc);

/*
 * Begins a transaction unless one has begun. Waits for a program that writes to the recording:
 * events cannot be kept elsewhere. Returns 0 or -errno.
 */
int writer_start(struct writer *writer);

/* Writes a row of any table, unless there was an error. */
void writer_insert(struct writer *writer, enum table_id table, __s64 key, const void *row);
