// SPDX-License-Identifier: GPL-2.0-only
/* Makes the owners of entries of local storage, and removes the cgroups among them. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/owners.h"
#include "util/macros.h"

static struct {
	int *fd;
	__u32 nr;
} owners[NR_OWNERS];

static char cgroup_parent[64]; /* of the cgroups; empty: not made yet */

/* Waits, without open files, until the parent dies. */
static void idle(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close_range(0, ~0U, 0);
	while (getppid() == parent)
		pause();
	_exit(0);
}

static int make_task(__u32 index)
{
	pid_t parent = getpid(), pid = fork();
	int fd, err;

	(void)index;
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

static int make_socket(__u32 index)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)index;
	return fd < 0 ? -errno : fd;
}

static int make_inode(__u32 index)
{
	int fd = memfd_create("bench", MFD_CLOEXEC);

	(void)index;
	return fd < 0 ? -errno : fd;
}

static void cgroup_path(__u32 index, char path[96])
{
	snprintf(path, 96, "%s/%u", cgroup_parent, index);
}

/* Waits for the end of the process that has the pipe's other end, and removes its cgroups. */
static void be_remover(int pipe_fd)
{
	char path[96], byte;

	dup2(pipe_fd, STDIN_FILENO);
	close_range(STDIN_FILENO + 1, ~0U, 0);
	while (read(STDIN_FILENO, &byte, 1) < 0 && errno == EINTR)
		continue;
	for (__u32 i = 0;; i++) {
		cgroup_path(i, path);
		if (rmdir(path) && errno == ENOENT)
			break;
	}
	rmdir(cgroup_parent);
	_exit(0);
}

/* It lives on if the calling process is killed. The pipe's end stays open as long as that lives. */
static int start_remover(void)
{
	int fds[2], err = 0;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC))
		return -errno;
	pid = fork();
	if (!pid)
		be_remover(fds[0]);
	if (pid < 0) {
		err = -errno;
		close(fds[1]);
	}
	close(fds[0]);
	return err;
}

static int make_cgroup_parent(void)
{
	static const char *const roots[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"};
	char path[64];
	int err;

	for (size_t i = 0; i < ARRAY_SIZE(roots); i++) {
		snprintf(path, sizeof(path), "%s/cgroup.controllers", roots[i]); /* cgroup2's */
		if (access(path, F_OK))
			continue;
		snprintf(cgroup_parent, sizeof(cgroup_parent), "%s/memdestroy-bench-%d", roots[i],
			 getpid());
		err = start_remover();
		return err ? err : mkdir(cgroup_parent, 0755) ? -errno : 0;
	}
	return -EOPNOTSUPP;
}

static int make_cgroup(__u32 index)
{
	char path[96];
	int err = cgroup_parent[0] ? 0 : make_cgroup_parent(), fd;

	if (err)
		return err;
	cgroup_path(index, path);
	if (mkdir(path, 0755))
		return -errno;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int owners_make(enum owner sort, __u32 nr)
{
	static int (*const make[])(__u32 index) = {
		[OWNER_TASK] = make_task,
		[OWNER_SOCKET] = make_socket,
		[OWNER_INODE] = make_inode,
		[OWNER_CGROUP] = make_cgroup,
	};
	int *fds, fd;

	if (sort == OWNER_NONE || nr <= owners[sort].nr)
		return 0;
	fds = reallocarray(owners[sort].fd, nr, sizeof(*fds));
	if (!fds)
		return -ENOMEM;
	owners[sort].fd = fds;
	while (owners[sort].nr < nr) {
		fd = make[sort](owners[sort].nr);
		if (fd < 0)
			return fd;
		fds[owners[sort].nr++] = fd;
	}
	return 0;
}

__u32 owners_count(void)
{
	__u32 nr = 0;

	for (size_t sort = 0; sort < ARRAY_SIZE(owners); sort++)
		nr += owners[sort].nr;
	return nr;
}

int owner_fd(enum owner sort, __u32 index)
{
	return owners[sort].fd[index];
}
