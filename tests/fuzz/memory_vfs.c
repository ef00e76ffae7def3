// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lets SQLite open databases that are in memory, thousands a second: a VFS without locks and
 * journals, and memory that the sanitizer does not watch.
 */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "memory_vfs.h"

static struct memory_file *files;
static size_t nr_files;

struct handle {
	sqlite3_file base;
	struct memory_file *file;
};

static struct memory_file *file_of(sqlite3_file *handle)
{
	return ((struct handle *)handle)->file;
}

static int file_close(sqlite3_file *handle)
{
	(void)handle;
	return SQLITE_OK;
}

static int file_read(sqlite3_file *handle, void *to, int len, sqlite3_int64 at)
{
	struct memory_file *file = file_of(handle);
	sqlite3_int64 there = (sqlite3_int64)file->size - at;

	memset(to, 0, len);
	if (there > 0)
		memcpy(to, file->data + at, there < len ? there : len);
	return there < len ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
}

static int file_write(sqlite3_file *handle, const void *from, int len, sqlite3_int64 at)
{
	struct memory_file *file = file_of(handle);

	if (at + len > MEMORY_FILE_MAX)
		return SQLITE_FULL;
	memcpy(file->data + at, from, len);
	if ((size_t)at + len > file->size)
		file->size = at + len;
	return SQLITE_OK;
}

static int file_truncate(sqlite3_file *handle, sqlite3_int64 size)
{
	file_of(handle)->size = size;
	return SQLITE_OK;
}

static int file_size(sqlite3_file *handle, sqlite3_int64 *size)
{
	*size = file_of(handle)->size;
	return SQLITE_OK;
}

static int do_nothing(sqlite3_file *handle, int flags)
{
	(void)handle;
	(void)flags;
	return SQLITE_OK;
}

static int check_lock(sqlite3_file *handle, int *locked)
{
	(void)handle;
	*locked = 0;
	return SQLITE_OK;
}

static int file_control(sqlite3_file *handle, int op, void *arg)
{
	(void)handle;
	(void)op;
	(void)arg;
	return SQLITE_NOTFOUND;
}

static int sector_size(sqlite3_file *handle)
{
	(void)handle;
	return 512;
}

static int characteristics(sqlite3_file *handle)
{
	(void)handle;
	return 0;
}

static int vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *handle, int flags, int *out)
{
	static const sqlite3_io_methods methods = {
		.iVersion = 1,
		.xClose = file_close,
		.xRead = file_read,
		.xWrite = file_write,
		.xTruncate = file_truncate,
		.xSync = do_nothing,
		.xFileSize = file_size,
		.xLock = do_nothing,
		.xUnlock = do_nothing,
		.xCheckReservedLock = check_lock,
		.xFileControl = file_control,
		.xSectorSize = sector_size,
		.xDeviceCharacteristics = characteristics,
	};

	(void)vfs;
	handle->pMethods = NULL;
	for (size_t i = 0; i < nr_files && path; i++) {
		if (strcmp(files[i].path, path) != 0)
			continue;
		*(struct handle *)handle = (struct handle){{&methods}, &files[i]};
		if (out)
			*out = flags;
		return SQLITE_OK;
	}
	return SQLITE_CANTOPEN;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int sync)
{
	(void)vfs;
	(void)path;
	(void)sync;
	return SQLITE_OK;
}

static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *there)
{
	(void)vfs;
	(void)path;
	(void)flags;
	*there = 0;
	return SQLITE_OK;
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *path, int size, char *out)
{
	(void)vfs;
	sqlite3_snprintf(size, out, "%s", path);
	return SQLITE_OK;
}

/*
 * Memory of SQLite: blocks of powers of two, which are used again and never given back. The number
 * of the power comes first.
 */
#define SMALLEST 5
#define LARGEST	 24

#define MEMORY (256UL << 20)

static char *unused, *end; /* not static memory, which is searched for leaks again and again */
static void *free_blocks[LARGEST + 1];

static void *allocate(int size)
{
	int power = SMALLEST;
	char *block;

	while (1 << power < size + 8)
		power++;
	if (power > LARGEST)
		return NULL;
	block = free_blocks[power];
	if (block) {
		free_blocks[power] = *(void **)block;
		return block;
	}
	if (unused + (1 << power) > end)
		return NULL;
	block = unused + 8;
	unused += 1 << power;
	block[-8] = power;
	return block;
}

static int size_of(void *block)
{
	return block ? (1 << ((char *)block)[-8]) - 8 : 0;
}

static void release(void *block)
{
	int power;

	if (!block)
		return;
	power = ((char *)block)[-8];
	*(void **)block = free_blocks[power];
	free_blocks[power] = block;
}

static void *reallocate(void *old, int size)
{
	void *block = old;

	if (size <= size_of(old))
		return old;
	block = allocate(size);
	if (!block)
		return NULL;
	memcpy(block, old, size_of(old));
	release(old);
	return block;
}

static int round_up(int size)
{
	return (size + 7) & ~7;
}

static int start(void *data)
{
	(void)data;
	return SQLITE_OK;
}

static void stop(void *data)
{
	(void)data;
}

void memory_vfs_fast(void)
{
	static const sqlite3_mem_methods methods = {
		.xMalloc = allocate,
		.xFree = release,
		.xRealloc = reallocate,
		.xSize = size_of,
		.xRoundup = round_up,
		.xInit = start,
		.xShutdown = stop,
	};

	unused = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (unused == MAP_FAILED)
		abort();
	end = unused + MEMORY;
	sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
	sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 1200, 1000);
}

void memory_vfs_use(struct memory_file *its_files, size_t nr)
{
	static sqlite3_vfs vfs;
	sqlite3_vfs *disk = sqlite3_vfs_find(NULL);

	files = its_files;
	nr_files = nr;
	vfs = *disk; /* for randomness, sleeping and the time */
	vfs.szOsFile = sizeof(struct handle);
	vfs.zName = "memory";
	vfs.xOpen = vfs_open;
	vfs.xDelete = vfs_delete;
	vfs.xAccess = vfs_access;
	vfs.xFullPathname = vfs_full_path;
	sqlite3_vfs_register(&vfs, 1);
}
