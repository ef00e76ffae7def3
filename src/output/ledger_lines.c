// SPDX-License-Identifier: GPL-2.0-only
/*
 * Words the losses of a run, and what was not complete at its start or end: what happened, to what,
 * and what to do.
 */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "model/hooks.h"
#include "model/ledger_figures.h"
#include "output/color.h"
#include "output/column.h"
#include "output/ledger_lines.h"
#include "util/diag.h"
#include "util/text.h"

#define LINE_SIZE   2048
#define PART_SIZE   96
#define MAX_BUFFER  (1ULL << 30) /* of --buffer */
#define MORE_BUFFER 4		 /* times the size that did not suffice */
#define SKIPPED	    "the kernel skipped the programs (kprobes miss more than fentry)"

__attribute__((format(printf, 3, 0))) static void put_line(struct ledger_lines *lines, bool loss,
							   const char *fmt, va_list args)
{
	int saved_errno = errno, len = 0;
	char text[LINE_SIZE];

	if (!lines->out)
		return;
	if (loss)
		len = snprintf(text, sizeof(text), "%sWARNING:%s ",
			       color_start(lines->out, COLOR_WARNING),
			       color_end(lines->out, COLOR_WARNING));
	vsnprintf(text + len, sizeof(text) - len, fmt, args);
	errno = saved_errno; /* of writing, not of looking for a terminal */
	if (lines->below_table)
		putc('\n', lines->out);
	lines->below_table = false;
	text_line(lines->out, text);
}

void ledger_note(struct ledger_lines *lines, const char *fmt, ...)
{
	va_list args;

	if (diag_is_quiet())
		return;
	va_start(args, fmt);
	put_line(lines, false, fmt, args);
	va_end(args);
}

void ledger_loss(struct ledger_lines *lines, const char *fmt, ...)
{
	va_list args;

	lines->nr_losses++;
	va_start(args, fmt);
	put_line(lines, true, fmt, args);
	va_end(args);
}

/* Figures */

static __u64 known(__u64 figure)
{
	return figure_known(figure) ? figure : 0;
}

/* Not known if one of them is not. */
static __u64 sum(__u64 a, __u64 b)
{
	figure_add(&a, known(b));
	return figure_known(b) ? a : b;
}

/* "1 map", "12 maps" */
static const char *number(char text[PART_SIZE], __u64 nr, const char *one, const char *more)
{
	snprintf(text, PART_SIZE, "%llu %s", nr, nr == 1 ? one : more);
	return text;
}

/* "12 of 338 calls", without the sum if that is not known. */
static const char *share(char text[PART_SIZE], __u64 nr, __u64 all, const char *one,
			 const char *more)
{
	if (!figure_known(all) || all < nr)
		return number(text, nr, one, more);
	snprintf(text, PART_SIZE, "%llu of %llu %s", nr, all, all == 1 ? one : more);
	return text;
}

/* Whether a buffer can be larger, and how much. */
static const char *advice(char text[PART_SIZE], const struct ledger *calls)
{
	__u64 bytes = calls->buffer_bytes, more = bytes * MORE_BUFFER;

	if (!bytes)
		snprintf(text, PART_SIZE, "try a larger --buffer");
	else if (bytes >= MAX_BUFFER)
		snprintf(text, PART_SIZE, "--buffer is at its maximum; try filters");
	else if (more >= MAX_BUFFER)
		snprintf(text, PART_SIZE, "try --buffer 1G");
	else if (more >> 20)
		snprintf(text, PART_SIZE, "try --buffer %lluM", more >> 20);
	else
		snprintf(text, PART_SIZE, "try --buffer %lluK", more >> 10);
	return text;
}

/* Misses and losses on one side, except those of calls whose other side was seen. */
static __u64 unseen(__u64 missed, __u64 lost, __u64 other_side_only)
{
	__u64 gone = sum(missed, lost);

	if (!figure_known(gone) || !figure_known(other_side_only))
		return LEDGER_UNKNOWN;
	return gone > other_side_only ? gone - other_side_only : 0;
}

