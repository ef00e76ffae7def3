// SPDX-License-Identifier: GPL-2.0-only
/*
 * Describes the columns of ledgers and of the counts of hooks, from the lists of their figures.
 */
#include "model/ledger_figures.h"
#include "output/columns/get.h"

/* A new kind of figure needs a line here. */
#define VALUE_OF_COUNT	  VALUE_NUMBER
#define VALUE_OF_NOTED	  VALUE_NUMBER
#define VALUE_OF_LEFT	  VALUE_NUMBER
#define VALUE_OF_SHED	  VALUE_NUMBER
#define VALUE_OF_LATER	  VALUE_NUMBER
#define VALUE_OF_DURATION VALUE_DURATION
#define VALUE_OF_LONGEST  VALUE_DURATION
#define VALUE_OF_AMOUNT	  VALUE_BYTES

#define COLUMN(object, member, kind, getter)                                                       \
	{#member, NULL, VALUE_OF_##kind, .get = (getter), .at = offsetof(struct object, member)},
#define FIGURE(object, member, kind) COLUMN(object, member, kind, get_figure)

static GETTER(get_figure, const __u64 *figure, figure_known(*figure), number, *figure);

const struct column ledger_columns[] = {
	{"type", NULL, VALUE_TEXT, .get = get_text, .text = "ledger"},
	LEDGER_FIGURES(FIGURE){},
};

const struct column teardown_ledger_columns[] = {
	{"type", NULL, VALUE_TEXT, .get = get_text, .text = "teardown_ledger"},
	TEARDOWN_LEDGER_FIGURES(FIGURE){},
};

/* Hooks */

/* A recording may lack the hook. */
static GETTER(get_attached, const struct hook_counts *counts,
	      counts->attached || counts->seen != LEDGER_ABSENT, number, counts->attached);

static bool get_hook_figure(const struct column *column, const void *object, struct value *value)
{
	return get_figure(column, object, value) && ((const struct hook_counts *)object)->attached;
}

static bool get_return_figure(const struct column *column, const void *object, struct value *value)
{
	return get_hook_figure(column, object, value) &&
	       ((const struct hook_counts *)object)->returns;
}

#define ENTRY_FIGURE(object, member, kind)  COLUMN(object, member, kind, get_hook_figure)
#define RETURN_FIGURE(object, member, kind) COLUMN(object, member, kind, get_return_figure)

const struct column hook_columns[] = {
	{"type", NULL, VALUE_TEXT, .get = get_text, .text = "point"},
	{"function", NULL, VALUE_TEXT, .get = get_string,
	 .at = offsetof(struct hook_counts, function)},
	{"attached", NULL, VALUE_BOOL, .get = get_attached},
	HOOK_ENTRY_FIGURES(ENTRY_FIGURE) HOOK_RETURN_FIGURES(RETURN_FIGURE){},
};
