// SPDX-License-Identifier: GPL-2.0-only
/* Images of kernels: in all compressions, without BTF, damaged. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/libbpf.h>
#include <lz4.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include "check/facts.h"
#include "check/kernel_image.h"
#include "support/chance.h"
#include "support/made_kernel.h"
#include "support/test.h"
#include "util/macros.h"

#define ROOM	(1 << 20)
#define BEFORE	300 /* bytes of decompressing code and other data */
#define BEHIND	77
#define MUTANTS 1000 /* for each compression */

typedef size_t (*pack_fn)(const void *data, size_t size, unsigned char *out);

static size_t pack_none(const void *data, size_t size, unsigned char *out)
{
	memcpy(out, data, size);
	return size;
}

static size_t pack_gzip(const void *data, size_t size, unsigned char *out)
{
	z_stream stream = {.next_in = (void *)data, .avail_in = size};

	stream.next_out = out;
	stream.avail_out = ROOM;
	assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, 0), Z_OK);
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	deflateEnd(&stream);
	return stream.total_out;
}

static size_t pack_xz(const void *data, size_t size, unsigned char *out)
{
	size_t len = 0;

	assert_int_equal(
		lzma_easy_buffer_encode(6, LZMA_CHECK_CRC32, NULL, data, size, out, &len, ROOM),
		LZMA_OK);
	return len;
}

static size_t pack_lzma(const void *data, size_t size, unsigned char *out)
{
	lzma_stream stream = LZMA_STREAM_INIT;
	lzma_options_lzma options;

	lzma_lzma_preset(&options, 6);
	assert_int_equal(lzma_alone_encoder(&stream, &options), LZMA_OK);
	stream.next_in = data;
	stream.avail_in = size;
	stream.next_out = out;
	stream.avail_out = ROOM;
	assert_int_equal(lzma_code(&stream, LZMA_FINISH), LZMA_STREAM_END);
	lzma_end(&stream);
	return stream.total_out;
}

static size_t pack_zstd(const void *data, size_t size, unsigned char *out)
{
	size_t len = ZSTD_compress(out, ROOM, data, size, 19);

	assert_false(ZSTD_isError(len));
	return len;
}

/* Like "lz4 -l", followed by the kernel's size, as the kernel's Makefile does. */
static size_t pack_lz4(const void *data, size_t size, unsigned char *out)
{
	static const unsigned char magic[4] = {0x02, 0x21, 0x4c, 0x18};
	int len = LZ4_compress_default(data, (char *)out + 8, size, ROOM - 16);
	__u32 word = len;

	assert_true(len > 0);
	memcpy(out, magic, 4);
	memcpy(out + 4, &word, 4);
	word = 40 << 20;
	memcpy(out + 8 + len, &word, 4);
	return len + 12;
}

static const pack_fn packings[] = {
	pack_none, pack_gzip, pack_xz, pack_lzma, pack_zstd, pack_lz4,
};

#define NR_PACKINGS (ARRAY_SIZE(packings))

/* A file with such an image in its middle; to be freed. */
static unsigned char *packed_file(const struct btf *btf, size_t packing, size_t *size)
{
	size_t image_size;
	unsigned char *image = made_image(btf, &image_size), *file = calloc(1, ROOM + 4096);

	assert_non_null(file);
	memset(file, 0x5a, BEFORE);
	/* A decoy that begins like gzip. */
	memcpy(file + 40, "\x1f\x8b\x08 and no more", 15);
	*size = BEFORE + packings[packing](image, image_size, file + BEFORE) + BEHIND;
	free(image);
	return file;
}

static void check_packings(const struct btf *btf)
{
	struct kernel_image image;

	for (size_t i = 0; i < NR_PACKINGS; i++) {
		size_t size;
		unsigned char *file = packed_file(btf, i, &size);

		assert_int_equal(kernel_image_parse(&image, file, size), 0);
		assert_string_equal(image.release, "9.8.7-made");
		assert_string_equal(image.version, "#5 SMP PREEMPT Fri Nov 20 2026");
		assert_int_equal(image.btf ? btf__type_cnt(image.btf) : 0,
				 btf ? btf__type_cnt(btf) : 0);
		kernel_image_free(&image);
		free(file);
	}
}

TEST(test_packings)
{
	struct btf *btf = made_btf(NULL);

	check_packings(btf);
	check_packings(NULL);
	btf__free(btf);
}

/* An image of an architecture with the other byte order. */
TEST(test_other_endianness)
{
	struct btf *btf = made_btf(NULL);
	struct kernel_image image;
	struct facts facts;
	unsigned char *file;
	size_t size;

	assert_int_equal(btf__set_endianness(btf, btf__endianness(btf) == BTF_BIG_ENDIAN
							  ? BTF_LITTLE_ENDIAN
							  : BTF_BIG_ENDIAN),
			 0);
	file = packed_file(btf, 2, &size);
	assert_int_equal(kernel_image_parse(&image, file, size), 0);
	assert_non_null(image.btf);
	facts_init(&facts);
	facts_from_btf(&facts, image.btf);
	assert_int_equal(facts.hooks[HOOK_DESTROY].type, ANSWER_YES);
	assert_string_equal(facts.lacking, "");
	facts_free(&facts);
	kernel_image_free(&image);
	free(file);
	btf__free(btf);
}

