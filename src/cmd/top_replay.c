// SPDX-License-Identifier: GPL-2.0-only
/*
 * Replays a recording on the screen of "top". A teardown in progress at a time is known by its
 * event, which comes at its end: so events are read ahead, up to so many.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/exit_status.h"
#include "cmd/top_screen.h"
#include "output/ledger_text.h"
#include "recording/reader_set.h"
#include "screen/screen.h"
#include "util/clock.h"
#include "util/diag.h"

#define MAX_AHEAD 65536 /* events of each kind */

/* Events that are read, and not yet over. */
struct queue {
	size_t size;	/* of one */
	char *events;	/* in the order of the recording */
	__u64 *ends_ns; /* of each; UNKNOWN_NS: it goes on at the end of the recording */
	size_t nr, room;
	size_t nr_endless;
};

struct replay {
	const struct options *opts;
	struct reader_set readers;
	struct screen *screen;
	struct event_sink model;
	struct queue teardowns, calls;
	__u64 now_ns, end_ns; /* of the recording's clock */
	__u64 last_ns;	      /* the end of the last event whose end is known */
	__u64 real_ns;	      /* when now_ns was right */
	__u64 draw_ns;	      /* when to draw next */
	int err;
};

/* Queues */

static int grow(struct queue *queue)
{
	size_t room = queue->room ? 2 * queue->room : 64;
	char *events = reallocarray(queue->events, room, queue->size);
	__u64 *ends_ns;

	if (!events)
		return -ENOMEM;
	queue->events = events;
	ends_ns = reallocarray(queue->ends_ns, room, sizeof(*ends_ns));
	if (!ends_ns)
		return -ENOMEM;
	queue->ends_ns = ends_ns;
	queue->room = room;
	return 0;
}

static void *nth(const struct queue *queue, size_t i)
{
	return queue->events + i * queue->size;
}

static int add(struct queue *queue, const void *event, __u64 end_ns)
{
	int err = queue->nr == queue->room ? grow(queue) : 0;

	if (err)
		return err;
	memcpy(nth(queue, queue->nr), event, queue->size);
	queue->ends_ns[queue->nr++] = end_ns;
	queue->nr_endless += end_ns == UNKNOWN_NS;
	return 0;
}

/* Hands over those that are over by now. */
static int take_over(struct queue *queue, __u64 now_ns, int (*take)(void *ctx, const void *event),
		     void *ctx)
{
	size_t kept = 0;
	int err = 0;

	for (size_t i = 0; i < queue->nr; i++) {
		if (!err && queue->ends_ns[i] <= now_ns && queue->ends_ns[i] != UNKNOWN_NS) {
			err = take(ctx, nth(queue, i));
			continue;
		}
		if (kept != i)
			memcpy(nth(queue, kept), nth(queue, i), queue->size);
		queue->ends_ns[kept++] = queue->ends_ns[i];
	}
	queue->nr = kept;
	return err;
}

static int take_call(void *ctx, const void *event)
{
	const struct replay *replay = ctx;

	return replay->model.ops->call(replay->model.ctx, event);
}

static int take_teardown(void *ctx, const void *event)
{
	const struct replay *replay = ctx;

	return replay->model.ops->teardown(replay->model.ctx, event);
}

/* The clock */

static void advance(struct replay *replay)
{
	struct screen_state *state = &replay->screen->state;
	__u64 real_ns = clock_now_ns();
	double passed = (double)(real_ns - replay->real_ns) * state->speed;

	replay->real_ns = real_ns;
	if (state->frozen || state->over)
		return;
	if (passed >= (double)(replay->end_ns - replay->now_ns)) {
		replay->now_ns = replay->end_ns;
		return;
	}
	replay->now_ns += (__u64)passed;
}

static int update(struct replay *replay)
{
	struct screen_model *model = replay->screen->model;
	int err = take_over(&replay->calls, replay->now_ns, take_call, replay);

	if (!err)
		err = take_over(&replay->teardowns, replay->now_ns, take_teardown, replay);
	screen_model_begin(model);
	for (size_t i = 0; i < replay->teardowns.nr; i++) {
		struct unfinished unfinished;

		if (unfinished_at(&unfinished, nth(&replay->teardowns, i), replay->now_ns))
			screen_model_add(model, &unfinished);
	}
	screen_model_end(model, replay->now_ns);
	return err;
}

static void wait_for_input(const struct replay *replay)
{
	struct pollfd input = {screen_terminal_fd(replay->screen->terminal), POLLIN, 0};
	__u64 wait_ns = replay->draw_ns > replay->real_ns ? replay->draw_ns - replay->real_ns : 0;
	struct timespec timeout = {(time_t)(wait_ns / NSEC_PER_SEC),
				   (long)(wait_ns % NSEC_PER_SEC)};
	bool ticks = !replay->screen->state.over;

	ppoll(&input, 1, ticks ? &timeout : NULL, NULL);
}

