/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What symbols.bpf.c is asked, and answers; shared with the loader.
 */
#ifndef SYMBOLS_H
#define SYMBOLS_H

/* KSYM_SYMBOL_LEN, include/linux/kallsyms.h: "name+0x1f/0x120 [module build-id]". */
#define SYMBOL_SIZE 640

struct symbol_question {
	__u64 addr;
	char name[SYMBOL_SIZE]; /* of the answer: with offset and size; 0x1234 if it has none */
};

#endif
