// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names of map types, with and without a name in libbpf.
 */
#include <errno.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "support/test.h"
#include "model/map_type.h"
#include "util/macros.h"

/* A kernel's enum with an alias, as for type 19, and with future types. */
static struct btf *made_btf(const char *enum_name)
{
	struct btf *btf = btf__new_empty();

	assert_non_null(btf);
	assert_true(btf__add_int(btf, "int", 4, BTF_INT_SIGNED) > 0);
	assert_true(btf__add_enum(btf, enum_name, 4) > 0);
	assert_int_equal(btf__add_enum_value(btf, "BPF_MAP_TYPE_UNSPEC", 0), 0);
	assert_int_equal(btf__add_enum_value(btf, "BPF_MAP_TYPE_HASH", 1), 0);
	assert_int_equal(btf__add_enum_value(btf, "BPF_MAP_TYPE_CGROUP_STORAGE_DEPRECATED", 19), 0);
	assert_int_equal(btf__add_enum_value(btf, "BPF_MAP_TYPE_CGROUP_STORAGE", 19), 0);
	assert_int_equal(btf__add_enum_value(btf, "BPF_MAP_TYPE_RHASH", 1000), 0);
	assert_int_equal(btf__add_enum_value(btf, "__MAX_BPF_MAP_TYPE", 1001), 0);
	return btf;
}

TEST(test_btf_name)
{
	struct btf *btf = made_btf("bpf_map_type");
	char name[32] = "untouched";

	assert_int_equal(map_type_btf_name(btf, 1000, name, sizeof(name)), 0);
	assert_string_equal(name, "rhash");
	assert_int_equal(map_type_btf_name(btf, 19, name, sizeof(name)), 0);
	assert_string_equal(name, "cgroup_storage");
	assert_int_equal(map_type_btf_name(btf, 1000, name, 4), 0);
	assert_string_equal(name, "rha");
	/* __MAX_BPF_MAP_TYPE is no type. */
	assert_int_equal(map_type_btf_name(btf, 1001, name, sizeof(name)), -ENOENT);
	assert_int_equal(map_type_btf_name(btf, 2, name, sizeof(name)), -ENOENT);
	btf__free(btf);
}

TEST(test_btf_without_the_enum)
{
	struct btf *btf = made_btf("some_other_enum");
	char name[32];

	assert_int_equal(map_type_btf_name(btf, 1, name, sizeof(name)), -ENOENT);
	btf__free(btf);
}

TEST(test_names_of_libbpf)
{
	assert_string_equal(map_type_name(1), "hash");
	assert_string_equal(map_type_name(5), "percpu_hash");
	assert_string_equal(map_type_name(11), "lpm_trie");
	assert_string_equal(map_type_name(29), "task_storage");
	assert_string_equal(map_type_name(0), "unspec");
}

TEST(test_round_trip)
{
	for (__u32 type = 1; type < 200; type++) {
		__u32 back = 0;

		if (map_type_from_name(map_type_name(type), &back) || back != type)
			fail_msg("%u is '%s', which is %u", type, map_type_name(type), back);
	}
}

/* On any kernel, and with any libbpf: bench can make these. */
TEST(test_newer_types)
{
	__u32 type = 0;

	assert_string_equal(map_type_name(33), "arena");
	assert_int_equal(map_type_from_name("rhash", &type), 0);
	assert_int_equal(type, 35);
}

/* Types of no kernel have names, and these do not take more and more memory. */
TEST(test_unknown_types)
{
	const char *first = map_type_name(1000000);

	assert_string_equal(first, "type_1000000");
	assert_string_equal(map_type_name(UINT32_MAX), "type_4294967295");
	assert_string_equal(first, "type_1000000"); /* still */
	assert_ptr_equal(map_type_name(1000000), first);
	for (__u32 i = 1; i < 80; i++) {
		char want[32];

		snprintf(want, sizeof(want), "type_%u", 1000000 + i);
		assert_string_equal(map_type_name(1000000 + i), want);
		assert_string_equal(map_type_name(1000000 + i), want);
	}
	assert_string_equal(map_type_name(1000000), "type_1000000");
}

TEST(test_unknown_names)
{
	static const char *const bad[] = {
		"",
		"foo",
		"Hash",
		"hash ",
		" hash",
		"unspec",
		"BPF_MAP_TYPE_HASH",
		"hash,lru_hash",
		"type_",
		"type_0",
		"type_-1",
		"type_+1",
		"type_ 1",
		"type_01",
		"type_1x",
		"type_4294967296",
		"type_4294967297",
		"type_99999999999",
		"type_18446744073709551617",
	};
	__u32 type = 77;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (map_type_from_name(bad[i], &type) != -ENOENT || type != 77)
			fail_msg("'%s' is taken for type %u", bad[i], type);
	assert_int_equal(map_type_from_name("type_4294967295", &type), 0);
	assert_int_equal(type, UINT32_MAX);
}

/* libbpf reports a machine without BTF. */
static int silence_libbpf(void **state)
{
	(void)state;
	libbpf_set_print(NULL);
	return 0;
}

TEST_MAIN(silence_libbpf, NULL)
