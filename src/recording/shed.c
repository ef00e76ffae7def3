// SPDX-License-Identifier: GPL-2.0-only
/* Chooses the maps that are recorded while the recorder cannot keep up. */
#include "recording/shed.h"
#include "util/macros.h"

#define LOOK_NS	 (NSEC_PER_SEC / 10)
#define LOWER_NS (2 * NSEC_PER_SEC)

/* Every bit of the value changes half of the result's. */
static __u64 hash(__u64 value)
{
	value = (value ^ value >> 32) * 0x9e3779b97f4a7c15ULL;
	value = (value ^ value >> 29) * 0xbf58476d1ce4e5b9ULL;
	return value ^ value >> 32;
}

static __u32 level_at(const struct shed *shed, __u64 ns)
{
	size_t oldest = shed->nr > SHED_CHANGES ? shed->nr - SHED_CHANGES : 0, nth = shed->nr;

	while (nth > oldest) {
		const struct shed_change *change = &shed->change[--nth % SHED_CHANGES];

		if (ns >= change->since_ns)
			return change->level;
	}
	return oldest ? shed->change[oldest % SHED_CHANGES].level : 0;
}

/* A key that is chosen at a level is chosen at each lower one, too. */
static bool keeps(struct shed *shed, __u64 key, __u64 ns)
{
	if (ns > shed->latest_ns)
		shed->latest_ns = ns;
	return !shed->nr || !(hash(key) & ((1ULL << level_at(shed, ns)) - 1));
}

bool shed_keeps_map(struct shed *shed, const struct map_info *map)
{
	const struct identity *identity = &map->identity;

	if (!identity->map_id || identity->released_ns == UNKNOWN_NS)
		return true;
	return keeps(shed, identity->map_id, identity->released_ns);
}

bool shed_keeps_call(struct shed *shed, const struct call *call)
{
	if (call->of_teardown)
		return shed_keeps_map(shed, &call->map);
	return call->ts_ns == UNKNOWN_NS ||
	       keeps(shed, call->ts_ns + ((__u64)call->task.tid << 32), call->ts_ns);
}

const struct shed_change *shed_last(const struct shed *shed)
{
	return shed->nr ? &shed->change[(shed->nr - 1) % SHED_CHANGES] : NULL;
}

__u32 shed_level(const struct shed *shed)
{
	const struct shed_change *last = shed_last(shed);

	return last ? last->level : 0;
}

static const struct shed_change *set_level(struct shed *shed, __u32 level)
{
	struct shed_change *change = &shed->change[shed->nr++ % SHED_CHANGES];

	/* Of maps released before, some events may be recorded already. */
	*change = (struct shed_change){.since_ns = shed->latest_ns + 1, .level = level};
	return change;
}

const struct shed_change *shed_adjust(struct shed *shed, size_t pending, size_t limit, __u64 now_ns)
{
	__u32 level = shed_level(shed), quarters = limit / 4 ? pending / (limit / 4) : 0;
	bool grows = pending >= shed->pending;

	if (shed->adjusted_ns && now_ns - shed->adjusted_ns < LOOK_NS)
		return NULL;
	if (pending < limit / 16 && level) {
		if (now_ns - shed->adjusted_ns < LOWER_NS)
			return NULL;
		level--;
	}
	shed->adjusted_ns = now_ns;
	shed->pending = pending;
	if (quarters && grows)
		level = level + quarters < SHED_MAX_LEVEL ? level + quarters : SHED_MAX_LEVEL;
	return level != shed_level(shed) ? set_level(shed, level) : NULL;
}
