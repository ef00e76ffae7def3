// SPDX-License-Identifier: GPL-2.0-only
/*
 * Turns records into calls, teardowns, deferred frees and stuck reports: the one place that knows
 * which record goes to which of the matchers and trackers.
 */
#include <errno.h>
#include <stdlib.h>

#include "correlate/correlator_parts.h"
#include "correlate/decode.h"

static void set_memory_error(struct correlator *correlator, int err)
{
	if (err)
		correlator->memory_err = err;
}

void correlator_set_error(struct correlator *correlator, int err)
{
	if (err && !correlator->err)
		correlator->err = err;
}

/* Events of the matchers and the tracker */

/* A call may be reported late: of the map that was at this address before. */
static void identify(struct correlator *correlator, struct call *call)
{
	const struct identity *identity = &call->map.identity;

	map_releases_identify(correlator->releases, &call->map, NULL);
	if (identity->released_ns != UNKNOWN_NS && call->ts_ns < identity->released_ns)
		call->map.identity = (struct identity){.released_ns = UNKNOWN_NS};
}

/*
 * A worker that makes a call for another map, which has been released, has ended its run before:
 * the record of that was missed. Returns whether there was one.
 */
static bool end_free(struct correlator *correlator, const struct call *call)
{
	struct call_matcher *matcher = correlator->matchers[HOOK_FREE];
	const struct record_call *entry = call_matcher_waits(matcher, call->task.tid);
	__u64 map = call->map.address, released_ns;

	if (!entry || !entry->head.map || !map || entry->head.map == map ||
	    call->ts_ns < entry->head.ts_ns)
		return false;
	released_ns = map_releases_time(correlator->releases, map);
	if (released_ns == UNKNOWN_NS || call->ts_ns < released_ns)
		return false;
	call_matcher_end(matcher, call->task.tid);
	return true;
}

static bool is_of_teardown(struct correlator *correlator, struct call *call, __u64 key)
{
	return teardown_tracker_destroy(correlator->tracker, call, key) ||
	       (end_free(correlator, call) &&
		teardown_tracker_destroy(correlator->tracker, call, key));
}

static void on_destroy(void *ctx, const struct matched_call *matched)
{
	struct correlator *correlator = ctx;
	const struct event_sink *sink = correlator->sink;
	struct call call;

	matched_destroy(matched, &call);
	if (correlator->tracker)
		call.of_teardown = is_of_teardown(correlator, &call, matched->rec->key);
	if (!sink->ops->call || correlator->err)
		return;
	if (call.caller.address && correlator->ops->name_caller)
		correlator->ops->name_caller(correlator->ctx, &call.caller);
	/* A map that is being freed has been forgotten there. */
	if (correlator->releases && call.map.address && !call.of_teardown)
		identify(correlator, &call);
	correlator_set_error(correlator, sink->ops->call(sink->ctx, &call));
}

/* When the function returned; UNKNOWN_NS: only the entry was seen. */
static __u64 return_ns(const struct matched_call *matched)
{
	if (matched->ts_ns == UNKNOWN_NS)
		return matched->rec->head.ts_ns;
	return matched->latency_ns == UNKNOWN_NS ? UNKNOWN_NS
						 : matched->ts_ns + matched->latency_ns;
}

/*
 * A destroy call whose return has not been seen is over once the worker's run is. A later run's may
 * have been taken from its slot already.
 */
static void end_destroy(struct correlator *correlator, const struct matched_call *freed)
{
	const struct record_head *free = &freed->rec->head;
	struct call_matcher *matcher = correlator->matchers[HOOK_DESTROY];
	const struct record_call *entry = call_matcher_waits(matcher, free->tid);

	if (entry && entry->head.map && entry->head.map == free->map &&
	    entry->head.ts_ns < return_ns(freed))
		call_matcher_end(matcher, free->tid);
}

/* Its time is known if the return matched now is its own. */
static struct worker_run run_of(const struct correlator *correlator,
				const struct matched_call *matched)
{
	struct worker_run run = matched_run(matched);

	if (correlator->freed && run.latency_ns != UNKNOWN_NS)
		run.time = worker_time_of(correlator->freed, run.latency_ns);
	return run;
}

static void on_free(void *ctx, const struct matched_call *matched)
{
	struct correlator *correlator = ctx;
	const struct map_info map = matched_map(matched);
	const struct worker_run run = run_of(correlator, matched);

	/* At the end, teardown_tracker_flush() hands over the running teardowns. */
	if (correlator->flushing && !matched->returned)
		return;
	end_destroy(correlator, matched);
	set_memory_error(correlator, teardown_tracker_end(correlator->tracker, &map, &run));
}

