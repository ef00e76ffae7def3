// SPDX-License-Identifier: GPL-2.0-only
/* Adds up the parts of a worker's run, and names what it waited for. */
#include <stddef.h>
#include <sys/param.h>

#include "model/worker_time.h"

#define NAME(name, function) [GRACE_##name] = #function,

static const char *const functions[NR_GRACES] = {GRACE_FUNCTIONS(NAME)};

const char *grace_function(enum grace grace)
{
	return functions[grace];
}

const char *grace_word(unsigned int grace_for)
{
	return grace_for && grace_for <= NR_GRACES ? functions[grace_for - 1] : NULL;
}

/* The clocks of the parts are not quite that of the whole. */
static __u64 take_part(__u64 part_ns, __u64 *rest_ns)
{
	__u64 ns = MIN(part_ns, *rest_ns);

	*rest_ns -= ns;
	return ns;
}

static void add_graces(struct worker_time *time, const struct record_freed *freed, __u64 *rest_ns)
{
	__u64 longest = 0;

	for (int i = 0; i < NR_GRACES; i++) {
		__u64 ns = take_part(freed->grace_ns[i], rest_ns);

		time->grace_ns += ns;
		if (ns <= longest)
			continue;
		longest = ns;
		time->grace_for = i + 1;
	}
	time->known |= TIME_GRACE_KNOWN;
}

static void add_events(struct worker_time *time, const struct record_freed *freed)
{
	for (int i = 0; i < NR_CPU_COUNTERS; i++) {
		if (!(freed->counted & 1U << i))
			continue;
		time->events[i] = freed->events[i];
		time->known |= TIME_EVENTS_KNOWN(i);
	}
}

struct worker_time worker_time_of(const struct record_freed *freed, __u64 latency_ns)
{
	struct worker_time time = {};

	if (freed->cpu_ns != TIME_UNKNOWN) {
		/* Less than 0, by such a difference */
		time.cpu_ns = (__s64)freed->cpu_ns < 0 ? 0 : take_part(freed->cpu_ns, &latency_ns);
		time.known |= TIME_CPU_KNOWN;
	}
	if (freed->runqueue_ns != TIME_UNKNOWN) {
		time.runqueue_ns = take_part(freed->runqueue_ns, &latency_ns);
		time.known |= TIME_RUNQUEUE_KNOWN;
	}
	if (freed->grace_ns[0] != TIME_UNKNOWN)
		add_graces(&time, freed, &latency_ns);
	add_events(&time, freed);
	return time;
}
