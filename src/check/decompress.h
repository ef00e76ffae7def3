/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Unpacks what the images of kernels are packed with: gzip, xz, lzma, zstd, lz4.
 */
#ifndef MEMDESTROY_CHECK_DECOMPRESS_H
#define MEMDESTROY_CHECK_DECOMPRESS_H

#include <stddef.h>

/* More than any kernel has; what unpacks to more is refused. */
#define UNPACKED_MAX (1UL << 29)

struct unpacked {
	unsigned char *data; /* to be freed with unpacked_free() */
	size_t size, room;
};

void unpacked_free(struct unpacked *out);

/*
 * Looks for packed data from *from on, and unpacks the first there is; *from is then where to go on
 * looking. What follows its end is not looked at. -ENODATA: there is none. -EBADMSG: what looked
 * like it was not, or is damaged or too large. -ENOMEM. On all but 0 there is nothing to be freed.
 */
int decompress_next(const void *data, size_t size, size_t *from, struct unpacked *out);

#endif