static void on_deferred(void *ctx, const struct matched_call *matched)
{
	struct correlator *correlator = ctx;
	const struct worker_run run = run_of(correlator, matched);

	if (!correlator->flushing || matched->returned)
		deferred_frees_end(teardown_tracker_frees(correlator->tracker), matched->rec->key,
				   &run);
}

static void on_teardown(void *ctx, const struct teardown *teardown)
{
	struct correlator *correlator = ctx;
	const struct event_sink *sink = correlator->sink;

	if (sink->ops->teardown && !correlator->err)
		correlator_set_error(correlator, sink->ops->teardown(sink->ctx, teardown));
}

static void on_deferred_free(void *ctx, const struct deferred_free *deferred_free)
{
	struct correlator *correlator = ctx;
	const struct event_sink *sink = correlator->sink;

	if (sink->ops->deferred_free && !correlator->err)
		correlator_set_error(correlator,
				     sink->ops->deferred_free(sink->ctx, deferred_free));
}

static bool sees_all(void *ctx, enum hook hook)
{
	struct correlator *correlator = ctx;
	struct hook_counts counts;

	correlator->ops->count_hook(correlator->ctx, hook, &counts);
	return counts.attached && !counts.lost && !counts.missed && !counts.lost_return &&
	       !counts.missed_return;
}

/* Records */

static void add_call(struct correlator *correlator, const struct record_call *rec)
{
	const struct matched_call entry = matched_entry(rec);
	const struct map_contents contents = {rec->entries, rec->extra, rec->rcu_left,
					      rec->bytes_cached};
	struct worker_run run;
	struct map_info map;

	set_memory_error(correlator, call_matcher_add(correlator->matchers[rec->head.hook], rec));
	if (rec->head.type != RECORD_ENTRY || rec->head.hook == HOOK_DESTROY)
		return;
	run = matched_run(&entry);
	if (rec->head.hook == HOOK_FREE) {
		map = matched_map(&entry);
		set_memory_error(correlator, teardown_tracker_start(correlator->tracker, &map, &run,
								    &contents, rec->head.memcg_id));
	} else {
		set_memory_error(correlator,
				 deferred_frees_start(teardown_tracker_frees(correlator->tracker),
						      rec->key, &run));
	}
}

static void add_freed(struct correlator *correlator, const struct record_freed *freed)
{
	struct record_call ret = {.head = freed->head};

	ret.head.type = RECORD_RETURN;
	correlator->freed = freed;
	add_call(correlator, &ret);
	correlator->freed = NULL;
}

static void add_queued(struct correlator *correlator, const struct record_head *head)
{
	if (head->hook == HOOK_FREE && correlator->releases)
		map_releases_queued(correlator->releases, head->map, head->ts_ns);
	else if (head->hook == HOOK_PROG_PUT && correlator->releases)
		map_releases_prog_queued(correlator->releases, head->arg, head->ts_ns);
	else if (head->hook == HOOK_DEFERRED_FREE && correlator->tracker)
		set_memory_error(
			correlator,
			deferred_frees_queued(teardown_tracker_frees(correlator->tracker), head));
}

/* A map that is being freed has no id any more; it is the outer map of those in it. */
static int add_holder(struct correlator *correlator, struct record_holder *rec)
{
	struct map_info outer = {.address = rec->head.arg};

	if (rec->head.hook == HOOK_INNER_PUT && !rec->id && correlator->tracker) {
		teardown_tracker_identify(correlator->tracker, rec->head.tid, &outer);
		rec->id = outer.identity.map_id;
	}
	return map_releases_add_holder(correlator->releases, rec);
}

/* A record that is no other is a cgroup's or a user stack's, or damaged. */
static int add_long(struct correlator *correlator, const void *data, size_t size)
{
	struct record_user_stack stack;
	char path[CGROUP_PATH_SIZE];
	__u64 id;

	if (correlator->releases && !decode_cgroup(data, size, &id, path))
		return map_releases_add_cgroup(correlator->releases, id, path);
	if (correlator->releases && !decode_user_stack(data, size, &stack)) {
		if (correlator->ops->name_stack)
			map_releases_add_stack(
				correlator->releases, &stack.head,
				correlator->ops->name_stack(correlator->ctx, &stack));
		return 0;
	}
	correlator->bad_records++;
	return -EBADMSG;
}

int correlator_add(struct correlator *correlator, const void *data, size_t size)
{
	union record rec;
	int err = decode_record(data, size, &rec);

	correlator->memory_err = 0;
	if (err)
		return add_long(correlator, data, size);
	if (rec.head.type == RECORD_RELEASE) {
		if (correlator->releases)
			set_memory_error(correlator,
					 map_releases_add(correlator->releases, &rec.release));
	} else if (rec.head.type == RECORD_HOLDER) {
		if (correlator->releases)
			set_memory_error(correlator, add_holder(correlator, &rec.holder));
	} else if (rec.head.type == RECORD_QUEUE) {
		add_queued(correlator, &rec.head);
	} else if (rec.head.type == RECORD_FREED && correlator->matchers[rec.head.hook]) {
		add_freed(correlator, &rec.freed);
	} else if (correlator->matchers[rec.head.hook]) {
		add_call(correlator, &rec.call);
	} else {
		correlator->bad_records++;
		return -EBADMSG;
	}
	return correlator->memory_err;
}

