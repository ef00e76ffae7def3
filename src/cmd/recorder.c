// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cmd/recorder.h"
#include "output/render.h"
#include "output/stuck_text.h"
#include "util/diag.h"
#include "util/text.h"

#define NS_PER_SEC 1000000000ULL
/* Twice as often as is promised, since it may come late. */
#define COMMIT_NS (NS_PER_SEC / 2)

static struct recorder *recorder_of(void *ctx)
{
	return ctx;
}

int recorder_call(void *ctx, const struct call *call)
{
	return recording_call(recorder_of(ctx)->recording, call);
}

int recorder_teardown(void *ctx, const struct teardown *teardown)
{
	return recording_teardown(recorder_of(ctx)->recording, teardown);
}

int recorder_reclaim(void *ctx, const struct reclaim *reclaim)
{
	return recording_reclaim(recorder_of(ctx)->recording, reclaim);
}

int recorder_hang(void *ctx, const struct hang *hang)
{
	hang_print(stderr, hang);
	return recording_hang(recorder_of(ctx)->recording, hang);
}

bool recorder_wants_hang(void *ctx, const struct call *map)
{
	(void)ctx;
	(void)map;
	return true;
}

static __u64 lost(const struct ledger *ledger, const struct teardown_counts *counts)
{
	__u64 sum = ledger->parked_lost;
	int i;

	for (i = 0; i < NR_POINTS; i++)
		if (counts->points[i].attached)
			sum += counts->points[i].lost + counts->points[i].lost_return;
	return sum;
}

static void show_progress(struct recorder *recorder, __u64 now_ns, __u64 nr_lost)
{
	__u64 events = recording_events(recorder->recording), rate = 0;
	char elapsed[DURATION_SIZE];

	if (now_ns > recorder->shown_ns)
		rate = (events - recorder->shown_events) * NS_PER_SEC /
		       (now_ns - recorder->shown_ns);
	diag_status("%s: %llu events, %llu/s, %llu lost",
		    text_duration(elapsed, now_ns - recorder->start_ns), events, rate, nr_lost);
	recorder->shown_events = events;
	recorder->shown_ns = now_ns;
}

int recorder_tick(void *ctx, __u64 now_ns, __u64 *next_ns)
{
	struct recorder *recorder = recorder_of(ctx);
	struct teardown_counts counts;
	struct ledger ledger;
	int err;

	*next_ns = recorder->committed_ns + COMMIT_NS;
	if (now_ns < *next_ns)
		return 0;
	session_count(recorder->live->session, &ledger, &counts);
	show_progress(recorder, now_ns, lost(&ledger, &counts));
	err = recording_ledger(recorder->recording, &ledger, &counts);
	if (!err)
		err = recording_commit(recorder->recording);
	recorder->committed_ns = session_now_ns();
	*next_ns = recorder->committed_ns + COMMIT_NS;
	return err;
}

static struct conditions conditions_of(const struct live *live, const struct options *opts)
{
	struct conditions conditions = {.end_ns = UNKNOWN_NS};

	conditions_now(&conditions, opts->argc, opts->argv,
		       live->ksyms && ksyms_hidden(live->ksyms));
	if (live->probe)
		snprintf(conditions.attach, sizeof(conditions.attach), "%s",
			 probe_method(live->probe));
	return conditions;
}

static int make_file(struct recorder *recorder, const struct options *opts)
{
	const struct conditions conditions = conditions_of(recorder->live, opts);
	int err = recording_create(&recorder->recording, opts->output, opts->force, &conditions);

	return err == -EPERM ? -EACCES : err; /* -EPERM is a word on tracing */
}

int recorder_open(struct recorder *recorder, struct live *live, const struct options *opts)
{
	int err = 0;

	memset(recorder, 0, sizeof(*recorder));
	recorder->live = live;
	recorder->path = opts->output;
	if (!opts->force)
		err = make_file(recorder, opts);
	if (!err)
		err = live_start(live, opts);
	if (!err && opts->force)
		err = make_file(recorder, opts);
	return err;
}

int recorder_begin(struct recorder *recorder)
{
	const struct conditions conditions = conditions_of(recorder->live, recorder->live->opts);

	recorder->start_ns = conditions.start_ns;
	recorder->committed_ns = recorder->shown_ns = conditions.start_ns;
	return recording_begin(recorder->recording, &conditions);
}

int recorder_end(struct recorder *recorder, int err)
{
	__u64 end_ns = session_now_ns(), events = recording_events(recorder->recording);
	struct teardown_counts counts;
	struct ledger ledger;

	if (!recorder->live->session)
		return err;
	session_count(recorder->live->session, &ledger, &counts);
	if (!err)
		err = recording_ledger(recorder->recording, &ledger, &counts);
	if (!err)
		err = recording_end(recorder->recording, end_ns);
	if (err)
		diag_info("'%s' holds what was recorded before that", recorder->path);
	else
		diag_info("recorded %llu events in '%s'", events, recorder->path);
	render_ledger_text(stderr, &ledger, false);
	render_teardown_ledger_text(stderr, &counts.ledger, false);
	render_points_text(stderr, counts.points, NR_POINTS);
	return err;
}

void recorder_close(struct recorder *recorder)
{
	if (recorder->live)
		live_stop(recorder->live);
	if (recorder->recording && !recorder->start_ns)
		unlink(recorder->path);
	recording_close(recorder->recording);
}
