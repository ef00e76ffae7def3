// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include <bpf/libbpf.h>

#include "decode.h"
#include "diag.h"
#include "pair.h"
#include "releases.h"
#include "session.h"
#include "stuck.h"
#include "teardowns.h"

#define NS_PER_SEC 1000000000ULL

/*
 * The programs wake nobody up (see the head of memdestroy_trace.bpf.c), so the ring buffer is
 * looked at this often: a reader that finds nothing costs next to nothing.
 */
#define PACE_NS (20 * 1000000ULL)
/* After the end, for calls that are under way to return. */
#define GRACE_NS (500 * 1000000ULL)
/* Records taken before signals and clocks are looked at again. */
#define BATCH	     4096
#define MORE_TO_COME (-EAGAIN)
/* How often it is looked for what hangs. */
#define LOOK_NS	  (NS_PER_SEC / 2)
#define NO_MEMORY "out of memory: "
/* Maps of which it is remembered who let go of them, while they are not freed. */
#define MAX_RELEASES 16384

struct session {
	const struct options *opts;
	struct probe *probe;
	const struct ksyms *ksyms;
	struct report *report;
	struct pair *pair[NR_PAIRED]; /* NULL for what is not probed */
	struct releases *releases;    /* NULL if it is not asked who let go of a map */
	struct teardowns_ops ops;
	struct teardowns *teardowns; /* NULL if calls are shown */
	struct ring_buffer *ring;
	bool ending;	   /* no more is waited for */
	bool flushing;	   /* nor will anything be complete any more */
	__u64 looked_ns;   /* when it was last looked for what hangs */
	__u64 stuck;	   /* what did */
	__u64 still_stuck; /* and does when the run ends */
	__u64 bad_records;
	unsigned int batch;
	int err; /* why no more can be reported */
};

static sigset_t ending_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	return set;
}

void session_block_signals(void)
{
	sigset_t set = ending_signals();

	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN); /* writing tells */
}

static __u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_SEC + now.tv_nsec;
}

/* Waits until then at most. True: a signal came that ends the run. */
static bool ended_by_signal(__u64 until_ns)
{
	sigset_t set = ending_signals();
	__u64 now = now_ns(), wait = until_ns > now ? until_ns - now : 0;
	struct timespec timeout = {.tv_sec = wait / NS_PER_SEC, .tv_nsec = wait % NS_PER_SEC};

	return sigtimedwait(&set, NULL, &timeout) > 0;
}

/* What could not be reported ends the run. */
static void took(struct session *session, int err)
{
	if (err && !session->err)
		session->err = err;
}

static void on_destroy(void *ctx, struct call *call)
{
	struct session *session = ctx;

	if (session->teardowns) {
		if (teardowns_destroy(session->teardowns, call))
			diag_warn(NO_MEMORY "a destroy call was cut from its teardown");
		return;
	}
	if (call->caller)
		call->caller_name = ksyms_find(session->ksyms, call->caller, &call->caller_offset);
	if (session->releases && call->map)
		releases_find(session->releases, call->map, &call->identity, NULL);
	if (!session->err)
		took(session, report_call(session->report, call));
}

/* A destroy call of which the return has not been seen is over once the worker is. */
static void end_destroy(struct session *session, const struct call *free)
{
	const struct record_call *entry = pair_waits(session->pair[POINT_DESTROY], free->tid);
	struct call call;

	if (!entry || !entry->head.map || entry->head.map != free->map)
		return;
	call = pair_call_of(entry);
	call.ts_ns = entry->head.ts_ns;
	teardowns_destroy(session->teardowns, &call);
}

static void on_free(void *ctx, struct call *call)
{
	struct session *session = ctx;

	/* At the end, what is under way is told by teardowns_flush(). */
	if (session->flushing)
		return;
	end_destroy(session, call);
	if (teardowns_end(session->teardowns, call))
		diag_warn(NO_MEMORY "a teardown was left out");
}

static void on_reclaim(void *ctx, struct call *call)
{
	struct session *session = ctx;

	if (!session->flushing && teardowns_reclaim(session->teardowns, call))
		diag_warn(NO_MEMORY "a deferred end was left out");
}

static void on_teardown(void *ctx, const struct teardown *teardown)
{
	struct session *session = ctx;

	if (!session->err)
		took(session, report_teardown(session->report, teardown));
}

