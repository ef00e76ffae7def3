// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "trace/prog_counts.h"

int tally_map(struct tally *tally, int fd)
{
	size_t page = sysconf(_SC_PAGESIZE);
	void *mapped;

	tally->ledger_size = tally->nr_cpus * sizeof(*tally->ledger);
	tally->ledger_size = (tally->ledger_size + page - 1) / page * page;
	mapped = mmap(NULL, tally->ledger_size, PROT_READ, MAP_SHARED, fd, 0);
	if (mapped == MAP_FAILED)
		return -errno;
	tally->ledger = mapped;
	return 0;
}

void tally_unmap(struct tally *tally)
{
	if (tally->ledger)
		munmap((void *)tally->ledger, tally->ledger_size);
}

/*
 * struct bpf_link_info as it is since 6.7 for a probe made by perf_event_open(2) (3acf8ace6823);
 * the headers built against may be older.
 */
struct probe_link_info {
	__u32 type;
	__u32 id;
	__u32 prog_id;
	__u32 pad;
	__u32 event_type;
	__u32 pad2;
	__u64 func_name;
	__u32 name_len;
	__u32 offset;
	__u64 addr;
	__u64 missed;
};

/*
 * Times the kernel skipped a kprobe or kretprobe. A kernel that does not tell does not count how
 * often it skipped the program either: both came with 6.7 (3acf8ace6823, dd8657894c11).
 */
static __u64 kprobe_missed(const struct attached *attached)
{
	struct probe_link_info info = {};
	__u32 size = sizeof(info);

	if (bpf_obj_get_info_by_fd(bpf_link__fd(attached->link), &info, &size) ||
	    size < sizeof(info))
		return LEDGER_UNKNOWN;
	return info.missed - attached->probe_missed_before;
}

/* Times the kernel skipped the program. */
static __u64 prog_missed(const struct attached *attached)
{
	struct bpf_prog_info info = {};
	__u32 size = sizeof(info);

	if (bpf_obj_get_info_by_fd(bpf_program__fd(attached->prog), &info, &size))
		return LEDGER_UNKNOWN;
	return info.recursion_misses - attached->prog_missed_before;
}

void tally_start(struct tally *tally)
{
	int i;

	/* What has been missed so far is of no run. */
	for (i = 0; i < NR_PROGS; i++) {
		struct attached *attached = &tally->attached[i];

		if (!attached->prog)
			continue;
		attached->prog_missed_before = prog_missed(attached);
		attached->probe_missed_before = kprobe_missed(attached);
		/* What is not known stays so. */
		if (attached->prog_missed_before == LEDGER_UNKNOWN)
			attached->prog_missed_before = 0;
		if (attached->probe_missed_before == LEDGER_UNKNOWN)
			attached->probe_missed_before = 0;
	}
}

/* What the programs of a side counted on all CPUs. */
static struct prog_counts side_sum(const struct tally *tally, enum point point, enum side side)
{
	struct prog_counts sum = {};
	__u32 cpu;
	int nth;

	for (cpu = 0; cpu < tally->nr_cpus; cpu++) {
		for (nth = 0; nth < NR_COPIES; nth++) {
			const volatile struct prog_counts *counts =
				&tally->ledger[cpu].prog[PROG(point, side, nth)];

			if (nth == 0) /* the others see the same calls again */
				sum.seen += counts->seen;
			sum.taken += counts->taken;
			sum.unwanted += counts->unwanted;
			sum.lost += counts->lost;
			sum.lost_parked += counts->lost_parked;
		}
	}
	return sum;
}

static __u64 point_under_way(const struct tally *tally, enum point point)
{
	__u64 entered = side_sum(tally, point, SIDE_ENTRY).taken;
	__u64 returned = side_sum(tally, point, SIDE_RETURN).taken;

	return entered > returned ? entered - returned : 0;
}

__u64 tally_under_way(const struct tally *tally)
{
	__u64 sum = 0;
	enum point point;

	for (point = 0; point < NR_PAIRED; point++)
		sum += point_under_way(tally, point);
	return sum;
}

