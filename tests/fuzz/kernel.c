// SPDX-License-Identifier: GPL-2.0-only
/*
 * Has check judge kernel images, archives, BTF and symbol tables with changed bytes: it says what
 * they are or why it cannot, and what it prints is well-formed.
 *
 * An input is one of the forms below, and changes of the file before and after it is packed; or,
 * after the last form, the file itself.
 */
#include <sys/mman.h>

#include <lz4.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include "fuzz.h"
#include "support/made_kernel.h"

#define ROOM (1 << 16)

struct file {
	unsigned char data[ROOM];
	size_t size;
};

static struct file image, bare, btf, symbols;
static int fds[2]; /* in memory: the file to check, and a symbol table */

static void set(struct file *file, const void *data, size_t size)
{
	assert_true(size <= sizeof(file->data));
	memcpy(file->data, data, size);
	file->size = size;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static const char text[] = "ffffffff81000000 T _stext\n"
				   "ffffffff81000100 T bpf_mem_alloc_destroy\n"
				   "ffffffff81000200 t bpf_map_free_deferred\n"
				   "ffffffff81000400 t bpf_map_put.part.0\n"
				   "ffffffff81000900 T register_kprobe\n"
				   "ffffffff81000a00 T _etext\n";
	struct btf *made = made_btf(NULL);
	unsigned char *bytes;
	const void *raw;
	size_t size;
	__u32 raw_size;

	(void)argc;
	(void)argv;
	fuzz_init();
	bytes = made_image(made, &size);
	set(&image, bytes, size);
	free(bytes);
	bytes = made_image(NULL, &size);
	set(&bare, bytes, size);
	free(bytes);
	raw = btf__raw_data(made, &raw_size);
	set(&btf, raw, raw_size);
	set(&symbols, text, sizeof(text) - 1);
	btf__free(made);
	for (int i = 0; i < 2; i++)
		fds[i] = memfd_create("fuzz", 0);
	return 0;
}

/* Up to 15 changes of up to 4 bytes. */
static void change(struct file *file, struct input *input)
{
	size_t nr = take_number(input, 1) % 16;

	while (nr-- && file->size > 8 && input->left) {
		size_t at = take_number(input, 2) % (file->size - 4);
		__u8 len = 1 + take_number(input, 1) % 4;

		if (len == 4 && at % 16 == 0)
			file->size = at + 1;
		else
			take(input, file->data + at, len);
	}
}

static size_t pack_gzip(const struct file *from, unsigned char *to)
{
	z_stream stream = {
		.next_in = (unsigned char *)from->data,
		.avail_in = from->size,
		.next_out = to,
		.avail_out = ROOM,
	};

	assert_int_equal(deflateInit2(&stream, 1, Z_DEFLATED, 16 + MAX_WBITS, 8, 0), Z_OK);
	deflate(&stream, Z_FINISH);
	deflateEnd(&stream);
	return stream.total_out;
}

static size_t pack_xz(const struct file *from, unsigned char *to)
{
	size_t size = 0;

	assert_int_equal(lzma_easy_buffer_encode(0, LZMA_CHECK_CRC32, NULL, from->data, from->size,
						 to, &size, ROOM),
			 LZMA_OK);
	return size;
}

static size_t pack_zstd(const struct file *from, unsigned char *to)
{
	return ZSTD_compress(to, ROOM, from->data, from->size, 1);
}

static size_t pack_lz4(const struct file *from, unsigned char *to)
{
	int size = LZ4_compress_default((const char *)from->data, (char *)to + 8, from->size,
					ROOM - 8);
	__u32 little = htole32(size);

	memcpy(to, "\x02\x21\x4c\x18", 4);
	memcpy(to + 4, &little, sizeof(little));
	return 8 + size;
}

/* Behind code that is not packed. */
static void pack(struct file *file, unsigned int how)
{
	static size_t (*const packers[])(const struct file *, unsigned char *) = {
		pack_gzip, pack_xz, pack_zstd, pack_lz4};
	static unsigned char packed[ROOM];
	size_t size = packers[how % 4](file, packed);

	assert_true(size + 32 <= ROOM);
	memset(file->data, 0x90, 32);
	memcpy(file->data + 32, packed, size);
	file->size = 32 + size;
}

static char *write_file(int fd, const struct file *file, char path[32])
{
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(pwrite(fd, file->data, file->size, 0), file->size);
	snprintf(path, 32, "/proc/self/fd/%d", fd);
	return path;
}

/* Forms: bits 0-2 the file, 3-5 how often and how it is packed; 6: JSON, 7: with symbols. */
static void make(struct file *file, __u8 form, struct input *input)
{
	static const struct file *const files[] = {&image, &image, &bare, &btf, &symbols};

	if (form % 8 >= 5) {
		file->size = take(input, file->data, sizeof(file->data));
		return;
	}
	*file = *files[form % 8];
	change(file, input);
	if (form % 8 == 1)
		for (__u8 how = take_number(input, 1), times = 1 + ((form >> 3) & 3); times--;
		     how >>= 2) {
			pack(file, how);
			change(file, input);
		}
}

int LLVMFuzzerTestOneInput(const __u8 *data, size_t size)
{
	static const char *const option[] = {"--kernel", "--kernel", "--kernel", "--btf"};
	static struct file file;
	struct input input = {data, size};
	__u8 form = take_number(&input, 1);
	char path[32], symbols_path[32], *argv[8] = {"memdestroy-trace", "check"};
	struct said said;
	int argc = 2;

	make(&file, form, &input);
	argv[argc++] = (char *)option[form % 4];
	argv[argc++] = write_file(fds[0], form % 8 == 4 ? &image : &file, path);
	if (form & 128 || form % 8 == 4) {
		argv[argc++] = "--kallsyms";
		argv[argc++] = write_file(fds[1], form % 8 == 4 ? &file : &symbols, symbols_path);
	}
	if (form & 64)
		argv[argc++] = "-fjson";
	said = run_command(argc, argv, true);
	if (said.out_len && form & 64)
		json_check_lines(said.out);
	else
		check_text(said.out, said.out_len);
	said_free(&said);
	return 0;
}
