// SPDX-License-Identifier: GPL-2.0-only
/*
 * Describes the columns of ledgers and of the points that they add up.
 */
#include "model/ledger.h"
#include "output/columns/get.h"
#include "util/macros.h"

#define FIGURE_OF(object, member)                                                                  \
#member, NULL, "", VALUE_NUMBER, .get = get_u64, .at = offsetof(struct object, member)
#define FIGURE(member) FIGURE_OF(ledger, member)

const struct column ledger_columns[] = {
	{"type", NULL, "", VALUE_TEXT, .get = get_text, .text = "ledger"},
	{FIGURE(entered)},
	{FIGURE(completed)},
	{FIGURE(filtered)},
	{FIGURE(still_running)},
	{FIGURE(entry_only)},
	{FIGURE(return_only)},
	{FIGURE(lost_entry)},
	{FIGURE(lost_return)},
	{FIGURE(parked_lost)},
	{FIGURE(missed_entry)},
	{FIGURE(missed_return)},
	{FIGURE(probe_missed_entry)},
	{FIGURE(probe_missed_return)},
	{FIGURE(rows_full)},
	{FIGURE(stuck)},
	{FIGURE(still_stuck)},
	{FIGURE(bad_records)},
	{},
};

/* All of the ledger's members, less the type and the end. */
_Static_assert(ARRAY_SIZE(ledger_columns) - 2 == sizeof(struct ledger) / sizeof(__u64),
	       "a column for each figure of the ledger");

#undef FIGURE
#define FIGURE(member) FIGURE_OF(teardown_ledger, member)

const struct column teardown_ledger_columns[] = {
	{"type", NULL, "", VALUE_TEXT, .get = get_text, .text = "teardown_ledger"},
	{FIGURE(started)},
	{FIGURE(completed)},
	{FIGURE(running)},
	{FIGURE(start_only)},
	{FIGURE(lost)},
	{FIGURE(end_only)},
	{FIGURE(missed)},
	{FIGURE(shown)},
	{FIGURE(before)},
	{FIGURE(filtered)},
	{FIGURE(waiting)},
	{FIGURE(no_release)},
	{FIGURE(forgotten)},
	{FIGURE(deferred)},
	{FIGURE(reclaimed)},
	{FIGURE(pending)},
	{FIGURE(undecided)},
	{FIGURE(strays)},
	{FIGURE(rows_full)},
	{},
};

_Static_assert(ARRAY_SIZE(teardown_ledger_columns) - 2 ==
		       sizeof(struct teardown_ledger) / sizeof(__u64),
	       "a column for each figure of the ledger");

/* Points */

static bool get_function(const struct column *column, const void *object, struct value *value)
{
	(void)column;
	value->text = ((const struct hook_counts *)object)->function;
	return true;
}

static bool get_point(const struct column *column, const void *object, struct value *value)
{
	return get_u64(column, object, value) && ((const struct hook_counts *)object)->attached;
}

static bool get_point_return(const struct column *column, const void *object, struct value *value)
{
	return get_point(column, object, value) && ((const struct hook_counts *)object)->returns;
}

#define AT(member) .at = offsetof(struct hook_counts, member)

const struct column hook_columns[] = {
	{"type", NULL, "", VALUE_TEXT, .get = get_text, .text = "point"},
	{"function", NULL, "", VALUE_TEXT, .get = get_function},
	{"attached", NULL, "", VALUE_BOOL, .get = get_bool, AT(attached)},
	{"seen", NULL, "", VALUE_NUMBER, .get = get_point, AT(seen)},
	{"taken", NULL, "", VALUE_NUMBER, .get = get_point, AT(taken)},
	{"lost", NULL, "", VALUE_NUMBER, .get = get_point, AT(lost)},
	{"missed", NULL, "", VALUE_NUMBER, .get = get_point, AT(missed)},
	{"seen_return", NULL, "", VALUE_NUMBER, .get = get_point_return, AT(seen_return)},
	{"lost_return", NULL, "", VALUE_NUMBER, .get = get_point_return, AT(lost_return)},
	{"missed_return", NULL, "", VALUE_NUMBER, .get = get_point_return, AT(missed_return)},
	{},
};
