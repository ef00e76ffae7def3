// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hands what is in the tables of a recording to a sink.
 *
 * Each table is read once, by a cursor; of these the one at the lowest number in the sequence is
 * the next. Nothing is kept but one row of each.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "recording/reader_events.h"
#include "recording/schema.h"

#define WORD_LEN 32   /* of a fixed set */
#define BATCH	 4096 /* items handed over before it is asked whether they are still wanted */

#define MAX_STEPS 8 /* that take no longer than to look a row up */

#define NEVER (~0ULL)

struct player {
	const struct reader_events *events;
	const struct event_sink_ops *ops;
	const struct run_ops *run;
	void *ctx;
	__u64 shift_ns;
	__u64 now_ns;
	__u64 tick_ns; /* when the sink wants to be told the time; NEVER */
	struct cursor destroys, releases;
	struct identity identity; /* of the release that was found last */
	__s64 identity_id;	  /* 0: of none */
};

/* Where items come from. */
struct source {
	const char *table;
	const char *columns;
	int (*play)(struct player *player, struct cursor *cursor);
};

static __u64 shifted(const struct player *player, __u64 ts_ns)
{
	return ts_ns == UNKNOWN_NS ? UNKNOWN_NS : ts_ns + player->shift_ns;
}

/* The end, as far as it is known. */
static __u64 end_of(__u64 ts_ns, __u64 latency_ns)
{
	return ts_ns == UNKNOWN_NS || latency_ns == UNKNOWN_NS ? ts_ns : ts_ns + latency_ns;
}

static int tick(struct player *player)
{
	__u64 next_ns = player->tick_ns == NEVER ? 0 : player->tick_ns;
	int err = player->run->tick ? player->run->tick(player->ctx, player->now_ns, &next_ns) : 0;

	player->tick_ns = next_ns ? next_ns : NEVER;
	return err;
}

/* An item is of this time: the clock does not go back, whatever the items do. */
static int advance(struct player *player, __u64 ts_ns)
{
	if (ts_ns != UNKNOWN_NS && ts_ns > player->now_ns)
		player->now_ns = ts_ns;
	return player->now_ns >= player->tick_ns ? tick(player) : 0;
}

/* References */

static void dangling(struct cursor *cursor, int column)
{
	cursor_damaged(cursor, "there is no %s %lld", sqlite3_column_name(cursor->stmt, column),
		       cursor_ref(cursor, column));
}

/* NULL: not known, or what is wrong has been told. */
static const void *find(struct cursor *cursor, int column, const struct reader_tables_rows *rows)
{
	__s64 id = cursor_ref(cursor, column);
	const void *row = id ? reader_tables_find(rows, id) : NULL;

	if (id && !row)
		dangling(cursor, column);
	return row;
}

static void read_map(struct player *player, struct cursor *cursor, int column, struct map_info *map)
{
	const struct reader_tables_map *row = find(cursor, column, &player->events->tables->maps);

	if (!row)
		return;
	map->known = row->call_flags;
	map->type = row->type;
	map->key_size = row->key_size;
	map->value_size = row->value_size;
	map->max_entries = row->max_entries;
	map->flags = row->flags;
	map->scenario = row->scenario;
	memcpy(map->name, row->name, sizeof(map->name));
}

/* False: unknown, and *task is left alone. */
static bool read_task(struct player *player, struct cursor *cursor, int column, struct task *task)
{
	const struct reader_tables_task *row = find(cursor, column, &player->events->tables->tasks);

	if (!row)
		return false;
	task->pid = row->pid;
	task->tid = row->tid;
	memcpy(task->comm, row->comm, sizeof(task->comm));
	return true;
}

static void read_releaser(struct player *player, struct cursor *cursor, int column,
			  struct releaser *releaser)
{
	releaser->known = read_task(player, cursor, column, &releaser->task);
	if (releaser->known)
		releaser->cgroup_id = cursor_bits(cursor, column + 1);
}

static void read_identity(struct player *player, struct cursor *cursor, struct identity *identity)
{
	char context[WORD_LEN];

	*identity = (struct identity){};
	if (!cursor_is_null(cursor, 1))
		identity->map_id = cursor_u32(cursor, 1);
	identity->released_ns = shifted(player, cursor_figure(cursor, 2));
	if (cursor_text(cursor, 3, context, sizeof(context)) && !schema_context(context, identity))
		cursor_damaged(cursor, "released_in is '%s'", context);
	read_releaser(player, cursor, 4, &identity->released_by);
	read_releaser(player, cursor, 6, &identity->closed_by);
}

