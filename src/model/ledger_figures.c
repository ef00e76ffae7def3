// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lists the figures of the ledgers, and merges the ledgers of several recordings.
 */
#include "model/ledger_figures.h"
#include "util/macros.h"

#define ROW(object, member, kind) {#member, offsetof(struct object, member), FIGURE_##kind, false},
#define RETURN_ROW(object, member, kind)                                                           \
	{#member, offsetof(struct object, member), FIGURE_##kind, true},

const struct figure ledger_figures[] = {LEDGER_FIGURES(ROW){}};
const struct figure teardown_ledger_figures[] = {TEARDOWN_LEDGER_FIGURES(ROW){}};
const struct figure hook_figures[] = {HOOK_ENTRY_FIGURES(ROW) HOOK_RETURN_FIGURES(RETURN_ROW){}};

#define NR_FIGURES(list) (ARRAY_SIZE(list) - 1)

_Static_assert(NR_FIGURES(ledger_figures) == sizeof(struct ledger) / sizeof(__u64),
	       "a row for each member");
_Static_assert(NR_FIGURES(teardown_ledger_figures) ==
		       sizeof(struct teardown_ledger) / sizeof(__u64),
	       "a row for each member");
_Static_assert(NR_FIGURES(hook_figures) ==
		       (sizeof(struct hook_counts) - offsetof(struct hook_counts, seen)) /
			       sizeof(__u64),
	       "a row for each figure");

static __u64 *figure_of(const struct figure *figure, void *ledger)
{
	return (__u64 *)((char *)ledger + figure->at);
}

void figures_clear(const struct figure *figures, void *ledger)
{
	for (; figures->name; figures++)
		*figure_of(figures, ledger) = LEDGER_UNKNOWN;
}

static __u64 merged(enum figure_kind kind, __u64 a, __u64 b)
{
	if (a == LEDGER_UNKNOWN || b == LEDGER_UNKNOWN)
		return LEDGER_UNKNOWN;
	switch (kind) { /* no default: the compiler finds a kind that is not merged */
	case FIGURE_COUNT:
	case FIGURE_DURATION:
		return a + b;
	case FIGURE_LONGEST:
		return a > b ? a : b;
	}
	return LEDGER_UNKNOWN;
}

void figures_merge(const struct figure *figures, void *ledger, const void *one)
{
	for (; figures->name; figures++) {
		__u64 *figure = figure_of(figures, ledger);

		*figure = merged(figures->kind, *figure,
				 *(const __u64 *)((const char *)one + figures->at));
	}
}
