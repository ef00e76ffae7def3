// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes the programs run before the run, and compares their counts with the tracepoint's.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "model/ledger.h"
#include "trace/kernel_features.h"
#include "trace/witness.h"
#include "util/clock.h"
#include "util/diag.h"
#include "util/macros.h"

#define PROOF_NAME "memdestr_proof"

#define PATIENCE_NS (3 * NSEC_PER_SEC)
#define SETTLE_NS   (NSEC_PER_SEC / 10)
#define ANOTHER_NS  NSEC_PER_SEC /* a program may have been skipped: free another map */
#define DID_NOT_RUN                                                                                \
	"the programs did not run when a map was freed: something switches them off, or the "      \
	"function is inlined"
#define WERE_OFF                                                                                   \
	"the programs were switched off for a time (see kernel.ftrace_enabled and "                \
	"/sys/kernel/debug/kprobes/enabled)"
#define WERE_SKIPPED                                                                               \
	"the programs were switched off (see kernel.ftrace_enabled and "                           \
	"/sys/kernel/debug/kprobes/enabled), or the kernel skipped them and did not count it"
#define POLL_US 100
#define LOOK_NS NSEC_PER_SEC /* from the tracepoint to the function, as a rule */
/* At most, on a busy machine, as long as the worker has not ended. */
#define IN_FLIGHT_NS (10 * NSEC_PER_SEC)

/* The proof */

/* The kernel may have skipped some of the programs. */
static bool runs(const struct witness *witness, enum hook hook, enum hook_side side)
{
	for (int nth = 0; nth < PROGS_PER_HOOK; nth++)
		if (witness->skel->bss->fired[PROG(hook, side, nth)])
			return true;
	return false;
}

static bool is_attached(const struct witness *witness, enum hook hook)
{
	return witness->counts->attached[PROG(hook, HOOK_ENTRY, 0)].link;
}

static bool has_run(const struct witness *witness, enum hook hook)
{
	return runs(witness, hook, HOOK_ENTRY) &&
	       (hook >= NR_CALL_HOOKS || runs(witness, hook, HOOK_RETURN));
}

/* Have the hooks run that the free of our map runs? Kernels inline different ones that release it.
 */
static bool all_ran(const struct witness *witness)
{
	static const enum hook must_run[] = {HOOK_DESTROY, HOOK_FREE, HOOK_QUEUE};

	for (size_t i = 0; i < ARRAY_SIZE(must_run); i++)
		if (is_attached(witness, must_run[i]) && !has_run(witness, must_run[i]))
			return false;
	return true;
}

/* Preallocated: its destroy calls have nothing to do, and nothing is freed later, in the run. */
static bool free_map(void)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_HASH, PROOF_NAME, 4, 4, 1, NULL);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static void put_names(const struct witness *witness, bool ran, char *text, size_t size)
{
	size_t len = 0;

	for (enum hook hook = 0; hook < NR_HOOKS; hook++)
		if (is_attached(witness, hook) && has_run(witness, hook) == ran)
			len += snprintf(text + len, size - len, "%s%s", len ? ", " : "",
					hook_info[hook].function);
}

/* Some run only at times, as free_mem_alloc_deferred(), or are inlined into others. */
static void report_proof(const struct witness *witness)
{
	char ran[256] = "none", others[256] = "none";

	if (!diag_is_verbose())
		return;
	put_names(witness, true, ran, sizeof(ran));
	put_names(witness, false, others, sizeof(others));
	diag_verbose("%s: a map of our own proved these to run: %s; not proven: %s%s",
		     attach_mode_programs[witness->mode], ran, others,
		     witness->skel->bss->witness.func ? "" : "; its free was not counted");
}

bool witness_init(struct witness *witness, enum attach_mode mode, struct memdestroy_trace_bpf *skel,
		  const struct prog_counts *counts, const struct ksyms *ksyms)
{
	*witness = (struct witness){
		.mode = mode,
		.ftrace = mode == ATTACH_FENTRY || ksyms_has(ksyms, "kprobe_ftrace_handler"),
		.skel = skel,
		.counts = counts,
	};
	witness->switched_off = kernel_silence(mode, witness->ftrace);
	return !witness->switched_off;
}

/* Needs a map of our own to be freed after its tracepoint is attached. */
static bool knows_work(const struct witness *witness)
{
	return witness->skel->bss->witness.func;
}

/*
 * Frees maps until the programs have run, if they can, and the tracepoint, if it is attached. The
 * programs may have run for the map of another run, which began at the same time.
 */
static bool make_run(struct witness *witness)
{
	bool can_know = witness->skel->links.work_start;
	__u64 start = clock_now_ns(), next = start, now = start;

	for (; now - start < PATIENCE_NS; now = clock_now_ns()) {
		if (now >= next) {
			if (!free_map())
				return false;
			witness->tried = true;
			next = now + ANOTHER_NS;
		}
		usleep(POLL_US);
		if ((witness->switched_off || all_ran(witness)) &&
		    (knows_work(witness) || (!can_know && !witness->switched_off)))
			break;
	}
	return !witness->switched_off && all_ran(witness);
}

/* Lets the frees end that have begun, which are not of the run. */
static void settle(const struct witness *witness)
{
	const volatile struct witness_counts *now = &witness->skel->bss->witness;
	__u64 start = clock_now_ns();

	while (now->begun != now->ended && clock_now_ns() - start < SETTLE_NS)
		usleep(POLL_US);
}

