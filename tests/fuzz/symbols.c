// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads symbols and build ids of ELF files with changed bytes and sizes: names end, and places are
 * in the file.
 *
 * An input is the number of bytes to leave out at the end, in 2 bytes, and then changes: a place,
 * in 2 bytes, and 4 bytes to put there.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "support/made_elf.h"
#include "trace/elf_symbols.h"
#include "util/macros.h"

static int fd; /* in memory */

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fuzz_init();
	fd = memfd_create("elf", MFD_CLOEXEC);
	return fd < 0;
}

int LLVMFuzzerTestOneInput(const __u8 *data, size_t size)
{
	struct elf_place places[] = {{.offset = TEXT_OFFSET}, {.offset = TEXT_OFFSET + 0x85}};
	struct input input = {data, size};
	struct made_elf file = made_elf();
	size_t len = sizeof(file) - take_number(&input, 2) % sizeof(file);
	__u8 id[BUILD_ID_SIZE];

	while (input.left) {
		size_t at = take_number(&input, 2) % (sizeof(file) - 3);

		take(&input, (__u8 *)&file + at, 4);
	}
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(pwrite(fd, &file, len, 0), len);
	elf_build_id(fd, id);
	elf_symbols_find(fd, places, ARRAY_SIZE(places));
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		assert_true(!places[i].found || strlen(places[i].name) < ELF_SYMBOL_LEN);
	return 0;
}
