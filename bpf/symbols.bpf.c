// SPDX-License-Identifier: GPL-2.0-only
/*
 * Looks up single symbols in the running kernel: reading all 200,000 from /proc/kallsyms for some
 * twenty takes longer than the rest of the start.
 *
 * User space writes the question into the data section, runs a program, and reads the answer there.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "symbols.h"

char LICENSE[] SEC("license") = "GPL";

struct symbol_question question = {};

/* The kernel hides addresses here as in /proc/kallsyms (kernel/bpf/syscall.c, 5.16). */
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
