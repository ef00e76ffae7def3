// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes ledgers, as lines of JSON or of text.
 */
#include <errno.h>

#include "output/column.h"
#include "output/json_line.h"
#include "output/render.h"
#include "util/outfile.h"

int render_ledger_json(FILE *out, const struct ledger *ledger)
{
	int err;

	errno = 0;
	err = json_line(out, ledger_columns, ledger);
	return err ? err : stream_flush(out);
}

#define WARN_IF(loss) ((loss) ? "WARNING: " : "")

static bool is_loss(__u64 figure)
{
	return figure && figure != LEDGER_UNKNOWN;
}

static __u64 sum(__u64 program, __u64 probe)
{
	return program == LEDGER_UNKNOWN || probe == LEDGER_UNKNOWN ? LEDGER_UNKNOWN
								    : program + probe;
}

/* What the kernel skipped, of which it may count only one part, or none. */
static void missed(FILE *out, const char *where, __u64 program, __u64 probe)
{
	static const char uncounted[] = "not counted by this kernel";

	if (program == LEDGER_UNKNOWN && probe == LEDGER_UNKNOWN)
		fprintf(out, "%s %s", where, uncounted);
	else if (program == LEDGER_UNKNOWN)
		fprintf(out, "%s %llu by the probe, by the program %s", where, probe, uncounted);
	else if (probe == LEDGER_UNKNOWN)
		fprintf(out, "%s %llu by the program, by the probe %s", where, program, uncounted);
	else
		fprintf(out, "%s %llu", where, program + probe);
}

/* Of a side, what was missed or lost, but for calls that are told of by their other side. */
static __u64 unseen(__u64 missed, __u64 lost, __u64 other_side_only)
{
	__u64 gone = missed + lost;

	if (missed == LEDGER_UNKNOWN)
		return LEDGER_UNKNOWN;
	return gone > other_side_only ? gone - other_side_only : 0;
}

/*
 * A return goes with its thread's last entry, unless map, caller or argument differ. Where that
 * call's return is unseen, and the entry of the one that returns, they need not.
 */
static void joined_wrongly(FILE *out, const char *function, __u64 entries, __u64 returns)
{
	__u64 calls = entries < returns ? entries : returns;

	if (is_loss(calls))
		fprintf(out,
			"WARNING: %s: %llu calls or less were not seen at all, or their return was taken "
			"for that of an earlier one, which seems too long\n",
			function, calls);
}

int render_ledger_text(FILE *out, const struct ledger *ledger, bool with_filters)
{
	const struct ledger *l = ledger;

	errno = 0;
	fprintf(out, "calls: %llu entered, %llu completed, ", l->entered, l->completed);
	if (with_filters || l->filtered)
		fprintf(out, "%llu filtered, ", l->filtered);
	if (l->still_running == LEDGER_UNKNOWN)
		fputs("not known how many still running\n", out);
	else
		fprintf(out, "%llu still running\n", l->still_running);

	fputs(WARN_IF(l->lost_entry || l->lost_return || l->entry_only || l->return_only ||
		      l->parked_lost || l->rows_full || l->bad_records),
	      out);
	fprintf(out, "lost in the ring buffer: %llu entries, %llu returns; ", l->lost_entry,
		l->lost_return);
	fprintf(out, "one side only: %llu entry only, %llu return only; ", l->entry_only,
		l->return_only);
	fprintf(out, "table full: %llu entries not kept, %llu in the row " OTHER_ROW,
		l->parked_lost, l->rows_full);
	if (l->bad_records)
		fprintf(out, "; not understood: %llu records", l->bad_records);
	putc('\n', out);

	fputs(WARN_IF(is_loss(l->missed_entry) || is_loss(l->missed_return) ||
		      is_loss(l->probe_missed_entry) || is_loss(l->probe_missed_return)),
	      out);
	missed(out, "missed by the kernel: at entry", l->missed_entry, l->probe_missed_entry);
	missed(out, "; at return", l->missed_return, l->probe_missed_return);
	putc('\n', out);
	joined_wrongly(
		out, "bpf_mem_alloc_destroy",
		unseen(sum(l->missed_entry, l->probe_missed_entry), l->lost_entry, l->return_only),
		unseen(sum(l->missed_return, l->probe_missed_return), l->lost_return,
		       l->entry_only));
	if (l->stuck)
		fprintf(out,
			"WARNING: took longer than --stuck: %llu, at the end still at it: %llu\n",
			l->stuck, l->still_stuck);
	return stream_flush(out);
}

