// SPDX-License-Identifier: GPL-2.0-only
/* Shows the running kernel on the screen of "top". */
#include <stdio.h>

#include "cmd/exit_status.h"
#include "cmd/top_screen.h"
#include "output/ledger_text.h"
#include "screen/screen.h"
#include "trace/tracer.h"
#include "util/clock.h"

/* Threads whose stacks are read for one update: each takes a walk through all threads. */
#define MAX_LOOKS 16

struct top {
	const struct options *opts;
	struct tracer tracer;
	struct screen *screen;
	struct event_sink model; /* gets the events */
	struct start start;
};

static int take_call(void *ctx, const struct call *call)
{
	const struct event_sink *model = &((struct top *)ctx)->model;

	return model->ops->call(model->ctx, call);
}

static int take_teardown(void *ctx, const struct teardown *teardown)
{
	const struct event_sink *model = &((struct top *)ctx)->model;

	return model->ops->teardown(model->ctx, teardown);
}

static int take_stuck(void *ctx, const struct stuck *stuck)
{
	const struct event_sink *model = &((struct top *)ctx)->model;

	return model->ops->stuck(model->ctx, stuck);
}

static struct event_sink sink_of(struct top *top)
{
	static const struct event_sink_ops ops[] = {
		[VIEW_CALLS] = {take_call, NULL, NULL, take_stuck},
		[VIEW_TEARDOWNS] = {NULL, take_teardown, NULL, take_stuck},
		[VIEW_BOTH] = {take_call, take_teardown, NULL, take_stuck},
	};

	return (struct event_sink){.ops = &ops[top->opts->show.view], .ctx = top};
}

static bool wants_stuck(void *ctx, const struct map_info *map)
{
	const struct top *top = ctx;

	return filter_wants_map(&top->opts->filter, map);
}

/* Updates */

static void add_unfinished(void *ctx, const struct unfinished *unfinished)
{
	screen_model_add(((struct top *)ctx)->screen->model, unfinished);
}

/* The stack of the teardown that is shown in full. */
static void read_stack(struct top *top)
{
	struct screen_state *state = &top->screen->state;

	if (state->overlay != OVERLAY_DETAILS || state->details_ended || state->details_gone ||
	    state->frozen)
		return;
	if (state->details.task.tid)
		session_stack(top->tracer.session, state->details.task.tid, state->stack);
	else
		state->stack[0] = '\0';
}

static void update(struct top *top, __u64 now_ns)
{
	struct session *session = top->tracer.session;
	struct screen_model *model = top->screen->model;
	struct teardown_counts counts;
	struct ledger ledger;
	const char *blind;

	if (top->screen->state.frozen)
		return;
	screen_model_begin(model);
	session_for_each_unfinished(session, MAX_LOOKS, add_unfinished, top);
	screen_model_end(model, now_ns);
	blind = session_count(session, &ledger, &counts);
	screen_model_count(model, &ledger, &counts, blind);
}

static int draw(struct top *top)
{
	read_stack(top);
	return screen_draw(top->screen);
}

static int tick(void *ctx, __u64 now_ns, __u64 *next_ns)
{
	__u64 interval_ns;
	struct top *top = ctx;
	int err = top->screen->terminal ? 0 : screen_open(top->screen);

	if (err)
		return err;
	interval_ns = top->opts->show.interval_ns;
	update(top, now_ns);
	*next_ns = now_ns > ~0ULL - interval_ns ? ~0ULL : now_ns + interval_ns;
	return draw(top);
}

static int input(void *ctx)
{
	const struct top *top = ctx;

	return top->screen->terminal ? screen_terminal_fd(top->screen->terminal) : -1;
}

static int take_input(void *ctx, __u64 now_ns)
{
	struct top *top = ctx;

	(void)now_ns;
	return screen_take_input(top->screen) ? draw(top) : 0;
}

static bool done(void *ctx)
{
	return ((const struct top *)ctx)->screen->ended;
}

/* Nothing becomes an error here: without an outlet, the loop would poll done(). */
static int outlet(void *ctx)
{
	(void)ctx;
	return -1;
}

static void ending(void *ctx)
{
	screen_close(((struct top *)ctx)->screen);
}

static const struct run_ops run_ops = {
	.tick = tick,
	.done = done,
	.outlet = outlet,
	.input = input,
	.take_input = take_input,
	.ending = ending,
	.wants_stuck = wants_stuck,
};

/* From start to end */

static int show_end(struct top *top, int err)
{
	const struct options *opts = top->opts;
	struct teardown_counts counts;
	struct ledger_text text;
	struct ledger ledger;
	const char *blind = session_count(top->tracer.session, &ledger, &counts);

	if (*blind)
		top->tracer.traceable = TRACEABLE_NO;
	text = ledger_text_of_view(&opts->show, &opts->filter, &ledger, &counts);
	ledger_text(stderr, &text);
	ledger_text_blind(stderr, blind);
	return err;
}

static int trace(struct top *top)
{
	const struct moment *began;
	struct event_sink sink = sink_of(top);
	int err = tracer_start(&top->tracer, &top->opts->trace, &top->opts->filter, NULL);

	if (err)
		return err;
	began = probe_began(top->tracer.probe);
	top->start = (struct start){began->ns, began->realtime_ns, true};
	top->screen = screen_new(&top->opts->show, &top->opts->filter, &top->start);
	if (!top->screen)
		return -1;
	top->model = screen_model_sink(top->screen->model, top->opts->show.view);
	err = tracer_run(&top->tracer, &sink, &run_ops);
	screen_close(top->screen);
	return top->tracer.session ? show_end(top, err) : err;
}

int top_trace(const struct options *opts)
{
	struct top top = {.opts = opts};
	int err;

	screen_terminal_block(false);
	err = trace(&top);
	screen_free(top.screen);
	tracer_stop(&top.tracer);
	return exit_status_of(err, top.tracer.traceable);
}
