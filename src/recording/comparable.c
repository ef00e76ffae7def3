// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "recording/comparable.h"
#include "util/diag.h"

/* Something that all recordings have to have in common. */
struct trait {
	const char *what;
	size_t text;   /* offset in struct conditions, or 0 */
	size_t number; /* likewise */
};

static const struct trait traits[] = {
	{"attach mode", offsetof(struct conditions, attach), 0},
	{"architecture", offsetof(struct conditions, machine), 0},
	{"number of CPUs online", 0, offsetof(struct conditions, cpus_online)},
};

static const char *describe(const struct trait *trait, const struct conditions *conditions,
			    char text[CONDITION_LEN])
{
	const char *at = (const char *)conditions;
	__u64 number;

	if (trait->text)
		snprintf(text, CONDITION_LEN, "%s", at + trait->text);
	else if (memcpy(&number, at + trait->number, sizeof(number)), number)
		snprintf(text, CONDITION_LEN, "%llu", number);
	else
		text[0] = '\0';
	return *text ? text : "unknown";
}

/* Compares all with the first recording of the base. */
static bool have_in_common(const struct trait *trait, const struct replays *base,
			   const struct replays *side)
{
	char wanted_text[CONDITION_LEN], text[CONDITION_LEN];
	const struct replay *first = base->replay[0];
	const char *wanted = describe(trait, replay_conditions(first), wanted_text);

	for (size_t i = 0; i < side->nr; i++) {
		const char *is = describe(trait, replay_conditions(side->replay[i]), text);

		if (!strcmp(is, wanted))
			continue;
		diag_warn("%s: %s in '%s', %s in '%s'", trait->what, wanted, replay_path(first), is,
			  replay_path(side->replay[i]));
		return false;
	}
	return true;
}

static __u64 known(__u64 figure)
{
	return figure == LEDGER_UNKNOWN ? 0 : figure;
}

/* Of calls and of what teardowns consist of. */
static __u64 losses(const struct ledger *ledger, const struct teardown_counts *counts)
{
	__u64 sum = ledger->bad_records + ledger->parked_lost;

	for (int i = 0; i < NR_POINTS; i++) {
		const struct point_counts *point = &counts->points[i];

		sum += known(point->lost) + known(point->missed) + known(point->lost_return) +
		       known(point->missed_return);
	}
	return sum;
}

/* What did not end has no time that could be compared. */
static bool all_ended(const struct replay *replay, const struct ledger *ledger)
{
	if (!known(ledger->still_stuck))
		return true;
	diag_warn(
		"'%s': %llu calls or teardowns hung at its end, and are in no figure (see report)",
		replay_path(replay), ledger->still_stuck);
	return false;
}

static bool is_whole(struct replay *replay, int *err)
{
	struct teardown_counts counts;
	struct ledger ledger;
	__u64 lost, entered;
	bool ended;

	*err = replay_ledger(replay, &ledger, &counts);
	if (*err)
		return false;
	ended = all_ended(replay, &ledger);
	lost = losses(&ledger, &counts);
	entered = known(ledger.entered);
	if (!lost)
		return ended;
	diag_warn("'%s' lacks something: %llu records lost or calls missed, of %llu calls (see "
		  "report)",
		  replay_path(replay), lost, entered);
	return lost <= entered / COMPARABLE_LOSS && ended;
}

static bool are_whole(struct replays *side, int *err)
{
	bool whole = true;

	for (size_t i = 0; i < side->nr && !*err; i++)
		whole = is_whole(side->replay[i], err) && whole;
	return whole;
}

bool comparable(struct replays *base, struct replays *new_side, int *err)
{
	bool yes = true;

	*err = 0;
	for (size_t i = 0; i < sizeof(traits) / sizeof(*traits); i++)
		yes = have_in_common(&traits[i], base, base) &&
		      have_in_common(&traits[i], base, new_side) && yes;
	yes = are_whole(base, err) && yes;
	if (!*err)
		yes = are_whole(new_side, err) && yes;
	return yes;
}
