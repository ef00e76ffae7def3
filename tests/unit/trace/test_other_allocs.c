// SPDX-License-Identifier: GPL-2.0-only
/* Allocators of maps that no kernel has yet are found in its types, and named. */
#include <unistd.h>

#include <bpf/btf.h>

#include "correlate/decode.h"
#include "model/alloc_name.h"
#include "support/made_kernel.h"
#include "support/test.h"
#include "trace/other_allocs.h"

#define TRIE (1ULL << 11) /* BPF_MAP_TYPE_LPM_TRIE */
#define HASH (1ULL << 1)

/* A kernel to come: the structures follow. */
static struct btf *new_kernel(void)
{
	struct btf *btf = btf__new_empty();

	assert_int_equal(btf__add_int(btf, "int", 4, BTF_INT_SIGNED), 1);
	made_struct(btf, "bpf_mem_alloc", 8, "caches");
	made_struct(btf, "bpf_map", 8, "ops");
	return btf;
}

static int struct_id(struct btf *btf, const char *name)
{
	return btf__find_by_name_kind(btf, name, BTF_KIND_STRUCT);
}

/* Adds a structure that begins with "first" and has these allocators, after 8 bytes each. */
static void add_structure(struct btf *btf, const char *name, const char *first, const char *a,
			  const char *b)
{
	int first_id = struct_id(btf, first), alloc = struct_id(btf, "bpf_mem_alloc");

	assert_true(btf__add_struct(btf, name, 24) > 0);
	assert_int_equal(btf__add_field(btf, "map", first_id, 0, 0), 0);
	assert_int_equal(btf__add_field(btf, a, alloc, 64, 0), 0);
	if (b)
		assert_int_equal(btf__add_field(btf, b, alloc, 128, 0), 0);
}

static unsigned int find(struct btf *btf, struct other_alloc found[MAX_OTHER_ALLOCS])
{
	struct wanted_type wanted[] = {
		{.name = "bpf_map", .kind = BTF_KIND_STRUCT},
		{.name = "bpf_mem_alloc", .kind = BTF_KIND_STRUCT},
	};
	char path[] = "/tmp/test_other_allocs.XXXXXX";
	struct kernel_types *types;
	const void *data;
	unsigned int nr;
	__u32 size;

	data = btf__raw_data(btf, &size);
	close(mkstemp(path));
	made_file(path, data, size);
	assert_int_equal(kernel_types_read(&types, path), 0);
	unlink(path);
	assert_int_equal(kernel_types_find(types, wanted, 2), 0);
	memset(found, 0xff, MAX_OTHER_ALLOCS * sizeof(*found));
	nr = other_allocs_find(types, &wanted[0], &wanted[1], found);
	kernel_types_free(types);
	btf__free(btf);
	return nr;
}

static void check_alloc(const struct other_alloc *found, const char *name, __u32 offset,
			__u64 types)
{
	assert_string_equal(alloc_name(found->alloc), name);
	assert_int_equal(found->offset, offset);
	assert_int_equal(found->types, types);
}

TEST(kernels_of_today_have_none)
{
	struct other_alloc found[MAX_OTHER_ALLOCS];
	struct btf *btf = new_kernel();

	add_structure(btf, "bpf_htab", "bpf_map", "ma", "pcpu_ma");
	add_structure(btf, "bpf_local_storage_map", "bpf_map", "selem_ma", "storage_ma");
	add_structure(btf, "lpm_trie", "bpf_map", "ma", NULL);
	add_structure(btf, "bpf_rhtab", "bpf_map", "ma", NULL);
	add_structure(btf, "no_map", "bpf_mem_alloc", "other_ma", NULL);
	assert_int_equal(find(btf, found), 0);
	assert_int_equal(found[0].types, 0);
	assert_int_equal(found[MAX_OTHER_ALLOCS - 1].types, 0);
}

/* Records name them too, once they are found. */
TEST(members_of_a_future_trie_are_named)
{
	union record rec = {.call = {.head = {RECORD_ENTRY, HOOK_DESTROY, sizeof(rec.call)}}}, out;
	struct other_alloc found[MAX_OTHER_ALLOCS];
	struct btf *btf = new_kernel();

	add_structure(btf, "bpf_htab", "bpf_map", "ma", "pcpu_ma");
	add_structure(btf, "lpm_trie", "bpf_map", "leaf_ma", "branch_ma");
	assert_int_equal(find(btf, found), 2);
	check_alloc(&found[0], "leaf_ma", 8, TRIE);
	check_alloc(&found[1], "branch_ma", 16, TRIE);
	rec.call.alloc = found[1].alloc;
	assert_int_equal(decode_record(&rec, sizeof(rec), &out), 0);
	assert_string_equal(alloc_name(out.call.alloc), "branch_ma");
	rec.call.alloc = alloc_numbers();
	assert_int_equal(decode_record(&rec, sizeof(rec), &out), 0);
	assert_int_equal(out.call.alloc, ALLOC_UNKNOWN);
}

