// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "correlate/call_matcher.h"
#include "correlate/decode.h"
#include "correlate/map_releases.h"
#include "correlate/teardown_tracker.h"
#include "trace/ring_reader.h"
#include "trace/session.h"
#include "trace/signals.h"
#include "trace/stuck_detector.h"
#include "util/clock.h"
#include "util/diag.h"
#include "util/macros.h"

/* How often a sink is asked if it is done, when it has nothing to say so by. */
#define PACE_NS (20 * 1000000ULL)
/* After the end, for calls that are under way to return. */
#define GRACE_NS (500 * 1000000ULL)
/* Records taken before signals and clocks are looked at again. */
#define BATCH 4096
/* What waits in memory, at most, while a sink is slower than what happens: bytes. */
#define BACKLOG ((size_t)256 << 20)
/* How often it is looked for what hangs. */
#define LOOK_NS	  (NSEC_PER_SEC / 2)
#define NO_MEMORY "out of memory: "
/* Maps of which it is remembered who let go of them, while they are not freed. */
#define MAX_RELEASES 16384

struct session {
	const struct trace_options *opts;
	struct probe *probe;
	struct ksyms *ksyms;
	struct event_sink sink;
	const struct run_ops *run;
	struct call_matcher *matcher[NR_CALL_HOOKS]; /* NULL for what is not probed */
	struct map_releases *releases; /* NULL if it is not asked who let go of a map */
	struct teardown_tracker_ops ops;
	struct teardown_tracker *tracker; /* NULL if calls are shown */
	struct ring_reader *ring_reader;
	bool ending;	   /* no more is waited for */
	bool flushing;	   /* nor will anything be complete any more */
	bool warned;	   /* that what hangs may not */
	int signals;	   /* readable when one of those that end a run has come */
	__u64 looked_ns;   /* when it was last looked for what hangs */
	__u64 stuck;	   /* what did */
	__u64 still_stuck; /* and does when the run ends */
	__u64 bad_records;
	int err; /* why no more can be reported */
};

/* Has a signal come that ends the run? */
static bool signal_ends(const struct session *session)
{
	bool to_group;
	int came = signals_take(&to_group);

	if (!came)
		return false;
	return !session->run->signalled ||
	       !session->run->signalled(session->sink.ctx, came, to_group);
}

/* What could not be reported ends the run. */
static void took(struct session *session, int err)
{
	if (err && !session->err)
		session->err = err;
}

static void add_destroy(struct session *session, const struct call *call)
{
	if (teardown_tracker_destroy(session->tracker, call))
		diag_warn(NO_MEMORY "a destroy call was cut from its teardown");
}

static void on_destroy(void *ctx, struct call *call)
{
	struct session *session = ctx;
	const struct event_sink *sink = &session->sink;

	if (session->tracker)
		add_destroy(session, call);
	if (!sink->ops->call || session->err)
		return;
	if (call->caller.address)
		call->caller.name =
			ksyms_find(session->ksyms, call->caller.address, &call->caller.offset);
	if (session->releases && call->map.address)
		map_releases_identify(session->releases, &call->map, NULL);
	/* What is being freed has been forgotten there. */
	if (session->tracker)
		teardown_tracker_identify(session->tracker, call->task.tid, &call->map);
	took(session, sink->ops->call(sink->ctx, call));
}

/* A destroy call of which the return has not been seen is over once the worker is. */
static void end_destroy(struct session *session, const struct call *free)
{
	const struct record_call *entry =
		call_matcher_waits(session->matcher[HOOK_DESTROY], free->task.tid);
	struct call call;

	if (!entry || !entry->head.map || entry->head.map != free->map.address)
		return;
	call = call_matcher_call_of(entry);
	call.ts_ns = entry->head.ts_ns;
	teardown_tracker_destroy(session->tracker, &call);
}

static struct worker_run run_of(const struct call *call)
{
	return (struct worker_run){call->ts_ns, call->latency_ns, call->task};
}

