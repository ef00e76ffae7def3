// SPDX-License-Identifier: GPL-2.0-only
/*
 * The loop of a trace: feeds records from the ring buffer to the correlator, and asks the sink's
 * owner and the clock when to end.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "correlate/correlator.h"
#include "model/ledger_figures.h"
#include "trace/privileges.h"
#include "trace/ring_reader.h"
#include "trace/session.h"
#include "trace/signals.h"
#include "trace/stack_text.h"
#include "trace/user_stacks.h"
#include "util/clock.h"
#include "util/diag.h"
#include "util/macros.h"

/* How often run_ops->done() is polled if there is no outlet. */
#define POLL_NS (20 * 1000000ULL)
/* After the end, for calls in progress to return. */
#define GRACE_NS (500 * 1000000ULL)
/* For workers to get to the function, without which it is not known whether it was seen. */
#define IN_FLIGHT_NS (5 * NSEC_PER_SEC)
/* Records that are taken between two looks at signals and clocks. */
#define BATCH		4096
#define MAX_PENDING	((size_t)256 << 20) /* see struct run_ops */
#define MUCH_PENDING	((size_t)4 << 20)   /* an eighth of what a recorder may hold */
#define STUCK_SEARCH_NS (NSEC_PER_SEC / 2)
/* The nice value of a session that falls behind; see docs/kernel.md, Priority. */
#define HURRY_NICE_PREEMPTIBLE (-5)
#define MAX_RELEASES	       16384
#define MAX_USER_STACKS	       4096
/* Few calls take longer: most that seem to have lost the record of their return. */
#define LOOK_NS NSEC_PER_SEC
/* Shorter destroy calls are not looked for in snapshots: the records before them have been read. */
#define SNAPSHOT_NS (100 * NSEC_PER_MSEC)

struct session {
	const struct trace_options *opts;
	struct probe *probe;
	struct ksyms *ksyms;
	struct user_stacks *user_stacks; /* NULL: not asked for */
	struct event_sink sink;
	const struct run_ops *run;
	struct correlator *correlator;
	struct ring_reader *ring_reader;
	bool warned;	  /* that stuck reports may be wrong */
	bool over;	  /* the run is */
	bool found_stuck; /* something was reported as stuck */
	bool hurries;	  /* the thread has a higher priority than usual */
	int usual_priority, hurry_priority;
	int signals;			 /* readable when a signal that ends a run has come */
	struct correlator_search search; /* for stuck calls; the last one */
};

/* Questions of the correlator */

static void count_hook(void *ctx, enum hook hook, struct hook_counts *counts)
{
	const struct session *session = ctx;

	prog_counts_hook(probe_counts(session->probe), hook, counts);
}

static void name_caller(void *ctx, struct caller *caller)
{
	const struct session *session = ctx;

	caller->name = ksyms_find_function(session->ksyms, caller->address, &caller->offset);
}

static const char *name_stack(void *ctx, const struct record_user_stack *stack)
{
	const struct session *session = ctx;

	return session->user_stacks ? user_stacks_text(session->user_stacks, stack) : NULL;
}

/* A call whose return was missed or lost may look stuck, if its thread does not show it. */
static void warn_of_missed_returns(struct session *session)
{
	struct hook_counts counts;
	enum hook hook;

	for (hook = 0; hook < NR_CALL_HOOKS && !session->warned; hook++) {
		prog_counts_hook(probe_counts(session->probe), hook, &counts);
		if (counts.missed_return == LEDGER_UNKNOWN)
			counts.missed_return = 0;
		if (!counts.attached || !(counts.missed_return + counts.lost_return))
			continue;
		diag_warn("%llu returns of %s() were missed by the kernel, and %llu were lost: "
			  "calls reported as stuck may have ended",
			  counts.missed_return, counts.function, counts.lost_return);
		session->warned = true;
	}
}

static bool look_at(void *ctx, __u32 tid, struct task_stack *thread)
{
	const struct session *session = ctx;

	return !probe_look_at(session->probe, tid, thread);
}

