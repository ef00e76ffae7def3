/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The running kernel's symbols, asked for one by one: bpf/symbols.bpf.c.
 */
#ifndef MEMDESTROY_TRACE_KSYMS_QUERY_H
#define MEMDESTROY_TRACE_KSYMS_QUERY_H

#include <linux/types.h>

struct ksyms_query;

/*
 * On success *out is to be closed. -EPERM and others: the kernel does not answer, for want of
 * privileges, or because it shows no addresses (kernel.kptr_restrict). Once open, questions about
 * addresses need no privileges any more.
 */
int ksyms_query_open(struct ksyms_query **out);
void ksyms_query_close(struct ksyms_query *ask); /* takes NULL */

/* -ENOENT: there is no such symbol. */
int ksyms_query_address(struct ksyms_query *ask, const char *name, __u64 *addr);

/*
 * The function an address lies in, where it starts, and its size in bytes. The name is good until
 * the next question. NULL: it lies in none.
 */
const char *ksyms_query_function(struct ksyms_query *ask, __u64 addr, __u64 *start, __u64 *size);

#endif