/* A name that other structures have is not a new one. */
TEST(known_names_of_other_structures)
{
	struct other_alloc found[MAX_OTHER_ALLOCS];
	struct btf *btf = new_kernel();

	add_structure(btf, "lpm_trie", "bpf_map", "ma", "pcpu_ma");
	assert_int_equal(find(btf, found), 1);
	assert_int_equal(found[0].alloc, ALLOC_PCPU_MA);
	check_alloc(&found[0], "pcpu_ma", 16, TRIE);
}

/* Of maps whose types are not known to be of another structure. */
TEST(future_structures)
{
	struct other_alloc found[MAX_OTHER_ALLOCS];
	struct btf *btf = new_kernel();
	int inner = btf__add_struct(btf, NULL, 16);

	assert_int_equal(btf__add_field(btf, "pool", struct_id(btf, "bpf_mem_alloc"), 64, 0), 0);
	assert_true(btf__add_struct(btf, "new_map", 32) > 0);
	assert_int_equal(btf__add_field(btf, "map", struct_id(btf, "bpf_map"), 0, 0), 0);
	assert_int_equal(btf__add_field(btf, NULL, inner, 128, 0), 0);
	assert_int_equal(find(btf, found), 1);
	assert_string_equal(alloc_name(found[0].alloc), "pool");
	assert_int_equal(found[0].offset, 24);
	assert_int_equal(found[0].types & (TRIE | HASH), 0);
	assert_true(found[0].types & 1ULL << 2); /* BPF_MAP_TYPE_ARRAY */
}

/* Two structures with allocators in the same place: which one a map is of is not known. */
TEST(ambiguous_members_are_not_named)
{
	struct other_alloc found[MAX_OTHER_ALLOCS];
	struct btf *btf = new_kernel();

	add_structure(btf, "new_map", "bpf_map", "pool", "same");
	add_structure(btf, "newer_map", "bpf_map", "objects", "same");
	assert_int_equal(find(btf, found), 2);
	assert_int_equal(found[0].alloc, ALLOC_UNKNOWN);
	assert_string_equal(alloc_name(found[1].alloc), "same");
}

TEST(more_than_there_is_room_for)
{
	struct other_alloc found[MAX_OTHER_ALLOCS];
	struct btf *btf = new_kernel();
	char name[24];

	assert_true(btf__add_struct(btf, "lpm_trie", 8 * 20) > 0);
	assert_int_equal(btf__add_field(btf, "map", struct_id(btf, "bpf_map"), 0, 0), 0);
	for (int i = 1; i < 20; i++) {
		snprintf(name, sizeof(name), "ma_%d", i);
		assert_int_equal(
			btf__add_field(btf, name, struct_id(btf, "bpf_mem_alloc"), 64 * i, 0), 0);
	}
	assert_int_equal(find(btf, found), MAX_OTHER_ALLOCS);
	check_alloc(&found[MAX_OTHER_ALLOCS - 1], "ma_8", 64, TRIE);
}

TEST(names)
{
	static const char *const invalid[] = {
		"", "9lives", "a b", "a\x1b", "b\"ad\"", "a_name_that_is_far_too_long_for_c"};
	unsigned int number = alloc_number("some_ma"), last;
	char name[24];

	assert_string_equal(alloc_name(number), "some_ma");
	assert_int_equal(alloc_number("some_ma"), number);
	assert_int_equal(alloc_number("ma"), ALLOC_MA);
	for (size_t i = 0; i < ARRAY_SIZE(invalid); i++)
		assert_int_equal(alloc_number(invalid[i]), ALLOC_UNKNOWN);
	for (int i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "many_%d", i);
		last = alloc_number(name);
	}
	assert_int_equal(last, ALLOC_UNKNOWN);
	assert_true(alloc_numbers() <= 256);
	assert_string_equal(alloc_name(alloc_numbers()), ALLOC_NOT_KNOWN);
	assert_string_equal(alloc_name(number), "some_ma");
}

TEST_MAIN(NULL, NULL)