void session_stack(struct session *session, __u32 tid, char text[STACK_TEXT])
{
	struct task_stack thread;
	int err = probe_look_at(session->probe, tid, &thread);

	stack_text(text, STACK_TEXT, session->ksyms, thread.ip,
		   err || thread.size < 0 ? 0 : thread.size / sizeof(*thread.ip));
}

static bool complete_stuck(void *ctx, struct stuck *stuck)
{
	struct session *session = ctx;

	if (session->run->wants_stuck && !session->run->wants_stuck(session->sink.ctx, &stuck->map))
		return false;
	if (stuck->in_worker) {
		if (stuck->unsure)
			warn_of_missed_returns(session);
		session_stack(session, stuck->worker.tid, stuck->stack);
	}
	session->found_stuck = true;
	return true;
}

/* The loop */

static void add_record(void *ctx, const void *data, size_t size)
{
	struct session *session = ctx;

	if (correlator_add(session->correlator, data, size) == -ENOMEM)
		diag_warn("out of memory: part of a call or a teardown is missing");
}

/* While much waits, other processes get less of the processors. */
static void set_pace(struct session *session)
{
	size_t pending = ring_reader_pending(session->ring_reader);
	bool hurry = pending > (session->hurries ? MUCH_PENDING / 4 : MUCH_PENDING);

	if (hurry == session->hurries)
		return;
	session->hurries = hurry;
	setpriority(PRIO_PROCESS, 0, /* of this thread alone */
		    hurry ? session->hurry_priority : session->usual_priority);
}

/* True: there may be more. */
static bool drain(struct session *session)
{
	return ring_reader_take(session->ring_reader, BATCH, add_record, session) == BATCH;
}

/* Takes over the calls that have lasted since before this time. */
static void take_calls(struct session *session, __u64 before_ns)
{
	call_slots_take(probe_call_slots(session->probe), before_ns, add_record, session);
}

static void find_stuck(struct session *session, bool at_end)
{
	__u64 limit_ns = session->opts->stuck_ns, now_ns = clock_now_ns(), before_ns;

	session->search = (struct correlator_search){
		.now_ns = now_ns,
		.limit_ns = limit_ns,
		.at_end = at_end,
	};
	if (!limit_ns)
		return;
	before_ns = now_ns - (limit_ns < LOOK_NS ? limit_ns : LOOK_NS);
	take_calls(session, before_ns);
	correlator_find_returned(session->correlator, before_ns);
	correlator_find_stuck(session->correlator, &session->search);
}

/* 0 is never. */
static __u64 earliest(__u64 a, __u64 b)
{
	return !a || (b && b < a) ? b : a;
}

/* When to wake up though nothing comes; 0: never. */
static __u64 next_wakeup(struct session *session, __u64 now)
{
	if (!session->run->outlet)
		return now + POLL_NS;
	/* An awake reader is not woken by a call that begins. */
	return !probe_reader_asleep(session->probe) || session_waits(session, now)
		       ? now + STUCK_SEARCH_NS
		       : 0;
}

/* Waits for a record, a signal, an error of the outlet, and for this time; 0: without a limit. */
static void wait_until(struct session *session, __u64 now, __u64 until_ns)
{
	__u64 wait = until_ns > now ? until_ns - now : 0;
	const struct timespec timeout = {
		.tv_sec = wait / NSEC_PER_SEC,
		.tv_nsec = wait % NSEC_PER_SEC,
	};
	const struct run_ops *run = session->run;
	struct pollfd fds[] = {
		{.fd = ring_reader_fd(session->ring_reader), .events = POLLIN},
		{.fd = session->signals, .events = POLLIN},
		{.fd = run->outlet ? run->outlet(session->sink.ctx) : -1},
		{.fd = run->input ? run->input(session->sink.ctx) : -1, .events = POLLIN},
	};

	ppoll(fds, ARRAY_SIZE(fds), until_ns ? &timeout : NULL, NULL);
}

