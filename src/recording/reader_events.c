// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hands the events of a recording to a sink: reader_run().
 *
 * Each table is read once, by a cursor; the next event is that of the cursor with the lowest number
 * in the sequence. No more than one row of each is kept. Rows that they refer to are looked up.
 */
#include <errno.h>
#include <string.h>

#include "recording/cursor.h"
#include "recording/lookup.h"
#include "recording/reader_tables.h"

#define BATCH 4096 /* events between two calls of done() */

struct player {
	const struct reader *reader;
	const struct reader_options *opts;
	const struct event_sink_ops *ops;
	const struct run_ops *run;
	void *ctx;
	__u64 now_ns;
	__u64 tick_ns; /* when the sink wants the next tick; 0: never */
	struct cursor destroys;
	struct destroy_row destroy;
	struct cursor holders;
	struct holder_row holder;
	struct lookup maps, allocators, tasks, releases;
};

static int tick(struct player *player)
{
	const struct run_ops *run = player->run;

	return run->tick ? run->tick(player->ctx, player->now_ns, &player->tick_ns) : 0;
}

/* To the end of an event, as far as it is known. The clock does not go back, even if events do. */
static int advance(struct player *player, __u64 ts_ns, __u64 latency_ns)
{
	if (ts_ns != UNKNOWN_NS && latency_ns != UNKNOWN_NS)
		ts_ns += latency_ns;
	if (ts_ns != UNKNOWN_NS && ts_ns > player->now_ns)
		player->now_ns = ts_ns;
	return player->tick_ns && player->now_ns >= player->tick_ns ? tick(player) : 0;
}

/* References */

static void set_task(struct player *player, struct cursor *cursor, __s64 id, struct task *task)
{
	const struct task *row = id ? lookup_find(&player->tasks, id, cursor, "task") : NULL;

	if (row)
		*task = *row;
}

static void set_releaser(struct player *player, const char *column, const struct releaser_row *row,
			 struct releaser *releaser)
{
	const struct task *task = NULL;

	if (row->known && row->task)
		task = lookup_find(&player->tasks, row->task, &player->releases.cursor, column);
	releaser->known = task;
	if (!task)
		return;
	releaser->task = *task;
	releaser->cgroup_id = row->cgroup_id;
	releaser->cgroup = cgroups_find(player->reader->cgroups, row->cgroup_id);
}

static void set_user_stack(struct player *player, __s64 id, struct identity *identity)
{
	const struct user_stack_row *row =
		id ? reader_tables_row(player->reader, TABLE_USER_STACK, id) : NULL;

	if (!row && id)
		cursor_damaged(&player->releases.cursor, "there is no user_stack %lld", id);
	identity->user_stack = row && *row->frames ? row->frames : NULL;
}

static void set_identity(struct player *player, struct cursor *cursor, __s64 id,
			 struct identity *identity)
{
	const struct release_row *row =
		id ? lookup_find(&player->releases, id, cursor, "release") : NULL;

	if (!row)
		return;
	*identity = (struct identity){
		.map_id = row->map_id,
		.released_ns = row->released_ns,
		.by_kernel = row->context == CONTEXT_KERNEL,
		.by_interrupt = row->context == CONTEXT_INTERRUPT,
		.unsure = row->context == CONTEXT_UNSURE,
	};
	if (row->released_ns != UNKNOWN_NS)
		identity->released_ns += player->opts->shift_ns;
	set_releaser(player, "released_by", &row->released_by, &identity->released_by);
	set_releaser(player, "closed_by", &row->closed_by, &identity->closed_by);
	identity->close_flags = row->close_flags;
	set_user_stack(player, row->user_stack, identity);
	cursor->err = cursor->err ?: player->releases.cursor.err;
}

/* Without who released it. */
static void set_map(struct player *player, struct cursor *cursor, const struct refs *refs,
		    struct map_info *map)
{
	const struct map_row *row =
		refs->map ? lookup_find(&player->maps, refs->map, cursor, "map") : NULL;
	const char *host = player->reader->run_info->host;

	*map = (struct map_info){
		.address = refs->object,
		.identity = {.released_ns = UNKNOWN_NS},
		.host = *host ? host : NULL,
	};
	if (!row)
		return;
	map->known = CALL_MAP | row->known;
	map->type = row->type;
	map->key_size = row->key_size;
	map->value_size = row->value_size;
	map->max_entries = row->max_entries;
	map->flags = row->flags;
	map->scenario = row->scenario;
	memcpy(map->name, row->name, sizeof(map->name));
}

