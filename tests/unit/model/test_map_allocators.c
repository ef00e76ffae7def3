// SPDX-License-Identifier: GPL-2.0-only
/* Which maps of a kernel call the traced function, by its types. */
#include "model/map_allocators.h"
#include "model/map_type.h"
#include "support/made_kernel.h"
#include "support/test.h"

static __u32 type_of(const char *name)
{
	__u32 type;

	assert_int_equal(map_type_from_name(name, &type), 0);
	return type;
}

/* Types of a kernel with these members in the structures of hashes, tries and local storage. */
static struct btf *types_with(const char *hash, const char *trie, const char *storage)
{
	struct btf *btf = btf__new_empty();

	assert_int_equal(btf__add_int(btf, "int", 4, BTF_INT_SIGNED), 1);
	made_struct(btf, "bpf_mem_alloc", 0, "caches");
	made_struct(btf, "bpf_map", 0, "ops");
	made_struct(btf, "bpf_htab", 0, hash);
	made_struct(btf, "lpm_trie", 0, trie);
	made_struct(btf, "bpf_local_storage_map", 0, storage);
	assert_true(btf__add_enum(btf, "bpf_map_type", 4) > 0);
	assert_int_equal(btf__add_enum_value(btf, "BPF_MAP_TYPE_HASH", 1), 0);
	assert_int_equal(btf__add_enum_value(btf, "BPF_MAP_TYPE_NEW", 99), 0);
	return btf;
}

static void read_types(struct map_allocators *allocators, struct btf *btf)
{
	map_allocators_read(allocators, btf);
	btf__free(btf);
}

static void check_types(const struct map_allocators *allocators, const char *const *names,
			enum answer answer)
{
	for (; *names; names++)
		if (map_allocators_type(allocators, type_of(*names)) != answer)
			fail_msg("%s: not %d", *names, answer);
}

/* As 6.12: hashes and storage have allocators, tries have none. */
TEST(by_members)
{
	static const char *const yes[] = {"hash",	  "percpu_hash",  "lru_hash",
					  "hash_of_maps", "task_storage", NULL};
	static const char *const no[] = {"array", "lpm_trie", "ringbuf", NULL};
	static const char *const maybe[] = {"sk_storage", "inode_storage", NULL};
	struct map_allocators allocators;

	read_types(&allocators, types_with("ma pcpu_ma", "n_entries", "selem_ma"));
	assert_true(allocators.known && !allocators.others);
	check_types(&allocators, yes, ANSWER_YES);
	check_types(&allocators, no, ANSWER_NO);
	check_types(&allocators, maybe, ANSWER_UNKNOWN);
	assert_int_equal(map_allocators_type(&allocators, 99), ANSWER_NO);
	assert_int_equal(map_allocators_caller(&allocators, "htab_map_alloc"), ANSWER_YES);
	assert_int_equal(map_allocators_caller(&allocators, "htab_map_free.llvm.1"), ANSWER_YES);
	assert_int_equal(map_allocators_caller(&allocators, "trie_free"), ANSWER_NO);
	assert_int_equal(map_allocators_caller(&allocators, "rhtab_map_free"), ANSWER_NO);
	assert_int_equal(map_allocators_caller(&allocators, "some_function"), ANSWER_UNKNOWN);
	assert_int_equal(map_allocators_has_type(&allocators, 1), ANSWER_YES);
	assert_int_equal(map_allocators_has_type(&allocators, 99), ANSWER_YES);
	assert_int_equal(map_allocators_has_type(&allocators, 2), ANSWER_NO);
	assert_int_equal(map_allocators_has_type(&allocators, 4711), ANSWER_UNKNOWN);
}

/* As 7.3: tries have allocators, local storage has none any more. */
TEST(by_other_members)
{
	static const char *const yes[] = {"hash", "lpm_trie", NULL};
	static const char *const no[] = {"array", "task_storage", "sk_storage", NULL};
	struct map_allocators allocators;

	read_types(&allocators, types_with("ma pcpu_ma", "ma", "cache_idx"));
	check_types(&allocators, yes, ANSWER_YES);
	check_types(&allocators, no, ANSWER_NO);
	assert_int_equal(map_allocators_caller(&allocators, "trie_free"), ANSWER_YES);
	assert_int_equal(map_allocators_caller(&allocators, "bpf_local_storage_map_free"),
			 ANSWER_NO);
}

