// SPDX-License-Identifier: GPL-2.0-only
/* Finds symbols and build ids in ELF files. */
#include <string.h>
#include <unistd.h>

#include <gelf.h>

#include "trace/elf_symbols.h"
#include "util/macros.h"

#define MAX_TABLE    (64UL << 20)
#define MAX_NOTES    (64UL << 10)
#define MAX_SEGMENTS 4096

/*
 * libelf makes room for as many headers as the file says. Above these numbers, others in the file
 * count, which may be as large as 2^64.
 */
static bool has_few_headers(int fd)
{
	union {
		unsigned char ident[EI_NIDENT];
		Elf32_Ehdr narrow;
		Elf64_Ehdr wide;
	} head = {};
	ssize_t size = pread(fd, &head, sizeof(head), 0);

	if (size < (ssize_t)sizeof(head.narrow) || memcmp(head.ident, ELFMAG, SELFMAG))
		return false;
	if (head.ident[EI_DATA] !=
	    (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB))
		return false;
	if (head.ident[EI_CLASS] == ELFCLASS32)
		return head.narrow.e_phnum < MAX_SEGMENTS &&
		       (head.narrow.e_shnum || !head.narrow.e_shoff);
	return head.ident[EI_CLASS] == ELFCLASS64 && size == sizeof(head) &&
	       head.wide.e_phnum < MAX_SEGMENTS && (head.wide.e_shnum || !head.wide.e_shoff);
}

/* NULL: no ELF file, or one that is not to be read. */
static Elf *open_elf(int fd)
{
	Elf *elf;

	if (!has_few_headers(fd) || elf_version(EV_CURRENT) == EV_NONE)
		return NULL;
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (elf && elf_kind(elf) == ELF_K_ELF)
		return elf;
	elf_end(elf);
	return NULL;
}

/* Build ids */

static bool find_id(Elf_Data *notes, __u8 id[BUILD_ID_SIZE])
{
	size_t at = 0, name, desc;
	GElf_Nhdr note;

	while (notes && (at = gelf_getnote(notes, at, &note, &name, &desc))) {
		if (note.n_type != NT_GNU_BUILD_ID || note.n_namesz != sizeof(ELF_NOTE_GNU) ||
		    memcmp((char *)notes->d_buf + name, ELF_NOTE_GNU, sizeof(ELF_NOTE_GNU)) ||
		    note.n_descsz != BUILD_ID_SIZE)
			continue;
		memcpy(id, (char *)notes->d_buf + desc, BUILD_ID_SIZE);
		return true;
	}
	return false;
}

static bool find_segment_id(Elf *elf, __u8 id[BUILD_ID_SIZE])
{
	size_t nr = 0;
	GElf_Phdr segment;

	if (elf_getphdrnum(elf, &nr))
		return false;
	for (size_t i = 0; i < nr; i++)
		if (gelf_getphdr(elf, (int)i, &segment) && segment.p_type == PT_NOTE &&
		    segment.p_filesz <= MAX_NOTES &&
		    find_id(elf_getdata_rawchunk(elf, (int64_t)segment.p_offset, segment.p_filesz,
						 segment.p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR),
			    id))
			return true;
	return false;
}

bool elf_build_id(int fd, __u8 id[BUILD_ID_SIZE])
{
	Elf *elf = open_elf(fd);
	bool found = elf && find_segment_id(elf, id);

	elf_end(elf);
	return found;
}

/* Symbols */

/* Fills in the address that the place has in the symbol table. */
static void map_places(Elf *elf, struct elf_place *places, size_t nr)
{
	size_t nr_segments = 0;
	GElf_Phdr segment;

	if (elf_getphdrnum(elf, &nr_segments))
		return;
	for (size_t i = 0; i < nr_segments; i++) {
		if (!gelf_getphdr(elf, (int)i, &segment) || segment.p_type != PT_LOAD ||
		    !(segment.p_flags & PF_X))
			continue;
		for (struct elf_place *place = places; place < places + nr; place++) {
			if (place->mapped || place->offset < segment.p_offset ||
			    place->offset - segment.p_offset >= segment.p_filesz)
				continue;
			place->address = place->offset - segment.p_offset + segment.p_vaddr;
			place->mapped = true;
		}
	}
}

static bool is_better(const char *name, const char *other)
{
	size_t bars = strspn(name, "_"), other_bars = strspn(other, "_");
	size_t len = strlen(name), other_len = strlen(other);

	if (bars != other_bars)
		return bars < other_bars;
	return len != other_len ? len < other_len : strcmp(name, other) < 0;
}

