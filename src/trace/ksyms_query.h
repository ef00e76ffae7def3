/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Looks up single symbols of the running kernel through bpf/symbols.bpf.c.
 */
#pragma once

#include <linux/types.h>

struct ksyms_query;

/*
 * On success the caller closes *out. Returns -errno if the kernel does not answer: privileges are
 * missing, or it hides addresses (kernel.kptr_restrict). Later ksyms_query_function() needs none.
 */
int ksyms_query_open(struct ksyms_query **out);
void ksyms_query_close(struct ksyms_query *query); /* takes NULL */

/* -ENOENT: no symbol has this name. */
int ksyms_query_address(struct ksyms_query *query, const char *name, __u64 *addr);

/*
 * The function that holds an address, its start, and its size in bytes. NULL: none does. The name
 * is valid until the next question.
 */
const char *ksyms_query_function(struct ksyms_query *query, __u64 addr, __u64 *start, __u64 *size);