static void on_free(void *ctx, struct call *call)
{
	const struct worker_run run = run_of(call);
	struct session *session = ctx;

	/* At the end, what is under way is told by teardown_tracker_flush(). */
	if (session->flushing)
		return;
	end_destroy(session, call);
	if (teardown_tracker_end(session->tracker, &call->map, &run))
		diag_warn(NO_MEMORY "a teardown was left out");
}

static void on_reclaim(void *ctx, struct call *call)
{
	const struct worker_run run = run_of(call);
	struct session *session = ctx;

	if (!session->flushing && teardown_tracker_deferred_end(session->tracker, call->key, &run))
		diag_warn(NO_MEMORY "a deferred end was left out");
}

static void on_teardown(void *ctx, const struct teardown *teardown)
{
	struct session *session = ctx;
	const struct event_sink *sink = &session->sink;

	if (sink->ops->teardown && !session->err)
		took(session, sink->ops->teardown(sink->ctx, teardown));
}

static void on_reclaimed(void *ctx, const struct deferred_free *reclaim)
{
	struct session *session = ctx;
	const struct event_sink *sink = &session->sink;

	if (sink->ops->deferred_free && !session->err)
		took(session, sink->ops->deferred_free(sink->ctx, reclaim));
}

static bool sees_all(void *ctx, enum hook hook)
{
	struct session *session = ctx;
	struct hook_counts counts;

	probe_count_hook(session->probe, hook, &counts);
	return counts.attached && !counts.lost && !counts.missed && !counts.lost_return &&
	       !counts.missed_return;
}

/*
 * A call whose return was missed looks as if it hung. Kretprobes miss many on a real-time kernel:
 * each has but some instances, and there the callers sleep in the function.
 */
static void warn_of_missed_returns(struct session *session)
{
	struct hook_counts counts;
	enum hook hook;

	for (hook = 0; hook < NR_CALL_HOOKS && !session->warned; hook++) {
		probe_count_hook(session->probe, hook, &counts);
		if (!session->matcher[hook] || !counts.missed_return ||
		    counts.missed_return == LEDGER_UNKNOWN)
			continue;
		diag_warn("the kernel missed %llu returns of %s(): what is said to be stuck may "
			  "have ended",
			  counts.missed_return, counts.function);
		session->warned = true;
	}
}

static void on_stuck(void *ctx, const struct stuck *stuck)
{
	struct session *session = ctx;
	const struct event_sink *sink = &session->sink;

	if (!sink->ops->stuck ||
	    (session->run->wants_stuck && !session->run->wants_stuck(sink->ctx, &stuck->map)))
		return;
	if (stuck->in_worker)
		warn_of_missed_returns(session);
	session->stuck += !session->ending;
	session->still_stuck += session->ending;
	if (!session->err)
		took(session, sink->ops->stuck(sink->ctx, stuck));
}

static void add_call(struct session *session, const struct record_call *rec)
{
	struct call_matcher *matcher = session->matcher[rec->head.hook];
	struct worker_run run;
	struct call call;

	if (!matcher) {
		session->bad_records++;
		return;
	}
	if (call_matcher_add(matcher, rec))
		diag_warn(NO_MEMORY "a call was cut from its return");
	if (rec->head.type != RECORD_ENTRY)
		return;
	call = call_matcher_call_of(rec);
	call.ts_ns = rec->head.ts_ns;
	run = run_of(&call);
	if (rec->head.hook == HOOK_FREE &&
	    teardown_tracker_start(session->tracker, &call.map, &run, call.entries))
		diag_warn(NO_MEMORY "a teardown was left out");
	if (rec->head.hook == HOOK_DEFERRED_FREE &&
	    teardown_tracker_deferred_start(session->tracker, call.key, &run))
		diag_warn(NO_MEMORY "a deferred free was left out");
}

static void add_queued(struct session *session, const struct record_head *head)
{
	if (head->hook == HOOK_FREE && session->releases)
		map_releases_queued(session->releases, head->map, head->ts_ns);
	else if (head->hook == HOOK_DEFERRED_FREE && session->tracker)
		if (teardown_tracker_queued(session->tracker, head))
			diag_warn(NO_MEMORY "what a destroy call left was lost sight of");
}

