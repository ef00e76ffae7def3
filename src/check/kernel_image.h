/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads the release and the BTF of a kernel from the file that it boots from.
 */
#pragma once

#include <stddef.h>

struct btf;

struct kernel_image {
	char release[128]; /* as of uname -r and -v */
	char version[256];
	struct btf *btf; /* NULL: the kernel has none */
};

/*
 * Parses the bytes of an image, decompressing them if needed. Free *image with kernel_image_free().
 * -ENOEXEC: there is no kernel in it, or the compression is unknown. -EFBIG: it holds more
 * compressed data than a kernel. -ENOMEM. Not reported.
 */
int kernel_image_parse(struct kernel_image *image, const void *data, size_t size);

#define IMAGE_MAX (1L << 31) /* bytes; more than a kernel with its debugging information */

/* The same for a file; also -errno of opening and mapping it, -EFBIG: it is larger than that. */
int kernel_image_read(struct kernel_image *image, const char *path);

void kernel_image_free(struct kernel_image *image);