/* Has a signal come that ends the run? */
static bool signal_ends(const struct session *session)
{
	bool to_group;
	int signal = signals_take(&to_group);

	if (!signal)
		return false;
	if (signal == SIGINT && to_group)
		diag_end_echo();
	return !session->run->signalled ||
	       !session->run->signalled(session->sink.ctx, signal, to_group);
}

static bool is_over(struct session *session, __u64 now, __u64 end)
{
	const struct run_ops *run = session->run;

	return correlator_error(session->correlator) ||
	       (run->done && run->done(session->sink.ctx)) || (end && now >= end);
}

static void run_loop(struct session *session)
{
	const struct run_ops *run = session->run;
	__u64 duration = session->opts->duration_ns, start = probe_began(session->probe)->ns;
	__u64 end = duration ? start + duration : 0, next = run->tick ? start : 0;
	void *ctx = session->sink.ctx;

	for (;;) {
		bool more = drain(session);
		__u64 now = clock_now_ns();

		set_pace(session);
		if (!more && now - session->search.now_ns >= STUCK_SEARCH_NS)
			find_stuck(session, false);
		if (!more && run->drained && !correlator_error(session->correlator))
			correlator_set_error(session->correlator, run->drained(ctx));
		if (run->take_input)
			correlator_set_error(session->correlator, run->take_input(ctx, now));
		if (is_over(session, now, end))
			return;
		if (next && now >= next)
			correlator_set_error(session->correlator, run->tick(ctx, now, &next));
		if (!more)
			wait_until(session, now,
				   earliest(earliest(end, next), next_wakeup(session, now)));
		if (signal_ends(session))
			return;
	}
}

/* The end */

/* Records that wait in memory. That can take long if the reader of the output is slow. */
static void drain_pending(struct session *session)
{
	__u64 report_ns = clock_now_ns() + SIGNALS_PATIENCE_NS;

	while (drain(session)) {
		if (!report_ns || clock_now_ns() < report_ns)
			continue;
		diag_info("writing pending records; Ctrl-C drops them");
		report_ns = 0;
	}
}

/* Lets calls in progress return, so that the end of the run cuts as few as possible. */
static void wind_up(struct session *session)
{
	const struct run_ops *run = session->run;
	struct witness *witness = probe_witness(session->probe);
	__u64 began = clock_now_ns(), deadline = began + GRACE_NS, patience = began + IN_FLIGHT_NS;
	const struct timespec pause = {.tv_nsec = 2000000};

	if (run->ending)
		run->ending(session->sink.ctx);
	while (!witness_close(witness) &&
	       clock_now_ns() < (witness_in_flight(witness) ? patience : deadline))
		nanosleep(&pause, NULL);
	session->over = true;
	probe_stop(session->probe);
	ring_reader_end(session->ring_reader);
	signals_end();
	while (prog_counts_in_progress(probe_counts(session->probe)) && clock_now_ns() < deadline) {
		drain(session);
		nanosleep(&pause, NULL);
	}
	drain_pending(session);
	take_calls(session, clock_now_ns());
	correlator_find_returned(session->correlator, clock_now_ns());
	drain_pending(session); /* some may just have returned */
	find_stuck(session, false);
	if (session->found_stuck)
		find_stuck(session, true);
	correlator_flush(session->correlator);
}

int session_run(struct session *session)
{
	run_loop(session);
	wind_up(session);
	return correlator_error(session->correlator);
}

const char *session_count(struct session *session, struct ledger *ledger,
			  struct teardown_counts *counts)
{
	const char *blind = witness_blind(probe_witness(session->probe), session->over);

	memset(ledger, 0, sizeof(*ledger));
	ledger->buffer_bytes = probe_buffer_bytes(session->probe);
	ledger->maps_freed = witness_freed(probe_witness(session->probe));
	prog_counts_destroy(probe_counts(session->probe), ledger);
	correlator_count(session->correlator, ledger, counts);
	if (*blind)
		ledger_forget(ledger, counts);
	return blind;
}

