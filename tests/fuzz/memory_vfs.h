/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files of SQLite in memory.
 */
#pragma once

#include <stddef.h>

#define MEMORY_FILE_MAX (1 << 20)

/* A file. Its path is that of a file on disk too, which is only looked at with stat(). */
struct memory_file {
	char path[64];
	unsigned char data[MEMORY_FILE_MAX];
	size_t size;
};

/* From now on, SQLite has these files, no journals and no others. */
void memory_vfs_use(struct memory_file *files, size_t nr);

/*
 * Makes SQLite ten times faster, before its first use: without locks between threads, and with
 * memory that the sanitizer does not watch.
 */
void memory_vfs_fast(void);
