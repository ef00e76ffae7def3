// SPDX-License-Identifier: GPL-2.0-only
/*
 * Opens the skeleton, chooses its programs, sizes its maps, writes its settings, and loads it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "trace/cpu_counters.h"
#include "trace/kernel_features.h"
#include "trace/privileges.h"
#include "trace/probe_load.h"
#include "trace/prog_ids.h"
#include "util/diag.h"

#include "memdestroy_trace_all_threads.skel.h"
#include "memdestroy_trace_in_place.skel.h"

#define PROG_NAME 64

bool probe_kernel_has(enum hook hook, const struct bpf_config *settings, const struct ksyms *ksyms)
{
	if (!hook_info[hook].tracepoint)
		return ksyms_symbol(ksyms, hook_info[hook].function);
	/* The programs recognize queued work by the address of its function. */
	return settings->config.map_free_deferred && settings->config.free_mem_alloc_deferred;
}

bool probe_reads_in_place(const struct ksyms *ksyms)
{
	return !kernel_compiler_lack() && ksyms_has(ksyms, "bpf_rdonly_cast");
}

bool probe_needs_all_threads(const struct ksyms *ksyms)
{
	return privileges_in_pid_namespace() && probe_reads_in_place(ksyms);
}

/*
 * The same source compiled in variants, see bpf/kernel_read.bpf.h. The skeletons differ only in
 * their names, so one type serves for all.
 */
static struct memdestroy_trace_bpf *open_skeleton(const struct ksyms *ksyms,
						  const struct bpf_object_open_opts *opts)
{
	_Static_assert(sizeof(struct memdestroy_trace_bpf) ==
				       sizeof(struct memdestroy_trace_in_place_bpf) &&
			       sizeof(struct memdestroy_trace_bpf) ==
				       sizeof(struct memdestroy_trace_all_threads_bpf),
		       "skeletons differ");

	if (probe_needs_all_threads(ksyms))
		return (void *)memdestroy_trace_all_threads_bpf__open_opts(opts);
	return probe_reads_in_place(ksyms) ? (void *)memdestroy_trace_in_place_bpf__open_opts(opts)
					   : memdestroy_trace_bpf__open_opts(opts);
}

/* The programs of a side are named after attach type and hook: fentry_destroy, kretprobe_free. */
static void name_side(char name[PROG_NAME], enum attach_mode mode, enum hook hook,
		      enum hook_side side)
{
	static const char *const types[NR_ATTACH_MODES][NR_HOOK_SIDES] = {
		[ATTACH_FENTRY] = {"fentry", "fexit"},
		[ATTACH_KPROBE] = {"kprobe", "kretprobe"},
	};

	snprintf(name, PROG_NAME, "%s_%s", hook_info[hook].tracepoint ? "tp" : types[mode][side],
		 hook_info[hook].name);
}

/* By it the copies of this side continue in the first one. NULL: they are whole programs. */
static struct bpf_map *find_array(const struct memdestroy_trace_bpf *skel, enum attach_mode mode,
				  enum hook hook, enum hook_side side)
{
	char side_name[PROG_NAME], name[PROG_NAME + 16];

	name_side(side_name, mode, hook, side);
	snprintf(name, sizeof(name), "memdestr_%s", side_name);
	return bpf_object__find_map_by_name(skel->obj, name);
}

/*
 * With copies, fentry_destroy_1, _2 and _3 instead of fentry_destroy; where all are whole programs,
 * tp_queue, tp_queue_2 and tp_queue_3.
 */
static struct bpf_program *find_program(const struct memdestroy_trace_bpf *skel,
					enum attach_mode mode, enum hook hook, enum hook_side side,
					int nth, bool copies)
{
	char side_name[PROG_NAME], name[PROG_NAME + 12];

	name_side(side_name, mode, hook, side);
	if (!copies || (!nth && !find_array(skel, mode, hook, side)))
		return bpf_object__find_program_by_name(skel->obj, side_name);
	snprintf(name, sizeof(name), "%s_%d", side_name, nth + 1);
	return bpf_object__find_program_by_name(skel->obj, name);
}

/* NULL: the symbol has no suffix. */
static const char *suffixed_symbol(const struct ksyms *ksyms, enum hook hook)
{
	const char *function = hook_info[hook].function;
	const char *symbol = hook_info[hook].tracepoint ? NULL : ksyms_symbol(ksyms, function);

	if (!symbol || !strcmp(symbol, function))
		return NULL;
	diag_verbose("%s is here as %s", function, symbol);
	return symbol;
}