static void add_record(void *ctx, const void *data, size_t size)
{
	struct session *session = ctx;
	union record rec;

	if (decode_record(data, size, &rec)) {
		session->bad_records++;
		return;
	}
	switch (rec.head.type) {
	case RECORD_RELEASE:
		if (session->releases && map_releases_add(session->releases, &rec.release))
			diag_warn(NO_MEMORY "it was forgotten who let go of a map");
		break;
	case RECORD_QUEUE:
		add_queued(session, &rec.head);
		break;
	default:
		add_call(session, &rec.call);
	}
}

/* True: there may be more. */
static bool drain(struct session *session)
{
	return ring_reader_take(session->ring_reader, BATCH, add_record, session) == BATCH;
}

/* 0 is never. */
static __u64 earliest(__u64 a, __u64 b)
{
	return !a || (b && b < a) ? b : a;
}

/* Tells of what hangs, for the first time or, at the end, of all that still does. */
static void look_for_stuck(struct session *session, __u64 now, bool again)
{
	const struct stuck_search stuck = {
		.probe = session->probe,
		.ksyms = session->ksyms,
		.matcher = session->matcher,
		.releases = session->releases,
		.tracker = session->tracker,
		.again = again,
		.fn = on_stuck,
		.ctx = session,
	};

	if (!session->opts->stuck_ns)
		return;
	stuck_detector_look(&stuck, now, again ? 0 : session->looked_ns, session->opts->stuck_ns);
	session->looked_ns = now;
}

/* When to look again, though nothing comes; 0: never. */
static __u64 next_look(struct session *session, __u64 now)
{
	if (!session->run->outlet)
		return now + PACE_NS;
	return session_waits(session, now) ? now + LOOK_NS : 0;
}

/* Waits for a record, a signal, the end of those who read the output; until then, unless 0. */
static void wait_till(struct session *session, __u64 now, __u64 until_ns)
{
	const struct event_sink *sink = &session->sink;
	__u64 wait = until_ns > now ? until_ns - now : 0;
	const struct timespec timeout = {
		.tv_sec = wait / NSEC_PER_SEC,
		.tv_nsec = wait % NSEC_PER_SEC,
	};
	struct pollfd fds[] = {
		{.fd = ring_reader_fd(session->ring_reader), .events = POLLIN},
		{.fd = session->signals, .events = POLLIN},
		{.fd = session->run->outlet ? session->run->outlet(sink->ctx) : -1},
	};

	ppoll(fds, ARRAY_SIZE(fds), until_ns ? &timeout : NULL, NULL);
}

static void watch(struct session *session)
{
	const struct run_ops *run = session->run;
	const struct event_sink *sink = &session->sink;
	__u64 duration = session->opts->duration_ns, start = clock_now_ns(), next = start;
	__u64 end = duration ? start + duration : 0;

	for (;;) {
		bool more = drain(session);
		__u64 now = clock_now_ns();

		if (!more && now - session->looked_ns >= LOOK_NS)
			look_for_stuck(session, now, false);
		if (!more && run->drained && !session->err)
			took(session, run->drained(sink->ctx));
		if (session->err || run->done(sink->ctx) || (end && now >= end))
			return;
		if (next && now >= next)
			took(session, run->tick(sink->ctx, now, &next));
		if (!more)
			wait_till(session, now,
				  earliest(earliest(end, next), next_look(session, now)));
		if (signal_ends(session))
			return;
	}
}

/* What waits in memory, which may take long where whoever reads the output does. */
static void hand_on(struct session *session)
{
	__u64 tell_ns = clock_now_ns() + SIGNALS_PATIENCE_NS;

	while (drain(session)) {
		if (!tell_ns || clock_now_ns() < tell_ns)
			continue;
		diag_info("writing what has not been yet; Ctrl-C gives it up");
		tell_ns = 0;
	}
}