/* To the release with this id. They mostly come in their order, a few steps on. */
static int seek_release(struct cursor *releases, __s64 id)
{
	int err = 0;

	if (!releases->row || id <= releases->key || id - releases->key > MAX_STEPS)
		return cursor_find(releases, id);
	while (!err && releases->row && releases->key < id)
		err = cursor_next(releases);
	return err;
}

/* What is of one map comes close together, so the last one is often the next one, too. */
static void take_identity(struct player *player, struct cursor *cursor, int column,
			  struct identity *identity)
{
	struct cursor *releases = &player->releases;
	__s64 id = cursor_ref(cursor, column);

	if (!id || cursor->err)
		return;
	if (id != player->identity_id) {
		player->identity_id = 0;
		if (!seek_release(releases, id) && releases->row && releases->key == id)
			read_identity(player, releases, &player->identity);
		else if (!releases->err)
			dangling(cursor, column);
		if (releases->err)
			cursor->err = releases->err;
		if (cursor->err)
			return;
		player->identity_id = id;
	}
	*identity = player->identity;
}

static struct map_info unknown_map(const struct player *player)
{
	return (struct map_info){
		.identity = {.released_ns = UNKNOWN_NS},
		.host = player->events->host,
	};
}

/* A map, its worker and its release: what teardowns, deferred frees and stuck reports share. */
static void read_map_and_worker(struct player *player, struct cursor *cursor, int column,
				struct map_info *map, struct task *worker)
{
	read_map(player, cursor, column, map);
	read_task(player, cursor, column + 1, worker);
	take_identity(player, cursor, column + 2, &map->identity);
}

static enum alloc_member read_alloc(struct cursor *cursor, int column)
{
	enum alloc_member alloc = ALLOC_UNKNOWN;
	char name[WORD_LEN];

	if (cursor_text(cursor, column, name, sizeof(name)) && !schema_alloc(name, &alloc))
		cursor_damaged(cursor, "alloc is '%s'", name);
	return alloc < NR_ALLOC_MEMBERS ? alloc : ALLOC_UNKNOWN;
}

/* Items */

static void read_caller(struct player *player, struct cursor *cursor, int column,
			struct caller *caller)
{
	const struct reader_tables_caller *row =
		find(cursor, column, &player->events->tables->callers);

	if (row)
		*caller = (struct caller){row->address, row->name, row->offset};
}

static void take_allocator(struct player *player, struct cursor *cursor, int column,
			   struct call *call)
{
	const struct reader_tables_allocator *allocator =
		find(cursor, column, &player->events->tables->allocators);

	if (!allocator) {
		cursor_damaged(cursor, "allocator is NULL");
		return;
	}
	call->alloc = allocator->alloc;
	call->unit_size = allocator->unit_size;
	call->flags |= allocator->call_flags;
}

#define CALL_COLUMNS "seq, ts_ns, latency_ns, caller, map, allocator, empty, task, cpu, release"

static int play_call(struct player *player, struct cursor *cursor)
{
	struct call call = {.map = unknown_map(player)};
	int err;

	call.ts_ns = shifted(player, cursor_figure(cursor, 1));
	call.latency_ns = cursor_figure(cursor, 2);
	read_caller(player, cursor, 3, &call.caller);
	read_map(player, cursor, 4, &call.map);
	take_allocator(player, cursor, 5, &call);
	if (!cursor_is_null(cursor, 6))
		call.flags |= CALL_EMPTY_KNOWN | (cursor_bool(cursor, 6) ? CALL_EMPTY : 0);
	if (cursor_is_null(cursor, 7))
		cursor_damaged(cursor, "task is NULL");
	read_task(player, cursor, 7, &call.task);
	call.cpu = cursor_u32(cursor, 8);
	if (player->events->opts->identity)
		take_identity(player, cursor, 9, &call.map.identity);
	if (cursor->err)
		return cursor->err;
	err = advance(player, end_of(call.ts_ns, call.latency_ns));
	return err ? err : player->ops->call(player->ctx, &call);
}

static void read_destroy(struct player *player, struct cursor *cursor, struct destroy *destroy)
{
	char outcome[WORD_LEN];

	destroy->alloc = read_alloc(cursor, 2);
	destroy->ts_ns = shifted(player, cursor_figure(cursor, 3));
	destroy->latency_ns = cursor_figure(cursor, 4);
	destroy->freed_ns = shifted(player, cursor_figure(cursor, 5));
	cursor_text(cursor, 6, outcome, sizeof(outcome));
	if (!schema_outcome(outcome, &destroy->outcome))
		cursor_damaged(cursor, "outcome is '%s'", outcome);
}

