// SPDX-License-Identifier: GPL-2.0-only
/* Facts from the types, symbols and files of a kernel. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "check/verdict.h"
#include "model/ledger.h"
#include "support/made_kernel.h"
#include "support/test.h"

TEST(test_types)
{
	struct btf *btf = made_btf(NULL);
	struct facts facts;

	facts_init(&facts);
	facts_from_btf(&facts, btf);
	assert_int_equal(facts.btf, ANSWER_YES);
	assert_int_equal(facts.allocator, ANSWER_YES);
	assert_int_equal(facts.kprobes, ANSWER_YES);
	assert_int_equal(facts.compiler, ANSWER_YES);
	assert_int_equal(facts.direct, ANSWER_YES);
	assert_string_equal(facts.lacking, "");
	assert_string_equal(facts.teardowns_lacking, "");
	for (enum hook hook = 0; hook < NR_HOOKS; hook++) {
		assert_int_equal(facts.hooks[hook].type, ANSWER_YES);
		assert_int_equal(facts.hooks[hook].symbol, ANSWER_UNKNOWN);
		assert_true(facts.hooks[hook].seen == LEDGER_UNKNOWN);
	}
	assert_int_equal(facts.features[FEATURE_ELEM_COUNT], ANSWER_YES);
	assert_int_equal(facts.features[FEATURE_PERCPU], ANSWER_YES);
	assert_int_equal(facts.features[FEATURE_PREEMPT], ANSWER_YES);
	assert_int_equal(facts.features[FEATURE_PREEMPT_ADDR], ANSWER_UNKNOWN);
	assert_int_equal(facts.features[FEATURE_KPROBE_MISS], ANSWER_YES);
	/* An unknown map type appears by the name in its kernel. */
	assert_string_equal(facts.map_types, "hash\nnever_seen\n");
	facts_free(&facts);
	btf__free(btf);
}

/* Neither a function nor kprobes are known to be missing because a type is. */
TEST(test_types_left_out)
{
	static const char *const functions[] = {"bpf_mem_alloc_destroy",   "bpf_map_put",
						"register_kprobe",	   "bpf_map_sum_elem_count",
						"register_ftrace_direct",  "trace_call_bpf",
						"bpf_trampoline_link_prog"};
	struct facts facts[7];

	for (size_t i = 0; i < 7; i++) {
		struct btf *btf = made_btf(functions[i]);

		facts_init(&facts[i]);
		facts_from_btf(&facts[i], btf);
		facts_free(&facts[i]);
		btf__free(btf);
	}
	assert_int_equal(facts[0].hooks[HOOK_DESTROY].type, ANSWER_NO);
	assert_int_equal(facts[0].allocator, ANSWER_YES);
	assert_int_equal(facts[1].hooks[HOOK_PUT].type, ANSWER_NO);
	assert_int_equal(facts[2].kprobes, ANSWER_UNKNOWN);
	assert_int_equal(facts[3].features[FEATURE_ELEM_COUNT], ANSWER_NO);
	assert_int_equal(facts[4].direct, ANSWER_NO);
	assert_int_equal(facts[5].direct, ANSWER_YES);
	assert_int_equal(facts[6].compiler, ANSWER_NO);
}

