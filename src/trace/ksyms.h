/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernel functions, by address and by name. Modules are left out: the traced function is not
 * exported, so no module calls it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

struct ksyms;

/*
 * The running kernel's, asked one by one if it answers, else read from
 * /proc/kallsyms. As ksyms_load().
 */
int ksyms_open(struct ksyms **out);

/*
 * Reads a file in the format of /proc/kallsyms. On success the caller frees *out with ksyms_free().
 * Returns 0, -ENOMEM, -EFBIG if it is too large for one, or the error of opening or reading.
 */
int ksyms_load(const char *path, struct ksyms **out);
void ksyms_free(struct ksyms *ksyms);

/* Does the kernel hide addresses (kernel.kptr_restrict)? It lists them as zeroes. */
bool ksyms_hidden(const struct ksyms *ksyms);

/* Is there a core symbol of exactly this name, its address visible or not? */
bool ksyms_has(const struct ksyms *ksyms, const char *name);

/*
 * The symbol of a function: its name, or if only that is there, the name with a suffix of the
 * compiler (symbol_is_whole()). NULL: there is none. Owned by ksyms, or the name itself.
 */
const char *ksyms_symbol(const struct ksyms *ksyms, const char *function);

/*
 * Did the compiler split the function ("name.part.0") and inline the rest into callers, or is there
 * more than one copy of it? Programs on ksyms_symbol() do not see all calls.
 */
bool ksyms_has_part(const struct ksyms *ksyms, const char *function);

/* The symbol that holds an address, and the offset in it; NULL: unknown. ksyms owns the name. */
const char *ksyms_find(struct ksyms *ksyms, __u64 addr, __u64 *offset);

/* The same, as the function's name without a suffix of the compiler. */
const char *ksyms_find_function(struct ksyms *ksyms, __u64 addr, __u64 *offset);

/*
 * The address of a function, or of a variable; of a file's variables only "__preempt_count",
 * "pcpu_hot" and "_etext" are kept. -ENOENT: not there, or hidden.
 */
int ksyms_address(const struct ksyms *ksyms, const char *name, __u64 *addr);

/* The start of a function, and of the symbol behind it. -ENOENT: not there, or hidden. */
int ksyms_range(const struct ksyms *ksyms, const char *name, __u64 *start, __u64 *end);

/*
 * The same of all code of a function: its symbol, copies and parts. Fills up to max of them, and
 * returns how many there are.
 */
size_t ksyms_ranges(const struct ksyms *ksyms, const char *function, __u64 ranges[][2], size_t max);
