/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Symbols and build ids of ELF files, which may hold anything.
 *
 * A file is read, not mapped: its owner may shorten it meanwhile. A symbol table of more than 64
 * MiB, or one of a file with more than 65,279 sections, is taken for absent.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "event.h"

#define ELF_SYMBOL_LEN 128 /* longer names are cut */

/* A place in a file: a question and its answer. */
struct elf_place {
	__u64 offset; /* in the file */
	bool found;
	char name[ELF_SYMBOL_LEN]; /* of the function there, any bytes */
	__u64 start;		   /* where in the file it starts */
	/* For elf_symbols_find() only. */
	__u64 address, value;
	bool mapped;
};

/* Reads the file's build id. false: it has none of 20 bytes, or is no ELF file of this machine. */
bool elf_build_id(int fd, __u8 id[BUILD_ID_SIZE]);

/*
 * Finds the functions at these places, by .symtab and .dynsym. Of several names of a function, the
 * one with the fewest underscores at its start counts, then the shortest.
 */
void elf_symbols_find(int fd, struct elf_place *places, size_t nr);
