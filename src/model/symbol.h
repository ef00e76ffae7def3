/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names of kernel symbols: of functions, with or without a suffix of the compiler.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Length of the function's name in a symbol: 13 in "htab_map_free.llvm.123" or "htab_map_free". */
size_t symbol_function_len(const char *symbol);

/* Do both belong to the same function? */
bool symbol_same_function(const char *symbol, const char *other);

/*
 * Is the symbol the function, or a copy of it with a suffix, such as "NAME.llvm.123" or
 * "NAME.constprop.0"? Parts of a function are not: "NAME.part.0", "NAME.cold".
 */
bool symbol_is_whole(const char *symbol, const char *function);

/* Is it code that a tracer put between a function and its caller? */
bool symbol_is_trampoline(const char *symbol);
