// SPDX-License-Identifier: GPL-2.0-only
/* Addresses to functions, on a symbol table of known content. */
#include <errno.h>
#include <unistd.h>

#include "support/test.h"
#include "trace/ksyms.h"
#include "util/macros.h"

static struct ksyms *load(const char *text)
{
	char path[] = "/tmp/test_ksyms.XXXXXX";
	struct ksyms *ksyms = NULL;
	int fd = mkstemp(path);

	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	assert_int_equal(ksyms_load(path, &ksyms), 0);
	unlink(path);
	return ksyms;
}

static const char table[] = "ffffffff81000000 T _stext\n"
			    "ffffffff81000000 T first\n"
			    "ffffffff81000100 t second\n"
			    "ffffffff81000180 D some_data\n"
			    "ffffffff81000300 t fourth\n"
			    "ffffffff81000200 W third\n"
			    "ffffffff81000400 T _etext\n"
			    "not a line of a symbol table\n"
			    "ffffffffc0000000 t in_module\t[nfs]\n";

TEST(functions_are_found_by_address_and_name)
{
	static const struct {
		__u64 addr;
		const char *name;
		__u64 offset;
	} found[] = {
		{0xffffffff81000100, "second", 0},
		{0xffffffff810001ff, "second", 0xff},
		{0xffffffff81000250, "third", 0x50},
		{0xffffffff81000001, "_stext", 1},
	};
	struct ksyms *ksyms = load(table);
	__u64 offset, start, end;

	assert_false(ksyms_hidden(ksyms));
	for (size_t i = 0; i < ARRAY_SIZE(found); i++) {
		assert_string_equal(ksyms_find(ksyms, found[i].addr, &offset), found[i].name);
		assert_int_equal(offset, found[i].offset);
	}
	assert_null(ksyms_find(ksyms, 0xffffffff80ffffff, &offset));
	assert_null(ksyms_find(ksyms, 0xffffffffc0000010, &offset));
	assert_int_equal(ksyms_range(ksyms, "first", &start, &end), 0);
	assert_int_equal(start, 0xffffffff81000000);
	assert_int_equal(end, 0xffffffff81000100);
	assert_int_equal(ksyms_range(ksyms, "in_module", &start, &end), -ENOENT);
	assert_int_equal(ksyms_range(ksyms, "firs", &start, &end), -ENOENT);
	ksyms_free(ksyms);
}

TEST(hidden_addresses_are_not_addresses)
{
	struct ksyms *ksyms = load("0000000000000000 T _stext\n0000000000000000 T first\n");
	__u64 start, end;

	assert_true(ksyms_hidden(ksyms));
	assert_true(ksyms_has(ksyms, "first"));
	assert_false(ksyms_has(ksyms, "second"));
	assert_null(ksyms_find(ksyms, 0, &start));
	assert_null(ksyms_find(ksyms, 0xffffffff81000000, &start));
	assert_int_equal(ksyms_range(ksyms, "first", &start, &end), -ENOENT);
	ksyms_free(ksyms);
}

/* As kernels are built with link-time or profile-guided optimization. */
TEST(functions_are_found_with_suffixes)
{
	static const struct {
		const char *function, *symbol;
		bool part;
		size_t nr_ranges;
	} cases[] = {
		{"free", "free.llvm.123", false, 3},
		{"put", "put", true, 2},
		{"release", "release.isra.0", true, 2},
		{"destroy", NULL, true, 2},
		{"fre", NULL, false, 0},
	};
	struct ksyms *ksyms = load("ffffffff81000000 T _stext\n"
				   "ffffffff81000100 t free.llvm.123.cold\n"
				   "ffffffff81000200 t free.llvm.123\n"
				   "ffffffff81000300 T put\n"
				   "ffffffff81000400 t put.constprop.0\n"
				   "ffffffff81000500 t release.isra.0\n"
				   "ffffffff81000600 t release.constprop.0\n"
				   "ffffffff81000700 t destroy.part.0\n"
				   "ffffffff81000800 t destroy.cold\n"
				   "ffffffff81000900 t free.cold\n"
				   "ffffffff81000a00 T _etext\n");
	__u64 offset, ranges[2][2];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *symbol = ksyms_symbol(ksyms, cases[i].function);

		if (cases[i].symbol)
			assert_string_equal(symbol, cases[i].symbol);
		else
			assert_null(symbol);
		assert_int_equal(ksyms_has_part(ksyms, cases[i].function), cases[i].part);
		assert_int_equal(ksyms_ranges(ksyms, cases[i].function, ranges, 2),
				 cases[i].nr_ranges);
	}
	assert_int_equal(ksyms_ranges(ksyms, "free.llvm.9", ranges, 2), 3);
	assert_int_equal(ranges[1][0], 0xffffffff81000200);
	assert_int_equal(ranges[1][1], 0xffffffff81000300);
	assert_string_equal(ksyms_find(ksyms, 0xffffffff81000212, &offset), "free.llvm.123");
	assert_string_equal(ksyms_find_function(ksyms, 0xffffffff81000212, &offset), "free");
	assert_int_equal(offset, 0x12);
	assert_string_equal(ksyms_find_function(ksyms, 0xffffffff81000112, &offset), "free");
	assert_string_equal(ksyms_find_function(ksyms, 0xffffffff81000301, &offset), "put");
	ksyms_free(ksyms);
}

TEST(missing_file_is_reported)
{
	struct ksyms *ksyms;

	assert_int_equal(ksyms_load("/nonexistent/kallsyms", &ksyms), -ENOENT);
}

TEST_MAIN(NULL, NULL)