/* How many of these are a loss: the rest had begun before the run. All, if gone is not known. */
static __u64 lost_part(__u64 half_seen, __u64 gone)
{
	if (!figure_known(half_seen) || !figure_known(gone))
		return half_seen;
	return half_seen < gone ? half_seen : gone;
}

static __u64 entries_gone(const struct ledger *l)
{
	return sum(sum(l->missed_entry, l->probe_missed_entry), sum(l->lost_entry, l->parked_lost));
}

static __u64 starts_gone(const struct teardown_ledger *l)
{
	return sum(l->missed, l->lost);
}

/* Whatever may leave a deferred free without its destroy call or its map. */
static __u64 origins_gone(const struct ledger_text *text)
{
	const struct ledger *l = text->calls;
	__u64 gone = sum(entries_gone(l),
			 sum(l->lost_return, sum(l->missed_return, l->probe_missed_return)));

	if (!text->hooks)
		return LEDGER_UNKNOWN;
	for (int hook = HOOK_FREE; hook < NR_CALL_HOOKS; hook++) {
		const struct hook_counts *counts = &text->hooks[hook];

		gone = sum(gone, sum(sum(counts->missed, counts->lost),
				     sum(counts->missed_return, counts->lost_return)));
	}
	return gone;
}

/* Losses */

/*
 * A return is matched to its thread's last entry, unless map, caller or argument differ. They may
 * be the same if the return of that call and the entry of the returning one were not seen.
 */
static void mismatched(struct ledger_lines *lines, const char *function, __u64 entries,
		       __u64 returns)
{
	__u64 calls = entries < returns ? entries : returns;
	char part[PART_SIZE];

	if (is_loss(calls))
		ledger_loss(lines,
			    "up to %s of %s() not seen, or joined with an earlier call whose "
			    "latency is then too long",
			    number(part, calls, "call", "calls"), function);
}

static void calls_lost(struct ledger_lines *lines, const struct ledger *l)
{
	__u64 missed = known(l->missed_entry) + known(l->probe_missed_entry);
	__u64 missed_return = known(l->missed_return) + known(l->probe_missed_return);
	__u64 made = sum(l->entered, missed);
	char part[PART_SIZE], try[PART_SIZE];

	if (is_loss(l->lost_entry))
		ledger_loss(lines, "%s lost: ring buffer full (%s)",
			    share(part, l->lost_entry, made, "call", "calls"), advice(try, l));
	if (is_loss(l->lost_return))
		ledger_loss(lines, "returns of %s lost: ring buffer full (%s)",
			    share(part, l->lost_return, made, "call", "calls"), advice(try, l));
	if (missed)
		ledger_loss(lines, "%s missed: " SKIPPED,
			    share(part, missed, made, "call", "calls"));
	if (missed_return)
		ledger_loss(lines, "returns of %s missed: " SKIPPED,
			    share(part, missed_return, made, "call", "calls"));
	if (is_loss(l->parked_lost))
		ledger_loss(lines, "%s lost: too many in progress at a time (try without filters)",
			    share(part, l->parked_lost, made, "call", "calls"));
}

static void calls_incomplete(struct ledger_lines *lines, const struct ledger *l)
{
	__u64 half_seen = known(l->entry_only) + known(lost_part(l->return_only, entries_gone(l)));
	char part[PART_SIZE];

	if (half_seen)
		ledger_loss(lines, "%s without a latency: only the entry or the return was seen",
			    number(part, half_seen, "call", "calls"));
	if (is_loss(l->rows_full))
		ledger_loss(lines,
			    "%s in the row " OTHER_ROW ": too many different rows (try fewer keys "
			    "in --by)",
			    number(part, l->rows_full, "call", "calls"));
	if (is_loss(l->bad_records))
		ledger_loss(lines, "%s dropped: not understood (a bug in this program)",
			    number(part, l->bad_records, "record", "records"));
	mismatched(
		lines, TRACED_FUNCTION,
		unseen(sum(l->missed_entry, l->probe_missed_entry), l->lost_entry, l->return_only),
		unseen(sum(l->missed_return, l->probe_missed_return), l->lost_return,
		       l->entry_only));
	if (!is_loss(l->stuck))
		return;
	number(part, l->stuck, "call or teardown", "calls or teardowns");
	if (is_loss(l->still_stuck))
		ledger_loss(lines, "%s took longer than --stuck, %llu still running at the end",
			    part, l->still_stuck);
	else
		ledger_loss(lines, "%s took longer than --stuck", part);
}