/*
 * symbol, attach_id: see struct attached. all_progs is ignored for kprobes: the kernel skips all
 * programs of one at once.
 */
static void choose_hook(const struct memdestroy_trace_bpf *skel, struct attached attached[NR_PROGS],
			enum attach_mode mode, enum hook hook, bool all_progs, const char *symbol,
			__u32 attach_id)
{
	bool kprobe = mode == ATTACH_KPROBE && !hook_info[hook].tracepoint;
	bool copies = all_progs && !kprobe;
	int nr_sides = hook < NR_CALL_HOOKS ? NR_HOOK_SIDES : 1;

	for (int side = 0; side < nr_sides; side++) {
		struct bpf_map *array = find_array(skel, mode, hook, side);

		if (array && copies)
			bpf_map__set_autocreate(array, true);
		for (int nth = 0; nth < (copies ? PROGS_PER_HOOK : 1); nth++) {
			struct attached *one = &attached[PROG(hook, side, nth)];

			one->prog = find_program(skel, mode, hook, side, nth, copies);
			one->kprobe = kprobe;
			one->symbol = symbol;
			one->attach_id = attach_id;
			bpf_program__set_autoload(one->prog, true);
		}
	}
}

static int size_maps(struct memdestroy_trace_bpf *skel, const struct bpf_config *settings,
		     __u32 nr_cpus)
{
	__u32 nr_slots = settings->hooks >> HOOK_FREE ? NR_HOOKS * NR_SLOTS : 1;
	int err = bpf_map__set_max_entries(skel->maps.records, settings->buffer_bytes);

	if (!err)
		err = bpf_map__set_max_entries(skel->maps.counters, nr_cpus);
	if (!err)
		err = bpf_map__set_max_entries(skel->maps.slots, nr_slots);
	return err;
}

/* Has programs switch preemption off, if that is possible and needed. Returns whether they do. */
static bool choose_to_hold_cpu(struct prog_ids *ids, const struct ksyms *ksyms)
{
	__u32 *disable = &ids->ids[KERNEL_ID_INDEX(KERNEL_ID_PREEMPT_DISABLE)];
	__u32 *enable = &ids->ids[KERNEL_ID_INDEX(KERNEL_ID_PREEMPT_ENABLE)];

	if (kernel_preemptible() && probe_reads_in_place(ksyms) && *disable && *enable)
		return true;
	*disable = *enable = 0;
	return false;
}

/* Chooses the programs to be loaded, and the functions that they attach to. */
static int choose_programs(const struct memdestroy_trace_bpf *skel,
			   struct attached attached[NR_PROGS], struct grace_probes *graces,
			   enum attach_mode mode, const struct bpf_config *settings,
			   const struct ksyms *ksyms, struct prog_ids *ids, int types_fd)
{
	const char *symbols[NR_HOOKS] = {};
	bool all_progs = skel->rodata->config.all_progs, hold_cpu;
	struct bpf_program *prog;
	struct bpf_map *array = NULL;
	__u32 hooks = 0;
	int err;

	for (enum hook hook = 0; hook < NR_HOOKS; hook++) {
		if (!(settings->hooks & (1U << hook)) || !probe_kernel_has(hook, settings, ksyms))
			continue;
		hooks |= 1U << hook;
		symbols[hook] = suffixed_symbol(ksyms, hook);
	}
	err = prog_ids_find(ids, symbols, bpf_object__btf(skel->obj), types_fd);
	if (err)
		return err;
	skel->rodata->config.other_allocs = ids->nr_other_allocs > 0;
	memcpy(&skel->rodata->config.other_alloc, ids->other_allocs, sizeof(ids->other_allocs));
	hold_cpu = choose_to_hold_cpu(ids, ksyms);
	if (all_progs)
		diag_verbose("the kernel is preemptible: %d programs for each%s", PROGS_PER_HOOK,
			     hold_cpu ? ", not preempted while they write a record" : "");
	bpf_object__for_each_program(prog, skel->obj) bpf_program__set_autoload(prog, false);
	while ((array = bpf_object__next_map(skel->obj, array)))
		if (bpf_map__type(array) == BPF_MAP_TYPE_PROG_ARRAY)
			bpf_map__set_autocreate(array, false);
	for (enum hook hook = 0; hook < NR_HOOKS; hook++)
		if (hooks & (1U << hook))
			choose_hook(skel, attached, mode, hook, all_progs, symbols[hook],
				    ids->hooks[hook]);
	if (settings->hooks & 1U << HOOK_FREE)
		grace_probes_choose(graces, skel->obj, mode, ids->grace_functions,
				    ksyms_has(ksyms, "register_fprobe_ips"));
	ids->graces = graces;
	ids->attached = attached;
	ids->iter = skel->progs.dump_stack;
	bpf_program__set_autoload(skel->progs.dump_stack, settings->stacks);
	bpf_program__set_autoload(skel->progs.read_clock, true);
	bpf_program__set_autoload(skel->progs.read_sizes, settings->hooks & 1U << HOOK_FREE);
	bpf_program__set_autoload(skel->progs.work_start, true);
	bpf_program__set_autoload(skel->progs.work_end, true);
	return 0;
}

