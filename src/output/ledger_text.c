// SPDX-License-Identifier: GPL-2.0-only
/*
 * Words ledgers as text: what was seen, and each loss.
 */
#include <errno.h>

#include "output/column.h"
#include "output/ledger_text.h"
#include "util/outfile.h"

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

/* Prints the kernel's misses; the kernel may count only those of the program or the probe, or none.
 */
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

/* Misses and losses on one side, except those of calls whose other side was seen. */
static __u64 unseen(__u64 missed, __u64 lost, __u64 other_side_only)
{
	__u64 gone = missed + lost;

	if (missed == LEDGER_UNKNOWN)
		return LEDGER_UNKNOWN;
	return gone > other_side_only ? gone - other_side_only : 0;
}

/*
 * A return is matched to its thread's last entry, unless map, caller or argument differ. They may
 * be the same if the return of that call and the entry of the returning one were not seen.
 */
static void mismatched(FILE *out, const char *function, __u64 entries, __u64 returns)
{
	__u64 calls = entries < returns ? entries : returns;

	if (is_loss(calls))
		fprintf(out,
			"WARNING: %s: up to %llu calls not seen, or seen as the return of an earlier "
			"call, whose latency is then too long\n",
			function, calls);
}

static void figure(FILE *out, const char *name, __u64 figure)
{
	if (figure == LEDGER_UNKNOWN)
		fprintf(out, "%s unknown", name);
	else
		fprintf(out, "%s %llu", name, figure);
}

static void put_seen(FILE *out, const struct ledger *l, bool with_filters)
{
	fprintf(out, "calls: %llu entered, %llu completed, ", l->entered, l->completed);
	if (with_filters || l->filtered)
		fprintf(out, "%llu filtered, ", l->filtered);
	if (l->still_running == LEDGER_UNKNOWN)
		fputs("still running: unknown\n", out);
	else
		fprintf(out, "%llu still running\n", l->still_running);
}

static void put_lost(FILE *out, const struct ledger *l)
{
	fputs(WARN_IF(l->lost_entry || l->lost_return || l->entry_only || l->return_only ||
		      l->parked_lost || l->rows_full || l->bad_records),
	      out);
	fprintf(out, "lost in the ring buffer: %llu entries, %llu returns%s; ", l->lost_entry,
		l->lost_return, l->lost_entry || l->lost_return ? " (try a larger --buffer)" : "");
	fprintf(out, "only entry seen: %llu, only return seen: %llu; ", l->entry_only,
		l->return_only);
	fprintf(out, "table full: %llu entries dropped, %llu in the row " OTHER_ROW, l->parked_lost,
		l->rows_full);
	if (l->bad_records)
		fprintf(out, "; records not understood: %llu", l->bad_records);
	putc('\n', out);
}

static void put_missed(FILE *out, const struct ledger *l)
{
	fputs(WARN_IF(is_loss(l->missed_entry) || is_loss(l->missed_return) ||
		      is_loss(l->probe_missed_entry) || is_loss(l->probe_missed_return)),
	      out);
	missed(out, "missed by the kernel: at entry", l->missed_entry, l->probe_missed_entry);
	missed(out, "; at return", l->missed_return, l->probe_missed_return);
	putc('\n', out);
	mismatched(
		out, "bpf_mem_alloc_destroy",
		unseen(sum(l->missed_entry, l->probe_missed_entry), l->lost_entry, l->return_only),
		unseen(sum(l->missed_return, l->probe_missed_return), l->lost_return,
		       l->entry_only));
}

int ledger_text_calls(FILE *out, const struct ledger *ledger, bool with_filters)
{
	errno = 0;
	put_seen(out, ledger, with_filters);
	put_lost(out, ledger);
	put_missed(out, ledger);
	if (ledger->stuck)
		fprintf(out, "WARNING: longer than --stuck: %llu, still running at the end: %llu\n",
			ledger->stuck, ledger->still_stuck);
	return stream_flush(out);
}

int ledger_text_teardowns(FILE *out, const struct teardown_ledger *ledger, bool with_filters)
{
	const struct teardown_ledger *l = ledger;

	errno = 0;
	fprintf(out, "teardowns: %llu started, %llu completed, ", l->started, l->completed);
	figure(out, "running", l->running);
	figure(out, ", waiting", l->waiting);
	fprintf(out, "; %llu shown", l->shown);
	if (l->before)
		fprintf(out, ", %llu from before the run", l->before);
	if (with_filters || l->filtered)
		fprintf(out, ", %llu filtered", l->filtered);
	fprintf(out, "\ndestroy calls with a deferred free: %llu, freed: %llu, ", l->deferred,
		l->reclaimed);
	fprintf(out, "pending: %llu; unknown whether with one: %llu\n", l->pending, l->undecided);
	if (l->start_only || l->end_only || l->lost || l->no_release || l->forgotten || l->strays ||
	    l->rows_full) {
		fprintf(out,
			"WARNING: only start seen: %llu, only end seen: %llu; starts lost in the ring "
			"buffer: %llu; ",
			l->start_only, l->end_only, l->lost);
		fprintf(out,
			"last put not seen: %llu; maps dropped, table full: %llu; frees of unknown "
			"origin: %llu; in no row: %llu\n",
			l->no_release, l->forgotten, l->strays, l->rows_full);
	}
	return stream_flush(out);
}

/* One side of a hook, if anything is known to be lost or missed there. */
static void hook_loss(FILE *out, const char *side, const char *function, __u64 missed, __u64 lost)
{
	if (!is_loss(missed) && !lost)
		return;
	fprintf(out, "WARNING: %s%s: ", side, function);
	figure(out, "missed by the kernel", missed);
	fprintf(out, ", lost in the ring buffer %llu\n", lost);
}

static void put_uncounted(FILE *out, const struct hook_counts *hooks, size_t nr_hooks)
{
	const char *gap = "misses not counted by this kernel: ";
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

int ledger_text_hooks(FILE *out, const struct hook_counts *hooks, size_t nr_hooks)
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
		if (i == HOOK_DESTROY) /* the ledger of calls says it */
			continue;
		mismatched(out, hooks[i].function, unseen(hooks[i].missed, hooks[i].lost, 0),
			   unseen(hooks[i].missed_return, hooks[i].lost_return, 0));
	}
	put_uncounted(out, hooks, nr_hooks);
	return stream_flush(out);
}
