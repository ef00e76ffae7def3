/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The running kernel's own functions, by address and by name (modules are left out: the traced
 * function is not exported, so nothing in a module can call it).
 */
#ifndef MEMDESTROY_TRACE_KSYMS_H
#define MEMDESTROY_TRACE_KSYMS_H

#include <stdbool.h>
#include <linux/types.h>

struct ksyms;

/*
 * Those of the running kernel: asked for one by one if it answers (ksyms_ask.h), read from
 * /proc/kallsyms if not. As ksyms_load().
 */
int ksyms_open(struct ksyms **out);

/*
 * Reads a file laid out as /proc/kallsyms. On success *out is to be freed with ksyms_free().
 * -ENOMEM, or what opening and reading gave.
 */
int ksyms_load(const char *path, struct ksyms **out);
void ksyms_free(struct ksyms *ksyms);

/* The kernel shows zeroes for addresses to whoever may not see them (kernel.kptr_restrict). */
bool ksyms_hidden(const struct ksyms *ksyms);

/* Is there a symbol of this name, its address visible or not? Exact, over all core symbols. */
bool ksyms_has(const struct ksyms *ksyms, const char *name);

/*
 * Of a file that was read: did the compiler split the function ("name.part.0"), and put what is
 * left of it into callers? A probe at the function does not see those.
 */
bool ksyms_has_part(const struct ksyms *ksyms, const char *name);

/*
 * The function an address lies in, and how far into it; NULL if none is known. The name is owned
 * by ksyms.
 */
const char *ksyms_find(struct ksyms *ksyms, __u64 addr, __u64 *offset);

/*
 * Where a function is, or a variable: of these a file's "__preempt_count", "pcpu_hot" and, where it
 * is not listed as code, "_etext" are kept, and no others. -ENOENT: no such, or hidden.
 */
int ksyms_address(const struct ksyms *ksyms, const char *name, __u64 *addr);

/* Where a function begins, and where the next symbol does. -ENOENT: no such, or hidden. */
int ksyms_range(const struct ksyms *ksyms, const char *name, __u64 *start, __u64 *end);

#endif
