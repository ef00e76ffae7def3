// SPDX-License-Identifier: GPL-2.0-only
/*
 * Decides whether recordings can be compared.
 */
#include <stdio.h>
#include <string.h>

#include "recording/comparable.h"
#include "util/diag.h"

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
	const char *wanted = describe(field, reader_run_info(first), wanted_text);

	for (size_t i = 0; i < side->nr; i++) {
		const char *is = describe(field, reader_run_info(side->reader[i]), text);

		if (!strcmp(is, wanted))
			continue;
		diag_warn("%s: %s in '%s', %s in '%s'", field->title, wanted, reader_path(first),
			  is, reader_path(side->reader[i]));
		return false;
	}
	return true;
}

static __u64 known(__u64 figure)
{
	return figure == LEDGER_UNKNOWN ? 0 : figure;
}

/* For calls, and for the parts of teardowns */
static __u64 losses(const struct ledger *ledger, const struct teardown_counts *counts)
{
	__u64 sum = ledger->bad_records + ledger->parked_lost;

	for (int i = 0; i < NR_HOOKS; i++) {
		const struct hook_counts *hook = &counts->hooks[i];

		sum += known(hook->lost) + known(hook->missed) + known(hook->lost_return) +
		       known(hook->missed_return);
	}
	return sum;
}

/* A stuck call has no latency to compare. */
static bool none_stuck(const struct reader *reader, const struct ledger *ledger)
{
	if (!known(ledger->still_stuck))
		return true;
	diag_warn(
		"'%s': %llu calls or teardowns were stuck at its end and are in no figure (see report)",
		reader_path(reader), ledger->still_stuck);
	return false;
}

static bool is_complete(struct reader *reader, int *err)
{
	struct teardown_counts counts;
	struct ledger ledger;
	__u64 lost, entered;
	bool ended;

	*err = reader_ledger(reader, &ledger, &counts);
	if (*err)
		return false;
	ended = none_stuck(reader, &ledger);
	lost = losses(&ledger, &counts);
	entered = known(ledger.entered);
	if (!lost)
		return ended;
	diag_warn("'%s' is incomplete: %llu records lost or calls missed, of %llu calls (see "
		  "report)",
		  reader_path(reader), lost, entered);
	return lost <= entered / COMPARABLE_LOSS && ended;
}

static bool are_complete(struct reader_set *side, int *err)
{
	bool complete = true;

	for (size_t i = 0; i < side->nr && !*err; i++)
		complete = is_complete(side->reader[i], err) && complete;
	return complete;
}

bool comparable(struct reader_set *base, struct reader_set *new_side, int *err)
{
	bool yes = true;

	*err = 0;
	for (const struct field *field = run_info_fields; field->name; field++)
		if (field->title)
			yes = have_in_common(field, base, base) &&
			      have_in_common(field, base, new_side) && yes;
	yes = are_complete(base, err) && yes;
	if (!*err)
		yes = are_complete(new_side, err) && yes;
	return yes;
}
