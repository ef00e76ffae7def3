// SPDX-License-Identifier: GPL-2.0-only
/*
 * Words ledgers as text: what was seen, and each loss.
 */
#include <errno.h>
#include <string.h>

#include "model/ledger_figures.h"
#include "model/run_info.h"
#include "output/column.h"
#include "output/ledger_text.h"
#include "util/outfile.h"
#include "util/text.h"

#define WARN_IF(loss) ((loss) ? "WARNING: " : "")

static bool is_loss(__u64 figure)
{
	return figure && figure_known(figure);
}

/* Why a figure is not known. */
static const char *reason(__u64 figure, const char *uncounted)
{
	return figure == LEDGER_ABSENT ? "not recorded" : uncounted;
}

/* "name 12" */
static void figure(FILE *out, const char *name, __u64 figure)
{
	if (figure_known(figure))
		fprintf(out, "%s %llu", name, figure);
	else
		fprintf(out, "%s %s", name, reason(figure, "not known"));
}

/* "12 name" */
static void count(FILE *out, const char *gap, __u64 figure, const char *name)
{
	if (figure_known(figure))
		fprintf(out, "%s%llu %s", gap, figure, name);
	else
		fprintf(out, "%s%s %s", gap, name, reason(figure, "not known"));
}

static __u64 sum(__u64 program, __u64 probe)
{
	figure_add(&program, figure_known(probe) ? probe : 0);
	return figure_known(probe) ? program : probe;
}

/* Prints the kernel's misses; the kernel may count only those of the program or the probe, or none.
 */
static void missed(FILE *out, const char *where, const char *uncounted, __u64 program, __u64 probe)
{

	fputs(where, out);
	if (!figure_known(program) && !figure_known(probe))
		fprintf(out, " %s", reason(program, uncounted));
	else if (!figure_known(program))
		fprintf(out, " %llu by the probe, by the program %s", probe,
			reason(program, uncounted));
	else if (!figure_known(probe))
		fprintf(out, " %llu by the program, by the probe %s", program,
			reason(probe, uncounted));
	else
		fprintf(out, " %llu", program + probe);
}

