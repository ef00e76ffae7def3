/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cmocka, with the headers it needs before it, and the form of a test function.
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

/* Begins a test that needs no state from its group; its body follows. */
#define TEST(name) static void name(void **state __attribute__((unused)))
