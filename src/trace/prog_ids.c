// SPDX-License-Identifier: GPL-2.0-only
/*
 * Puts the ids of kernel types into programs, when libbpf is about to load them.
 *
 * libbpf reads the kernel's types whenever a program of type BPF_PROG_TYPE_TRACING is to be loaded.
 * So these have another type until then.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "model/hooks.h"
#include "trace/kernel_features.h"
#include "trace/kernel_types.h"
#include "trace/other_allocs.h"
#include "trace/prog_ids.h"
#include "util/macros.h"

/* The search */

static const struct {
	const char *name;
	__u32 kind;
	bool optional; /* without it, programs do not call it */
} kernel_ids[NR_KERNEL_IDS] = {
	[KERNEL_ID_INDEX(KERNEL_ID_RDONLY_CAST)] = {"bpf_rdonly_cast", BTF_KIND_FUNC},
	[KERNEL_ID_INDEX(KERNEL_ID_TASK_FROM_PID)] = {"bpf_task_from_pid", BTF_KIND_FUNC},
	[KERNEL_ID_INDEX(KERNEL_ID_TASK_RELEASE)] = {"bpf_task_release", BTF_KIND_FUNC},
	[KERNEL_ID_INDEX(KERNEL_ID_PREEMPT_DISABLE)] = {"bpf_preempt_disable", BTF_KIND_FUNC, true},
	[KERNEL_ID_INDEX(KERNEL_ID_PREEMPT_ENABLE)] = {"bpf_preempt_enable", BTF_KIND_FUNC, true},
	[KERNEL_ID_INDEX(KERNEL_ID_RUNQUEUES)] = {"runqueues", BTF_KIND_VAR},
	[KERNEL_ID_INDEX(KERNEL_ID_PT_REGS)] = {"pt_regs", BTF_KIND_STRUCT},
};

/* A hook is known by its symbol, or by the function's name. */
#define NAMES_PER_HOOK 2
#define NR_NAMES       (NR_KERNEL_IDS + 1 + NAMES_PER_HOOK * NR_HOOKS + NR_GRACES + 2)

struct search {
	struct wanted_type *wanted, *next;
	char tracepoints[NR_HOOKS][64];
};

static void want(struct search *search, const char *name, __u32 kind)
{
	*search->next++ = (struct wanted_type){.name = name, .kind = kind};
}

static void want_hooks(struct search *search, const char *const symbols[NR_HOOKS])
{
	for (enum hook hook = 0; hook < NR_HOOKS; hook++) {
		const char *function = hook_info[hook].function;
		char *tracepoint = search->tracepoints[hook];

		if (hook_info[hook].tracepoint) {
			snprintf(tracepoint, sizeof(search->tracepoints[0]), "btf_trace_%s",
				 function);
			want(search, tracepoint, BTF_KIND_TYPEDEF);
			want(search, NULL, 0);
			continue;
		}
		want(search, symbols[hook], BTF_KIND_FUNC);
		want(search, function, BTF_KIND_FUNC);
	}
}

/* The structures that programs read, and some others. */
static void want_structures(struct search *search, const struct btf *programs)
{
	__u32 nr = btf__type_cnt(programs);

	for (__u32 id = 1; id < nr; id++) {
		const struct btf_type *t = btf__type_by_id(programs, id);
		const char *name = btf__name_by_offset(programs, t->name_off);

		if (btf_is_struct(t) && *name && name[1])
			want(search, name, BTF_KIND_STRUCT);
	}
}

static __u32 next_id(const struct wanted_type **found)
{
	return (*found)++->ids[0];
}

static void take_ids(struct prog_ids *ids, const struct wanted_type *found)
{
	for (size_t i = 0; i < NR_KERNEL_IDS; i++)
		ids->ids[i] = next_id(&found);
	ids->iter_id = next_id(&found);
	for (enum hook hook = 0; hook < NR_HOOKS; hook++) {
		__u32 by_symbol = next_id(&found), by_function = next_id(&found);

		ids->hooks[hook] = by_symbol ?: by_function;
	}
	for (enum grace grace = 0; grace < NR_GRACES; grace++)
		ids->grace_functions[grace] = next_id(&found);
}

int prog_ids_find(struct prog_ids *ids, const char *const symbols[NR_HOOKS],
		  const struct btf *programs, int fd)
{
	struct search search = {
		.wanted = calloc(NR_NAMES + btf__type_cnt(programs), sizeof(*search.wanted)),
	};
	const struct wanted_type *map, *allocator;
	struct kernel_types *types = NULL;
	size_t nr;
	int err;

	if (!search.wanted)
		return -ENOMEM;
	search.next = search.wanted;
	for (size_t i = 0; i < NR_KERNEL_IDS; i++)
		want(&search, kernel_ids[i].name, kernel_ids[i].kind);
	want(&search, "bpf_iter_task", BTF_KIND_FUNC);
	want_hooks(&search, symbols);
	for (enum grace grace = 0; grace < NR_GRACES; grace++)
		want(&search, grace_function(grace), BTF_KIND_FUNC);
	map = search.next;
	want(&search, "bpf_map", BTF_KIND_STRUCT);
	allocator = search.next;
	want(&search, "bpf_mem_alloc", BTF_KIND_STRUCT);
	want_structures(&search, programs);
	nr = search.next - search.wanted;
	err = kernel_types_read(&types, KERNEL_BTF);
	if (!err)
		err = kernel_types_find(types, search.wanted, nr);
	if (!err)
		err = kernel_types_reduce(types, search.wanted, nr, programs, fd);
	if (!err) {
		take_ids(ids, search.wanted);
		ids->nr_other_allocs = other_allocs_find(types, map, allocator, ids->other_allocs);
	}
	kernel_types_free(types);
	free(search.wanted);
	return err;
}

