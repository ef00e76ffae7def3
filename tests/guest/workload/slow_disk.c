// SPDX-License-Identifier: GPL-2.0-only
/*
 * A disk that takes half a second for each sync, for the process that this is loaded into by
 * LD_PRELOAD: SQLite syncs by these.
 */
#include <unistd.h>

#define SYNC_US 500000

int fsync(int fd)
{
	(void)fd;
	return usleep(SYNC_US);
}

int fdatasync(int fd)
{
	return fsync(fd);
}
