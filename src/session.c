// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>

#include <bpf/libbpf.h>

#include "decode.h"
#include "diag.h"
#include "pair.h"
#include "session.h"

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

struct session {
	const struct options *opts;
	struct probe *probe;
	const struct ksyms *ksyms;
	struct report *report;
	struct pair *pair;
	struct ring_buffer *ring;
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

static void on_call(void *ctx, struct call *call)
{
	struct session *session = ctx;
	int err;

	if (call->caller)
		call->caller_name = ksyms_find(session->ksyms, call->caller, &call->caller_offset);
	if (session->err)
		return;
	err = report_call(session->report, call);
	if (err)
		session->err = err;
}

static void add_record(void *ctx, const void *data, size_t size)
{
	struct session *session = ctx;
	struct record_call rec;

	if (decode_record(data, size, &rec))
		session->bad_records++;
	else if (pair_add(session->pair, &rec))
		diag_warn("out of memory: a call was cut from its return");
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

static void watch(struct session *session)
{
	const struct options *opts = session->opts;
	__u64 start = now_ns();
	__u64 end = opts->duration_ns ? start + opts->duration_ns : 0;
	__u64 table = opts->interval_ns ? start + opts->interval_ns : 0;

	for (;;) {
		bool more = drain(session);
		__u64 now = now_ns();

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
	probe_for_each_parked(session->probe, add_record, session);
}

/* Calls of which the return was missed or lost, and which have not turned up as such yet. */
static __u64 unexplained_returns(const struct ledger *ledger)
{
	__u64 gone;

	if (ledger->missed_return == LEDGER_UNKNOWN)
		return LEDGER_UNKNOWN;
	gone = ledger->missed_return + ledger->probe_missed_return + ledger->lost_return;
	return gone > ledger->entry_only ? gone - ledger->entry_only : 0;
}

static void fill_ledger(struct session *session, struct ledger *ledger)
{
	__u64 waiting = pair_waiting(session->pair);

	probe_count(session->probe, ledger);
	ledger->completed = pair_completed(session->pair);
	ledger->entry_only = pair_entry_only(session->pair);
	ledger->return_only = pair_return_only(session->pair);
	ledger->bad_records = session->bad_records;
	/*
	 * A call that waits for its return is still running if no return can have been missed.
	 * If one can, nothing tells which it is, and only the entry was seen of it, in any case.
	 */
	if (!waiting || !unexplained_returns(ledger)) {
		ledger->still_running = waiting;
	} else {
		ledger->still_running = LEDGER_UNKNOWN;
		ledger->entry_only += waiting;
	}
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
	struct ledger ledger = {};
	int err;

	session.pair = pair_new(on_call, &session);
	session.ring = ring_buffer__new(probe_records_fd(probe), on_record, &session, NULL);
	if (!session.pair || !session.ring) {
		err = session.pair ? -errno : -ENOMEM;
		diag_error("cannot read the ring buffer: %s", strerror(-err));
	} else {
		watch(&session);
		wind_up(&session);
		fill_ledger(&session, &ledger);
		pair_flush(session.pair);
		err = report_end(report, &ledger, session.err);
	}
	ring_buffer__free(session.ring);
	pair_free(session.pair);
	return err;
}