/* Reads an event's row, which begins with "refs". */
static int read_event(struct player *player, struct cursor *cursor, struct refs *refs,
		      struct map_info *map, struct task *task)
{
	if (cursor_read(cursor, refs))
		return cursor->err;
	set_map(player, cursor, refs, map);
	set_task(player, cursor, refs->task, task);
	if (cursor->table != schema_table(TABLE_CALL) || player->opts->identity)
		set_identity(player, cursor, refs->release, &map->identity);
	return cursor->err;
}

/* Events */

static void set_caller(struct player *player, struct cursor *cursor, __s64 id,
		       struct caller *caller)
{
	const struct caller_row *row = reader_tables_row(player->reader, TABLE_CALLER, id);

	if (!row && id)
		cursor_damaged(cursor, "there is no caller %lld", id);
	if (!row)
		return;
	if (row->known & CALLER_NAME)
		*caller = (struct caller){.name = row->name, .offset = row->offset};
	else
		caller->address = row->address;
}

static void set_allocator(struct player *player, struct cursor *cursor, __s64 id, struct call *call)
{
	const struct allocator_row *row =
		id ? lookup_find(&player->allocators, id, cursor, "allocator") : NULL;

	if (!row) {
		cursor_damaged(cursor, "allocator is NULL");
		return;
	}
	call->alloc = row->alloc;
	call->unit_size = row->unit_size;
	call->flags |= row->flags;
}

static int play_call(struct player *player, struct cursor *cursor)
{
	struct call_row row = {};
	struct call *call = &row.call;
	int err = read_event(player, cursor, &row.refs, &call->map, &call->task);

	set_caller(player, cursor, row.refs.caller, &call->caller);
	set_allocator(player, cursor, row.refs.allocator, call);
	err = err ?: cursor->err ?: advance(player, call->ts_ns, call->latency_ns);
	return err ?: player->ops->call(player->ctx, call);
}

static int next_destroy(struct player *player)
{
	struct cursor *cursor = &player->destroys;

	return cursor_next(cursor) || !cursor->row ? cursor->err
						   : cursor_read(cursor, &player->destroy);
}

/* Destroy calls are in the order of their teardowns, so that a teardown's own come next. */
static int read_destroys(struct player *player, __s64 seq, struct teardown *teardown)
{
	struct cursor *cursor = &player->destroys;
	__u32 nr = teardown->nr_destroys < MAX_DESTROYS ? teardown->nr_destroys : MAX_DESTROYS;

	for (__u32 i = 0; i < nr; i++) {
		if (!cursor->row || player->destroy.teardown != seq || player->destroy.nth != i)
			return cursor_damaged(cursor, "not call %u of teardown %lld", i, seq);
		teardown->destroy[i] = player->destroy.destroy;
		if (next_destroy(player))
			return cursor->err;
	}
	return 0;
}

static int next_holder(struct player *player)
{
	struct cursor *cursor = &player->holders;

	return cursor_next(cursor) || !cursor->row ? cursor->err
						   : cursor_read(cursor, &player->holder);
}

/* They are in the order of their teardowns, too. */
static int read_holders(struct player *player, __s64 seq, struct map_holders *held)
{
	struct cursor *cursor = &player->holders;

	while (cursor->row && player->holder.teardown == seq) {
		if (held->nr == MAX_HOLDERS || player->holder.nth != held->nr)
			return cursor_damaged(cursor, "not holder %u of teardown %lld", held->nr,
					      seq);
		held->by[held->nr++] = player->holder.holder;
		if (next_holder(player))
			return cursor->err;
	}
	return 0;
}

static int play_teardown(struct player *player, struct cursor *cursor)
{
	struct teardown_row row = {};
	struct teardown *teardown = &row.teardown;
	struct worker_run *run = &teardown->run;
	int err = read_event(player, cursor, &row.refs, &teardown->map, &run->worker);

	run->latency_ns = teardown->phase[PHASE_FREE];
	teardown->memcg = cgroups_find(player->reader->cgroups, teardown->memcg_id);
	err = err ?: read_destroys(player, cursor->key, teardown);
	err = err ?: read_holders(player, cursor->key, &teardown->holders);
	err = err ?: advance(player, run->start_ns, run->latency_ns);
	return err ?: player->ops->teardown(player->ctx, teardown);
}

static int play_deferred_free(struct player *player, struct cursor *cursor)
{
	struct deferred_free_row row = {};
	struct deferred_free *free = &row.deferred_free;
	int err = read_event(player, cursor, &row.refs, &free->map, &free->run.worker);

	err = err ?: advance(player, free->run.start_ns, free->run.latency_ns);
	return err ?: player->ops->deferred_free(player->ctx, free);
}

/* It is shown as it is, so it must not control a terminal. */
static void check_plain(struct cursor *cursor, const char *column, const char *also,
			const char *text)
{
	for (; *text; text++)
		if ((*text < ' ' || *text > '~') && !strchr(also, *text))
			cursor_damaged(cursor, "%s is not plain text", column);
}