/* Sees off the calls under way, so that the end of the run cuts no call in two if it can help. */
static void wind_up(struct session *session)
{
	__u64 deadline = clock_now_ns() + GRACE_NS;
	const struct timespec pause = {.tv_nsec = 2000000};

	probe_stop(session->probe);
	ring_reader_end(session->ring_reader);
	signals_end();
	while (probe_in_progress(session->probe) && clock_now_ns() < deadline) {
		drain(session);
		nanosleep(&pause, NULL);
	}
	hand_on(session);
	look_for_stuck(session, clock_now_ns(), false);
	session->ending = true;
	if (session->stuck)
		look_for_stuck(session, clock_now_ns(), true);
	probe_for_each_parked(session->probe, add_record, session);
}

/* Returns that were missed or lost, and have not turned up as such yet. */
static __u64 unexplained(__u64 missed, __u64 lost, __u64 entry_only)
{
	__u64 gone;

	if (missed == LEDGER_UNKNOWN)
		return LEDGER_UNKNOWN;
	gone = missed + lost;
	return gone > entry_only ? gone - entry_only : 0;
}

/*
 * A call that waits for its return is still running if no return can have been missed. If one can,
 * nothing tells which it is, and only the entry was seen of it, in any case.
 */
static void decide_running(__u64 waiting, __u64 unexplained_returns, __u64 *running,
			   __u64 *entry_only)
{
	if (!waiting || !unexplained_returns) {
		*running = waiting;
	} else {
		*running = LEDGER_UNKNOWN;
		*entry_only += waiting;
	}
}

static void fill_ledger(const struct session *session, struct ledger *ledger)
{
	const struct call_matcher *matcher = session->matcher[HOOK_DESTROY];
	__u64 missed;

	probe_count_destroy(session->probe, ledger);
	ledger->completed = call_matcher_completed(matcher);
	ledger->entry_only = call_matcher_entry_only(matcher);
	ledger->return_only = call_matcher_return_only(matcher);
	ledger->bad_records = session->bad_records;
	ledger->stuck = session->stuck;
	ledger->still_stuck = session->still_stuck;
	missed = ledger->missed_return == LEDGER_UNKNOWN
			 ? LEDGER_UNKNOWN
			 : ledger->missed_return + ledger->probe_missed_return;
	decide_running(call_matcher_waiting(matcher),
		       unexplained(missed, ledger->lost_return, ledger->entry_only),
		       &ledger->still_running, &ledger->entry_only);
}

/*
 * Maps, at least, of which it is known that they were let go of unseen: several points tell of the
 * same one.
 */
static __u64 released_unseen(const struct hook_counts *hooks)
{
	__u64 most = 0, unseen;
	int hook;

	for (hook = HOOK_PUT; hook <= HOOK_RELEASE; hook++) {
		unseen = hooks[hook].lost;
		if (hooks[hook].missed != LEDGER_UNKNOWN)
			unseen += hooks[hook].missed;
		if (unseen > most)
			most = unseen;
	}
	return most;
}

static void fill_teardown_ledger(const struct session *session, const struct hook_counts *hooks,
				 struct teardown_ledger *ledger)
{
	const struct hook_counts *free = &hooks[HOOK_FREE];
	__u64 running;

	teardown_tracker_count(session->tracker, ledger);
	running = ledger->running;
	ledger->started = free->taken;
	ledger->lost = free->lost;
	ledger->missed = free->missed;
	/* Unless one may have been begun unseen, or let go of unseen and not turned up since. */
	if ((ledger->waiting && (free->lost || free->missed)) ||
	    released_unseen(hooks) + ledger->forgotten > ledger->no_release)
		ledger->waiting = LEDGER_UNKNOWN;
	decide_running(running,
		       unexplained(free->missed_return, free->lost_return, ledger->start_only),
		       &ledger->running, &ledger->start_only);
}

static int open_pairs(struct session *session)
{
	static const call_matcher_call_fn call_fns[NR_CALL_HOOKS] = {on_destroy, on_free,
								     on_reclaim};
	int nr_paired = session->opts->view == VIEW_CALLS ? 1 : NR_CALL_HOOKS, i;

	for (i = 0; i < nr_paired; i++) {
		session->matcher[i] = call_matcher_new(call_fns[i], session);
		if (!session->matcher[i])
			return -ENOMEM;
	}
	return 0;
}

