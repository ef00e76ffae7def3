/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counts of calls: what the programs count themselves, and how often the kernel skipped them.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "event.h"
#include "model/ledger.h"

struct bpf_link;
struct bpf_program;

struct attached {
	struct bpf_program *prog; /* NULL: not wanted */
	struct bpf_link *link;
	const char *symbol; /* of the function, if it has a suffix; else NULL */
	__u32 attach_id;    /* of its target in the kernel's types; 0 for kprobes */
	bool kprobe;	    /* the kernel counts skips of the kprobe and of the program */
	__u64 most_missed;  /* after the end: further skips are of no call of the run */
	__u64 prog_missed_before, probe_missed_before; /* the run */
};

/* The owner fills in attached (prog, link, symbol, kprobe) and nr_cpus. */
struct prog_counts {
	struct attached attached[NR_PROGS];
	bool stopped;			   /* the run is over */
	__u32 nr_cpus;			   /* one more than the highest possible */
	const struct cpu_counts *counters; /* the programs' map, one per CPU */
	size_t counters_size;		   /* bytes */
};

/* Maps the programs' counters, by the descriptor of their BPF map. Returns 0 or -errno. */
int prog_counts_map(struct prog_counts *prog_counts, int fd);
void prog_counts_unmap(struct prog_counts *prog_counts);

/* The run begins: earlier skips do not count. */
void prog_counts_start(struct prog_counts *prog_counts);

/* The run is over, except for calls in progress. */
void prog_counts_stop(struct prog_counts *prog_counts);

/* How many more entries than returns of all functions were seen so far, at least 0. */
__u64 prog_counts_in_progress(const struct prog_counts *prog_counts);

/* Fills in the figures of destroy calls, and leaves the other fields alone. */
void prog_counts_destroy(const struct prog_counts *prog_counts, struct ledger *ledger);

/* Hash maps whose free was seen by the destroy call for their "ma". */
__u64 prog_counts_hashes(const struct prog_counts *prog_counts);

/* Fills *counts. */
void prog_counts_hook(const struct prog_counts *prog_counts, enum hook hook,
		      struct hook_counts *counts);
