/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Decompresses kernel images: gzip, xz, lzma, zstd, lz4.
 */
#pragma once

#include <stddef.h>

/* More than any kernel. All data of a file together may take as much, which bounds the time. */
#define UNPACKED_MAX (1UL << 29)

/* Decompressed data, or the room for it. */
struct unpacked {
	unsigned char *data; /* to be freed with unpacked_free() */
	size_t size, room;
	size_t used; /* bytes of compressed data */
};

void unpacked_free(struct unpacked *out);

/* A search for compressed data in a file. Begin with zeroes. */
struct unpacking {
	size_t from;	      /* where the next search starts */
	size_t read, written; /* so far */
};

/*
 * Decompresses the next compressed data. Data behind its end is ignored. On 0 free *out with
 * unpacked_free(). -ENODATA: none found. -EBADMSG: not compressed data after all, or damaged.
 * -EFBIG: more data than in any kernel. -ENOMEM.
 */
int decompress_next(struct unpacking *unpacking, const void *data, size_t size,
		    struct unpacked *out);