/* All but what the kernel's types show. */
static void write_config(struct memdestroy_trace_bpf *skel, const struct bpf_config *settings)
{
	memcpy(&skel->rodata->config, &settings->config, sizeof(settings->config));
	/* Without such tail calls there are no copies: what the only program misses is counted. */
	skel->rodata->config.all_progs = kernel_preemptible() && kernel_tail_calls_from_functions();
	skel->rodata->config.compiled = !kernel_compiler_lack();
	memcpy(&skel->rodata->name_filter, &settings->names, sizeof(settings->names));
}

/* Lets the copies continue in the first program of their side. */
static int join_copies(const struct memdestroy_trace_bpf *skel,
		       const struct attached attached[NR_PROGS], enum attach_mode mode)
{
	const __u32 key = 0;

	for (enum hook hook = 0; hook < NR_HOOKS; hook++) {
		for (enum hook_side side = HOOK_ENTRY; side < NR_HOOK_SIDES; side++) {
			struct bpf_map *array = find_array(skel, mode, hook, side);
			int fd;

			if (!array || !attached[PROG(hook, side, 1)].prog)
				continue;
			fd = bpf_program__fd(attached[PROG(hook, side, 0)].prog);
			if (bpf_map_update_elem(bpf_map__fd(array), &key, &fd, BPF_ANY))
				return -errno;
		}
	}
	return 0;
}

static int load(struct memdestroy_trace_bpf **out, struct attached attached[NR_PROGS],
		struct grace_probes *graces, enum attach_mode mode,
		const struct bpf_config *settings, const struct ksyms *ksyms, __u32 nr_cpus,
		struct prog_ids *ids, int types_fd)
{
	LIBBPF_OPTS(bpf_object_open_opts, open_opts);
	struct memdestroy_trace_bpf *skel;
	char path[64];
	int err;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", types_fd);
	/* A file of any types keeps libbpf from those of modules, which take CAP_SYS_ADMIN. */
	open_opts.btf_custom_path = access(path, R_OK) ? KERNEL_BTF : path;
	skel = open_skeleton(ksyms, &open_opts);
	if (!skel)
		return -errno;
	*out = skel;
	write_config(skel, settings);
	err = choose_programs(skel, attached, graces, mode, settings, ksyms, ids, types_fd);
	if (err)
		return err;
	err = size_maps(skel, settings, nr_cpus);
	if (!err)
		err = cpu_counters_choose(skel, settings->config.cpu_counters);
	if (!err)
		err = memdestroy_trace_bpf__load(skel);
	if (!err)
		err = join_copies(skel, attached, mode);
	/* libbpf loads without variables if it had no memory to try them. */
	return err || skel->bss ? err : -ENOMEM;
}

int probe_load(struct memdestroy_trace_bpf **out, struct attached attached[NR_PROGS],
	       struct grace_probes *graces, enum attach_mode mode,
	       const struct bpf_config *settings, const struct ksyms *ksyms, __u32 nr_cpus)
{
	struct prog_ids ids = {};
	int fd = memfd_create("kernel types", MFD_CLOEXEC), err;

	if (fd < 0)
		return -errno;
	err = prog_ids_use(&ids);
	if (!err)
		err = load(out, attached, graces, mode, settings, ksyms, nr_cpus, &ids, fd);
	close(fd);
	return err;
}
