/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The BPF programs while they run: attached, asked for their counts, stopped.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "event.h"
#include "model/filter.h"
#include "model/hooks.h"
#include "model/map_memory.h"
#include "trace/bpf_config.h"
#include "trace/call_slots.h"
#include "trace/ksyms.h"
#include "trace/probe_failure.h"
#include "trace/prog_counts.h"
#include "trace/trace_options.h"
#include "trace/witness.h"
#include "util/clock.h"

struct probe;

/*
 * Loads and attaches; from here on calls are recorded. filter: of calls, see bpf_config_make(). On
 * success the caller frees *out with probe_close(). Returns 0 or -errno; errors are already
 * reported. *traceable: what they say about the kernel, TRACEABLE_YES if nothing.
 */
int probe_open(struct probe **out, const struct trace_options *opts, const struct filter *filter,
	       const struct ksyms *ksyms, enum traceable *traceable);
void probe_close(struct probe *probe);

/*
 * The same in one mode, without reporting anything. -EUSERS: other tracers have attached as many
 * programs as a function takes. -EOPNOTSUPP: also where attaching is dangerous and not tried, see
 * kernel_kprobe_danger(). Other errors are those of libbpf.
 */
int probe_attempt(struct probe **out, enum attach_mode mode, const struct bpf_config *settings,
		  const struct ksyms *ksyms);

/* "fentry/fexit" or "kprobe/kretprobe": the mode that was chosen. */
const char *probe_method(const struct probe *probe);

/* When the run began: no event of it is earlier. Owned by the probe. */
const struct moment *probe_began(const struct probe *probe);

/* File descriptor of the ring buffer; the probe owns it. */
int probe_records_fd(const struct probe *probe);
size_t probe_buffer_bytes(const struct probe *probe); /* its size */

/* Ends the run: no new calls, but the returns of those in progress. */
void probe_stop(struct probe *probe);

/* The destroy calls in progress, for call_slots_take(); the programs' own memory. */
struct call_slot *probe_call_slots(const struct probe *probe);

/* The kernel's sizes, for the memory of maps. All zero with VIEW_CALLS. */
struct kernel_memory probe_kernel_memory(const struct probe *probe);

/* Is the hook attached? */
bool probe_has(const struct probe *probe, enum hook hook);

/* Can a task be preempted in a program? The kernel skips the program meanwhile. */
bool probe_is_preemptible(const struct probe *probe);

/* The reader is about to sleep, or awake. The next call or record wakes a sleeping reader, once. */
void probe_reader_sleeps(struct probe *probe, bool asleep);
bool probe_reader_asleep(const struct probe *probe);

/* Whether the programs see everything. */
struct witness *probe_witness(struct probe *probe);

/* Counts of the programs, and the kernel's of skipped runs. */
const struct prog_counts *probe_counts(const struct probe *probe);

/*
 * Looks at a thread: its kernel stack, and what it works on. -EOPNOTSUPP: stacks are not wanted, or
 * this kernel does not give them. Needs no privileges.
 */
int probe_look_at(const struct probe *probe, __u32 tid, struct task_stack *stack);

/* Does that find threads outside of this process's PID namespace? */
bool probe_finds_all_threads(const struct probe *probe);
