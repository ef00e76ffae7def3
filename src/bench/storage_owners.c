// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes processes and sockets that own entries of local storage.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/storage_owners.h"

#define NR_SORTS_OF_OWNER (OWNER_SOCKET + 1)

static struct {
	int *fd;
	__u32 nr;
} owners[NR_SORTS_OF_OWNER];

/* Waits, without open files, until the parent dies. */
static void idle(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close_range(0, ~0U, 0);
	while (getppid() == parent)
		pause();
	_exit(0);
}

static int make_task(void)
{
	pid_t parent = getpid(), pid = fork();
	int fd, err;

	if (pid < 0)
		return -errno;
	if (!pid)
		idle(parent);
	fd = syscall(SYS_pidfd_open, pid, 0);
	if (fd >= 0)
		return fd;
	err = -errno;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return err;
}

static int make_socket(void)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return fd < 0 ? -errno : fd;
}

int storage_owners_make(enum owner sort, __u32 nr)
{
	int *fds, fd;

	if (sort == OWNER_NONE || nr <= owners[sort].nr)
		return 0;
	fds = reallocarray(owners[sort].fd, nr, sizeof(*fds));
	if (!fds)
		return -ENOMEM;
	owners[sort].fd = fds;
	while (owners[sort].nr < nr) {
		fd = sort == OWNER_TASK ? make_task() : make_socket();
		if (fd < 0)
			return fd;
		fds[owners[sort].nr++] = fd;
	}
	return 0;
}

__u32 storage_owners_count(void)
{
	return owners[OWNER_TASK].nr + owners[OWNER_SOCKET].nr;
}

int storage_owners_fd(enum owner sort, __u32 index)
{
	return owners[sort].fd[index];
}