int render_teardown_ledger_json(FILE *out, const struct teardown_ledger *ledger)
{
	int err;

	errno = 0;
	err = json_line(out, teardown_ledger_columns, ledger);
	return err ? err : stream_flush(out);
}

int render_points_json(FILE *out, const struct hook_counts *hooks, size_t nr_hooks)
{
	size_t i;
	int err = 0;

	errno = 0;
	for (i = 0; i < nr_hooks && !err; i++)
		err = json_line(out, hook_columns, &hooks[i]);
	return err ? err : stream_flush(out);
}

static void figure(FILE *out, const char *name, __u64 figure)
{
	if (figure == LEDGER_UNKNOWN)
		fprintf(out, "%s unknown", name);
	else
		fprintf(out, "%s %llu", name, figure);
}

/* A side of a point, if anything is known to be lost or missed there. */
static void hook_loss(FILE *out, const char *where, const char *function, __u64 missed, __u64 lost)
{
	if (!is_loss(missed) && !lost)
		return;
	fprintf(out, "WARNING: %s%s: ", where, function);
	figure(out, "missed by the kernel", missed);
	fprintf(out, ", lost in the ring buffer %llu\n", lost);
}

static void uncounted_points(FILE *out, const struct hook_counts *hooks, size_t nr_hooks)
{
	const char *gap = "missed by the kernel: not counted by this kernel: ";
	size_t i;

	for (i = 0; i < nr_hooks; i++) {
		if (!hooks[i].attached || hooks[i].missed != LEDGER_UNKNOWN)
			continue;
		fprintf(out, "%s%s", gap, hooks[i].function);
		gap = ", ";
	}
	if (*gap == ',')
		putc('\n', out);
}

int render_teardown_ledger_text(FILE *out, const struct teardown_ledger *ledger, bool with_filters)
{
	const struct teardown_ledger *l = ledger;

	errno = 0;
	fprintf(out, "teardowns: %llu started, %llu completed, ", l->started, l->completed);
	figure(out, "running", l->running);
	figure(out, ", waiting", l->waiting);
	fprintf(out, "; %llu shown", l->shown);
	if (l->before)
		fprintf(out, ", %llu of before the run", l->before);
	if (with_filters || l->filtered)
		fprintf(out, ", %llu filtered", l->filtered);
	putc('\n', out);
	fprintf(out, "destroy calls that left memory to be freed later: %llu, freed: %llu, ",
		l->deferred, l->reclaimed);
	fprintf(out, "pending: %llu, not known to have: %llu\n", l->pending, l->undecided);
	if (l->start_only || l->end_only || l->lost || l->no_release || l->forgotten || l->strays ||
	    l->rows_full) {
		fprintf(out,
			"WARNING: one side only: %llu start only, %llu end only; starts lost in the "
			"ring buffer: %llu; ",
			l->start_only, l->end_only, l->lost);
		fprintf(out,
			"last put not seen: %llu; forgotten: %llu; frees of unknown origin: %llu; "
			"in no row: %llu\n",
			l->no_release, l->forgotten, l->strays, l->rows_full);
	}
	return stream_flush(out);
}

int render_points_text(FILE *out, const struct hook_counts *hooks, size_t nr_hooks)
{
	size_t i;

	errno = 0;
	for (i = 0; i < nr_hooks; i++) {
		if (!hooks[i].attached)
			continue;
		hook_loss(out, "", hooks[i].function, hooks[i].missed, hooks[i].lost);
		if (!hooks[i].returns)
			continue;
		hook_loss(out, "return from ", hooks[i].function, hooks[i].missed_return,
			  hooks[i].lost_return);
		if (i == HOOK_DESTROY) /* the calls' own ledger tells */
			continue;
		joined_wrongly(out, hooks[i].function, unseen(hooks[i].missed, hooks[i].lost, 0),
			       unseen(hooks[i].missed_return, hooks[i].lost_return, 0));
	}
	uncounted_points(out, hooks, nr_hooks);
	return stream_flush(out);
}
