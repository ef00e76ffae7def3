// SPDX-License-Identifier: GPL-2.0-only
/* Lists the figures of the ledgers, and merges the ledgers of several recordings. */
#include "model/ledger_figures.h"

#define ROW(object, member, kind) {#member, offsetof(struct object, member), FIGURE_##kind, false},
#define RETURN_ROW(object, member, kind)                                                           \
	{#member, offsetof(struct object, member), FIGURE_##kind, true},

const struct figure ledger_figures[] = {LEDGER_FIGURES(ROW){}};
const struct figure teardown_ledger_figures[] = {TEARDOWN_LEDGER_FIGURES(ROW){}};
const struct figure hook_figures[] = {HOOK_ENTRY_FIGURES(ROW) HOOK_RETURN_FIGURES(RETURN_ROW){}};

__u64 figure_get(const struct figure *figure, const void *ledger)
{
	return *(const __u64 *)((const char *)ledger + figure->at);
}

void figure_set(const struct figure *figure, void *ledger, __u64 value)
{
	*(__u64 *)((char *)ledger + figure->at) = value;
}

void figures_clear(const struct figure *figures, void *ledger)
{
	for (; figures->name; figures++)
		figure_set(figures, ledger, figures->kind == FIGURE_SHED ? 0 : LEDGER_ABSENT);
}

void hook_counts_clear_unused(struct hook_counts *counts)
{
	const struct figure *figure;

	for (figure = hook_figures; figure->name; figure++)
		if (!counts->attached || (figure->of_return && !counts->returns))
			figure_set(figure, counts, LEDGER_UNKNOWN);
}

void figure_add(__u64 *figure, __u64 nr)
{
	if (figure_known(*figure))
		*figure = nr > INT64_MAX - *figure ? LEDGER_UNKNOWN : *figure + nr;
}

void figure_subtract(__u64 *figure, __u64 nr)
{
	if (figure_known(*figure))
		*figure = nr > *figure ? LEDGER_UNKNOWN : *figure - nr;
}

static void forget_events(const struct figure *figures, void *ledger)
{
	for (; figures->name; figures++)
		if (figures->kind != FIGURE_NOTED && figures->kind != FIGURE_SHED)
			figure_set(figures, ledger, LEDGER_UNKNOWN);
}

void ledger_forget(struct ledger *ledger, struct teardown_counts *counts)
{
	forget_events(ledger_figures, ledger);
	forget_events(teardown_ledger_figures, &counts->ledger);
	for (int hook = 0; hook < NR_HOOKS; hook++)
		forget_events(hook_figures, &counts->hooks[hook]);
}

static __u64 merged(enum figure_kind kind, __u64 a, __u64 b)
{
	if (a == LEDGER_ABSENT || b == LEDGER_ABSENT)
		return LEDGER_ABSENT;
	if (!figure_known(a) || !figure_known(b))
		return LEDGER_UNKNOWN;
	switch (kind) { /* no default: the compiler finds a kind that is not merged */
	case FIGURE_COUNT:
	case FIGURE_NOTED:
	case FIGURE_DURATION:
	case FIGURE_AMOUNT:
	case FIGURE_LEFT:
	case FIGURE_LATER:
	case FIGURE_SHED:
		figure_add(&a, b);
		return a;
	case FIGURE_LONGEST:
		return a > b ? a : b;
	}
	return LEDGER_UNKNOWN;
}

/* What is unknown in one file is unknown of all. A figure may fall before the run's end. */
void figures_since(const struct figure *figures, void *ledger, void *before, bool goes_on)
{
	for (; figures->name; figures++) {
		__u64 now = figure_get(figures, ledger), then = figure_get(figures, before);

		if (figures->kind == FIGURE_LEFT && goes_on)
			figure_set(figures, ledger, 0);
		if (figures->kind == FIGURE_LEFT || figures->kind == FIGURE_LONGEST ||
		    !figure_known(now))
			continue;
		figure_set(figures, ledger, now > then ? now - then : 0);
		if (goes_on && now > then)
			figure_set(figures, before, now);
	}
}

void figures_merge(const struct figure *figures, void *ledger, const void *one)
{
	for (; figures->name; figures++)
		figure_set(figures, ledger,
			   merged(figures->kind, figure_get(figures, ledger),
				  figure_get(figures, one)));
}
