// SPDX-License-Identifier: GPL-2.0-only
/* The kernel's types: found by name, and copied into a BTF of their own. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <bpf/btf.h>

#include "support/test.h"
#include "trace/kernel_types.h"
#include "util/macros.h"

#define WANTED(type_name, type_kind)                                                               \
	{                                                                                          \
		.name = (type_name), .kind = BTF_KIND_##type_kind                                  \
	}

/* The kernel's types: those that the tests look for, among others. */
static struct btf *make_kernel(void)
{
	struct btf *btf = btf__new_empty();
	int number = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	int proto = btf__add_func_proto(btf, number);
	int counter, anonymous, pointer, colour, names, hidden;

	assert_non_null(btf);
	btf__add_func_param(btf, "unused", number);
	btf__add_func(btf, "bpf_map_put", BTF_FUNC_STATIC, proto);
	btf__add_func(btf, "bpf_map_put_not", BTF_FUNC_STATIC, proto);
	btf__add_var(btf, "runqueues", BTF_VAR_STATIC, number);
	btf__add_datasec(btf, ".data..percpu", 8);
	colour = btf__add_enum(btf, "colour", 4);
	btf__add_enum_value(btf, "RED", 1);
	counter = btf__add_struct(btf, NULL, 8);
	btf__add_field(btf, "other", number, 0, 0);
	btf__add_field(btf, "counter", number, 32, 0);
	counter = btf__add_typedef(btf, "atomic_t", counter);
	names = btf__add_array(btf, number, number, 7);
	hidden = btf__add_const(btf, number);
	anonymous = btf__add_union(btf, NULL, 8);
	btf__add_field(btf, "hidden", hidden, 0, 0);
	pointer = btf__add_ptr(btf, anonymous);
	btf__add_struct(btf, "map", 100);
	btf__add_field(btf, "unread", counter, 0, 0);
	btf__add_field(btf, "refcnt", counter, 64, 0);
	btf__add_field(btf, NULL, anonymous, 128, 0);
	btf__add_field(btf, "ops", pointer, 192, 0);
	btf__add_field(btf, "colour", colour, 256, 0);
	btf__add_field(btf, "names", names, 288, 0);
	btf__add_struct(btf, "map", 50);
	btf__add_field(btf, "ops", pointer, 64, 0);
	btf__add_struct(btf, "unwanted", 4);
	btf__add_field(btf, "ops", pointer, 0, 0);
	return btf;
}

/* The structures that the programs read. */
static struct btf *make_programs(void)
{
	static const char *const members[] = {"refcnt", "hidden", "ops", "colour", "names"};
	struct btf *btf = btf__new_empty();
	int number = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);

	btf__add_struct(btf, NULL, 4);
	btf__add_field(btf, "counter", number, 0, 0);
	btf__add_struct(btf, "map", 4 * ARRAY_SIZE(members));
	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		btf__add_field(btf, members[i], number, 32 * i, 0);
	return btf;
}

static int read_bytes(struct kernel_types **types, const void *data, size_t size)
{
	char path[] = "/tmp/test_kernel_types.XXXXXX";
	int fd = mkstemp(path), err;

	assert_int_equal(write(fd, data, size), size);
	close(fd);
	err = kernel_types_read(types, path);
	unlink(path);
	return err;
}

static struct kernel_types *read_kernel(const struct btf *kernel)
{
	struct kernel_types *types = NULL;
	const void *data;
	__u32 size;

	data = btf__raw_data(kernel, &size);
	assert_int_equal(read_bytes(&types, data, size), 0);
	return types;
}

TEST(types_are_found_by_name_and_kind)
{
	struct wanted_type wanted[] = {
		WANTED("bpf_map_put", FUNC), WANTED("runqueues", VAR),	  WANTED("runqueues", FUNC),
		WANTED("map", STRUCT),	     WANTED("atomic_t", TYPEDEF), WANTED(NULL, UNKN),
		WANTED("bpf_map_pu", FUNC),
	};
	static const __u32 found[ARRAY_SIZE(wanted)] = {1, 1, 0, 2, 1, 0, 0};
	struct btf *kernel = make_kernel();
	struct kernel_types *types = read_kernel(kernel);

	assert_int_equal(kernel_types_find(types, wanted, ARRAY_SIZE(wanted)), 0);
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		assert_int_equal(wanted[i].nr, found[i]);
		if (found[i])
			assert_int_equal(
				wanted[i].ids[0],
				btf__find_by_name_kind(kernel, wanted[i].name, wanted[i].kind));
	}
	assert_true(wanted[3].ids[1] > wanted[3].ids[0]);
	kernel_types_free(types);
	btf__free(kernel);
}

/* Writes the structures called "map" to a file. */
static int reduce_to(const char *path, struct kernel_types *types)
{
	struct wanted_type wanted[] = {WANTED("bpf_map_put", FUNC), WANTED("map", STRUCT)};
	struct btf *programs = make_programs();
	int fd = open(path, O_WRONLY | O_TRUNC), err;

	err = kernel_types_find(types, wanted, ARRAY_SIZE(wanted))
		      ?: kernel_types_reduce(types, wanted, ARRAY_SIZE(wanted), programs, fd);
	close(fd);
	btf__free(programs);
	return err;
}

