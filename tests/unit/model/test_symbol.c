// SPDX-License-Identifier: GPL-2.0-only
/* Symbols of functions with the suffixes of compilers. */
#include "model/symbol.h"
#include "support/test.h"
#include "util/macros.h"

TEST(functions_end_before_suffixes)
{
	static const struct {
		const char *symbol;
		size_t len;
	} cases[] = {
		{"htab_map_free", 13},
		{"htab_map_free.llvm.123", 13},
		{"f.isra.0.cold", 1},
		{".f", 2},
		{".f.part.0", 2},
		{"", 0},
		{".", 1},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(symbol_function_len(cases[i].symbol), cases[i].len);
	assert_true(symbol_same_function("f.cold", "f.llvm.1"));
	assert_true(symbol_same_function("f", "f.part.0"));
	assert_false(symbol_same_function("f", "ff"));
	assert_false(symbol_same_function("ff.llvm.1", "f.llvm.1"));
}

TEST(whole_functions_are_told_from_parts)
{
	static const char *const whole[] = {
		"f",
		"f.llvm.123",
		"f.llvm.18446744073709551615",
		"f.constprop.0",
		"f.isra.0",
		"f.isra.0.constprop.12",
		"f.lto_priv.0",
		"f.__uniq.1234567890.llvm.5",
		"f.argprom",
		"f.specialized.1",
	};
	static const char *const others[] = {
		"f.part.0",
		"f.cold",
		"f.isra.0.cold",
		"f.constprop.0.part.1",
		"f.llvm.1.cold",
		"f.llvmx",
		"f.",
		"f.isra.",
		"f.isra.0x",
		"f2",
		"g.llvm.1",
		"f_cold",
	};

	for (size_t i = 0; i < ARRAY_SIZE(whole); i++)
		if (!symbol_is_whole(whole[i], "f"))
			fail_msg("not taken: %s", whole[i]);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (symbol_is_whole(others[i], "f"))
			fail_msg("taken: %s", others[i]);
}

TEST(trampolines_are_known)
{
	assert_true(symbol_is_trampoline("bpf_trampoline_6442530880"));
	assert_true(symbol_is_trampoline("arch_rethook_trampoline"));
	assert_true(symbol_is_trampoline("__kretprobe_trampoline"));
	assert_false(symbol_is_trampoline("bpf_trampoline"));
	assert_false(symbol_is_trampoline("bpf_mem_alloc_destroy"));
}

TEST_MAIN(NULL, NULL)