/* The destroy calls are in the order of their teardowns, so that each has its own come next. */
static int read_destroys(struct player *player, __s64 seq, struct teardown *teardown)
{
	struct cursor *cursor = &player->destroys;
	__u32 nr = teardown->nr_destroys < MAX_DESTROYS ? teardown->nr_destroys : MAX_DESTROYS, i;

	for (i = 0; i < nr && !cursor->err; i++) {
		if (!cursor->row || cursor_number(cursor, 0, INT64_MAX) != (__u64)seq ||
		    cursor_number(cursor, 1, INT64_MAX) != i)
			return cursor_damaged(cursor, "not call %u of teardown %lld", i, seq);
		read_destroy(player, cursor, &teardown->destroy[i]);
		if (!cursor_next_any(cursor) && cursor->row)
			cursor->key = (__s64)cursor_number(cursor, 0, INT64_MAX);
	}
	return cursor->err;
}

#define TEARDOWN_COLUMNS                                                                           \
	"seq, object, map, task, release, queued_ns, start_ns, wait_ns, free_ns, destroy_ns, "     \
	"deferred_ns, total_ns, entries, running, destroys, empty, direct, deferred, pending, "    \
	"undecided"

static int play_teardown(struct player *player, struct cursor *cursor)
{
	struct teardown teardown = {.map = unknown_map(player)};
	struct worker_run *run = &teardown.run;
	int i, err;

	teardown.map.address = cursor_ref(cursor, 1);
	read_map_and_worker(player, cursor, 2, &teardown.map, &run->worker);
	teardown.queued_ns = shifted(player, cursor_figure(cursor, 5));
	run->start_ns = shifted(player, cursor_figure(cursor, 6));
	for (i = 0; i < NR_PHASES; i++)
		teardown.phase[i] = cursor_figure(cursor, 7 + i);
	run->latency_ns = teardown.phase[PHASE_FREE];
	teardown.entries = cursor_figure(cursor, 12);
	teardown.running = cursor_bool(cursor, 13);
	teardown.nr_destroys = cursor_u32(cursor, 14);
	for (i = 0; i < NR_OUTCOMES; i++)
		teardown.outcomes[i] = cursor_u32(cursor, 15 + i);
	err = cursor->err ? cursor->err : read_destroys(player, cursor->key, &teardown);
	if (err)
		return err;
	err = advance(player, end_of(run->start_ns, run->latency_ns));
	return err || !player->ops->teardown ? err : player->ops->teardown(player->ctx, &teardown);
}

#define RECLAIM_COLUMNS                                                                            \
	"seq, object, map, task, release, alloc, destroy_ns, latency_ns, start_ns, free_ns"

static int play_reclaim(struct player *player, struct cursor *cursor)
{
	struct deferred_free reclaim = {.map = unknown_map(player)};
	struct worker_run *run = &reclaim.run;
	int err;

	reclaim.map.address = cursor_ref(cursor, 1);
	read_map_and_worker(player, cursor, 2, &reclaim.map, &run->worker);
	reclaim.alloc = read_alloc(cursor, 5);
	reclaim.destroy_ns = shifted(player, cursor_figure(cursor, 6));
	reclaim.latency_ns = cursor_figure(cursor, 7);
	run->start_ns = shifted(player, cursor_figure(cursor, 8));
	run->latency_ns = cursor_figure(cursor, 9);
	if (cursor->err)
		return cursor->err;
	err = advance(player, end_of(run->start_ns, run->latency_ns));
	return err ? err : player->ops->deferred_free(player->ctx, &reclaim);
}

/* Shown as it is: nothing in it may make a terminal do things. */
static void read_plain_text(struct cursor *cursor, int column, const char *also, char *text,
			    size_t size)
{
	const char *c;

	cursor_text(cursor, column, text, size);
	for (c = text; *c; c++)
		if ((*c < ' ' || *c > '~') && !strchr(also, *c))
			cursor_damaged(cursor, "%s is not plain text",
				       sqlite3_column_name(cursor->stmt, column));
}

#define HANG_COLUMNS "seq, place, since_ns, for_ns, in_worker, map, task, release, stack"

static int play_hang(struct player *player, struct cursor *cursor)
{
	struct stuck stuck = {.map = unknown_map(player)};
	char where[NAME_LEN * 4];
	int err;

	read_plain_text(cursor, 1, "", where, sizeof(where));
	stuck.where = where;
	stuck.since_ns = shifted(player, cursor_figure(cursor, 2));
	stuck.for_ns = cursor_figure(cursor, 3);
	stuck.in_worker = cursor_bool(cursor, 4);
	read_map_and_worker(player, cursor, 5, &stuck.map, &stuck.worker);
	read_plain_text(cursor, 8, "\n", stuck.stack, sizeof(stuck.stack));
	if (cursor->err)
		return cursor->err;
	err = advance(player, end_of(stuck.since_ns, stuck.for_ns));
	return err ? err : player->ops->stuck(player->ctx, &stuck);
}

