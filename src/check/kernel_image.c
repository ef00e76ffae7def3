// SPDX-License-Identifier: GPL-2.0-only
/* Finds the banner and the BTF in a kernel image. */
#include <byteswap.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/btf.h>
#include <linux/types.h>

#include "check/decompress.h"
#include "check/kernel_image.h"

#define BANNER	     "Linux version "
#define MAX_ATTEMPTS 64 /* places examined that look like compressed data, or like BTF */
#define MAX_BANNER   512
#define BTF_MAX	     (1UL << 28) /* bytes examined that look like BTF */

/*
 * Returns the size of the BTF at data, or 0 if it is none. The kernel's own BTF has a header, types
 * and names without gaps, in either byte order.
 */
static size_t btf_size(const unsigned char *data, size_t size)
{
	struct btf_header header;
	const char *names;
	__u64 all;

	if (size < sizeof(header))
		return 0;
	memcpy(&header, data, sizeof(header));
	if (header.magic == bswap_16(BTF_MAGIC)) {
		header.hdr_len = bswap_32(header.hdr_len);
		header.type_off = bswap_32(header.type_off);
		header.type_len = bswap_32(header.type_len);
		header.str_off = bswap_32(header.str_off);
		header.str_len = bswap_32(header.str_len);
	} else if (header.magic != BTF_MAGIC) {
		return 0;
	}
	all = (__u64)header.hdr_len + header.str_off + header.str_len;
	if (header.version != BTF_VERSION || header.flags || header.hdr_len != sizeof(header) ||
	    header.type_off || !header.type_len || header.str_off != header.type_len ||
	    header.str_len < 2 || all > size)
		return 0;
	names = (const char *)data + header.hdr_len + header.str_off;
	return names[0] || names[header.str_len - 1] ? 0 : all;
}

/* The image need not be ELF: searches for the header of BTF at multiples of four. */
static int find_btf(struct kernel_image *image, const unsigned char *data, size_t size)
{
	size_t left = BTF_MAX;
	int attempts = 0;

	for (size_t at = 0; at + sizeof(struct btf_header) <= size && attempts < MAX_ATTEMPTS;
	     at += 4) {
		size_t len;

		if (data[at] != (BTF_MAGIC & 0xff) && data[at] != BTF_MAGIC >> 8)
			continue;
		len = btf_size(data + at, size - at);
		if (!len || len > left)
			continue;
		attempts++;
		left -= len;
		image->btf = btf__new(data + at, len);
		if (image->btf)
			return 0;
		if (errno == ENOMEM)
			return -ENOMEM;
	}
	return 0;
}

/*
 * Finds "Linux version 6.12.107 (who@where) (compiler) #1 SMP ... date". Newer images have it
 * twice, once without the number.
 */
static bool find_banner(struct kernel_image *image, const unsigned char *data, size_t size)
{
	const unsigned char *end = data + size, *at = data;
	bool found = false, numbered = false;
	char line[MAX_BANNER + 1];

	while (!numbered && (at = memmem(at, end - at, BANNER, strlen(BANNER)))) {
		const char *version;
		size_t len;

		at += strlen(BANNER);
		if (at == end || !isdigit(*at))
			continue;
		for (len = 0; at + len < end && len < MAX_BANNER && isprint(at[len]); len++)
			line[len] = at[len];
		line[len] = '\0';
		at += len;
		version = strstr(line, " #");
		numbered = version && isdigit(version[2]);
		if (found && !numbered)
			continue;
		snprintf(image->release, sizeof(image->release), "%.*s", (int)strcspn(line, " "),
			 line);
		if (version)
			snprintf(image->version, sizeof(image->version), "%.*s",
				 (int)sizeof(image->version) - 1, version + 1);
		found = true;
	}
	return found;
}

/* Parses data without decompression. -ENOEXEC: it has no banner. */
static int parse_plain(struct kernel_image *image, const unsigned char *data, size_t size)
{
	*image = (struct kernel_image){};
	return find_banner(image, data, size) ? find_btf(image, data, size) : -ENOEXEC;
}

int kernel_image_parse(struct kernel_image *image, const void *data, size_t size)
{
	int err = parse_plain(image, data, size), attempts = 0;
	struct unpacking unpacking = {};
	struct kernel_image packed;
	struct unpacked unpacked;

	/* Compressed data may still contain a banner, but no BTF. */
	if (err != -ENOEXEC && (err || image->btf))
		return err;
	for (; attempts < MAX_ATTEMPTS; attempts++) {
		int decompress_err = decompress_next(&unpacking, data, size, &unpacked);

		if (decompress_err == -EBADMSG)
			continue;
		if (decompress_err)
			return decompress_err == -ENODATA ? err : decompress_err;
		decompress_err = parse_plain(&packed, unpacked.data, unpacked.size);
		unpacked_free(&unpacked);
		if (decompress_err == -ENOEXEC)
			continue;
		if (!decompress_err)
			*image = packed;
		return decompress_err;
	}
	return err;
}

int kernel_image_read(struct kernel_image *image, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* do not wait for a FIFO */
	void *data = MAP_FAILED;
	struct stat stat = {};
	int err;

	if (fd < 0)
		return -errno;
	errno = ENOEXEC;
	if (!fstat(fd, &stat) && S_ISREG(stat.st_mode) && stat.st_size > IMAGE_MAX)
		errno = EFBIG;
	else if (S_ISREG(stat.st_mode) && stat.st_size)
		data = mmap(NULL, stat.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	else if (S_ISDIR(stat.st_mode))
		errno = EISDIR;
	err = -errno;
	close(fd);
	if (data == MAP_FAILED)
		return err;
	err = kernel_image_parse(image, data, stat.st_size);
	munmap(data, stat.st_size);
	return err;
}

void kernel_image_free(struct kernel_image *image)
{
	btf__free(image->btf);
	*image = (struct kernel_image){};
}