/* Lets the clock run until no queue has more than so many. Whether all is read: it runs on. */
static int play(struct replay *replay, size_t most, bool read)
{
	struct screen_state *state = &replay->screen->state;
	struct screen *screen = replay->screen;
	__u64 interval_ns = replay->opts->show.interval_ns;

	while (!replay->err && !screen->ended &&
	       (read || replay->teardowns.nr > most || replay->calls.nr > most)) {
		bool draw = screen_take_input(screen), due;

		advance(replay);
		due = !state->over &&
		      (replay->real_ns >= replay->draw_ns || replay->now_ns == replay->end_ns);
		if (due) {
			if (!state->frozen)
				replay->err = update(replay);
			state->over = read && replay->now_ns == replay->end_ns;
			replay->draw_ns = replay->real_ns + interval_ns;
		}
		if (due || draw)
			replay->err = replay->err ?: screen_draw(screen);
		if (!replay->err && !screen->ended)
			wait_for_input(replay);
	}
	return replay->err ?: screen->ended ? -ECANCELED : 0;
}

/* Events of the reader */

static int read_call(void *ctx, const struct call *call)
{
	struct replay *replay = ctx;
	__u64 end_ns = call->ts_ns;

	if (end_ns != UNKNOWN_NS && call->latency_ns != UNKNOWN_NS)
		end_ns += call->latency_ns;
	if (end_ns == UNKNOWN_NS)
		end_ns = replay->last_ns;
	replay->err = add(&replay->calls, call, end_ns);
	return replay->err || replay->calls.nr >= MAX_AHEAD ? play(replay, MAX_AHEAD / 2, false)
							    : 0;
}

static int read_teardown(void *ctx, const struct teardown *teardown)
{
	struct replay *replay = ctx;
	__u64 end_ns = teardown_end_ns(teardown);

	if (end_ns != UNKNOWN_NS && end_ns > replay->last_ns)
		replay->last_ns = end_ns;
	if (end_ns == UNKNOWN_NS &&
	    (!teardown_owes_memory(teardown) || replay->teardowns.nr_endless >= MAX_AHEAD / 4))
		end_ns = replay->last_ns;
	replay->err = add(&replay->teardowns, teardown, end_ns);
	return replay->err || replay->teardowns.nr >= MAX_AHEAD ? play(replay, MAX_AHEAD / 2, false)
								: 0;
}

static int read_stuck(void *ctx, const struct stuck *stuck)
{
	const struct replay *replay = ctx;

	return replay->model.ops->stuck(replay->model.ctx, stuck);
}

/* From start to end */

static void count(struct replay *replay)
{
	struct teardown_counts counts;
	struct ledger ledger;

	reader_set_ledger(&replay->readers, &ledger, &counts);
	screen_model_count(replay->screen->model, &ledger, &counts, replay->readers.first->blind);
}

static void show_end(const struct replay *replay)
{
	const struct options *opts = replay->opts;
	struct teardown_counts counts;
	struct ledger_text text;
	struct ledger ledger;

	reader_set_ledger(&replay->readers, &ledger, &counts);
	text = ledger_text_of_view(&opts->show, &opts->filter, &ledger, &counts);
	text.recorded = true;
	ledger_text(stderr, &text);
	ledger_text_blind(stderr, replay->readers.first->blind);
}

static int run(struct replay *replay)
{
	static const struct event_sink_ops ops = {read_call, read_teardown, NULL, read_stuck};
	const struct event_sink sink = {&ops, replay};
	const struct view_options *show = &replay->opts->show;
	int err = screen_open(replay->screen);

	if (err)
		return err;
	count(replay);
	replay->real_ns = clock_now_ns();
	err = reader_set_run(&replay->readers, show->view, true, &sink, NULL);
	if (!err)
		err = play(replay, 0, true);
	screen_close(replay->screen);
	if (err == -ENOMEM)
		diag_error("cannot replay '%s': %s", replay->opts->files[DIFF_BASE][0],
			   strerror(ENOMEM));
	else if (err == -ECANCELED)
		err = 0;
	if (!err)
		show_end(replay);
	return err;
}

static int replay_file(struct replay *replay)
{
	const struct options *opts = replay->opts;
	const struct run_info *first;
	struct start start;
	int err = reader_set_open(&replay->readers, opts->files[DIFF_BASE], 1);

	if (err)
		return err;
	first = replay->readers.first;
	start = (struct start){first->start_ns, first->start_realtime_ns, false};
	replay->screen = screen_new(&opts->show, &opts->filter, &start);
	if (!replay->screen)
		return -ENOMEM;
	replay->model = screen_model_sink(replay->screen->model, VIEW_BOTH);
	replay->now_ns = replay->last_ns = start.ns;
	replay->end_ns = reader_set_end_ns(&replay->readers);
	replay->screen->state.source = opts->files[DIFF_BASE][0];
	replay->screen->state.speed = opts->speed ?: 1;
	replay->screen->state.length_ns = replay->end_ns - start.ns;
	return run(replay);
}

int top_replay(const struct options *opts)
{
	struct replay replay = {
		.opts = opts,
		.teardowns.size = sizeof(struct teardown),
		.calls.size = sizeof(struct call),
	};
	int err;

	screen_terminal_block(true);
	err = replay_file(&replay);
	screen_free(replay.screen);
	reader_set_close(&replay.readers);
	free(replay.teardowns.events);
	free(replay.teardowns.ends_ns);
	free(replay.calls.events);
	free(replay.calls.ends_ns);
	return err ? EXIT_FAILED : EXIT_DONE;
}
