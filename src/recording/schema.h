/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The layout of a recording (docs/recording.md): its tables, and their rows as structs.
 */
#pragma once

#include "bench/scenario.h"
#include "model/call.h"
#include "model/ledger.h"
#include "model/stuck.h"
#include "model/teardown.h"
#include "recording/shed.h"
#include "recording/table.h"

/*
 * Of the layout. It grows when a reader of the old one could misread the new one. Tables, views and
 * columns that may be left unread are added without; they are "later" in their description, so
 * that recordings without them are read too.
 */
#define SCHEMA_VERSION	     1
#define SCHEMA_FIRST_VERSION 1 /* the oldest one that is read */

/* Limits of writers and readers. */
#define MAX_LOADED	65536 /* callers, scenarios, cgroups: readers have all in memory */
#define MAX_USER_STACKS 8192  /* and so they have these */
#ifndef MAX_REMEMBERED	      /* tests/fuzz: fewer */
#define MAX_REMEMBERED 16384  /* rows of another table that a writer refers to again */
#endif
#define MAX_REFERRED (4 * MAX_REMEMBERED) /* the same of earlier versions, which readers keep */

enum table_id {
	TABLE_RUN,	/* struct run_info */
	TABLE_SCENARIO, /* struct scenario */
	TABLE_MAP,
	TABLE_CALLER,
	TABLE_TASK, /* struct task */
	TABLE_ALLOCATOR,
	TABLE_CGROUP,
	TABLE_USER_STACK,
	TABLE_RELEASE,
	TABLE_CALL,
	TABLE_TEARDOWN,
	TABLE_DESTROY,
	TABLE_HOLDER,
	TABLE_DEFERRED_FREE,
	TABLE_STUCK,
	TABLE_LEDGER,	       /* struct figure_row */
	TABLE_TEARDOWN_LEDGER, /* struct figure_row */
	TABLE_HOOK,
	TABLE_SHED, /* struct shed_change; readers leave it unread */
	NR_TABLES,
};

const struct table *schema_table(enum table_id table);

/* Makes the tables and the views. Returns an SQLite result code. */
int schema_create(sqlite3 *db);

/* Rows that many events refer to. A reference is the number of a row; 0: unknown. */

struct map_row {
	const char *scenario; /* set by the reader only: the one that measured it; NULL: none */
	__u32 type, key_size, value_size, max_entries, flags;
	__u8 known; /* CALL_NAME, CALL_SIZES */
	char name[NAME_LEN];
};

#define CALLER_LEN 512 /* the kernel's KSYM_NAME_LEN, with its NUL */

enum caller_known { CALLER_NAME = 1, CALLER_ADDRESS = 2 };

struct caller_row {
	__u64 address, offset;
	__u8 known; /* enum caller_known: the name and the offset, or the address */
	char name[CALLER_LEN];
};

struct allocator_row {
	enum alloc_member alloc;
	__u32 unit_size; /* bytes; 0: it has no one size */
	__u8 flags;	 /* CALL_PERCPU_KNOWN, CALL_PERCPU */
};

/* Readers take the names from the path. */
struct cgroup_row {
	char path[CGROUP_PATH_SIZE];
	struct cgroup_names names;
};

/* Of tasks that released maps. */
struct user_stack_row {
	char frames[USER_STACK_TEXT];
};

struct releaser_row {
	__s64 task;
	__u64 cgroup_id;
	__u8 known;
};

enum release_context {
	CONTEXT_UNKNOWN,
	CONTEXT_TASK,
	CONTEXT_KERNEL,
	CONTEXT_INTERRUPT,
	CONTEXT_UNSURE, /* a task or an interrupt */
	NR_CONTEXTS,
};

struct release_row {
	__u64 released_ns; /* UNKNOWN_NS */
	__u32 map_id;	   /* 0: unknown */
	enum release_context context;
	struct releaser_row released_by, closed_by;
	__u8 close_flags;
	__s64 user_stack; /* of closed_by */
};

/* Events. Members of an event that are references here are not set in it. */

struct refs {
	__s64 object; /* a number for the map's address; not the number of a row */
	__s64 caller, map, allocator, task, release;
};

struct call_row {
	struct refs refs;
	struct call call;
};

struct teardown_row {
	struct refs refs;
	struct teardown teardown; /* without the destroy calls and the holders */
};

struct destroy_row {
	__s64 teardown;
	__u32 nth;
	struct destroy destroy;
};

struct holder_row {
	__s64 teardown;
	__u32 nth;
	struct map_holder holder;
};

struct deferred_free_row {
	struct refs refs;
	struct deferred_free deferred_free;
};

struct stuck_row {
	struct refs refs;
	char place[64];
	struct stuck stuck; /* without "where", which is "place" */
};

/* Counts */

struct figure_row {
	char figure[64];
	__u64 value; /* LEDGER_UNKNOWN */
};

struct hook_row {
	char function[64];
	struct hook_counts counts;
};
