// SPDX-License-Identifier: GPL-2.0-only
/* Finds symbols in this program and in made-up files, and survives damaged ones. */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "support/test.h"
#include "support/made_elf.h"
#include "trace/elf_symbols.h"
#include "util/macros.h"

/* A file in memory, closed by the caller. */
static int open_bytes(const void *bytes, size_t size)
{
	int fd = memfd_create("elf", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, size), size);
	return fd;
}

static struct elf_place find_in(const struct made_elf *file, __u64 offset)
{
	struct elf_place place = {.offset = offset};
	int fd = open_bytes(file, sizeof(*file));

	elf_symbols_find(fd, &place, 1);
	close(fd);
	return place;
}

static void check_found(const struct made_elf *file, __u64 offset, const char *name, __u64 start)
{
	const struct elf_place place = find_in(file, offset);

	assert_true(place.found);
	assert_string_equal(place.name, name);
	assert_int_equal(place.start, start);
}

/* A function with a known name, in this program. */
static __attribute__((noinline)) int known_function(int number)
{
	return number * 3 + 1;
}

TEST(functions_of_this_program_are_found)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	unsigned long start, end, offset;
	struct elf_place place = {};
	__u8 id[BUILD_ID_SIZE];
	char line[512], flags[8];
	FILE *maps = fopen("/proc/self/maps", "re");

	assert_true(fd >= 0);
	assert_non_null(maps);
	assert_int_equal(known_function(2), 7);
	while (fgets(line, sizeof(line), maps))
		if (sscanf(line, "%lx-%lx %7s %lx", &start, &end, flags, &offset) == 4 &&
		    (unsigned long)known_function >= start && (unsigned long)known_function < end)
			place.offset = (unsigned long)known_function - start + offset + 1;
	fclose(maps);
	elf_symbols_find(fd, &place, 1);
	assert_true(place.found);
	assert_string_equal(place.name, "known_function");
	assert_int_equal(place.offset - place.start, 1);
	if (elf_build_id(fd, id)) /* the linker may leave it out */
		assert_true(id[0] || id[1] || id[2] || id[3]);
	close(fd);
}

TEST(names_are_those_of_the_innermost_function_with_the_fewest_underscores)
{
	struct made_elf file = made_elf();

	check_found(&file, TEXT_OFFSET, "drop_map", TEXT_OFFSET);
	check_found(&file, TEXT_OFFSET + 0x7f, "drop_map", TEXT_OFFSET);
	check_found(&file, TEXT_OFFSET + 0x80, "inner", TEXT_OFFSET + 0x80);
	check_found(&file, TEXT_OFFSET + 0x90, "drop_map", TEXT_OFFSET);
	/* The order in the table does not matter. */
	file.symbol[2].st_name = 1;
	file.symbol[1].st_name = 8;
	check_found(&file, TEXT_OFFSET, "drop_map", TEXT_OFFSET);
}

TEST(what_is_no_function_has_no_name)
{
	struct made_elf file = made_elf();

	assert_false(find_in(&file, TEXT_OFFSET + 0x100).found);
	assert_false(find_in(&file, TEXT_OFFSET + 0x200).found); /* data */
	assert_false(find_in(&file, TEXT_OFFSET + 0x300).found); /* without a size */
	assert_false(find_in(&file, TEXT_OFFSET - 1).found);	 /* in no segment */
	assert_false(find_in(&file, TEXT_OFFSET + 0x1000).found);
	assert_false(find_in(&file, ~0ULL).found);
	file.symbol[1].st_shndx = file.symbol[2].st_shndx = SHN_UNDEF;
	assert_false(find_in(&file, TEXT_OFFSET).found);
}

/* The first function has a name of so many bytes, without a NUL behind it. */
static struct elf_place find_unterminated(size_t len)
{
	struct {
		struct made_elf file;
		char names[4096];
	} file = {made_elf(), ""};
	struct elf_place place = {.offset = TEXT_OFFSET};
	int fd;

	memset(file.names + 1, 'n', len);
	file.file.section[2].sh_offset = offsetof(typeof(file), names);
	file.file.section[2].sh_size = 1 + len;
	fd = open_bytes(&file, sizeof(file));
	elf_symbols_find(fd, &place, 1);
	close(fd);
	return place;
}

TEST(long_names_are_cut)
{
	struct elf_place place = find_unterminated(4095);

	assert_true(place.found);
	assert_int_equal(strlen(place.name), ELF_SYMBOL_LEN - 1);
}

/* Its end is not searched for: for many symbols in a large table, that would take hours. */
TEST(a_name_is_read_as_far_as_it_is_kept)
{
	assert_true(find_unterminated(ELF_SYMBOL_LEN + 7).found);
	assert_false(find_unterminated(ELF_SYMBOL_LEN - 8).found);
}

TEST(build_ids)
{
	struct made_elf file = made_elf();
	__u8 id[BUILD_ID_SIZE];
	int fd = open_bytes(&file, sizeof(file));

	assert_true(elf_build_id(fd, id));
	assert_memory_equal(id, file.note.id, BUILD_ID_SIZE);
	close(fd);
	file.note.head.n_descsz = 16;
	fd = open_bytes(&file, sizeof(file));
	assert_false(elf_build_id(fd, id));
	close(fd);
}

/* Whatever is in the file: no crash, no endless loop, little memory. */
static void survive(const void *bytes, size_t size)
{
	struct elf_place places[] = {{.offset = TEXT_OFFSET}, {.offset = TEXT_OFFSET + 0x85}};
	int fd = open_bytes(bytes, size);
	__u8 id[BUILD_ID_SIZE];

	elf_build_id(fd, id);
	elf_symbols_find(fd, places, ARRAY_SIZE(places));
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		assert_true(!places[i].found || strlen(places[i].name) < ELF_SYMBOL_LEN);
	close(fd);
}

TEST(files_that_end_early_are_survived)
{
	struct made_elf file = made_elf();

	for (size_t size = 0; size < sizeof(file); size += size < 128 ? 1 : 7)
		survive(&file, size);
}

TEST(damaged_bytes_are_survived)
{
	static const __u8 values[] = {0, 1, 0x7f, 0xff};

	for (size_t at = 0; at < sizeof(struct made_elf); at++) {
		for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
			struct made_elf file = made_elf();

			((__u8 *)&file)[at] = values[i];
			survive(&file, sizeof(file));
		}
	}
}

/* libelf would make room for each. */
TEST(numbers_of_headers_are_bounded)
{
	struct made_elf file = made_elf();

	file.head.e_shnum = 0; /* then it is the size of section 0 */
	file.section[0].sh_size = 1ULL << 26;
	assert_false(find_in(&file, TEXT_OFFSET).found);
	file = made_elf();
	file.head.e_phnum = PN_XNUM;
	file.section[0].sh_info = 1U << 26;
	assert_false(find_in(&file, TEXT_OFFSET).found);
	file = made_elf();
	file.section[1].sh_size = 1ULL << 40;
	assert_false(find_in(&file, TEXT_OFFSET).found);
	file = made_elf();
	file.section[1].sh_link = 1; /* itself */
	assert_false(find_in(&file, TEXT_OFFSET).found);
}

TEST(files_of_other_kinds_have_no_symbols)
{
	struct made_elf file = made_elf();

	file.head.e_ident[EI_DATA] ^= ELFDATA2LSB ^ ELFDATA2MSB;
	assert_false(find_in(&file, TEXT_OFFSET).found);
	survive("!<arch>\n", 8);
	survive("", 0);
}

TEST_MAIN(NULL, NULL)