void witness_prove(struct witness *witness)
{
	struct memdestroy_trace_bpf *skel = witness->skel;

	strcpy(skel->bss->witness.proof, PROOF_NAME);
	skel->links.work_end =
		bpf_program__attach_raw_tracepoint(skel->progs.work_end, "workqueue_execute_end");
	if (skel->links.work_end)
		skel->links.work_start = bpf_program__attach_raw_tracepoint(
			skel->progs.work_start, "workqueue_execute_start");
	witness->proven = make_run(witness);
	settle(witness);
	report_proof(witness);
}

const char *witness_silence(const struct witness *witness)
{
	if (witness->switched_off)
		return witness->switched_off;
	return witness->proven || !witness->tried ? NULL : DID_NOT_RUN;
}

/* The witness */

/* Has fewer been seen than that, and the rest not been missed or lost? */
static bool is_short(__u64 must, __u64 seen, __u64 missed)
{
	if (seen >= must)
		return false;
	/* Where misses are not counted, some are no proof. */
	return missed == LEDGER_UNKNOWN ? must - seen > seen : must - seen > missed;
}

static struct hook_counts counts_of(const struct witness *witness, enum hook hook)
{
	struct hook_counts counts;

	prog_counts_hook(witness->counts, hook, &counts);
	if (counts.missed != LEDGER_UNKNOWN)
		counts.missed += counts.lost; /* their maps were not looked at */
	return counts;
}

static __u64 nr_in_progress(const struct witness *witness)
{
	const struct witness_counts *now = &witness->skel->bss->witness;

	return now->begun > now->ended ? now->begun - now->ended : 0;
}

/*
 * How many maps the programs should have seen by now, and how many they have; false: all, but for
 * so many in flight.
 */
static bool find_unseen(const struct witness *witness, __u64 freed, __u64 hashes, __u64 in_flight,
			__u64 *must, __u64 *seen)
{
	const struct hook_counts destroy = counts_of(witness, HOOK_DESTROY);
	const struct hook_counts free = counts_of(witness, HOOK_FREE);

	*must = freed;
	*seen = free.seen;
	if (free.attached && is_short(freed, free.seen + in_flight, free.missed))
		return true;
	*must = hashes;
	*seen = prog_counts_hashes(witness->counts);
	/* A worker first frees a map's elements, and calls the function then. */
	return is_short(hashes, *seen + nr_in_progress(witness), destroy.missed);
}

/* Has find_unseen() found only what may be in flight? */
static bool is_in_flight(const struct witness *witness, __u64 freed, __u64 hashes)
{
	__u64 must, seen;

	return !find_unseen(witness, freed, hashes, nr_in_progress(witness), &must, &seen);
}

static bool is_unproven(const struct witness *witness)
{
	return witness->tried && !witness->proven && !counts_of(witness, HOOK_DESTROY).seen &&
	       !counts_of(witness, HOOK_FREE).seen;
}

bool witness_close(struct witness *witness)
{
	struct memdestroy_trace_bpf__bss *bss = witness->skel->bss;
	__u64 must, seen;

	bss->witness.closed = 1;
	return !find_unseen(witness, bss->witness.freed, bss->witness.hashes, 0, &must, &seen);
}

bool witness_in_flight(const struct witness *witness)
{
	const struct witness_counts *now = &witness->skel->bss->witness;

	return is_in_flight(witness, now->freed, now->hashes);
}

/* During the run, what began just now may not have been seen yet. */
static bool has_unseen(struct witness *witness, __u64 now_ns, __u64 *must, __u64 *seen)
{
	if (!find_unseen(witness, witness->freed, witness->hashes, 0, must, seen)) {
		witness->in_flight_ns = 0;
		return false;
	}
	if (!is_in_flight(witness, witness->freed, witness->hashes))
		return true;
	if (!witness->in_flight_ns)
		witness->in_flight_ns = now_ns;
	return now_ns - witness->in_flight_ns >= IN_FLIGHT_NS;
}

const char *witness_blind(struct witness *witness, bool at_end)
{
	const struct witness_counts *now = &witness->skel->bss->witness;
	const char *why = witness->switched_off ?: kernel_silence(witness->mode, witness->ftrace);
	__u64 now_ns = clock_now_ns(), must, seen;
	bool look = at_end || now_ns - witness->looked_ns >= LOOK_NS;
	int len = 0;

	if (*witness->blind)
		return witness->blind;
	if (at_end ? find_unseen(witness, now->freed, now->hashes, 0, &must, &seen)
		   : look && has_unseen(witness, now_ns, &must, &seen)) {
		len = snprintf(witness->blind, sizeof(witness->blind),
			       "of %llu map%s freed, %llu were seen; ", must, must == 1 ? "" : "s",
			       seen);
		if (!why)
			why = counts_of(witness, HOOK_DESTROY).missed == LEDGER_UNKNOWN
				      ? WERE_SKIPPED
				      : WERE_OFF;
	}
	if (!why && at_end && is_unproven(witness))
		why = DID_NOT_RUN;
	if (!why && at_end && !now->func)
		why = "no independent count of freed maps is available (-v shows more)";
	if (why)
		snprintf(witness->blind + len, sizeof(witness->blind) - len, "%s", why);
	if (look) {
		witness->looked_ns = now_ns;
		witness->freed = now->freed;
		witness->hashes = now->hashes;
	}
	return witness->blind;
}

__u64 witness_freed(const struct witness *witness)
{
	const struct witness_counts *now = &witness->skel->bss->witness;

	return now->func ? now->freed : LEDGER_UNKNOWN;
}