/* Newer images hold the line twice, once as a template. */
TEST(test_two_banners)
{
	static const char data[] = "Linux version %s (%s)\0Linux version 1.2 (x) (y) # SMP\n\0"
				   "Linux version 1.2 (x) (y) #3 SMP\n";
	struct kernel_image image;

	assert_int_equal(kernel_image_parse(&image, data, sizeof(data)), 0);
	assert_string_equal(image.release, "1.2");
	assert_string_equal(image.version, "#3 SMP");
	/* The template is used if there is nothing better. */
	assert_int_equal(kernel_image_parse(&image, data, 54), 0);
	assert_string_equal(image.version, "# SMP");
}

TEST(test_no_kernel)
{
	static const char *const texts[] = {"",
					    "x",
					    "Linux version ",
					    "\x1f\x8b\x08",
					    "\xfd\x37zXZ",
					    "\x02\x21\x4c\x18",
					    "\x28\xb5\x2f\xfd"};
	struct kernel_image image;
	char *same = malloc(5000);

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_int_equal(kernel_image_parse(&image, texts[i], strlen(texts[i])), -ENOEXEC);
	/* Many places that look like a start. */
	assert_non_null(same);
	for (size_t i = 0; i < 5000; i++)
		same[i] = "\x02\x21\x4c\x18"[i % 4];
	assert_int_equal(kernel_image_parse(&image, same, 5000), -ENOEXEC);
	free(same);
}

/* All compressed data of a file together is bounded. */
TEST(test_too_much)
{
	const size_t size = 96UL << 20, nr = 6;
	unsigned char *zeros = calloc(1, size), *file = calloc(nr, ROOM);
	struct kernel_image image;
	size_t len;

	assert_true(zeros && file);
	len = pack_gzip(zeros, size, file);
	for (size_t i = 1; i < nr; i++)
		memcpy(file + i * len, file, len);
	assert_int_equal(kernel_image_parse(&image, file, nr * len), -EFBIG);
	assert_int_equal(kernel_image_parse(&image, file, (nr - 1) * len), -ENOEXEC);
	free(file);
	free(zeros);
}

TEST(test_files)
{
	char folder[] = "/tmp/test_kernel_image.XXXXXX", path[64];
	struct kernel_image image;

	assert_non_null(mkdtemp(folder));
	assert_int_equal(kernel_image_read(&image, folder), -EISDIR);
	snprintf(path, sizeof(path), "%s/file", folder);
	assert_int_equal(kernel_image_read(&image, path), -ENOENT);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(kernel_image_read(&image, path), -ENOEXEC);
	unlink(path);
	made_file(path, "", 0);
	assert_int_equal(kernel_image_read(&image, path), -ENOEXEC);
	made_file(path, MADE_BANNER, strlen(MADE_BANNER));
	assert_int_equal(kernel_image_read(&image, path), 0);
	assert_string_equal(image.release, "9.8.7-made");
	kernel_image_free(&image);
	unlink(path);
	rmdir(folder);
}

/* Parses a damaged image; the sanitizer must find neither leaks nor bad reads. */
static bool take(const unsigned char *file, size_t size)
{
	/* A copy on the heap, where the sanitizer detects a read beyond the end. */
	unsigned char *copy = malloc(size ? size : 1);
	struct kernel_image image;
	struct facts facts;
	int err;

	assert_non_null(copy);
	memcpy(copy, file, size);
	err = kernel_image_parse(&image, copy, size);
	free(copy);
	assert_true(!err || err == -ENOEXEC);
	if (err)
		return false;
	facts_init(&facts);
	if (image.btf)
		facts_from_btf(&facts, image.btf);
	facts_free(&facts);
	kernel_image_free(&image);
	return true;
}

TEST(test_truncated)
{
	struct btf *btf = made_btf(NULL);

	for (size_t i = 0; i < NR_PACKINGS; i++) {
		size_t size, step;
		unsigned char *file = packed_file(btf, i, &size);

		step = size / 100 + 1;
		for (size_t len = 0; len < size; len += step)
			take(file, len);
		free(file);
	}
	btf__free(btf);
}

TEST(test_mutants)
{
	struct btf *btf = made_btf(NULL);
	unsigned int taken[NR_PACKINGS] = {};
	state64 = 2026;
	libbpf_set_print(NULL);
	for (size_t i = 0; i < NR_PACKINGS; i++) {
		size_t size;
		unsigned char *file = packed_file(btf, i, &size), *mutant = malloc(size);

		assert_non_null(mutant);
		for (int n = 0; n < MUTANTS; n++) {
			size_t changes = 1 + below(8);

			memcpy(mutant, file, size);
			while (changes--)
				mutant[below(size)] = random64();
			taken[i] += take(mutant, size);
		}
		free(mutant);
		free(file);
	}
	btf__free(btf);
	/* Uncompressed images are rarely hit in a vital place. */
	assert_true(taken[0] > MUTANTS / 2);
	for (size_t i = 1; i < NR_PACKINGS; i++)
		assert_true(taken[i] < MUTANTS);
}

TEST_MAIN(NULL, NULL)
