// SPDX-License-Identifier: GPL-2.0-only
/*
 * Adds up what the programs counted on all CPUs, and works out the calls that no program saw.
 */
#include <errno.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "model/hooks.h"
#include "trace/prog_counts.h"

int prog_counts_map(struct prog_counts *prog_counts, int fd)
{
	size_t size = prog_counts->nr_cpus * sizeof(*prog_counts->counters);
	size_t page = sysconf(_SC_PAGESIZE);
	void *mapped;

	size = (size + page - 1) / page * page;
	mapped = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	if (mapped == MAP_FAILED)
		return -errno;
	prog_counts->counters = mapped;
	prog_counts->counters_size = size;
	return 0;
}

void prog_counts_unmap(struct prog_counts *prog_counts)
{
	if (prog_counts->counters)
		munmap((void *)prog_counts->counters, prog_counts->counters_size);
}

/*
 * struct bpf_link_info since 6.7 for a probe made by perf_event_open(2) (3acf8ace6823); the headers
 * that this is built with may be older.
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
 * Times the kernel skipped a kprobe or kretprobe. A kernel that does not count these does not count
 * how often it skipped the program either: both came with 6.7 (3acf8ace6823, dd8657894c11).
 */
static __u64 kprobe_missed(const struct attached *attached)
{
	struct probe_link_info info = {};
	__u32 size = sizeof(info);

	if (!attached->link)
		return 0;
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

	if (!attached->link)
		return 0;
	if (bpf_obj_get_info_by_fd(bpf_program__fd(attached->prog), &info, &size))
		return LEDGER_UNKNOWN;
	return info.recursion_misses - attached->prog_missed_before;
}

/* A figure that the kernel does not count stays unknown. */
static __u64 known_or_zero(__u64 figure)
{
	return figure == LEDGER_UNKNOWN ? 0 : figure;
}

void prog_counts_start(struct prog_counts *prog_counts)
{
	for (int i = 0; i < NR_PROGS; i++) {
		struct attached *attached = &prog_counts->attached[i];

		if (!attached->prog)
			continue;
		attached->prog_missed_before = known_or_zero(prog_missed(attached));
		attached->probe_missed_before = known_or_zero(kprobe_missed(attached));
	}
}

/* The counts of the programs of a hook side on all CPUs. */
static struct prog_cpu_counts side_sum(const struct prog_counts *prog_counts, enum hook hook,
				       enum hook_side side)
{
	struct prog_cpu_counts sum = {};

	for (__u32 cpu = 0; cpu < prog_counts->nr_cpus; cpu++) {
		for (int nth = 0; nth < PROGS_PER_HOOK; nth++) {
			const volatile struct prog_cpu_counts *counts =
				&prog_counts->counters[cpu].prog[PROG(hook, side, nth)];

			if (nth == 0) /* the others see the same calls again */
				sum.runs += counts->runs;
			sum.handled += counts->handled;
			sum.filtered += counts->filtered;
			sum.lost += counts->lost;
			sum.lost_call += counts->lost_call;
			sum.lost_stale += counts->lost_stale;
			sum.hashes += counts->hashes;
		}
	}
	return sum;
}

static __u64 hook_in_progress(const struct prog_counts *prog_counts, enum hook hook)
{
	__u64 entered = side_sum(prog_counts, hook, HOOK_ENTRY).handled;
	__u64 returned = side_sum(prog_counts, hook, HOOK_RETURN).handled;

	return entered > returned ? entered - returned : 0;
}

__u64 prog_counts_in_progress(const struct prog_counts *prog_counts)
{
	__u64 sum = 0;

	for (enum hook hook = 0; hook < NR_CALL_HOOKS; hook++)
		sum += hook_in_progress(prog_counts, hook);
	return sum;
}

/* After the stop, only calls in progress can still miss a return. */
static void stop_hook(struct prog_counts *prog_counts, enum hook hook)
{
	struct attached *entry = &prog_counts->attached[PROG(hook, HOOK_ENTRY, 0)];
	struct attached *ret = &prog_counts->attached[PROG(hook, HOOK_RETURN, 0)];

	if (entry->prog)
		entry->most_missed = prog_missed(entry);
	if (ret->prog)
		ret->most_missed = prog_missed(ret);
	if (ret->prog && ret->most_missed != LEDGER_UNKNOWN)
		ret->most_missed += hook_in_progress(prog_counts, hook);
}

void prog_counts_stop(struct prog_counts *prog_counts)
{
	prog_counts->stopped = true;
	for (enum hook hook = 0; hook < NR_HOOKS; hook++)
		stop_hook(prog_counts, hook);
}

/*
 * Calls that no program of a hook side handled; missed: times its first program was skipped. A
 * program that is just running has counted the run, and not yet that it handles the call.
 */
