// SPDX-License-Identifier: GPL-2.0-only
/*
 * Decides whether recordings can be compared.
 */
#include <stdio.h>
#include <string.h>

#include "recording/comparable.h"
#include "util/diag.h"
#include "util/macros.h"

static const char *describe(const struct field *field, const struct run_info *run_info,
			    char text[RUN_INFO_LEN])
{
	const char *is_text = field_text(field, run_info);

	if (is_text || !field_is_known(field, run_info))
		snprintf(text, RUN_INFO_LEN, "%s", is_text ?: "unknown");
	else
		snprintf(text, RUN_INFO_LEN, "%llu", field_get(field, run_info));
	return text;
}

/* Whether all recordings of the side have the value of the first one of the base. */
static bool have_in_common(const struct field *field, const struct reader_set *base,
			   const struct reader_set *side)
{
	char wanted_text[RUN_INFO_LEN], text[RUN_INFO_LEN];
	const struct reader *first = base->reader[0];
	const char *wanted = describe(field, first->run_info, wanted_text);

	for (size_t i = 0; i < side->nr; i++) {
		const char *is = describe(field, side->reader[i]->run_info, text);

		if (!strcmp(is, wanted))
			continue;
		diag_warn("%s: %s in '%s', %s in '%s'", field->title, wanted, first->path, is,
			  side->reader[i]->path);
		return false;
	}
	return true;
}

static __u64 known(__u64 figure)
{
	return figure_known(figure) ? figure : 0;
}

/* For calls, and for the parts of teardowns */
static __u64 losses(const struct ledger *ledger, const struct teardown_counts *counts)
{
	__u64 sum = known(ledger->bad_records) + known(ledger->parked_lost);

	for (int i = 0; i < NR_HOOKS; i++) {
		const struct hook_counts *hook = &counts->hooks[i];

		sum += known(hook->lost) + known(hook->missed) + known(hook->lost_return) +
		       known(hook->missed_return);
	}
	return sum;
}

static bool is_complete(const struct reader *reader)
{
	struct teardown_counts counts;
	struct ledger ledger;
	__u64 lost, entered;

	reader_ledger(reader, &ledger, &counts);
	lost = losses(&ledger, &counts);
	entered = known(ledger.entered);
	/* A stuck call has no latency to compare. */
	if (known(ledger.still_stuck))
		diag_warn("'%s': %llu calls or teardowns were stuck at its end and are in no "
			  "figure (see report)",
			  reader->path, ledger.still_stuck);
	if (lost)
		diag_warn("'%s' is incomplete: %llu records lost or calls missed, of %llu calls "
			  "(see report)",
			  reader->path, lost, entered);
	return !known(ledger.still_stuck) && lost <= entered / COMPARABLE_LOSS;
}

bool comparable(const struct reader_set *base, const struct reader_set *new_side)
{
	const struct reader_set *const sides[] = {base, new_side};
	bool yes = true;

	for (const struct field *field = run_info_fields; field->name; field++)
		if (field->title)
			yes = have_in_common(field, base, base) &&
			      have_in_common(field, base, new_side) && yes;
	for (size_t side = 0; side < ARRAY_SIZE(sides); side++)
		for (size_t i = 0; i < sides[side]->nr; i++)
			yes = is_complete(sides[side]->reader[i]) && yes;
	return yes;
}