/* A structure of maps that is not known has an allocator, or a pointer to one. */
TEST(future_maps)
{
	for (int pointer = 0; pointer < 2; pointer++) {
		struct btf *btf = types_with("ma pcpu_ma", "n_entries", "selem_ma");
		int map = btf__find_by_name_kind(btf, "bpf_map", BTF_KIND_STRUCT);
		int alloc = btf__find_by_name_kind(btf, "bpf_mem_alloc", BTF_KIND_STRUCT);
		struct map_allocators allocators;

		if (pointer)
			alloc = btf__add_ptr(btf, alloc);
		assert_true(btf__add_struct(btf, "bpf_new_map", 8) > 0);
		assert_int_equal(btf__add_field(btf, "map", map, 0, 0), 0);
		assert_int_equal(btf__add_field(btf, "objects", alloc, 32, 0), 0);
		read_types(&allocators, btf);
		assert_true(allocators.others);
		/* Its type is unknown. */
		assert_int_equal(map_allocators_type(&allocators, 99), ANSWER_UNKNOWN);
		assert_int_equal(map_allocators_type(&allocators, type_of("array")),
				 ANSWER_UNKNOWN);
		assert_int_equal(map_allocators_type(&allocators, type_of("hash")), ANSWER_YES);
		assert_int_equal(map_allocators_type(&allocators, type_of("lpm_trie")), ANSWER_NO);
		/* Its maps may be of the new structure. */
		assert_int_equal(map_allocators_caller(&allocators, "rhtab_map_free"),
				 ANSWER_UNKNOWN);
	}
}

/* The trie's allocators have names that no kernel has given them. */
TEST(future_members)
{
	struct btf *btf = btf__new_empty();
	struct map_allocators allocators;
	int alloc, map;

	assert_int_equal(btf__add_int(btf, "int", 4, BTF_INT_SIGNED), 1);
	made_struct(btf, "bpf_mem_alloc", 0, "caches");
	made_struct(btf, "bpf_map", 0, "ops");
	made_struct(btf, "bpf_htab", 0, "buckets");
	alloc = btf__find_by_name_kind(btf, "bpf_mem_alloc", BTF_KIND_STRUCT);
	map = btf__find_by_name_kind(btf, "bpf_map", BTF_KIND_STRUCT);
	assert_true(btf__add_struct(btf, "lpm_trie", 24) > 0);
	assert_int_equal(btf__add_field(btf, "map", map, 0, 0), 0);
	assert_int_equal(btf__add_field(btf, "leaf_ma", alloc, 64, 0), 0);
	assert_int_equal(btf__add_field(btf, "branch_ma", alloc, 128, 0), 0);
	read_types(&allocators, btf);
	assert_false(allocators.others);
	assert_int_equal(map_allocators_type(&allocators, type_of("lpm_trie")), ANSWER_YES);
	assert_int_equal(map_allocators_type(&allocators, type_of("hash")), ANSWER_NO);
	assert_int_equal(map_allocators_caller(&allocators, "trie_free"), ANSWER_YES);
}

TEST(nothing_is_known)
{
	const struct map_allocators allocators = {};

	assert_int_equal(map_allocators_type(&allocators, 1), ANSWER_UNKNOWN);
	assert_int_equal(map_allocators_type(&allocators, 2), ANSWER_UNKNOWN);
	assert_int_equal(map_allocators_caller(&allocators, "trie_free"), ANSWER_UNKNOWN);
	assert_int_equal(map_allocators_has_type(&allocators, 1), ANSWER_UNKNOWN);
}

/* Before Linux 6.1 there was no such allocator. */
TEST(old_kernel)
{
	struct btf *btf = btf__new_empty();
	struct map_allocators allocators;

	assert_int_equal(btf__add_int(btf, "int", 4, BTF_INT_SIGNED), 1);
	made_struct(btf, "bpf_htab", 0, "ma");
	read_types(&allocators, btf);
	assert_int_equal(map_allocators_type(&allocators, 1), ANSWER_NO);
	assert_int_equal(map_allocators_caller(&allocators, "htab_map_free"), ANSWER_NO);
}

TEST_MAIN(NULL, NULL)