static __u64 side_missed(const struct prog_cpu_counts *side, __u64 missed)
{
	__u64 calls = side->runs + missed, unhandled;

	if (missed == LEDGER_UNKNOWN)
		return LEDGER_UNKNOWN;
	unhandled = calls > side->handled ? calls - side->handled : 0;
	return unhandled < missed ? unhandled : missed;
}

/* Times the first program of a hook side was skipped. Deferred frees count after the run too. */
static __u64 first_missed(const struct prog_counts *prog_counts, enum hook hook,
			  enum hook_side side)
{
	const struct attached *first = &prog_counts->attached[PROG(hook, side, 0)];
	__u64 missed = prog_missed(first);

	if (!prog_counts->stopped || missed == LEDGER_UNKNOWN || hook == HOOK_DEFERRED_FREE ||
	    hook == HOOK_QUEUE)
		return missed;
	return missed < first->most_missed ? missed : first->most_missed;
}

/* Destroy calls whose entry was dropped, alone or with the return. */
static __u64 lost_calls(const struct prog_counts *prog_counts)
{
	struct prog_cpu_counts in = side_sum(prog_counts, HOOK_DESTROY, HOOK_ENTRY);
	struct prog_cpu_counts out = side_sum(prog_counts, HOOK_DESTROY, HOOK_RETURN);

	return in.lost + in.lost_stale + out.lost_call + out.lost_stale +
	       side_sum(prog_counts, HOOK_FREE, HOOK_RETURN).lost_stale;
}

void prog_counts_destroy(const struct prog_counts *prog_counts, struct ledger *ledger)
{
	const struct attached *entry = &prog_counts->attached[PROG(HOOK_DESTROY, HOOK_ENTRY, 0)];
	const struct attached *ret = &prog_counts->attached[PROG(HOOK_DESTROY, HOOK_RETURN, 0)];
	struct prog_cpu_counts in = side_sum(prog_counts, HOOK_DESTROY, HOOK_ENTRY);
	struct prog_cpu_counts out = side_sum(prog_counts, HOOK_DESTROY, HOOK_RETURN);
	__u64 in_missed = first_missed(prog_counts, HOOK_DESTROY, HOOK_ENTRY);
	__u64 out_missed = first_missed(prog_counts, HOOK_DESTROY, HOOK_RETURN);

	ledger->entered = in.handled;
	ledger->filtered = in.filtered + out.filtered;
	ledger->lost_entry = lost_calls(prog_counts);
	ledger->lost_return = out.lost;
	ledger->probe_missed_entry = ledger->probe_missed_return = 0; /* there are no kprobes */
	if (entry->kprobe) {
		ledger->probe_missed_entry = kprobe_missed(entry);
		ledger->probe_missed_return = kprobe_missed(ret);
		if (ledger->probe_missed_entry == LEDGER_UNKNOWN)
			in_missed = out_missed = LEDGER_UNKNOWN;
	}
	ledger->missed_entry = side_missed(&in, in_missed);
	ledger->missed_return = side_missed(&out, out_missed);
}

/* Calls that no program of a hook side ran for. */
static __u64 missed_at(const struct prog_counts *prog_counts, enum hook hook, enum hook_side side)
{
	const struct attached *first = &prog_counts->attached[PROG(hook, side, 0)];
	struct prog_cpu_counts counts = side_sum(prog_counts, hook, side);
	__u64 missed = side_missed(&counts, first_missed(prog_counts, hook, side)), by_probe = 0;

	if (first->kprobe)
		by_probe = kprobe_missed(first);
	return by_probe == LEDGER_UNKNOWN || missed == LEDGER_UNKNOWN ? LEDGER_UNKNOWN
								      : missed + by_probe;
}

__u64 prog_counts_hashes(const struct prog_counts *prog_counts)
{
	return side_sum(prog_counts, HOOK_DESTROY, HOOK_ENTRY).hashes;
}

void prog_counts_hook(const struct prog_counts *prog_counts, enum hook hook,
		      struct hook_counts *counts)
{
	struct prog_cpu_counts in = side_sum(prog_counts, hook, HOOK_ENTRY);
	struct prog_cpu_counts out = side_sum(prog_counts, hook, HOOK_RETURN);

	*counts = (struct hook_counts){
		.function = hook_info[hook].function,
		.attached = prog_counts->attached[PROG(hook, HOOK_ENTRY, 0)].link,
		.returns = hook < NR_CALL_HOOKS,
	};
	if (!counts->attached)
		return;
	counts->seen = in.handled;
	counts->taken = in.handled - (counts->returns ? 0 : in.filtered);
	counts->lost = hook == HOOK_DESTROY ? lost_calls(prog_counts) : in.lost;
	counts->missed = missed_at(prog_counts, hook, HOOK_ENTRY);
	if (!counts->returns)
		return;
	counts->seen_return = out.handled;
	counts->lost_return = out.lost;
	counts->missed_return = missed_at(prog_counts, hook, HOOK_RETURN);
}
