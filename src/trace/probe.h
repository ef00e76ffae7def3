/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The BPF programs: chosen, loaded, attached, asked for their counts. The only file that knows the
 * skeleton.
 */
#ifndef MEMDESTROY_TRACE_PROBE_H
#define MEMDESTROY_TRACE_PROBE_H

#include <stdbool.h>

#include "event.h"
#include "model/ledger.h"
#include "trace/bpf_config.h"
#include "trace/ksyms.h"
#include "trace/trace_options.h"
#include "trace/traceable.h"

#define KERNEL_BTF "/sys/kernel/btf/vmlinux"

struct probe;

/*
 * Loads and attaches; from here on calls are recorded. On success *out is to be freed with
 * probe_close(). Returns 0 or -errno; errors are already reported. *traceable: what they say about
 * the kernel, TRACEABLE_YES if nothing.
 */
int probe_open(struct probe **out, const struct trace_options *opts, const struct filter *filter,
	       const struct ksyms *ksyms, enum traceable *traceable);
void probe_close(struct probe *probe);

/*
 * The same for one mode and what settings say, without a word. -errno as libbpf had it; -EOPNOTSUPP
 * also where it is not tried, see kernel_kprobe_danger().
 */
int probe_attempt(struct probe **out, enum attach_mode mode, const struct bpf_config *settings,
		  const struct ksyms *ksyms);

/* "fentry/fexit" or "kprobe/kretprobe" */
const char *probe_mode_name(enum attach_mode mode);

/* probe_mode_name() of what was chosen. */
const char *probe_method(const struct probe *probe);

/* File descriptor of the ring buffer; the probe's. */
int probe_records_fd(const struct probe *probe);

/* No new calls from here on; those under way are still seen off. */
void probe_stop(struct probe *probe);

/* How many more entries than returns of all functions have been seen so far, 0 if not more. */
__u64 probe_under_way(const struct probe *probe);

/* Hands over the entries that filters made wait for a return that has not come. */
void probe_for_each_parked(struct probe *probe,
			   void (*each)(void *ctx, const void *record, size_t size), void *ctx);

/* Fills in what the programs and the kernel counted, and leaves the other fields alone. */
void probe_count(const struct probe *probe, struct ledger *ledger);

bool probe_has(const struct probe *probe, enum hook hook);

/* The reader is about to sleep, or is awake: asleep, it is woken by the next record, once. */
void probe_reader_sleeps(struct probe *probe, bool asleep);

/* Fills *counts. */
void probe_count_point(const struct probe *probe, enum hook hook, struct hook_counts *counts);

/*
 * Where a thread is in the kernel: fills ip with the addresses of its stack, innermost first, and
 * returns how many. -ESRCH: no such thread. -EOPNOTSUPP: stacks were not asked for, or are not to
 * be had. Needs no privileges.
 */
int probe_stack(const struct probe *probe, __u32 tid, __u64 ip[STACK_DEPTH]);

#endif