static int play_stuck(struct player *player, struct cursor *cursor)
{
	struct stuck_row row = {};
	struct stuck *stuck = &row.stuck;
	int err = read_event(player, cursor, &row.refs, &stuck->map, &stuck->worker);

	stuck->where = row.place;
	check_plain(cursor, "place", "", row.place);
	check_plain(cursor, "stack", "\n", stuck->stack);
	err = err ?: cursor->err ?: advance(player, stuck->since_ns, stuck->for_ns);
	return err ?: player->ops->stuck(player->ctx, stuck);
}

/* All of them */

enum { CALLS, TEARDOWNS, DEFERRED_FREES, STUCK, NR_SOURCES };

static const struct source {
	enum table_id table;
	int (*play)(struct player *player, struct cursor *cursor);
} sources[NR_SOURCES] = {
	[CALLS] = {TABLE_CALL, play_call},
	[TEARDOWNS] = {TABLE_TEARDOWN, play_teardown},
	[DEFERRED_FREES] = {TABLE_DEFERRED_FREE, play_deferred_free},
	[STUCK] = {TABLE_STUCK, play_stuck},
};

static bool wanted(const struct player *player, int source)
{
	enum view view = player->opts->view;

	switch (source) {
	case CALLS:
		return player->ops->call && view != VIEW_TEARDOWNS;
	case TEARDOWNS:
		return player->ops->teardown && view != VIEW_CALLS;
	case DEFERRED_FREES:
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
		err = err ?: cursor_next(&cursor[i]);
		if (++played % BATCH == 0 && player->run->done && player->run->done(player->ctx))
			return err;
	}
	if (!err && player->destroys.row)
		err = cursor_damaged(&player->destroys, "it is of no teardown");
	if (!err && player->holders.row)
		err = cursor_damaged(&player->holders, "it is of no teardown");
	return err;
}

static int open_cursor(const struct player *player, struct cursor *cursor, enum table_id table)
{
	const struct reader *reader = player->reader;
	int err = cursor_open(cursor, reader->db, reader->path, schema_table(table), false);

	cursor->shift_ns = player->opts->shift_ns;
	return err;
}

static int open_lookups(struct player *player)
{
	const struct reader *reader = player->reader;

	return lookup_open(&player->maps, reader, TABLE_MAP, sizeof(struct map_row))
	       ?: lookup_open(&player->allocators, reader, TABLE_ALLOCATOR,
			      sizeof(struct allocator_row))
	       ?: lookup_open(&player->tasks, reader, TABLE_TASK, sizeof(struct task))
	       ?: lookup_open(&player->releases, reader, TABLE_RELEASE, sizeof(struct release_row));
}

static int open_all(struct player *player, struct cursor cursor[NR_SOURCES])
{
	int i, err = open_lookups(player);

	err = err ?: open_cursor(player, &player->destroys, TABLE_DESTROY);
	err = err ?: open_cursor(player, &player->holders, TABLE_HOLDER);
	if (wanted(player, TEARDOWNS))
		err = err ?: next_destroy(player) ?: next_holder(player);
	for (i = 0; i < NR_SOURCES && !err; i++) {
		err = open_cursor(player, &cursor[i], sources[i].table);
		if (wanted(player, i))
			err = err ?: cursor_next(&cursor[i]);
	}
	return err;
}

/* Returns whether a row could not be read, which is already reported. */
static bool close_all(struct player *player, struct cursor cursor[NR_SOURCES])
{
	bool damaged = player->destroys.err || player->holders.err || player->maps.cursor.err ||
		       player->allocators.cursor.err || player->tasks.cursor.err ||
		       player->releases.cursor.err;

	for (int i = 0; i < NR_SOURCES; i++) {
		damaged = damaged || cursor[i].err;
		cursor_close(&cursor[i]);
	}
	cursor_close(&player->destroys);
	cursor_close(&player->holders);
	lookup_close(&player->maps);
	lookup_close(&player->allocators);
	lookup_close(&player->tasks);
	lookup_close(&player->releases);
	return damaged;
}

int reader_run(struct reader *reader, const struct reader_options *opts,
	       const struct event_sink *sink, const struct run_ops *run)
{
	static const struct run_ops no_run;
	struct player player = {
		.reader = reader,
		.opts = opts,
		.ops = sink->ops,
		.run = run ?: &no_run,
		.ctx = sink->ctx,
		.now_ns = reader->run_info->start_ns + opts->shift_ns,
	};
	struct cursor cursor[NR_SOURCES] = {};
	int err = open_all(&player, cursor) ? -EINVAL : play(&player, cursor);

	return close_all(&player, cursor) ? -EINVAL : err; /* the sink reports its own errors */
}
