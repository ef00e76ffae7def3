// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "recording/reader_set.h"
#include "util/diag.h"
#include "util/text.h"

static const struct conditions *conditions_of(const struct replays *replays, size_t i)
{
	return replay_conditions(replays->replay[i]);
}

static const char *or_unknown(const char *text)
{
	return *text ? text : "?";
}

/* Of texts, diag makes lines that are safe to print. */
static void tell(const char *path, const struct conditions *conditions)
{
	char took[DURATION_SIZE] = "?", cpus[32] = "?";

	if (conditions->end_ns != UNKNOWN_NS && conditions->end_ns >= conditions->start_ns)
		text_duration(took, conditions->end_ns - conditions->start_ns);
	if (conditions->cpus_online)
		snprintf(cpus, sizeof(cpus), "%llu", conditions->cpus_online);
	diag_verbose("'%s': %s of Linux %s (%s) on %s, %s, %s CPUs; '%s' by version %s", path, took,
		     or_unknown(conditions->kernel_release), or_unknown(conditions->machine),
		     or_unknown(conditions->host), or_unknown(conditions->attach), cpus,
		     or_unknown(conditions->command_line), or_unknown(conditions->tool_version));
}

int replays_open(struct replays *replays, const char *const *paths, size_t nr)
{
	const struct conditions *conditions;
	int err;

	for (size_t i = 0; i < nr; i++) {
		err = replay_open(&replays->replay[i], paths[i]);
		if (err)
			return err;
		replays->nr++;
		conditions = conditions_of(replays, i);
		tell(paths[i], conditions);
		if (conditions->end_ns == UNKNOWN_NS)
			diag_warn("'%s' was never ended: its last second may be missing", paths[i]);
		if (!replays->first ||
		    conditions->start_realtime_ns < replays->first->start_realtime_ns)
			replays->first = conditions;
	}
	return 0;
}

void replays_close(struct replays *replays)
{
	for (size_t i = 0; i < replays->nr; i++)
		replay_close(replays->replay[i]);
	memset(replays, 0, sizeof(*replays));
}

int replays_spare(const struct replays *replays, const char *output)
{
	struct stat out, in;

	if (!output || stat(output, &out))
		return 0;
	for (size_t i = 0; i < replays->nr; i++) {
		const char *path = replay_path(replays->replay[i]);

		if (stat(path, &in) || in.st_dev != out.st_dev || in.st_ino != out.st_ino)
			continue;
		diag_error("cannot write '%s': it is a recording that is being read", output);
		return -EEXIST;
	}
	return 0;
}

struct start replays_start(const struct replays *replays)
{
	return (struct start){
		.ns = replays->first->start_ns,
		.realtime_ns = replays->first->start_realtime_ns,
	};
}

/* From the clock of one recording to that of the first, modulo 2^64. */
static __u64 shift_ns(const struct replays *replays, const struct conditions *conditions)
{
	const struct conditions *first = replays->first;

	return (conditions->start_realtime_ns - first->start_realtime_ns) -
	       (conditions->start_ns - first->start_ns);
}

__u64 replays_end_ns(const struct replays *replays)
{
	__u64 last = replays->first->start_ns;

	for (size_t i = 0; i < replays->nr; i++) {
		const struct conditions *conditions = conditions_of(replays, i);
		__u64 end = conditions->end_ns + shift_ns(replays, conditions);

		if (conditions->end_ns != UNKNOWN_NS && end > last)
			last = end;
	}
	return last;
}

bool replays_have_scenarios(const struct replays *replays)
{
	size_t nr = 0;

	for (size_t i = 0; i < replays->nr; i++) {
		replay_scenarios(replays->replay[i], &nr);
		if (!nr)
			return false;
	}
	return nr;
}

static void add_figure(__u64 *sum, __u64 figure)
{
	*sum = *sum == LEDGER_UNKNOWN || figure == LEDGER_UNKNOWN ? LEDGER_UNKNOWN : *sum + figure;
}

/* The figures of both ledgers are all of one kind. */
static void add_figures(void *sum, const void *figures, size_t size)
{
	for (size_t i = 0; i < size / sizeof(__u64); i++)
		add_figure((__u64 *)sum + i, ((const __u64 *)figures)[i]);
}

static void add_point(struct point_counts *sum, const struct point_counts *counts)
{
	sum->function = counts->function;
	if (!counts->attached)
		return;
	sum->attached = true;
	sum->returns = sum->returns || counts->returns;
	add_figure(&sum->seen, counts->seen);
	add_figure(&sum->taken, counts->taken);
	add_figure(&sum->lost, counts->lost);
	add_figure(&sum->missed, counts->missed);
	add_figure(&sum->seen_return, counts->seen_return);
	add_figure(&sum->lost_return, counts->lost_return);
	add_figure(&sum->missed_return, counts->missed_return);
}

int replays_ledger(struct replays *replays, struct ledger *ledger, struct teardown_counts *counts)
{
	struct teardown_counts one_counts;
	struct ledger one;
	int err;

	memset(ledger, 0, sizeof(*ledger));
	memset(counts, 0, sizeof(*counts));
	for (size_t i = 0; i < replays->nr; i++) {
		err = replay_ledger(replays->replay[i], &one, &one_counts);
		if (err)
			return err;
		add_figures(ledger, &one, sizeof(one));
		add_figures(&counts->ledger, &one_counts.ledger, sizeof(one_counts.ledger));
		for (int point = 0; point < NR_POINTS; point++)
			add_point(&counts->points[point], &one_counts.points[point]);
	}
	return 0;
}

int replays_run(struct replays *replays, enum view view, bool identity, const struct sink *sink)
{
	struct replay_options opts = {.view = view, .identity = identity};
	int err = 0;

	for (size_t i = 0; i < replays->nr && !err; i++) {
		opts.shift_ns = shift_ns(replays, conditions_of(replays, i));
		err = replay_run(replays->replay[i], &opts, sink);
	}
	return err;
}
