// SPDX-License-Identifier: GPL-2.0-only
/*
 * A library for LD_PRELOAD that makes each sync take half a second, with the calls that SQLite
 * uses.
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