static struct btf *reduce(const struct btf *kernel)
{
	struct kernel_types *types = read_kernel(kernel);
	char path[] = "/tmp/test_kernel_types.XXXXXX";
	struct btf *reduced;

	close(mkstemp(path));
	assert_int_equal(reduce_to(path, types), 0);
	reduced = btf__parse(path, NULL);
	assert_non_null(reduced);
	unlink(path);
	kernel_types_free(types);
	return reduced;
}

static const struct btf_type *check_member(const struct btf *btf, const struct btf_type *t, int nth,
					   const char *name, __u32 offset)
{
	const struct btf_member *member = btf_members(t) + nth;

	assert_true(nth < btf_vlen(t));
	assert_string_equal(btf__name_by_offset(btf, member->name_off), name);
	assert_int_equal(member->offset, offset);
	return btf__type_by_id(btf, member->type);
}

TEST(members_that_are_read_are_copied)
{
	struct btf *kernel = make_kernel(), *reduced = reduce(kernel);
	const struct btf_type *map, *inner;

	map = btf__type_by_id(reduced, btf__find_by_name_kind(reduced, "map", BTF_KIND_STRUCT));
	assert_int_equal(map->size, 100);
	assert_int_equal(btf_vlen(map), 5);
	inner = check_member(reduced, map, 0, "refcnt", 64);
	assert_int_equal(btf_vlen(inner), 1);
	inner = check_member(reduced, inner, 0, "counter", 32);
	assert_true(btf_is_int(inner) && btf_int_encoding(inner) == BTF_INT_SIGNED);
	inner = check_member(reduced, map, 1, "", 128);
	assert_true(btf_is_union(inner));
	assert_true(btf_is_int(check_member(reduced, inner, 0, "hidden", 0)));
	inner = check_member(reduced, map, 2, "ops", 192);
	assert_true(btf_is_ptr(inner) && !inner->type);
	inner = check_member(reduced, map, 3, "colour", 256);
	assert_string_equal(btf__name_by_offset(reduced, inner->name_off), "colour");
	inner = check_member(reduced, map, 4, "names", 288);
	assert_int_equal(btf_array(inner)->nelems, 7);
	btf__free(reduced);
	btf__free(kernel);
}

TEST(all_of_a_name_are_copied_and_no_others)
{
	struct btf *kernel = make_kernel(), *reduced = reduce(kernel);
	__u32 nr_maps = 0;

	for (__u32 id = 1; id < btf__type_cnt(reduced); id++) {
		const struct btf_type *t = btf__type_by_id(reduced, id);

		nr_maps += !strcmp(btf__name_by_offset(reduced, t->name_off), "map");
	}
	assert_int_equal(nr_maps, 2);
	assert_true(btf__find_by_name(reduced, "unwanted") < 0);
	assert_true(btf__find_by_name(reduced, "bpf_map_put") < 0);
	btf__free(reduced);
	btf__free(kernel);
}

/* Neither a file cut at any byte, nor one with any byte changed, is read beyond its end. */
TEST(broken_files_are_refused)
{
	struct btf *kernel = make_kernel();
	struct kernel_types *types;
	const void *data;
	__u8 *copy;
	__u32 size;

	data = btf__raw_data(kernel, &size);
	for (__u32 len = 0; len < size; len++) {
		types = NULL;
		assert_int_not_equal(read_bytes(&types, data, len), 0);
	}
	copy = malloc(size);
	for (__u32 at = 0; at < size; at++) {
		memcpy(copy, data, size);
		copy[at] ^= 0xff;
		types = NULL;
		if (!read_bytes(&types, copy, size))
			reduce_to("/dev/null", types);
		kernel_types_free(types);
	}
	assert_int_equal(kernel_types_read(&types, "/nonexistent/btf"), -ENOENT);
	free(copy);
	btf__free(kernel);
}

static int reduce_map_of(struct btf *kernel, __u32 type)
{
	struct kernel_types *types;
	int err;

	btf__add_struct(kernel, "map", 8);
	btf__add_field(kernel, "ops", type, 0, 0);
	types = read_kernel(kernel);
	err = reduce_to("/dev/null", types);
	kernel_types_free(types);
	btf__free(kernel);
	return err;
}

/* The first type's id is 1. */
TEST(types_that_contain_themselves_are_refused)
{
	struct btf *kernel = btf__new_empty();

	assert_int_equal(reduce_map_of(kernel, 1), -EINVAL);
	kernel = btf__new_empty();
	btf__add_typedef(kernel, "ops_t", 1);
	assert_int_equal(reduce_map_of(kernel, 1), -EINVAL);
	kernel = btf__new_empty();
	btf__add_array(kernel, 2, 2, 1);
	assert_int_equal(reduce_map_of(kernel, 1), -EINVAL);
}

TEST_MAIN(NULL, NULL)
