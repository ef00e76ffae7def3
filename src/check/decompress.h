/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Decompresses kernel images: gzip, xz, lzma, zstd, lz4.
 */
#pragma once

#include <stddef.h>

/* More than any kernel; larger data is refused. */
#define UNPACKED_MAX (1UL << 29)

struct unpacked {
	unsigned char *data; /* to be freed with unpacked_free() */
	size_t size;
};

void unpacked_free(struct unpacked *out);

/*
 * Decompresses the first compressed data from *from on, and sets *from to where the next search
 * starts. Data behind its end is ignored. On 0 free *out with unpacked_free(). -ENODATA: none
 * found. -EBADMSG: not compressed data after all, or damaged or too large. -ENOMEM.
 */
int decompress_next(const void *data, size_t size, size_t *from, struct unpacked *out);
