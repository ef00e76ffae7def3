// SPDX-License-Identifier: GPL-2.0-only
/* Decompresses kernel images, one function and one row of a table for each format. */
#include <endian.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

#include <linux/types.h>
#include <lz4.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include "check/decompress.h"
#include "util/macros.h"

#define XZ_MEMORY (1UL << 28) /* kernels use a dictionary of at most 128 MiB */
#define LZ4_BLOCK (8U << 20)  /* of the legacy format, which kernels use */

void unpacked_free(struct unpacked *out)
{
	munmap(out->data, out->room);
	*out = (struct unpacked){};
}

static int decompress_gzip(const unsigned char *data, size_t size, struct unpacked *out)
{
	z_stream stream = {
		.next_in = (unsigned char *)data,
		.avail_in = size < UINT_MAX ? size : UINT_MAX,
		.next_out = out->data,
		.avail_out = out->room,
	};
	int result;

	if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK)
		return -ENOMEM;
	result = inflate(&stream, Z_FINISH);
	inflateEnd(&stream);
	out->size = stream.total_out;
	out->used = stream.total_in;
	return result == Z_STREAM_END ? 0 : -EBADMSG;
}

static int decompress_xz(const unsigned char *data, size_t size, struct unpacked *out)
{
	lzma_stream stream = LZMA_STREAM_INIT;
	lzma_ret result;

	if (lzma_auto_decoder(&stream, XZ_MEMORY, 0) != LZMA_OK)
		return -ENOMEM;
	stream.next_in = data;
	stream.avail_in = size;
	stream.next_out = out->data;
	stream.avail_out = out->room;
	result = lzma_code(&stream, LZMA_RUN);
	lzma_end(&stream);
	out->size = stream.total_out;
	out->used = stream.total_in;
	return result == LZMA_STREAM_END ? 0 : -EBADMSG;
}

static int decompress_zstd(const unsigned char *data, size_t size, struct unpacked *out)
{
	ZSTD_inBuffer in = {.src = data, .size = size};
	ZSTD_outBuffer unpacked = {.dst = out->data, .size = out->room};
	ZSTD_DCtx *context = ZSTD_createDCtx();
	size_t left, before; /* left: 0 at the end */

	if (!context)
		return -ENOMEM;
	do {
		before = unpacked.pos;
		left = ZSTD_decompressStream(context, &unpacked, &in);
	} while (left && !ZSTD_isError(left) && (in.pos < in.size || unpacked.pos > before));
	ZSTD_freeDCtx(context);
	out->size = unpacked.pos;
	out->used = in.pos;
	return left ? -EBADMSG : 0;
}

/* Blocks, each after its size. The kernel ends them with a size that no block can have. */
static int decompress_lz4(const unsigned char *data, size_t size, struct unpacked *out)
{
	size_t at = 4; /* after the magic number */
	int got = LZ4_BLOCK;

	while (size - at > 4 && got == LZ4_BLOCK) {
		__u32 compressed;

		memcpy(&compressed, data + at, sizeof(compressed));
		compressed = le32toh(compressed);
		at += 4;
		if (!compressed || compressed > LZ4_COMPRESSBOUND(LZ4_BLOCK))
			break;
		if (compressed > size - at || out->room - out->size < LZ4_BLOCK)
			return -EBADMSG;
		got = LZ4_decompress_safe((const char *)data + at, (char *)out->data + out->size,
					  compressed, LZ4_BLOCK);
		if (got <= 0)
			return -EBADMSG;
		out->size += got;
		at += compressed;
		out->used = at;
	}
	return out->size ? 0 : -EBADMSG;
}

/* A row for each format. */
static const struct format {
	unsigned char magic[6];
	size_t len;
	int (*decompress)(const unsigned char *data, size_t size, struct unpacked *out);
} formats[] = {
	{{0x1f, 0x8b, 0x08}, 3, decompress_gzip},
	{{0xfd, '7', 'z', 'X', 'Z', 0x00}, 6, decompress_xz},
	{{0x5d, 0x00, 0x00}, 3, decompress_xz}, /* lzma */
	{{0x28, 0xb5, 0x2f, 0xfd}, 4, decompress_zstd},
	{{0x02, 0x21, 0x4c, 0x18}, 4, decompress_lz4},
};

/* The magic number of lzma is short: also expect the unknown size of data from a pipe. */
static bool begins(const struct format *format, const unsigned char *data, size_t size)
{
	static const unsigned char no_size[8] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

	if (size < format->len || memcmp(data, format->magic, format->len))
		return false;
	return format->magic[0] != 0x5d || (size > 13 && !memcmp(data + 5, no_size, 8));
}

/* The format that data begins with; NULL: none. */
static const struct format *find_format(const unsigned char *data, size_t size)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (*data == formats[i].magic[0] && begins(&formats[i], data, size))
			return &formats[i];
	return NULL;
}

int decompress_next(struct unpacking *unpacking, const void *data, size_t size,
		    struct unpacked *out)
{
	const unsigned char *bytes = data;
	const struct format *format = NULL;
	size_t at, left = UNPACKED_MAX - unpacking->read;
	int err;

	for (at = unpacking->from; at < size && !format; at++)
		format = find_format(bytes + at, size - at);
	unpacking->from = at--;
	if (!format)
		return -ENODATA;
	*out = (struct unpacked){.room = UNPACKED_MAX - unpacking->written};
	/* Only the pages that are written take memory. */
	out->data = mmap(NULL, out->room, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (out->data == MAP_FAILED)
		return -ENOMEM;
	err = format->decompress(bytes + at, size - at < left ? size - at : left, out);
	unpacking->read += out->used;
	unpacking->written += out->size;
	/* Less room than a block would only be found full by some formats. */
	if (unpacking->read >= UNPACKED_MAX || unpacking->written > UNPACKED_MAX - LZ4_BLOCK)
		err = -EFBIG;
	if (err)
		unpacked_free(out);
	return err;
}