/* Misses and losses on one side, except those of calls whose other side was seen. */
static __u64 unseen(__u64 missed, __u64 lost, __u64 other_side_only)
{
	__u64 gone = sum(missed, lost);

	if (!figure_known(gone) || !figure_known(other_side_only))
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

static void put_seen(FILE *out, const struct ledger *l, bool with_filters)
{
	count(out, "calls: ", l->entered, "entered");
	count(out, ", ", l->completed, "completed");
	if (with_filters || l->filtered)
		count(out, ", ", l->filtered, "filtered");
	count(out, ", ", l->still_running, "still running");
	putc('\n', out);
}

static void put_lost(FILE *out, const struct ledger *l)
{
	bool lost = is_loss(l->lost_entry) || is_loss(l->lost_return);

	fputs(WARN_IF(lost || is_loss(l->entry_only) || is_loss(l->return_only) ||
		      is_loss(l->parked_lost) || is_loss(l->rows_full) || is_loss(l->bad_records)),
	      out);
	count(out, "lost in the ring buffer: ", l->lost_entry, "entries");
	count(out, ", ", l->lost_return, "returns");
	figure(out, lost ? " (try a larger --buffer); only entry seen:" : "; only entry seen:",
	       l->entry_only);
	figure(out, ", only return seen:", l->return_only);
	count(out, "; table full: ", l->parked_lost, "entries dropped");
	count(out, ", ", l->rows_full, "in the row " OTHER_ROW);
	if (l->bad_records)
		figure(out, "; records not understood:", l->bad_records);
	putc('\n', out);
}

static void put_missed(FILE *out, const struct ledger *l)
{
	const char *uncounted =
		figure_known(l->entered) ? "not counted by this kernel" : "not known";

	fputs(WARN_IF(is_loss(l->missed_entry) || is_loss(l->missed_return) ||
		      is_loss(l->probe_missed_entry) || is_loss(l->probe_missed_return)),
	      out);
	missed(out, "missed by the kernel: at entry", uncounted, l->missed_entry,
	       l->probe_missed_entry);
	missed(out, "; at return", uncounted, l->missed_return, l->probe_missed_return);
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
	if (ledger->stuck) {
		fputs(WARN_IF(is_loss(ledger->stuck)), out);
		figure(out, "longer than --stuck:", ledger->stuck);
		figure(out, ", still running at the end:", ledger->still_stuck);
		putc('\n', out);
	}
	return stream_flush(out);
}

static void put_teardown_losses(FILE *out, const struct teardown_ledger *l)
{
	if (!is_loss(l->start_only) && !is_loss(l->end_only) && !is_loss(l->lost) &&
	    !is_loss(l->no_release) && !is_loss(l->forgotten) && !is_loss(l->strays) &&
	    !is_loss(l->rows_full))
		return;
	figure(out, "WARNING: only start seen:", l->start_only);
	figure(out, ", only end seen:", l->end_only);
	figure(out, "; starts lost in the ring buffer:", l->lost);
	figure(out, "; last put not seen:", l->no_release);
	figure(out, "; maps dropped, table full:", l->forgotten);
	figure(out, "; frees of unknown origin:", l->strays);
	figure(out, "; in no row:", l->rows_full);
	putc('\n', out);
}

int ledger_text_teardowns(FILE *out, const struct teardown_ledger *ledger, bool with_filters)
{
	const struct teardown_ledger *l = ledger;

	errno = 0;
	count(out, "teardowns: ", l->started, "started");
	count(out, ", ", l->completed, "completed");
	figure(out, ", running", l->running);
	figure(out, ", waiting", l->waiting);
	count(out, "; ", l->shown, "shown");
	if (l->before)
		count(out, ", ", l->before, "from before the run");
	if (with_filters || l->filtered)
		count(out, ", ", l->filtered, "filtered");
	figure(out, "\ndestroy calls with a deferred free:", l->deferred);
	figure(out, ", freed:", l->reclaimed);
	figure(out, ", pending:", l->pending);
	figure(out, "; unknown whether with one:", l->undecided);
	putc('\n', out);
	put_teardown_losses(out, l);
	return stream_flush(out);
}

void ledger_text_blind(FILE *out, const char *why)
{
	char safe[TEXT_SIZE(RUN_INFO_LEN)];

	text_printable(safe, sizeof(safe), why, strlen(why));
	if (*why)
		fprintf(out,
			"WARNING: not all was seen, so the counts of calls and teardowns are not known: "
			"%s\n",
			safe);
}

/* One side of a hook, if anything is known to be lost or missed there. */
static void hook_loss(FILE *out, const char *side, const char *function, __u64 missed, __u64 lost)
{
	if (!is_loss(missed) && !is_loss(lost))
		return;
	fprintf(out, "WARNING: %s%s: ", side, function);
	figure(out, "missed by the kernel", missed);
	figure(out, ", lost in the ring buffer", lost);
	putc('\n', out);
}

static bool is_uncounted(const struct hook_counts *hook)
{
	return hook->attached && hook->missed == LEDGER_UNKNOWN && figure_known(hook->seen);
}

static bool is_absent(const struct hook_counts *hook)
{
	return hook->seen == LEDGER_ABSENT;
}

static void put_names(FILE *out, const char *heading, const struct hook_counts *hooks,
		      size_t nr_hooks, bool (*wanted)(const struct hook_counts *hook))
{
	const char *gap = heading;
	size_t i;

	for (i = 0; i < nr_hooks; i++) {
		if (!wanted(&hooks[i]))
			continue;
		fprintf(out, "%s%s", gap, hooks[i].function);
		gap = ", ";
	}
	if (gap != heading)
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
	put_names(out, "misses not counted by this kernel: ", hooks, nr_hooks, is_uncounted);
	put_names(out, "losses and misses not recorded: ", hooks, nr_hooks, is_absent);
	return stream_flush(out);
}