static void teardowns_lost(struct ledger_lines *lines, const struct ledger_text *text)
{
	const struct teardown_ledger *l = text->teardowns;
	__u64 freed = sum(l->started, known(l->missed));
	__u64 half_seen = known(l->start_only) + known(lost_part(l->end_only, starts_gone(l)));
	__u64 strays = lost_part(l->strays, origins_gone(text));
	char part[PART_SIZE], try[PART_SIZE];

	if (is_loss(l->lost))
		ledger_loss(lines, "%s lost: ring buffer full (%s)",
			    share(part, l->lost, freed, "map", "maps"), advice(try, text->calls));
	if (is_loss(l->missed))
		ledger_loss(lines, "%s missed: " SKIPPED,
			    share(part, l->missed, freed, "map", "maps"));
	if (half_seen)
		ledger_loss(lines, "%s without times: only the start or the end was seen",
			    number(part, half_seen, "map freed", "maps freed"));
	if (is_loss(l->no_release))
		ledger_loss(lines, "%s of unknown releaser: the last put was not seen",
			    number(part, l->no_release, "map", "maps"));
	if (is_loss(l->forgotten))
		ledger_loss(lines, "%s not followed: too many at a time",
			    number(part, l->forgotten, "released map", "released maps"));
	if (is_loss(strays))
		ledger_loss(lines, "%s of unknown maps: the destroy calls were not seen",
			    number(part, strays, "deferred free", "deferred frees"));
	if (is_loss(l->rows_full))
		ledger_loss(lines, "%s in no row: too many rows (try fewer keys in --by)",
			    number(part, l->rows_full, "map", "maps"));
}

/* One side of a hook. what: "calls", "returns"; effect: what is then not known. */
static void side_lost(struct ledger_lines *lines, const struct ledger_text *text,
		      const struct hook_counts *hook, const char *what, __u64 missed, __u64 lost)
{
	char part[PART_SIZE], try[PART_SIZE];
	__u64 all = sum(hook->seen, known(missed));

	if (is_loss(missed))
		ledger_loss(lines, "%s of %s() missed: " SKIPPED,
			    share(part, missed, all, what, what), hook->function);
	if (is_loss(lost))
		ledger_loss(lines, "%s of %s() lost: ring buffer full (%s)",
			    share(part, lost, all, what, what), hook->function,
			    advice(try, text->calls));
}

/* The ledgers of calls and teardowns have those of their first hook. */
static void hooks_lost(struct ledger_lines *lines, const struct ledger_text *text)
{
	for (int i = 0; i < NR_HOOKS; i++) {
		const struct hook_counts *hook = &text->hooks[i];

		if (!hook->attached || i == HOOK_DESTROY)
			continue;
		if (i != HOOK_FREE || !text->teardowns)
			side_lost(lines, text, hook, "calls", hook->missed, hook->lost);
		if (!hook->returns)
			continue;
		side_lost(lines, text, hook, "returns", hook->missed_return, hook->lost_return);
		mismatched(lines, hook->function, unseen(hook->missed, hook->lost, 0),
			   unseen(hook->missed_return, hook->lost_return, 0));
	}
}

/* What the recorder left out on purpose. */
static void shed(struct ledger_lines *lines, const struct ledger_text *text)
{
	const struct teardown_ledger *l = text->teardowns;
	char calls[PART_SIZE] = "", maps[PART_SIZE] = "";
	__u64 all =
		sum(sum(text->calls->completed, text->calls->entry_only), text->calls->return_only);

	if (text->view != VIEW_TEARDOWNS && is_loss(text->calls->shed))
		share(calls, text->calls->shed, all, "call", "calls");
	if (text->view != VIEW_CALLS && l && is_loss(l->shed))
		share(maps, l->shed, l->shown, "map freed", "maps freed");
	if (*calls || *maps)
		ledger_loss(lines,
			    "%s%s%s shed, as the recorder could not keep up: counts and sums are "
			    "those of a sample",
			    calls, *calls && *maps ? " and " : "", maps);
}

