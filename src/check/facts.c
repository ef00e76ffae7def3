// SPDX-License-Identifier: GPL-2.0-only
/* Finds facts in the types and symbols of a kernel, wherever they come from. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/btf.h>

#include "check/facts.h"
#include "model/btf_types.h"
#include "model/hooks.h"
#include "model/ledger.h"
#include "model/map_type.h"
#include "model/symbol.h"
#include "util/macros.h"

/* Size of struct bpf_link_info since it counts what a kprobe missed (3acf8ace6823). */
#define LINK_INFO_WITH_MISSED 56

/*
 * The members that all programs need. vmlinux/vmlinux.h has these and those of features;
 * tests/kernels/fields.c checks that none is missing here.
 */
static const char *const needed[][2] = {
	{"bpf_map", "ops"},
	{"bpf_map", "map_type"},
	{"bpf_map", "key_size"},
	{"bpf_map", "value_size"},
	{"bpf_map", "max_entries"},
	{"bpf_map", "map_flags"},
	{"bpf_map", "name"},
	{"bpf_map", "work"},
	{"bpf_mem_alloc", "cache"},
	{"bpf_mem_alloc", "caches"},
	{"bpf_mem_cache", "unit_size"},
	{"task_struct", "flags"},
	{"task_struct", "pid"},
	{"task_struct", "tgid"},
	{"task_struct", "comm"},
	{"task_struct", "__state"},
	{"task_struct", "start_time"},
	{"task_struct", "worker_private"},
	{"kthread", "data"},
	{"worker", "current_work"},
	{"worker", "current_func"},
};

/* The members that teardowns need in addition. */
static const char *const needed_by_teardowns[][2] = {
	{"bpf_map", "id"},
	{"bpf_map", "refcnt"},
	{"bpf_mem_alloc", "work"},
	{"work_struct", "func"},
	{"file", "private_data"},
	{"bpf_htab", "count"},
	{"bpf_htab", "pcount"},
	{"bpf_htab", "use_percpu_counter"},
	{"lpm_trie", "n_entries"},
	{"task_struct", "mm"},
	{"mm_struct", "start_stack"},
	{"bpf_map", "usercnt"},
	{"bpf_prog", "type"},
	{"bpf_prog_aux", "id"},
	{"bpf_prog_aux", "prog"},
	{"bpf_prog_aux", "name"},
	{"bpf_prog_aux", "work"},
	{"bpf_link", "id"},
	{"bpf_link", "type"},
	{"bpf_link", "prog"},
	{"inode", "i_private"},
};

void facts_init(struct facts *facts)
{
	*facts = (struct facts){
		.kptr_restrict = SYSCTL_UNKNOWN,
		.perf_event_paranoid = SYSCTL_UNKNOWN,
	};
	for (enum hook hook = 0; hook < NR_HOOKS; hook++)
		facts->hooks[hook].seen = LEDGER_UNKNOWN;
}

void facts_free(struct facts *facts)
{
	free(facts->map_types);
	facts->map_types = NULL;
}

static enum answer answer_of(bool yes)
{
	return yes ? ANSWER_YES : ANSWER_NO;
}

/* Types */

static bool has_function(const struct btf *btf, const char *name)
{
	return btf__find_by_name_kind(btf, name, BTF_KIND_FUNC) > 0;
}

/* The function's name in BTF, which may have a suffix as in the symbol table; NULL: none. */
static const char *find_function(const struct btf *btf, const char *function)
{
	__u32 nr = btf__type_cnt(btf);

	if (has_function(btf, function))
		return function;
	for (__u32 id = 1; id < nr; id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);
		const char *name = btf_is_func(t) ? btf__name_by_offset(btf, t->name_off) : NULL;

		if (name && symbol_is_whole(name, function))
			return name;
	}
	return NULL;
}

/* A tracepoint has a typedef. */
static void add_type(struct hook_facts *found, enum hook hook, const struct btf *btf)
{
	const char *function = hook_info[hook].function, *name = NULL;
	char typedef_name[64];

	snprintf(typedef_name, sizeof(typedef_name), "btf_trace_%s", function);
	if (hook != HOOK_QUEUE)
		name = find_function(btf, function);
	else if (btf__find_by_name_kind(btf, typedef_name, BTF_KIND_TYPEDEF) > 0)
		name = function;
	found->type = answer_of(name);
	if (name && strcmp(name, function))
		snprintf(found->type_as, sizeof(found->type_as), "%s", name);
}

