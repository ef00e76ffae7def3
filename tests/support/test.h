/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cmocka, with the headers it needs before it, and the form of a test program.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The tests of the program, in the order of its file. */
static struct CMUnitTest all_tests[64];
static size_t nr_all_tests;

static inline void add_test(struct CMUnitTest test)
{
	if (nr_all_tests == sizeof(all_tests) / sizeof(*all_tests))
		abort();
	all_tests[nr_all_tests++] = test;
}

/* Begins a test, which TEST_MAIN runs between these two functions; NULL: none. Its body follows. */
#define TEST_BETWEEN(name, setup, teardown)                                                        \
	static void name(void **state);                                                            \
	__attribute__((constructor)) static void add_##name(void)                                  \
	{                                                                                          \
		add_test((struct CMUnitTest){#name, name, setup, teardown, NULL});                 \
	}                                                                                          \
	static void name(void **state __attribute__((unused)))

/* The same without such functions. */
#define TEST(name) TEST_BETWEEN(name, NULL, NULL)

/* The program's main(), which runs all tests. */
#define TEST_MAIN(setup, teardown)                                                                 \
	int main(void)                                                                             \
	{                                                                                          \
		return _cmocka_run_group_tests("tests", all_tests, nr_all_tests, setup, teardown); \
	}
