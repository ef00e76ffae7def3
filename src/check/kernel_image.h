/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The file that a kernel is booted from, whatever the architecture: which kernel it is, and its
 * BTF.
 */
#ifndef MEMDESTROY_CHECK_KERNEL_IMAGE_H
#define MEMDESTROY_CHECK_KERNEL_IMAGE_H

#include <stddef.h>

struct btf;

struct kernel_image {
	char release[128]; /* as uname -r and -v would have it */
	char version[256];
	struct btf *btf; /* NULL: the kernel has none */
};

/*
 * Looks into the bytes of an image, unpacking what is packed. -ENOEXEC: there is no kernel in it,
 * or it is packed in a way that is not known. -ENOMEM.
 */
int kernel_image_parse(struct kernel_image *image, const void *data, size_t size);

/* The same for a file; or what opening and mapping it gave. On success, kernel_image_free(). */
int kernel_image_read(struct kernel_image *image, const char *path);

void kernel_image_free(struct kernel_image *image);

#endif
