/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a comparison is of: how long phases take, or what the CPU counted in the worker's run.
 */
#pragma once

#include "model/teardown.h"
#include "util/text.h"

enum measure {
	MEASURE_TIME,
	MEASURE_INSTRUCTIONS, /* of PHASE_FREE alone, as all counts */
	MEASURE_CYCLES,
	NR_MEASURES,
};

static const char *const measure_names[] = {
	[MEASURE_TIME] = "time",
	[MEASURE_INSTRUCTIONS] = "instructions",
	[MEASURE_CYCLES] = "cycles",
};
_Static_assert(ARRAY_SIZE(measure_names) == NR_MEASURES, "a name for each");

/* What values are of: "free", "free instructions". */
static inline const char *measure_subject(enum measure measure, enum phase phase)
{
	static const char *const counts[] = {
		[MEASURE_INSTRUCTIONS] = "free instructions",
		[MEASURE_CYCLES] = "free cycles",
	};

	return measure == MEASURE_TIME ? phase_names[phase] : counts[measure];
}

/* The teardown's count; false: it is not known. */
static inline bool teardown_count(const struct teardown *teardown, enum measure measure,
				  __u64 *count)
{
	const struct worker_time *time = &teardown->run.time;
	enum cpu_counter counter =
		measure == MEASURE_CYCLES ? COUNTER_CYCLES : COUNTER_INSTRUCTIONS;

	*count = time->events[counter];
	return time->known & TIME_EVENTS_KNOWN(counter);
}

/* A duration in ns, or a count without its unit: "1.23ms", "1.23M". Returns dst. */
static inline char *measure_text(char dst[DURATION_SIZE], enum measure measure, double value)
{
	__u64 rounded = value < 0 ? 0 : value < 0x1p63 ? (__u64)(value + 0.5) : ~0ULL;

	return measure == MEASURE_TIME ? text_duration(dst, rounded) : text_count(dst, rounded);
}