static void on_reclaimed(void *ctx, const struct reclaim *reclaim)
{
	struct session *session = ctx;

	if (!session->err)
		took(session, report_reclaim(session->report, reclaim));
}

static bool sees_all(void *ctx, enum point point)
{
	struct session *session = ctx;
	struct point_counts counts;

	probe_count_point(session->probe, point, &counts);
	return counts.attached && !counts.lost && !counts.missed && !counts.lost_return &&
	       !counts.missed_return;
}

static void on_hang(void *ctx, const struct hang *hang)
{
	struct session *session = ctx;

	if (!report_wants_hang(session->report, &hang->call))
		return;
	session->stuck += !session->ending;
	session->still_stuck += session->ending;
	if (!session->err)
		took(session, report_hang(session->report, hang));
}

static void add_call(struct session *session, const struct record_call *rec)
{
	struct pair *pair = session->pair[rec->head.point];
	struct call call;

	if (!pair) {
		session->bad_records++;
		return;
	}
	if (pair_add(pair, rec))
		diag_warn(NO_MEMORY "a call was cut from its return");
	if (rec->head.type != RECORD_ENTRY)
		return;
	call = pair_call_of(rec);
	call.ts_ns = rec->head.ts_ns;
	if (rec->head.point == POINT_FREE && teardowns_start(session->teardowns, &call))
		diag_warn(NO_MEMORY "a teardown was left out");
	if (rec->head.point == POINT_RECLAIM && teardowns_reclaim_start(session->teardowns, &call))
		diag_warn(NO_MEMORY "a deferred free was left out");
}

static void add_queued(struct session *session, const struct record_head *head)
{
	if (head->point == POINT_FREE && session->releases)
		releases_queued(session->releases, head->map, head->ts_ns);
	else if (head->point == POINT_RECLAIM && session->teardowns)
		if (teardowns_queued(session->teardowns, head->arg))
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
		if (session->releases && releases_add(session->releases, &rec.release))
			diag_warn(NO_MEMORY "it was forgotten who let go of a map");
		break;
	case RECORD_QUEUE:
		add_queued(session, &rec.head);
		break;
	default:
		add_call(session, &rec.call);
	}
}

static int on_record(void *ctx, void *data, size_t size)
{
	struct session *session = ctx;

	add_record(session, data, size);
	return ++session->batch % BATCH ? 0 : MORE_TO_COME;
}

/* True: there is more. */
static bool drain(struct session *session)
{
	session->batch = 0;
	return ring_buffer__consume(session->ring) == MORE_TO_COME;
}

static __u64 earliest(__u64 a, __u64 b)
{
	return b && b < a ? b : a;
}

/* Tells of what hangs, for the first time or, at the end, of all that still does. */
static void look_for_hangs(struct session *session, __u64 now, bool again)
{
	const struct stuck stuck = {
		.probe = session->probe,
		.ksyms = session->ksyms,
		.pair = session->pair,
		.releases = session->releases,
		.teardowns = session->teardowns,
		.again = again,
		.fn = on_hang,
		.ctx = session,
	};

	if (!session->opts->stuck_ns)
		return;
	stuck_look(&stuck, now, again ? 0 : session->looked_ns, session->opts->stuck_ns);
	session->looked_ns = now;
}

static void watch(struct session *session)
{
	const struct options *opts = session->opts;
	__u64 start = now_ns();
	__u64 end = opts->duration_ns ? start + opts->duration_ns : 0;
	__u64 table = opts->interval_ns ? start + opts->interval_ns : 0;

	for (;;) {
		bool more = drain(session);
		__u64 now = now_ns();

		if (!more && now - session->looked_ns >= LOOK_NS)
			look_for_hangs(session, now, false);
		if (session->err || report_abandoned(session->report) || (end && now >= end))
			return;
		if (table && now >= table) {
			session->err = report_interval(session->report);
			while (table <= now) /* a stopped machine may have slept through some */
				table += opts->interval_ns;
		}
		if (ended_by_signal(more ? now : earliest(earliest(now + PACE_NS, end), table)))
			return;
	}
}