/* What is under way may still miss its return, and only that. */
static void point_stop(struct tally *tally, enum point point)
{
	struct attached *entry = &tally->attached[PROG(point, SIDE_ENTRY, 0)];
	struct attached *ret = &tally->attached[PROG(point, SIDE_RETURN, 0)];

	if (entry->prog)
		entry->most_missed = prog_missed(entry);
	if (ret->prog)
		ret->most_missed = prog_missed(ret);
	if (ret->prog && ret->most_missed != LEDGER_UNKNOWN)
		ret->most_missed += point_under_way(tally, point);
}

void tally_stop(struct tally *tally)
{
	enum point point;

	tally->stopped = true;
	for (point = 0; point < NR_POINTS; point++)
		point_stop(tally, point);
}

/* Calls that no program of a side took; missed: times its first one was skipped. */
static __u64 side_missed(const struct prog_counts *side, __u64 missed)
{
	__u64 calls = side->seen + missed;

	if (missed == LEDGER_UNKNOWN)
		return LEDGER_UNKNOWN;
	return calls > side->taken ? calls - side->taken : 0;
}

/* Times the first program of a side was skipped. What is freed later is of the run even after it.
 */
static __u64 first_missed(const struct tally *tally, enum point point, enum side side)
{
	const struct attached *first = &tally->attached[PROG(point, side, 0)];
	__u64 missed = prog_missed(first);

	if (!tally->stopped || missed == LEDGER_UNKNOWN || point == POINT_RECLAIM ||
	    point == POINT_QUEUE)
		return missed;
	return missed < first->most_missed ? missed : first->most_missed;
}

void tally_count(const struct tally *tally, struct ledger *ledger)
{
	const struct attached *entry = &tally->attached[PROG(POINT_DESTROY, SIDE_ENTRY, 0)];
	const struct attached *ret = &tally->attached[PROG(POINT_DESTROY, SIDE_RETURN, 0)];
	struct prog_counts in = side_sum(tally, POINT_DESTROY, SIDE_ENTRY);
	struct prog_counts out = side_sum(tally, POINT_DESTROY, SIDE_RETURN);
	__u64 in_missed = first_missed(tally, POINT_DESTROY, SIDE_ENTRY);
	__u64 out_missed = first_missed(tally, POINT_DESTROY, SIDE_RETURN);

	ledger->entered = in.taken;
	ledger->filtered = in.unwanted + out.unwanted;
	ledger->lost_entry = in.lost + out.lost_parked;
	ledger->lost_return = out.lost;
	ledger->parked_lost = in.lost_parked;
	ledger->probe_missed_entry = ledger->probe_missed_return = 0; /* there is none */
	if (entry->kprobe) {
		ledger->probe_missed_entry = kprobe_missed(entry);
		ledger->probe_missed_return = kprobe_missed(ret);
		if (ledger->probe_missed_entry == LEDGER_UNKNOWN)
			in_missed = out_missed = LEDGER_UNKNOWN;
	}
	ledger->missed_entry = side_missed(&in, in_missed);
	ledger->missed_return = side_missed(&out, out_missed);
}

/* Times that no program of a side ran. */
static __u64 missed_at(const struct tally *tally, enum point point, enum side side)
{
	const struct attached *first = &tally->attached[PROG(point, side, 0)];
	struct prog_counts counts = side_sum(tally, point, side);
	__u64 missed = side_missed(&counts, first_missed(tally, point, side)), by_probe = 0;

	if (first->kprobe)
		by_probe = kprobe_missed(first);
	return by_probe == LEDGER_UNKNOWN || missed == LEDGER_UNKNOWN ? LEDGER_UNKNOWN
								      : missed + by_probe;
}

void tally_count_point(const struct tally *tally, enum point point, struct point_counts *counts)
{
	struct prog_counts in = side_sum(tally, point, SIDE_ENTRY);
	struct prog_counts out = side_sum(tally, point, SIDE_RETURN);

	counts->seen = in.taken;
	counts->taken = in.taken - (point < NR_PAIRED ? 0 : in.unwanted);
	counts->lost = in.lost;
	counts->missed = missed_at(tally, point, SIDE_ENTRY);
	if (!counts->returns)
		return;
	counts->seen_return = out.taken;
	counts->lost_return = out.lost;
	counts->missed_return = missed_at(tally, point, SIDE_RETURN);
}
