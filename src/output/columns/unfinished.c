// SPDX-License-Identifier: GPL-2.0-only
/*
 * Describes the columns of teardowns in progress: those of teardowns, and between the map and the
 * phases those of the current phase.
 */
#include <string.h>

#include "model/unfinished.h"
#include "output/columns/get.h"
#include "util/macros.h"

static GETTER(get_phase, const struct unfinished *unfinished, true, text,
	      phase_names[unfinished->phase]);
static GETTER(get_phase_ns, const struct unfinished *unfinished,
	      unfinished_phase_ns(unfinished) != UNKNOWN_NS, number,
	      unfinished_phase_ns(unfinished));
static GETTER(get_age, const struct unfinished *unfinished,
	      unfinished_age_ns(unfinished) != UNKNOWN_NS, number, unfinished_age_ns(unfinished));

/* A worker that runs is known by its function; one that is to run, by what has to happen first. */
static bool get_waits_for(const struct column *column, const void *object, struct value *value)
{
	const struct unfinished *unfinished = object;

	(void)column;
	value->text = value->made;
	if (*unfinished->function)
		value->text = unfinished->function;
	else if (unfinished->task.tid && *unfinished->task.comm)
		snprintf(value->made, sizeof(value->made), "%s", unfinished->task.comm);
	else if (unfinished->task.tid)
		snprintf(value->made, sizeof(value->made), "worker %u", unfinished->task.tid);
	else if (unfinished->phase == PHASE_WAIT)
		value->text = "a worker";
	else if (unfinished->phase == PHASE_DEFERRED)
		value->text = "a grace period";
	else
		return false;
	return true;
}

static enum color color_of_phase(const void *object)
{
	static const enum color colors[NR_PHASES] = {
		[PHASE_WAIT] = COLOR_WAIT,
		[PHASE_FREE] = COLOR_FREE,
		[PHASE_DESTROY] = COLOR_DESTROY,
		[PHASE_DEFERRED] = COLOR_DEFERRED,
	};

	return colors[((const struct unfinished *)object)->phase];
}

static const struct column current_columns[] = {
	{"phase", "PHASE", VALUE_TEXT, 8, .get = get_phase, .color = color_of_phase},
	{"phase_ns", "FOR", VALUE_DURATION, 7, .goes = NAMES_SHRINK + 6, .get = get_phase_ns},
	{"age_ns", "AGE", VALUE_DURATION, 7, .goes = NAMES_SHRINK + 7, .get = get_age},
	{"waits_for", "WAITS FOR", VALUE_TEXT, 15, .get = get_waits_for},
};

/* The columns of the current phase are worth more than those behind them, and so is the id. */
static int lowered(int goes)
{
	if (!goes)
		return NAMES_SHRINK - 2;
	while (goes >= NAMES_SHRINK - 1)
		goes -= NAMES_SHRINK / 2;
	return goes;
}

void unfinished_columns(struct column list[MAX_ROW_COLUMNS])
{
	bool behind = false;

	for (const struct column *column = teardown_columns; column->name; column++) {
		if (!behind && column->kind == VALUE_DURATION) {
			behind = true;
			for (size_t i = 0; i < ARRAY_SIZE(current_columns); i++)
				*list++ = current_columns[i];
		}
		*list = *column;
		if (behind || !strcmp(column->name, "id"))
			list->goes = behind ? lowered(column->goes) : NAMES_SHRINK - 1;
		if (column->sorts == 1U << SORT_TOTAL) /* not known yet: there is AGE */
			list->heading = NULL;
		list++;
	}
	*list = (struct column){};
}
