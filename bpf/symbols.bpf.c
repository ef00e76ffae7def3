// SPDX-License-Identifier: GPL-2.0-only
/*
 * Asks the kernel about its symbols. Reading all 200,000 of them from /proc/kallsyms to know some
 * twenty takes longer than everything else that is done before tracing.
 *
 * A question and its answer stand in the data section; a program is run for each.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "symbols.h"

char LICENSE[] SEC("license") = "GPL";

struct symbol_question question = {};

/* Gives no addresses to whoever may not see them in /proc/kallsyms: kernel/bpf/syscall.c, 5.16. */
SEC("syscall")
int address_of(void *ctx __attribute__((unused)))
{
	return bpf_kallsyms_lookup_name(question.name, sizeof(question.name), 0, &question.addr);
}

SEC("syscall")
int name_of(void *ctx __attribute__((unused)))
{
	static const char format[] = "%pS";

	return bpf_snprintf(question.name, sizeof(question.name), format, &question.addr,
			    sizeof(question.addr));
}
