/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Says why nothing was seen, or can be seen, and what to try.
 */
#pragma once

#include <stdbool.h>

#include "model/filter.h"
#include "model/keys.h"
#include "model/ledger.h"
#include "model/map_allocators.h"

/* The known facts of a run. */
struct hint_facts {
	const struct filter *filter;
	enum view view;	 /* what was not seen; VIEW_BOTH: neither calls nor teardowns */
	bool both_views; /* both are shown */
	bool recorded;
	const struct map_allocators *kernel; /* of the run; all zero: not known */
	const struct ledger *calls;
	const struct teardown_ledger *teardowns; /* NULL: not traced */
};

/*
 * "no calls: ...", and what to try, in one or two lines without the last newline; to be freed.
 * NULL: no memory.
 */
char *hint_text(const struct hint_facts *facts);

/* Before a run: warns if its filters can match nothing on this kernel. Needs no ledgers. */
void hint_warn(const struct hint_facts *facts);

/*
 * Warns that the filter left nothing of recordings, this one and so many more, as it refused all of
 * so many calls or teardowns.
 */
void hint_warn_filtered(const struct filter *filter, enum view view, __u64 filtered,
			const char *path, size_t more);

/* hint_warn() for the running kernel. view: the tables to show. */
void hint_warn_here(const struct filter *filter, enum view view);