bool session_for_each_pending(struct session *session, pending_fn *each, void *ctx)
{
	return correlator_for_each_pending(session->correlator, each, ctx);
}

size_t session_pending(const struct session *session)
{
	return ring_reader_pending(session->ring_reader);
}

struct unfinished_walk {
	struct session *session;
	size_t looks; /* left */
	void (*each)(void *ctx, const struct unfinished *unfinished);
	void *ctx;
};

static void look_at_unfinished(void *ctx, const struct unfinished *unfinished)
{
	struct unfinished_walk *walk = ctx;
	struct unfinished seen = *unfinished;
	char stack[STACK_TEXT];

	if (seen.task.tid && walk->looks) {
		walk->looks--;
		session_stack(walk->session, seen.task.tid, stack);
		unfinished_set_function(&seen, stack);
	}
	walk->each(walk->ctx, &seen);
}

void session_for_each_unfinished(struct session *session, size_t nr_looks,
				 void (*each)(void *ctx, const struct unfinished *unfinished),
				 void *ctx)
{
	struct unfinished_walk walk = {session, nr_looks, each, ctx};
	__u64 now_ns = clock_now_ns();

	take_calls(session, now_ns - SNAPSHOT_NS);
	correlator_for_each_unfinished(session->correlator, now_ns, look_at_unfinished, &walk);
}

bool session_waits(struct session *session, __u64 before_ns)
{
	take_calls(session, before_ns);
	return correlator_waits(session->correlator, before_ns);
}

/* A user may have given a lower nice value. */
static void set_priorities(struct session *session)
{
	int hurry = probe_is_preemptible(session->probe) ? HURRY_NICE_PREEMPTIBLE : PRIVILEGES_NICE;
	int usual = getpriority(PRIO_PROCESS, 0);

	session->usual_priority = usual;
	session->hurry_priority = usual < hurry ? usual : hurry;
}

static int open_all(struct session *session)
{
	static const struct correlator_ops ops = {count_hook, name_caller, look_at, complete_stuck,
						  name_stack};
	const struct correlator_options opts = {
		.view = session->opts->view,
		.identity = session->opts->identity,
		.start_ns = probe_began(session->probe)->ns,
		.max_releases = MAX_RELEASES,
		.forgets_cgroups = session->run->keeps_no_events,
		.kernel = probe_kernel_memory(session->probe),
	};
	int err;

	if (session->opts->user_stack) {
		session->user_stacks = user_stacks_new(MAX_USER_STACKS);
		if (!session->user_stacks)
			return -ENOMEM;
	}
	session->correlator = correlator_new(&opts, &session->sink, &ops, session);
	if (!session->correlator)
		return -ENOMEM;
	set_priorities(session);
	err = ring_reader_open(&session->ring_reader, session->probe,
			       session->run->max_pending ?: MAX_PENDING);
	if (err)
		return err;
	session->signals = signals_open();
	return session->signals < 0 ? session->signals : 0;
}

int session_open(struct session **out, const struct trace_options *opts, struct probe *probe,
		 struct ksyms *ksyms, const struct event_sink *sink, const struct run_ops *run)
{
	struct session *session = calloc(1, sizeof(*session));
	int err = -ENOMEM;

	if (session) {
		*session = (struct session){
			.opts = opts,
			.probe = probe,
			.ksyms = ksyms,
			.sink = *sink,
			.run = run,
			.signals = -1,
		};
		err = open_all(session);
	}
	if (err) {
		diag_error("cannot read the ring buffer: %s", strerror(-err));
		session_close(session);
		return err;
	}
	*out = session;
	return 0;
}

void session_close(struct session *session)
{
	if (!session)
		return;
	ring_reader_close(session->ring_reader);
	correlator_free(session->correlator);
	user_stacks_free(session->user_stacks);
	if (session->signals >= 0)
		signals_close();
	free(session);
}