void ledger_losses(struct ledger_lines *lines, const struct ledger_text *text)
{
	shed(lines, text);
	calls_lost(lines, text->calls);
	calls_incomplete(lines, text->calls);
	if (text->teardowns)
		teardowns_lost(lines, text);
	if (text->hooks)
		hooks_lost(lines, text);
}

/* Notes */

static void note_number(struct ledger_lines *lines, __u64 nr, const char *one, const char *more)
{
	char part[PART_SIZE];

	if (is_loss(nr))
		ledger_note(lines, "%s", number(part, nr, one, more));
}

/* Those that had begun before the run. */
static __u64 of_before(__u64 half_seen, __u64 gone)
{
	return known(half_seen) - known(lost_part(half_seen, gone));
}

static void note_calls(struct ledger_lines *lines, const struct ledger *l)
{
	note_number(lines, of_before(l->return_only, entries_gone(l)),
		    "call in progress at the start: its latency is not known",
		    "calls in progress at the start: their latency is not known");
	note_number(lines, l->still_running, "call still running at the end",
		    "calls still running at the end");
}

static void note_teardowns(struct ledger_lines *lines, const struct ledger_text *text)
{
	const struct teardown_ledger *l = text->teardowns;
	char bytes[BYTES_SIZE];

	note_number(lines, l->before, "map released before the run, not shown",
		    "maps released before the run, not shown");
	note_number(lines, of_before(l->end_only, starts_gone(l)),
		    "map being freed at the start: its times are not known",
		    "maps being freed at the start: their times are not known");
	note_number(lines, of_before(l->strays, origins_gone(text)),
		    "deferred free that began before the run",
		    "deferred frees that began before the run");
	note_number(lines, l->running, "map still being freed at the end",
		    "maps still being freed at the end");
	note_number(lines, l->waiting, "map released, but not being freed yet at the end",
		    "maps released, but not being freed yet at the end");
	note_number(lines, l->pending, "deferred free still to come at the end",
		    "deferred frees still to come at the end");
	if (is_loss(l->bytes_pending))
		ledger_note(lines, "memory of maps not all freed at the end: at least %s",
			    text_bytes(bytes, l->bytes_pending));
	note_number(lines, l->undecided, "destroy call that perhaps deferred a free",
		    "destroy calls that perhaps deferred a free");
	note_number(lines, l->freed_by_rcu, "map freed by RCU, end not seen",
		    "maps freed by RCU, end not seen");
}

/* Hooks whose misses this kernel does not count. */
static void note_uncounted(struct ledger_lines *lines, const struct ledger_text *text)
{
	const struct ledger *l = text->calls;
	char names[LINE_SIZE / 2];
	size_t len = 0;
	bool calls = l->missed_entry == LEDGER_UNKNOWN || l->missed_return == LEDGER_UNKNOWN;

	if (!figure_known(l->entered))
		return; /* for another reason */
	if (calls)
		len = snprintf(names, sizeof(names), "%s", TRACED_FUNCTION "()");
	for (int i = HOOK_FREE; text->hooks && i < NR_HOOKS; i++) {
		const struct hook_counts *hook = &text->hooks[i];

		if (hook->attached && hook->missed == LEDGER_UNKNOWN && figure_known(hook->seen) &&
		    len < sizeof(names))
			len += snprintf(names + len, sizeof(names) - len, "%s%s()", len ? ", " : "",
					hook->function);
	}
	if (len)
		ledger_note(lines, "not counted by this kernel: missed calls of %s", names);
}

void ledger_notes(struct ledger_lines *lines, const struct ledger_text *text)
{
	note_calls(lines, text->calls);
	if (text->teardowns)
		note_teardowns(lines, text);
	note_uncounted(lines, text);
}