/* The programs */

static const struct {
	const char *section;
	enum bpf_prog_type type;
	enum bpf_attach_type attach; /* 0: none is expected */
} sections[] = {
	{"fentry/", BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY},
	{"fexit/", BPF_PROG_TYPE_TRACING, BPF_TRACE_FEXIT},
	{"tp_btf/", BPF_PROG_TYPE_TRACING, BPF_TRACE_RAW_TP},
	{"iter/", BPF_PROG_TYPE_TRACING, BPF_TRACE_ITER},
	{"kprobe/", BPF_PROG_TYPE_KPROBE, 0},
	{"kretprobe/", BPF_PROG_TYPE_KPROBE, 0},
	{"kprobe.multi/", BPF_PROG_TYPE_KPROBE, BPF_TRACE_KPROBE_MULTI},
	{"kretprobe.multi/", BPF_PROG_TYPE_KPROBE, BPF_TRACE_KPROBE_MULTI},
	{"raw_tp/", BPF_PROG_TYPE_RAW_TRACEPOINT, 0},
};

static const struct prog_ids *loading; /* of the object that is being loaded */

static bool is_marked(const struct bpf_insn *insn)
{
	return insn->imm >= KERNEL_ID_FIRST && insn->imm < KERNEL_ID_END;
}

/* A call, a 64-bit constant that is the address of a variable, or the number of a type. */
static int put_id(struct bpf_insn *insn, const struct prog_ids *ids)
{
	static const struct bpf_insn no_call = {.code = BPF_ALU64 | BPF_MOV | BPF_K,
						.dst_reg = BPF_REG_0};
	__u32 nth = KERNEL_ID_INDEX(insn->imm), id = ids->ids[nth];

	if (!id && kernel_ids[nth].optional) {
		*insn = no_call;
		return 0;
	}
	if (!id)
		return -ESRCH;
	if (insn->code == (BPF_JMP | BPF_CALL))
		insn->src_reg = BPF_PSEUDO_KFUNC_CALL;
	else if (insn->code == (BPF_LD | BPF_IMM | BPF_DW))
		insn->src_reg = BPF_PSEUDO_BTF_ID;
	else if (BPF_OP(insn->code) != BPF_MOV)
		return -EINVAL;
	insn->imm = id;
	return 0;
}

static int put_ids(struct bpf_program *prog, const struct prog_ids *ids)
{
	size_t nr = bpf_program__insn_cnt(prog);
	struct bpf_insn insns[nr];
	int err;

	memcpy(insns, bpf_program__insns(prog), sizeof(insns));
	for (size_t i = 0; i < nr; i++) {
		err = is_marked(&insns[i]) ? put_id(&insns[i], ids) : 0;
		if (err)
			return err;
	}
	return bpf_program__set_insns(prog, insns, nr);
}

static __u32 attach_id(const struct bpf_program *prog, const struct prog_ids *ids)
{
	if (prog == ids->iter)
		return ids->iter_id;
	for (size_t i = 0; i < NR_PROGS; i++)
		if (ids->attached[i].prog == prog)
			return ids->attached[i].attach_id;
	return grace_probes_attach_id(ids->graces, prog);
}

static int prepare(struct bpf_program *prog, struct bpf_prog_load_opts *opts, long cookie)
{
	(void)cookie;
	if (bpf_program__type(prog) != BPF_PROG_TYPE_KPROBE &&
	    bpf_program__expected_attach_type(prog)) {
		opts->attach_btf_id = attach_id(prog, loading);
		if (!opts->attach_btf_id)
			return -ESRCH;
		bpf_program__set_type(prog, BPF_PROG_TYPE_TRACING);
	}
	return put_ids(prog, loading);
}

/* Once: libbpf 1.1 goes on using memory that it has freed when the last handler is unregistered. */
int prog_ids_use(const struct prog_ids *ids)
{
	LIBBPF_OPTS(libbpf_prog_handler_opts, opts, .prog_prepare_load_fn = prepare);
	static size_t nr_registered;

	loading = ids;
	for (; nr_registered < ARRAY_SIZE(sections); nr_registered++) {
		enum bpf_prog_type type = sections[nr_registered].type;
		int handler;

		if (type == BPF_PROG_TYPE_TRACING)
			type = BPF_PROG_TYPE_RAW_TRACEPOINT;
		handler = libbpf_register_prog_handler(sections[nr_registered].section, type,
						       sections[nr_registered].attach, &opts);
		if (handler < 0)
			return handler;
	}
	return 0;
}