void correlator_flush(struct correlator *correlator)
{
	correlator->flushing = true;
	for (int i = 0; i < NR_CALL_HOOKS; i++)
		if (correlator->matchers[i])
			call_matcher_flush(correlator->matchers[i]);
	if (correlator->tracker)
		teardown_tracker_flush(correlator->tracker);
}

int correlator_error(const struct correlator *correlator)
{
	return correlator->err;
}

bool correlator_waits(struct correlator *correlator, __u64 before_ns)
{
	for (int i = 0; i < NR_CALL_HOOKS; i++)
		if (correlator->matchers[i] &&
		    call_matcher_for_each_overdue(correlator->matchers[i], before_ns, true, NULL,
						  NULL))
			return true;
	if (!correlator->tracker)
		return false;
	if (correlator_sees_starts(correlator, HOOK_FREE) &&
	    map_releases_for_each_overdue(correlator->releases, before_ns, true, NULL, NULL))
		return true;
	return correlator_sees_starts(correlator, HOOK_DEFERRED_FREE) &&
	       deferred_frees_for_each_overdue(teardown_tracker_frees(correlator->tracker),
					       before_ns, true, NULL, NULL);
}

struct wait_visit {
	pending_fn *each;
	void *ctx;
};

static void hand_over_wait(void *ctx, const struct map_info *map)
{
	const struct wait_visit *visit = ctx;
	const struct pending pending = {
		.map = map,
		.phase = PHASE_WAIT,
		.since_ns = map->identity.released_ns,
	};

	visit->each(visit->ctx, &pending);
}

bool correlator_for_each_pending(const struct correlator *correlator, pending_fn *each, void *ctx)
{
	struct wait_visit visit = {each, ctx};
	bool waits_known;

	if (!correlator->tracker)
		return false;
	waits_known = correlator_sees_starts(correlator, HOOK_FREE);
	if (waits_known)
		map_releases_for_each_overdue(correlator->releases, UNKNOWN_NS, true,
					      hand_over_wait, &visit);
	teardown_tracker_for_each_pending(correlator->tracker, each, ctx);
	return waits_known;
}

/* From start to end */

static int open_matchers(struct correlator *correlator, enum view view)
{
	static const call_matcher_fn fns[NR_CALL_HOOKS] = {on_destroy, on_free, on_deferred};
	int nr = view == VIEW_CALLS ? 1 : NR_CALL_HOOKS, i;

	for (i = 0; i < nr; i++) {
		correlator->matchers[i] = call_matcher_new(fns[i], correlator);
		if (!correlator->matchers[i])
			return -ENOMEM;
	}
	return 0;
}

static int open_tracker(struct correlator *correlator, const struct correlator_options *opts)
{
	bool teardowns = opts->view != VIEW_CALLS;

	if (opts->identity || teardowns) {
		correlator->releases = map_releases_new(opts->max_releases);
		if (!correlator->releases)
			return -ENOMEM;
		if (opts->forgets_cgroups)
			map_releases_forget_cgroups(correlator->releases);
	}
	correlator->tracker_ops = (struct teardown_tracker_ops){
		.teardown = on_teardown,
		.deferred_free = on_deferred_free,
		.sees_all = sees_all,
		.start_ns = opts->start_ns,
		.kernel = opts->kernel,
	};
	if (teardowns)
		correlator->tracker = teardown_tracker_new(correlator->releases,
							   &correlator->tracker_ops, correlator);
	return teardowns && !correlator->tracker ? -ENOMEM : 0;
}

struct correlator *correlator_new(const struct correlator_options *opts,
				  const struct event_sink *sink, const struct correlator_ops *ops,
				  void *ctx)
{
	struct correlator *correlator = calloc(1, sizeof(*correlator));

	if (!correlator)
		return NULL;
	correlator->sink = sink;
	correlator->ops = ops;
	correlator->ctx = ctx;
	if (open_matchers(correlator, opts->view) || open_tracker(correlator, opts)) {
		correlator_free(correlator);
		return NULL;
	}
	return correlator;
}

void correlator_free(struct correlator *correlator)
{
	if (!correlator)
		return;
	teardown_tracker_free(correlator->tracker);
	map_releases_free(correlator->releases);
	for (int i = 0; i < NR_CALL_HOOKS; i++)
		call_matcher_free(correlator->matchers[i]);
	free(correlator);
}
