// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starts child processes and waits for them.
 */
#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "maps.h"
#include "process.h"

pid_t fork_child(void)
{
	pid_t pid = fork();

	if (pid < 0)
		fatal(errno, "cannot fork");
	if (!pid)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pid;
}

void *shared_memory(size_t count, size_t size)
{
	void *memory =
		mmap(NULL, count * size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		fatal(errno, "cannot share memory");
	return memory;
}

/* pid -1: any child */
static int wait_status(pid_t pid, int options)
{
	int status;

	if (waitpid(pid, &status, options) < 0)
		fatal(errno, "cannot wait");
	return status;
}

void wait_for(unsigned long count)
{
	while (count--)
		wait_for_child(-1);
}

void wait_for_child(pid_t pid)
{
	if (wait_status(pid, 0))
		fatal(0, "a child failed");
}

bool wait_for_stop(pid_t pid)
{
	int status = wait_status(pid, WUNTRACED);

	if (status && !WIFSTOPPED(status))
		fatal(0, "a child failed");
	return WIFSTOPPED(status);
}

void kill_child(pid_t pid)
{
	int status;

	if (kill(pid, SIGKILL))
		fatal(errno, "cannot kill a child");
	status = wait_status(pid, 0);
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
		fatal(0, "a child did not die of being killed");
}
