/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The question to the programs of symbols.bpf.c and their answer, shared with user space.
 */
#pragma once

#ifndef __bpf__
#include <linux/types.h>
#endif

/* KSYM_SYMBOL_LEN, include/linux/kallsyms.h: "name+0x1f/0x120 [module build-id]". */
#define SYMBOL_SIZE 640

struct symbol_question {
	__u64 addr;
	char name[SYMBOL_SIZE]; /* in the answer: with offset and size, or only "0x1234" */
};
