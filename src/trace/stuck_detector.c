// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "correlate/decode.h"
#include "trace/stuck_detector.h"

struct look {
	const struct stuck *stuck;
	__u64 now_ns;
	__u64 after_ns, before_ns; /* what began in between is news */
	enum point point;
};

static void read_stack(const struct stuck *stuck, struct hang *hang)
{
	__u64 ip[STACK_DEPTH], offset;
	int nr = probe_stack(stuck->probe, hang->call.tid, ip), i;
	size_t len = 0;

	for (i = 0; i < nr; i++) {
		const char *name = ksyms_find(stuck->ksyms, ip[i], &offset);
		size_t room = sizeof(hang->stack) - len;
		int more;

		if (name)
			more = snprintf(hang->stack + len, room, "%s%s+0x%llx", i ? "\n" : "", name,
					offset);
		else
			more = snprintf(hang->stack + len, room, "%s0x%llx", i ? "\n" : "", ip[i]);
		if ((size_t)more >= room) {
			hang->stack[len] = '\0';
			return;
		}
		len += more;
	}
}

static void tell(const struct look *look, struct hang *hang)
{
	hang->for_ns = look->now_ns - hang->call.ts_ns;
	if (hang->in_worker)
		read_stack(look->stuck, hang);
	look->stuck->fn(look->stuck->ctx, hang);
}

static void on_call(void *ctx, struct call *call)
{
	const struct look *look = ctx;
	struct hang hang = {
		.where = probe_point_name(look->point),
		.call = *call,
		.in_worker = true,
	};

	if (look->stuck->teardowns)
		teardowns_identify(look->stuck->teardowns, look->point, &hang.call);
	else if (look->stuck->releases && call->map)
		releases_identify(look->stuck->releases, &hang.call, NULL);
	tell(look, &hang);
}

static void on_released(void *ctx, const struct released *released)
{
	struct hang hang = {
		.where = "wait",
		.call =
			{
				.ts_ns = released->identity.released_ns,
				.map = released->map,
				.map_type = released->map_type,
				.flags = CALL_MAP | CALL_NAME,
				.identity = released->identity,
			},
	};

	memcpy(hang.call.map_name, released->map_name, sizeof(hang.call.map_name));
	tell(ctx, &hang);
}

static void on_destroy(void *ctx, const struct teardown *teardown, const struct destroy *destroy)
{
	struct hang hang = {.where = "deferred", .call = teardown->free};

	hang.call.ts_ns = destroy->ts_ns;
	hang.call.alloc = destroy->alloc;
	tell(ctx, &hang);
}

/* If not, as far as is counted, nothing tells what waits for a worker from what was begun unseen.
 */
static bool sees_all_starts(const struct probe *probe)
{
	struct point_counts counts;

	probe_count_point(probe, POINT_FREE, &counts);
	return !counts.lost && (!counts.missed || counts.missed == LEDGER_UNKNOWN);
}

/* What filters hold back in the kernel. */
static void on_parked(void *ctx, const void *data, size_t size)
{
	struct look *look = ctx;
	union record rec;
	struct call call;

	if (decode_record(data, size, &rec) || rec.head.type != RECORD_ENTRY ||
	    rec.head.ts_ns <= look->after_ns || rec.head.ts_ns > look->before_ns)
		return;
	look->point = rec.head.point;
	call = pair_call_of(&rec.call);
	call.ts_ns = rec.head.ts_ns;
	on_call(look, &call);
}

void stuck_look(const struct stuck *stuck, __u64 now_ns, __u64 last_ns, __u64 limit_ns)
{
	struct look look = {
		.stuck = stuck,
		.now_ns = now_ns,
		.after_ns = last_ns > limit_ns ? last_ns - limit_ns : 0,
		.before_ns = now_ns - limit_ns,
	};

	if (now_ns < limit_ns) /* the machine has not been up for as long */
		return;
	probe_for_each_parked(stuck->probe, on_parked, &look);
	for (look.point = 0; look.point < NR_PAIRED; look.point++)
		if (stuck->pair[look.point])
			pair_for_each_overdue(stuck->pair[look.point], look.before_ns, stuck->again,
					      on_call, &look);
	if (!stuck->teardowns)
		return;
	if (sees_all_starts(stuck->probe))
		releases_for_each_overdue(stuck->releases, look.before_ns, stuck->again,
					  on_released, &look);
	teardowns_for_each_overdue(stuck->teardowns, look.before_ns, stuck->again, on_destroy,
				   &look);
}