/* name: as much of it as fits into a place. */
static void offer(struct elf_place *place, __u64 value, const char *name)
{
	/* The function that starts last is the innermost one. */
	if (place->found &&
	    (value < place->value || (value == place->value && !is_better(name, place->name))))
		return;
	place->found = true;
	place->value = value;
	place->start = place->offset - (place->address - value);
	strcpy(place->name, name);
}

static bool is_small(Elf_Scn *section, GElf_Shdr *header)
{
	return section && gelf_getshdr(section, header) && header->sh_size <= MAX_TABLE &&
	       !(header->sh_flags & SHF_COMPRESSED);
}

/*
 * Copies a name; false: there is none, or the table ends within it. Reads at most ELF_SYMBOL_LEN
 * bytes: a table may be large, and all its symbols may have the same name.
 */
static bool read_name(const Elf_Data *names, size_t at, char name[ELF_SYMBOL_LEN])
{
	size_t len, max;

	if (!names->d_buf || at >= names->d_size)
		return false;
	max = names->d_size - at < ELF_SYMBOL_LEN ? names->d_size - at : ELF_SYMBOL_LEN;
	len = strnlen((char *)names->d_buf + at, max);
	if (!len || (len == max && max < ELF_SYMBOL_LEN))
		return false;
	len = len < ELF_SYMBOL_LEN ? len : ELF_SYMBOL_LEN - 1;
	memcpy(name, (char *)names->d_buf + at, len);
	name[len] = '\0';
	return true;
}

/* Functions of 32-bit ARM in Thumb code have an odd address. */
static __u64 address_of(const GElf_Sym *symbol, GElf_Half machine)
{
	return machine == EM_ARM ? symbol->st_value & ~1ULL : symbol->st_value;
}

static void search(Elf_Data *symbols, const Elf_Data *names, size_t nr_symbols, GElf_Half machine,
		   struct elf_place *places, size_t nr)
{
	char name[ELF_SYMBOL_LEN];
	GElf_Sym symbol;

	for (size_t i = 0; i < nr_symbols && gelf_getsym(symbols, (int)i, &symbol); i++) {
		unsigned char type = GELF_ST_TYPE(symbol.st_info);
		__u64 value = address_of(&symbol, machine);

		if ((type != STT_FUNC && type != STT_GNU_IFUNC) || symbol.st_shndx == SHN_UNDEF)
			continue;
		for (struct elf_place *place = places; place < places + nr; place++)
			if (place->mapped && place->address >= value &&
			    place->address - value < symbol.st_size &&
			    read_name(names, symbol.st_name, name))
				offer(place, value, name);
	}
}

static void search_table(Elf *elf, Elf_Scn *table, GElf_Half machine, struct elf_place *places,
			 size_t nr)
{
	GElf_Shdr header, names_header;
	Elf_Data *symbols, *names;
	size_t size = gelf_fsize(elf, ELF_T_SYM, 1, EV_CURRENT);
	Elf_Scn *strings;

	if (!is_small(table, &header) ||
	    (header.sh_type != SHT_SYMTAB && header.sh_type != SHT_DYNSYM) || !size)
		return;
	strings = elf_getscn(elf, header.sh_link);
	if (!is_small(strings, &names_header) || names_header.sh_type != SHT_STRTAB)
		return;
	symbols = elf_getdata(table, NULL);
	names = elf_getdata(strings, NULL);
	if (symbols && symbols->d_type == ELF_T_SYM && names)
		search(symbols, names, symbols->d_size / size, machine, places, nr);
}

void elf_symbols_find(int fd, struct elf_place *places, size_t nr)
{
	Elf *elf = open_elf(fd);
	Elf_Scn *section = NULL;
	int tables = 0;
	GElf_Shdr header;
	GElf_Ehdr head;

	for (size_t i = 0; i < nr; i++) {
		places[i].found = false;
		places[i].mapped = false;
	}
	if (!elf)
		return;
	map_places(elf, places, nr);
	/* A file has one of each kind. */
	while (gelf_getehdr(elf, &head) && tables < 2 && (section = elf_nextscn(elf, section))) {
		if (!gelf_getshdr(section, &header) ||
		    (header.sh_type != SHT_SYMTAB && header.sh_type != SHT_DYNSYM))
			continue;
		tables++;
		search_table(elf, section, head.e_machine, places, nr);
	}
	elf_end(elf);
}