/* Sees off the calls under way, so that the end of the run cuts no call in two if it can help. */
static void wind_up(struct session *session)
{
	__u64 deadline = now_ns() + GRACE_NS;
	const struct timespec pause = {.tv_nsec = 2000000};

	probe_stop(session->probe);
	while (probe_under_way(session->probe) && now_ns() < deadline) {
		drain(session);
		nanosleep(&pause, NULL);
	}
	while (drain(session))
		;
	look_for_hangs(session, now_ns(), false);
	session->ending = true;
	if (session->stuck)
		look_for_hangs(session, now_ns(), true);
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

static void fill_ledger(struct session *session, struct ledger *ledger)
{
	const struct pair *pair = session->pair[POINT_DESTROY];
	__u64 missed;

	probe_count(session->probe, ledger);
	ledger->completed = pair_completed(pair);
	ledger->entry_only = pair_entry_only(pair);
	ledger->return_only = pair_return_only(pair);
	ledger->bad_records = session->bad_records;
	ledger->stuck = session->stuck;
	ledger->still_stuck = session->still_stuck;
	missed = ledger->missed_return == LEDGER_UNKNOWN
			 ? LEDGER_UNKNOWN
			 : ledger->missed_return + ledger->probe_missed_return;
	decide_running(pair_waiting(pair),
		       unexplained(missed, ledger->lost_return, ledger->entry_only),
		       &ledger->still_running, &ledger->entry_only);
}

static void fill_teardown_counts(struct session *session, struct teardown_counts *counts)
{
	struct teardown_ledger *ledger = &counts->ledger;
	const struct point_counts *free = &counts->points[POINT_FREE];
	__u64 running;
	int point;

	for (point = 0; point < NR_POINTS; point++)
		probe_count_point(session->probe, point, &counts->points[point]);
	teardowns_count(session->teardowns, ledger);
	running = ledger->running;
	ledger->started = free->taken;
	ledger->lost = free->lost;
	ledger->missed = free->missed;
	/* Unless one may have been begun unseen. */
	if (ledger->waiting && (free->lost || free->missed))
		ledger->waiting = LEDGER_UNKNOWN;
	decide_running(running,
		       unexplained(free->missed_return, free->lost_return, ledger->start_only),
		       &ledger->running, &ledger->start_only);
}

static int session_open(struct session *session)
{
	static const pair_call_fn call_fns[NR_PAIRED] = {on_destroy, on_free, on_reclaim};
	int nr_paired = session->opts->view == VIEW_TEARDOWNS ? NR_PAIRED : 1, i;

	for (i = 0; i < nr_paired; i++) {
		session->pair[i] = pair_new(call_fns[i], session);
		if (!session->pair[i])
			return -ENOMEM;
	}
	if (session->opts->identity) {
		session->releases = releases_new(MAX_RELEASES);
		if (!session->releases)
			return -ENOMEM;
	}
	if (session->opts->view == VIEW_TEARDOWNS) {
		session->ops = (struct teardowns_ops){
			.teardown = on_teardown,
			.reclaim = on_reclaimed,
			.sees_all = sees_all,
			.start_ns = now_ns(),
		};
		session->teardowns = teardowns_new(session->releases, &session->ops, session);
		if (!session->teardowns)
			return -ENOMEM;
	}
	session->ring =
		ring_buffer__new(probe_records_fd(session->probe), on_record, session, NULL);
	return session->ring ? 0 : -errno;
}

static void session_close(struct session *session)
{
	int i;

	ring_buffer__free(session->ring);
	teardowns_free(session->teardowns);
	releases_free(session->releases);
	for (i = 0; i < NR_PAIRED; i++)
		pair_free(session->pair[i]);
}

/* Hands on what will not be complete any more. */
static void flush(struct session *session)
{
	int i;

	session->flushing = true;
	for (i = 0; i < NR_PAIRED; i++)
		if (session->pair[i])
			pair_flush(session->pair[i]);
	if (session->teardowns)
		teardowns_flush(session->teardowns);
}

int session_run(const struct options *opts, struct probe *probe, const struct ksyms *ksyms,
		struct report *report)
{
	struct session session = {
		.opts = opts,
		.probe = probe,
		.ksyms = ksyms,
		.report = report,
	};
	struct teardown_counts counts = {};
	struct ledger ledger = {};
	int err = session_open(&session);

	if (err) {
		diag_error("cannot read the ring buffer: %s", strerror(-err));
	} else {
		watch(&session);
		wind_up(&session);
		fill_ledger(&session, &ledger);
		flush(&session);
		if (session.teardowns)
			fill_teardown_counts(&session, &counts);
		err = report_end(report, &ledger, session.teardowns ? &counts : NULL, session.err);
	}
	session_close(&session);
	return err;
}
