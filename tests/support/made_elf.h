/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A made-up ELF file: a note with a build id, a segment of code, a symbol table and its names.
 */
#pragma once

#include <elf.h>
#include <stddef.h>

#include "event.h"

/* A file with a build id, a symbol table and its strings. */
struct made_elf {
	Elf64_Ehdr head;
	Elf64_Phdr segment[2];
	struct {
		Elf64_Nhdr head;
		char name[4];
		__u8 id[BUILD_ID_SIZE];
	} note;
	Elf64_Sym symbol[6];
	char names[64];
	Elf64_Shdr section[3];
};

#define TEXT_OFFSET  0x1000
#define TEXT_ADDRESS 0x401000
#define NAMES	     "\0__drop\0drop_map\0inner\0data\0_drop\0"

static inline struct made_elf made_elf(void)
{
	struct made_elf file = {
		.head = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
				     __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB
									       : ELFDATA2MSB,
				     EV_CURRENT},
			 .e_type = ET_EXEC,
			 .e_machine = EM_X86_64,
			 .e_version = EV_CURRENT,
			 .e_phoff = offsetof(struct made_elf, segment),
			 .e_shoff = offsetof(struct made_elf, section),
			 .e_ehsize = sizeof(Elf64_Ehdr),
			 .e_phentsize = sizeof(Elf64_Phdr),
			 .e_phnum = 2,
			 .e_shentsize = sizeof(Elf64_Shdr),
			 .e_shnum = 3},
		.segment = {{.p_type = PT_NOTE,
			     .p_offset = offsetof(struct made_elf, note),
			     .p_filesz = sizeof(file.note),
			     .p_align = 4},
			    {.p_type = PT_LOAD,
			     .p_flags = PF_R | PF_X,
			     .p_offset = TEXT_OFFSET,
			     .p_vaddr = TEXT_ADDRESS,
			     .p_filesz = 0x1000,
			     .p_memsz = 0x1000,
			     .p_align = 0x1000}},
		.note = {{4, BUILD_ID_SIZE, NT_GNU_BUILD_ID}, "GNU", {0x5a, 1, 2, 3}},
		.symbol =
			{{},
			 {1, ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), 0, 1, TEXT_ADDRESS, 0x100},
			 {8, ELF64_ST_INFO(STB_WEAK, STT_FUNC), 0, 1, TEXT_ADDRESS, 0x100},
			 {17, ELF64_ST_INFO(STB_LOCAL, STT_FUNC), 0, 1, TEXT_ADDRESS + 0x80, 0x10},
			 {23, ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT), 0, 1, TEXT_ADDRESS + 0x200, 8},
			 {28, ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), 0, 1, TEXT_ADDRESS + 0x300, 0}},
		.names = NAMES,
		.section = {{},
			    {.sh_type = SHT_SYMTAB,
			     .sh_offset = offsetof(struct made_elf, symbol),
			     .sh_size = sizeof(file.symbol),
			     .sh_link = 2,
			     .sh_entsize = sizeof(Elf64_Sym)},
			    {.sh_type = SHT_STRTAB,
			     .sh_offset = offsetof(struct made_elf, names),
			     .sh_size = sizeof(file.names)}},
	};

	return file;
}
