/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the programs count, and what the kernel counts of them: calls seen, taken, lost, missed.
 */
#ifndef MEMDESTROY_TRACE_PROG_COUNTS_H
#define MEMDESTROY_TRACE_PROG_COUNTS_H

#include <stdbool.h>
#include <stddef.h>

#include "event.h"
#include "model/ledger.h"

struct bpf_link;
struct bpf_program;

struct attached {
	struct bpf_program *prog; /* NULL: not wanted */
	struct bpf_link *link;
	bool kprobe;	   /* which may be skipped itself, and is counted for that */
	__u64 most_missed; /* after the end: what was missed beyond is of no call of the run */
	__u64 prog_missed_before, probe_missed_before; /* the run */
};

/* The programs' owner fills in programs, links and nr_cpus. */
struct prog_counts {
	struct attached attached[NR_PROGS];
	bool stopped;			 /* the run is over */
	__u32 nr_cpus;			 /* one more than the highest possible */
	const struct cpu_counts *ledger; /* mapped; one per CPU */
	size_t ledger_size;
};

/* Maps what the programs count, by the descriptor of the BPF map. -errno. */
int prog_counts_map(struct prog_counts *prog_counts, int fd);
void prog_counts_unmap(struct prog_counts *prog_counts);

/* The run begins: what has been missed so far is of none. */
void prog_counts_start(struct prog_counts *prog_counts);

/* It is over, but for calls under way. */
void prog_counts_stop(struct prog_counts *prog_counts);

/* How many more entries than returns of all functions have been seen so far, 0 if not more. */
__u64 prog_counts_under_way(const struct prog_counts *prog_counts);

/* Fills in what became of the destroy calls, and leaves the other fields alone. */
void prog_counts_count(const struct prog_counts *prog_counts, struct ledger *ledger);

/* Fills in the numbers of a point that is attached. */
void prog_counts_count_point(const struct prog_counts *prog_counts, enum hook hook,
			     struct hook_counts *counts);

#endif