/* All of them */

enum { CALLS, TEARDOWNS, RECLAIMS, HANGS, NR_SOURCES };

static const struct source sources[NR_SOURCES] = {
	[CALLS] = {"call", CALL_COLUMNS, play_call},
	[TEARDOWNS] = {"teardown", TEARDOWN_COLUMNS, play_teardown},
	[RECLAIMS] = {"reclaim", RECLAIM_COLUMNS, play_reclaim},
	[HANGS] = {"hang", HANG_COLUMNS, play_hang},
};

static bool wanted(const struct player *player, int source)
{
	enum view view = player->events->opts->view;

	switch (source) {
	case CALLS:
		return player->ops->call && view != VIEW_TEARDOWNS;
	case TEARDOWNS:
		return player->ops->teardown && view != VIEW_CALLS;
	case RECLAIMS:
		return player->ops->deferred_free && view != VIEW_CALLS;
	default:
		return player->ops->stuck;
	}
}

/* The cursor whose row comes next; -1: there is none. */
static int first(const struct cursor cursor[NR_SOURCES])
{
	int i, found = -1;

	for (i = 0; i < NR_SOURCES; i++)
		if (cursor[i].row && (found < 0 || cursor[i].key < cursor[found].key))
			found = i;
	return found;
}

static int play(struct player *player, struct cursor cursor[NR_SOURCES])
{
	unsigned int played = 0;
	int err = tick(player), i;

	while (!err && (i = first(cursor)) >= 0) {
		err = sources[i].play(player, &cursor[i]);
		if (!err)
			err = cursor_next(&cursor[i]);
		if (++played % BATCH == 0 && player->run->done && player->run->done(player->ctx))
			return err;
	}
	if (!err && player->destroys.row)
		err = cursor_damaged(&player->destroys, "it is of no teardown");
	return err;
}

static int open_all(struct player *player, struct cursor cursor[NR_SOURCES])
{
	const struct reader_events *events = player->events;
	int i, err;

	err = cursor_open(&player->releases, events->db, events->path, "release",
			  "id, map_id, released_ns, released_in, released_by, released_by_cgroup, "
			  "closed_by, closed_by_cgroup",
			  "WHERE id >= ?");
	if (!err)
		err = cursor_open(&player->destroys, events->db, events->path, "destroy",
				  "teardown, nth, alloc, ts_ns, latency_ns, freed_ns, outcome", "");
	if (!err && wanted(player, TEARDOWNS))
		err = cursor_next_any(&player->destroys);
	for (i = 0; i < NR_SOURCES && !err; i++) {
		err = cursor_open(&cursor[i], events->db, events->path, sources[i].table,
				  sources[i].columns, "");
		if (!err && wanted(player, i))
			err = cursor_next(&cursor[i]);
	}
	return err;
}

/* True: one of them could not be read to its end, of which the user has been told. */
static bool close_all(struct player *player, struct cursor cursor[NR_SOURCES])
{
	bool unreadable = player->destroys.err || player->releases.err;
	int i;

	for (i = 0; i < NR_SOURCES; i++) {
		unreadable = unreadable || cursor[i].err;
		cursor_close(&cursor[i]);
	}
	cursor_close(&player->destroys);
	cursor_close(&player->releases);
	return unreadable;
}

int reader_events_check(sqlite3 *db, const char *path)
{
	static const struct event_sink_ops nothing;
	static const struct reader_options opts;
	const struct reader_events events = {.db = db, .path = path, .opts = &opts};
	struct player player = {.events = &events, .ops = &nothing};
	struct cursor cursor[NR_SOURCES] = {};
	int err = open_all(&player, cursor);

	close_all(&player, cursor);
	return err;
}

int reader_events_run(const struct reader_events *events)
{
	struct player player = {
		.events = events,
		.ops = events->sink->ops,
		.run = events->run,
		.ctx = events->sink->ctx,
		.shift_ns = events->opts->shift_ns,
		.now_ns = events->start_ns + events->opts->shift_ns,
		.tick_ns = NEVER,
	};
	struct cursor cursor[NR_SOURCES] = {};
	int err = open_all(&player, cursor);
	bool unreadable;

	if (!err)
		err = play(&player, cursor);
	unreadable = close_all(&player, cursor);
	return unreadable ? -EINVAL : err; /* the sink's errors are others' to tell */
}