/* Members of a union without a name are the structure's own; declarations have none. */
TEST(test_members)
{
	struct btf *btf = btf__new_empty();
	struct facts facts;
	int inner;

	assert_int_equal(btf__add_int(btf, "int", 4, BTF_INT_SIGNED), 1);
	assert_true(btf__add_fwd(btf, "bpf_mem_alloc", BTF_FWD_STRUCT) > 0);
	inner = btf__add_union(btf, "", 4);
	assert_int_equal(btf__add_field(btf, "preempt_count", 1, 0, 0), 0);
	assert_true(btf__add_struct(btf, "thread_info", 8) > 0);
	assert_int_equal(btf__add_field(btf, "", inner, 0, 0), 0);
	assert_true(btf__add_struct(btf, "task_struct", 8) > 0);
	assert_int_equal(btf__add_field(btf, "thread_info", 1, 0, 0), 0);
	/* A structure that holds itself a thousand times, which no compiler makes. */
	inner = btf__add_struct(btf, "bpf_map", 8);
	assert_int_equal(btf__add_field(btf, "", 4711, 0, 0), 0);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(btf__add_field(btf, "", inner, 0, 0), 0);

	facts_init(&facts);
	facts_from_btf(&facts, btf);
	assert_int_equal(facts.allocator, ANSWER_NO);
	assert_int_equal(facts.compiler, ANSWER_UNKNOWN);
	assert_int_equal(facts.direct, ANSWER_UNKNOWN);
	assert_int_equal(facts.features[FEATURE_PREEMPT], ANSWER_YES);
	assert_int_equal(facts.features[FEATURE_PERCPU], ANSWER_NO);
	assert_int_equal(facts.features[FEATURE_KPROBE_MISS], ANSWER_NO);
	assert_string_equal(facts.lacking, "bpf_map.ops");
	assert_string_equal(facts.teardowns_lacking, "bpf_map.id");
	assert_null(facts.map_types);
	facts_free(&facts);
	btf__free(btf);
}

static const char symbols[] = "ffffffff81000000 T _stext\n"
			      "ffffffff81000100 T bpf_mem_alloc_destroy\n"
			      "ffffffff81000200 t bpf_map_put.part.0\n"
			      "ffffffff81000300 T bpf_map_put\n"
			      "ffffffff81000400 T __traceiter_workqueue_queue_work\n"
			      "ffffffff81000500 t trie_free\n"
			      "ffffffff81000600 T register_kprobe\n"
			      "ffffffff81000700 D __preempt_count\n"
			      "ffffffff81000800 T bpf_map_releaser\n"
			      "ffffffff81000900 T _etext\n"
			      "ffffffffc0000000 t htab_map_free\t[module]\n";

static void check_types_and_names(const char *types, const char *names)
{
	struct facts facts;

	facts_init(&facts);
	assert_int_equal(facts_from_files(&facts, NULL, types, names), 0);
	assert_string_equal(facts.release, "");
	assert_int_equal(facts.symbols, ANSWER_YES);
	assert_int_equal(facts.hidden, ANSWER_NO);
	assert_int_equal(facts.hooks[HOOK_DESTROY].symbol, ANSWER_YES);
	assert_int_equal(facts.hooks[HOOK_DESTROY].part, ANSWER_NO);
	assert_int_equal(facts.hooks[HOOK_PUT].part, ANSWER_YES);
	assert_int_equal(facts.hooks[HOOK_QUEUE].symbol, ANSWER_YES);
	assert_int_equal(facts.hooks[HOOK_RELEASE].symbol, ANSWER_NO);
	assert_int_equal(facts.features[FEATURE_PREEMPT_ADDR], ANSWER_YES);
	for (size_t i = 0; i < NR_MAP_OWNERS; i++)
		for (int nth = 0; map_owners[i].callers[nth]; nth++)
			assert_int_equal(facts.callers[i][nth],
					 strcmp(map_owners[i].callers[nth], "trie_free")
						 ? ANSWER_NO
						 : ANSWER_YES);
	facts_free(&facts);
}

