// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "comparable.h"
#include "diag.h"

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

static bool has_few_losses(struct replay *replay, int *err)
{
	struct teardown_counts counts;
	struct ledger ledger;
	__u64 lost, entered;

	*err = replay_ledger(replay, &ledger, &counts);
	if (*err)
		return false;
	lost = losses(&ledger, &counts);
	entered = known(ledger.entered);
	if (!lost)
		return true;
	diag_warn("'%s' lacks something: %llu records lost or calls missed, of %llu calls (see "
		  "report)",
		  replay_path(replay), lost, entered);
	return lost <= entered / COMPARABLE_LOSS;
}

static bool side_has_few_losses(struct replays *side, int *err)
{
	bool few = true;

	for (size_t i = 0; i < side->nr && !*err; i++)
		few = has_few_losses(side->replay[i], err) && few;
	return few;
}

bool comparable(struct replays *base, struct replays *new_side, int *err)
{
	bool yes = true;

	*err = 0;
	for (size_t i = 0; i < sizeof(traits) / sizeof(*traits); i++)
		yes = have_in_common(&traits[i], base, base) &&
		      have_in_common(&traits[i], base, new_side) && yes;
	yes = side_has_few_losses(base, err) && yes;
	if (!*err)
		yes = side_has_few_losses(new_side, err) && yes;
	return yes;
}