static int open_teardowns(struct session *session)
{
	if (session->opts->identity) {
		session->releases = map_releases_new(MAX_RELEASES);
		if (!session->releases)
			return -ENOMEM;
	}
	if (session->opts->view == VIEW_CALLS)
		return 0;
	session->ops = (struct teardown_tracker_ops){
		.teardown = on_teardown,
		.reclaim = on_reclaimed,
		.sees_all = sees_all,
		.start_ns = clock_now_ns(),
	};
	session->tracker = teardown_tracker_new(session->releases, &session->ops, session);
	return session->tracker ? 0 : -ENOMEM;
}

int session_open(struct session **out, const struct trace_options *opts, struct probe *probe,
		 struct ksyms *ksyms, const struct event_sink *sink, const struct run_ops *run)
{
	struct session *session = calloc(1, sizeof(*session));
	int err = session ? 0 : -ENOMEM;

	if (!err) {
		session->opts = opts;
		session->probe = probe;
		session->ksyms = ksyms;
		session->sink = *sink;
		session->run = run;
		session->signals = -1;
		err = open_pairs(session);
	}
	if (!err)
		err = open_teardowns(session);
	if (!err)
		err = ring_reader_open(&session->ring_reader, probe, BACKLOG);
	if (!err) {
		session->signals = signals_open();
		err = session->signals < 0 ? session->signals : 0;
	}
	if (err) {
		diag_error("cannot set out to read the ring buffer: %s", strerror(-err));
		session_close(session);
		return err;
	}
	*out = session;
	return 0;
}

void session_close(struct session *session)
{
	int i;

	if (!session)
		return;
	ring_reader_close(session->ring_reader);
	teardown_tracker_free(session->tracker);
	map_releases_free(session->releases);
	for (i = 0; i < NR_CALL_HOOKS; i++)
		call_matcher_free(session->matcher[i]);
	if (session->signals >= 0)
		signals_close();
	free(session);
}

/* Hands on what will not be complete any more. */
static void flush(struct session *session)
{
	int i;

	session->flushing = true;
	for (i = 0; i < NR_CALL_HOOKS; i++)
		if (session->matcher[i])
			call_matcher_flush(session->matcher[i]);
	if (session->tracker)
		teardown_tracker_flush(session->tracker);
}

int session_run(struct session *session)
{
	watch(session);
	wind_up(session);
	flush(session);
	return session->err;
}

void session_count(const struct session *session, struct ledger *ledger,
		   struct teardown_counts *counts)
{
	enum hook hook;

	memset(ledger, 0, sizeof(*ledger));
	fill_ledger(session, ledger);
	memset(counts, 0, sizeof(*counts));
	for (hook = 0; hook < NR_HOOKS; hook++)
		probe_count_hook(session->probe, hook, &counts->hooks[hook]);
	if (!session->tracker)
		return;
	fill_teardown_ledger(session, counts->hooks, &counts->ledger);
	/* They are only told from others once no more is to come. */
	if (!session->flushing)
		counts->ledger.running = LEDGER_UNKNOWN;
}

static void found_call(void *ctx, struct call *call)
{
	(void)call;
	*(bool *)ctx = true;
}

static void found_release(void *ctx, const struct released *released)
{
	(void)released;
	*(bool *)ctx = true;
}

static void found_copy(void *ctx, const struct teardown *teardown, const struct destroy *destroy)
{
	(void)teardown;
	(void)destroy;
	*(bool *)ctx = true;
}

bool session_waits(struct session *session, __u64 before_ns)
{
	bool found = false;
	int i;

	for (i = 0; i < NR_CALL_HOOKS; i++)
		if (session->matcher[i])
			call_matcher_for_each_overdue(session->matcher[i], before_ns, true,
						      found_call, &found);
	if (session->releases)
		map_releases_for_each_overdue(session->releases, before_ns, true, found_release,
					      &found);
	if (session->tracker)
		teardown_tracker_for_each_overdue(session->tracker, before_ns, true, found_copy,
						  &found);
	return found;
}