TEST(test_files)
{
	char folder[] = "/tmp/test_facts.XXXXXX", image[64], types[64], names[64];
	struct btf *btf = made_btf(NULL);
	struct facts facts;
	unsigned char *data;
	const void *raw;
	size_t size;
	__u32 raw_size;

	assert_non_null(mkdtemp(folder));
	snprintf(image, sizeof(image), "%s/vmlinux", folder);
	snprintf(types, sizeof(types), "%s/btf", folder);
	snprintf(names, sizeof(names), "%s/kallsyms", folder);
	data = made_image(btf, &size);
	made_file(image, data, size);
	raw = btf__raw_data(btf, &raw_size);
	made_file(types, raw, raw_size);
	made_file(names, symbols, sizeof(symbols) - 1);

	facts_init(&facts);
	assert_int_equal(facts_from_files(&facts, image, NULL, NULL), 0);
	assert_string_equal(facts.release, "9.8.7-made");
	assert_int_equal(facts.hooks[HOOK_DESTROY].type, ANSWER_YES);
	assert_int_equal(facts.symbols, ANSWER_UNKNOWN);
	assert_false(facts.live);
	facts_free(&facts);

	check_types_and_names(types, names);

	/* Addresses hidden in a file may be visible on the kernel's own machine. */
	made_file(names, "0000000000000000 T _stext\n", 26);
	facts_init(&facts);
	assert_int_equal(facts_from_files(&facts, NULL, types, names), 0);
	assert_int_equal(facts.hidden, ANSWER_YES);
	assert_int_equal(facts.features[FEATURE_PREEMPT_ADDR], ANSWER_UNKNOWN);
	facts_free(&facts);

	/* An image without types is a kernel without them. */
	made_file(image, MADE_BANNER, strlen(MADE_BANNER));
	facts_init(&facts);
	assert_int_equal(facts_from_files(&facts, image, NULL, NULL), 0);
	assert_int_equal(facts.btf, ANSWER_NO);
	facts_free(&facts);

	free(data);
	btf__free(btf);
	unlink(image);
	unlink(types);
	unlink(names);
	rmdir(folder);
}

/* A kernel whose functions have suffixes, in the symbol table and perhaps in BTF. */
TEST(test_suffixes)
{
	static const char names_text[] = "ffffffff81000000 T _stext\n"
					 "ffffffff81000100 T bpf_mem_alloc_destroy.llvm.123\n"
					 "ffffffff81000200 t bpf_map_put.part.0\n"
					 "ffffffff81000300 t bpf_map_release.constprop.0\n"
					 "ffffffff81000400 t htab_map_free.llvm.123\n"
					 "ffffffff81000900 T _etext\n";
	char names[] = "/tmp/test_facts.XXXXXX";
	struct btf *btf = made_btf("bpf_mem_alloc_destroy");
	struct hook_facts *destroy, *release;
	struct verdict verdict;
	struct facts facts;

	close(mkstemp(names));
	made_file(names, names_text, sizeof(names_text) - 1);
	made_function(btf, "bpf_mem_alloc_destroy.llvm.123");
	facts_init(&facts);
	facts_from_btf(&facts, btf);
	assert_int_equal(facts_from_files(&facts, NULL, NULL, names), 0);
	destroy = &facts.hooks[HOOK_DESTROY];
	release = &facts.hooks[HOOK_RELEASE];
	assert_int_equal(destroy->type, ANSWER_YES);
	assert_int_equal(destroy->symbol, ANSWER_YES);
	assert_string_equal(destroy->as, "bpf_mem_alloc_destroy.llvm.123");
	assert_string_equal(destroy->type_as, "bpf_mem_alloc_destroy.llvm.123");
	assert_int_equal(release->symbol, ANSWER_YES);
	assert_string_equal(release->as, "bpf_map_release.constprop.0");
	assert_int_equal(facts.hooks[HOOK_PUT].symbol, ANSWER_NO);
	assert_string_equal(hook_symbol(&facts, HOOK_RELEASE), "bpf_map_release.constprop.0");
	assert_null(hook_symbol(&facts, HOOK_PUT));
	assert_int_equal(facts.callers[0][0], ANSWER_YES);
	verdict_make(&verdict, &facts);
	assert_int_equal(verdict.attach, ATTACH_FENTRY);
	/* The kernel does not find a function of BTF that has another symbol. */
	destroy->type_as[0] = '\0';
	verdict_make(&verdict, &facts);
	assert_int_equal(verdict.attach, ATTACH_KPROBE);
	assert_non_null(strstr(verdict.reason, "another name in BTF"));
	/* Without a whole function, "6.1 or later is needed" would be wrong. */
	destroy->symbol = ANSWER_NO;
	destroy->part = ANSWER_YES;
	verdict_make(&verdict, &facts);
	assert_int_equal(verdict.traceable, TRACEABLE_NO);
	assert_non_null(strstr(verdict.reason, "has only parts of bpf_mem_alloc_destroy()"));
	facts_free(&facts);
	btf__free(btf);
	unlink(names);
}

TEST_MAIN(NULL, NULL)
