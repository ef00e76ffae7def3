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

/* Chosen by chance, whatever they took: their medians are those of all. */
static void warn_of_sample(const struct reader *reader, const struct ledger *ledger,
			   const struct teardown_counts *counts)
{
	if (known(ledger->shed) || known(counts->ledger.shed))
		diag_warn("'%s' is a sample, as its recorder could not keep up: %llu calls and "
			  "%llu teardowns were shed; its counts and sums are too low",
			  reader->path, known(ledger->shed), known(counts->ledger.shed));
}

static bool is_complete(const struct reader *reader)
{
	struct teardown_counts counts;
	struct ledger ledger;
	char calls[32] = "an unknown number of";
	__u64 lost, entered;

	reader_ledger(reader, &ledger, &counts);
	warn_of_sample(reader, &ledger, &counts);
	lost = losses(&ledger, &counts);
	entered = known(ledger.entered);
	if (figure_known(ledger.entered))
		snprintf(calls, sizeof(calls), "%llu", entered);
	/* A stuck call has no latency to compare. */
	if (known(ledger.still_stuck))
		diag_warn("'%s': %llu calls or teardowns were stuck at its end and are in no "
			  "figure (see report)",
			  reader->path, ledger.still_stuck);
	if (lost)
		diag_warn("'%s' is incomplete: %llu records lost or calls missed, of %s calls "
			  "(see report)",
			  reader->path, lost, calls);
	if (*reader->run_info->blind)
		diag_warn("'%s' may lack events: %s", reader->path, reader->run_info->blind);
	return !*reader->run_info->blind && !known(ledger.still_stuck) &&
	       lost <= entered / COMPARABLE_LOSS;
}

/* A run counts calls and teardowns, and what it loses; only what the kernel misses may be unknown.
 */
static bool has_counts(const struct reader *reader)
{
	struct teardown_counts counts;
	struct ledger ledger;

	reader_ledger(reader, &ledger, &counts);
	for (int i = 0; i < NR_HOOKS; i++)
		if (counts.hooks[i].attached && !figure_known(counts.hooks[i].lost))
			return false;
	return figure_known(ledger.entered) && figure_known(ledger.lost_entry) &&
	       figure_known(ledger.lost_return) && figure_known(ledger.parked_lost) &&
	       figure_known(ledger.bad_records) && figure_known(counts.ledger.started) &&
	       figure_known(counts.ledger.lost) && counts.hooks[HOOK_DESTROY].attached;
}

/* A whole run, with its counts. */
static bool is_whole(const struct reader *reader)
{
	if (reader->run_info->end_ns == UNKNOWN_NS) /* already reported */
		return false;
	if (has_counts(reader))
		return true;
	diag_warn("'%s': what was lost or missed is not known", reader->path);
	return false;
}

/* Whether a recording is on both sides; reported. */
static bool overlap(const struct reader_set *base, const struct reader_set *new_side)
{
	const struct reader *first = NULL;
	size_t nr = 0;

	for (size_t i = 0; i < base->nr; i++) {
		if (!reader_set_find(new_side, base->reader[i]))
			continue;
		first = first ?: base->reader[i];
		nr++;
	}
	if (nr == 1)
		diag_warn("'%s' is on both sides, which hides differences", first->path);
	else if (nr)
		diag_warn("'%s' and %zu more are on both sides, which hides differences",
			  first->path, nr - 1);
	return nr;
}

bool comparable(const struct reader_set *base, const struct reader_set *new_side, bool as_evidence)
{
	const struct reader_set *const sides[] = {base, new_side};
	bool yes = true;

	for (const struct field *field = run_info_fields; field->name; field++)
		if (field->title)
			yes = have_in_common(field, base, base) &&
			      have_in_common(field, base, new_side) && yes;
	yes = !(overlap(base, new_side) && as_evidence) && yes;
	for (size_t side = 0; side < ARRAY_SIZE(sides); side++)
		for (size_t i = 0; i < sides[side]->nr; i++)
			yes = is_complete(sides[side]->reader[i]) &&
			      (!as_evidence || is_whole(sides[side]->reader[i])) && yes;
	return yes;
}

bool comparable_sums(const struct reader_set *readers)
{
	for (size_t i = 0; i < readers->nr; i++) {
		struct teardown_counts counts;
		struct ledger ledger;

		reader_ledger(readers->reader[i], &ledger, &counts);
		if (known(ledger.shed) || known(counts.ledger.shed))
			return false;
	}
	return true;
}

static const struct scenario *find_scenario(const struct reader_set *readers, const char *name)
{
	for (size_t i = 0; i < readers->nr; i++)
		for (size_t j = 0; j < readers->reader[i]->nr_scenarios; j++)
			if (!strcmp(readers->reader[i]->scenarios[j].name, name))
				return &readers->reader[i]->scenarios[j];
	return NULL;
}

/* Whether the other side measured the same under that name; reported if not. */
static bool is_alike(const struct scenario *scenario, const struct reader_set *other,
		     bool by_scenario)
{
	const struct scenario *same = find_scenario(other, scenario->name);
	char text[SCENARIO_NAME_LEN], other_text[SCENARIO_NAME_LEN];

	if (!same && by_scenario) /* a line of one side */
		return true;
	if (!same) {
		diag_warn("only one side measured %s", scenario->name);
		return false;
	}
	scenario_describe(scenario, true, text);
	scenario_describe(same, true, other_text);
	if (!strcmp(text, other_text))
		return true;
	diag_warn("scenario '%s' is %s on one side, %s on the other", scenario->name, text,
		  other_text);
	return false;
}

bool comparable_benchmarks(const struct reader_set *base, const struct reader_set *new_side,
			   bool by_scenario)
{
	const struct reader_set *const sides[] = {base, new_side};

	for (size_t side = 0; side < ARRAY_SIZE(sides); side++) {
		for (size_t i = 0; i < sides[side]->nr; i++) {
			const struct reader *reader = sides[side]->reader[i];

			for (size_t j = 0; j < reader->nr_scenarios; j++)
				if (!is_alike(&reader->scenarios[j], sides[!side], by_scenario))
					return false;
		}
	}
	return true;
}