static void features_from_btf(enum answer *features, const struct btf *btf)
{
	const struct btf_type *info = btf_types_find(btf, "bpf_link_info");

	/* 6.1.176 has the member, but unused; 6.6 uses it and has the function. */
	features[FEATURE_ELEM_COUNT] = answer_of(btf_types_has(btf, "bpf_map", "elem_count") &&
						 has_function(btf, "bpf_map_sum_elem_count"));
	features[FEATURE_PERCPU] = answer_of(btf_types_has(btf, "bpf_mem_alloc", "percpu") ||
					     btf_types_has(btf, "bpf_mem_cache", "percpu_size"));
	features[FEATURE_PREEMPT] = answer_of((btf_types_has(btf, "thread_info", "preempt_count") &&
					       btf_types_has(btf, "task_struct", "thread_info")) ||
					      btf_types_has(btf, "lowcore", "preempt_count"));
	features[FEATURE_KPROBE_MISS] = answer_of(info && info->size >= LINK_INFO_WITH_MISSED);
}

/* Sets lacking to the first missing member, such as "bpf_map.ops". */
static void find_missing(char lacking[LACKING_LEN], const struct btf *btf,
			 const char *const members[][2], size_t nr)
{
	for (size_t i = 0; i < nr && !*lacking; i++)
		if (!btf_types_has(btf, members[i][0], members[i][1]))
			snprintf(lacking, LACKING_LEN, "%s.%s", members[i][0], members[i][1]);
}

int facts_from_btf(struct facts *facts, const struct btf *btf)
{
	int err;

	facts->btf = ANSWER_YES;
	facts->allocator = answer_of(btf_types_find(btf, "bpf_mem_alloc"));
	errno = 0;
	facts->map_types = map_type_btf_names(btf);
	err = !facts->map_types && errno == ENOMEM ? -ENOMEM : 0;
	features_from_btf(facts->features, btf);
	find_missing(facts->lacking, btf, needed, ARRAY_SIZE(needed));
	find_missing(facts->teardowns_lacking, btf, needed_by_teardowns,
		     ARRAY_SIZE(needed_by_teardowns));
	for (enum hook hook = 0; hook < NR_HOOKS; hook++)
		add_type(&facts->hooks[hook], hook, btf);
	map_allocators_read(&facts->allocators, btf);
	for (size_t i = 0; i < NR_MAP_OWNERS; i++)
		for (int nth = 0; map_owners[i].callers[nth]; nth++)
			if (find_function(btf, map_owners[i].callers[nth]))
				facts->callers[i][nth] = ANSWER_YES;
	/* Only kernels with CONFIG_BPF_JIT contain kernel/bpf/trampoline.c. */
	facts->compiler = has_function(btf, "bpf_trampoline_link_prog")	 ? ANSWER_YES
			  : has_function(btf, "bpf_prog_select_runtime") ? ANSWER_NO
									 : ANSWER_UNKNOWN;
	/* The second function replaces the first one (7.0). Old BTF lacks all of kernel/trace. */
	facts->direct = has_function(btf, "register_ftrace_direct") ||
					has_function(btf, "update_ftrace_direct_add")
				? ANSWER_YES
			: has_function(btf, "trace_call_bpf") ? ANSWER_NO
							      : ANSWER_UNKNOWN;
	/* Its type proves that there are kprobes; a missing type proves nothing. */
	if (facts->kprobes == ANSWER_UNKNOWN && has_function(btf, "register_kprobe"))
		facts->kprobes = ANSWER_YES;
	return err;
}

/* Symbols */

void facts_from_symbols(struct facts *facts, const struct ksyms *ksyms)
{
	char function[64];
	__u64 addr;

	facts->symbols = ANSWER_YES;
	facts->hidden = answer_of(ksyms_hidden(ksyms));
	for (enum hook hook = 0; hook < NR_HOOKS; hook++) {
		struct hook_facts *found = &facts->hooks[hook];
		const char *name = hook_info[hook].function, *symbol;

		/* The programs of a tracepoint are called by a function of its own. */
		snprintf(function, sizeof(function), "%s%s",
			 hook == HOOK_QUEUE ? "__traceiter_" : "", name);
		symbol = ksyms_symbol(ksyms, function);
		found->symbol = answer_of(symbol);
		if (symbol && strcmp(symbol, function))
			snprintf(found->as, sizeof(found->as), "%s", symbol);
		found->part = answer_of(ksyms_has_part(ksyms, name));
	}
	for (size_t i = 0; i < NR_MAP_OWNERS; i++)
		for (int nth = 0; map_owners[i].callers[nth]; nth++)
			facts->callers[i][nth] =
				answer_of(ksyms_symbol(ksyms, map_owners[i].callers[nth]));
	if (facts->kprobes == ANSWER_UNKNOWN)
		facts->kprobes = answer_of(ksyms_has(ksyms, "register_kprobe"));
	/* Addresses hidden in a file may still be visible on that machine. */
	if (facts->hidden == ANSWER_YES && !facts->live)
		return;
	facts->features[FEATURE_PREEMPT_ADDR] =
		answer_of(!ksyms_address(ksyms, "__preempt_count", &addr) ||
			  !ksyms_address(ksyms, "pcpu_hot", &addr));
}
