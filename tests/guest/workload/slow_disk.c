// SPDX-License-Identifier: GPL-2.0-only
/*
 * A library for LD_PRELOAD that makes each sync take half a second, or as long as the file named by
 * SLOW_DISK exists, with the calls that SQLite uses.
 */
#include <stdlib.h>
#include <unistd.h>

#define SYNC_US 500000
#define LOOK_US 10000

int fsync(int fd)
{
	const char *file = getenv("SLOW_DISK");

	(void)fd;
	if (!file)
		return usleep(SYNC_US);
	while (!access(file, F_OK))
		usleep(LOOK_US);
	return 0;
}

int fdatasync(int fd)
{
	return fsync(fd);
}
