// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd/child.h"
#include "cmd/exit_status.h"
#include "util/diag.h"

static void run(int go, char *const *argv)
{
	char byte;
	ssize_t got;

	do
		got = read(go, &byte, 1);
	while (got < 0 && errno == EINTR);
	if (got <= 0) /* the tracer ended without telling */
		_exit(EXIT_FAILED);
	execvp(argv[0], argv);
	diag_error("cannot run '%s': %s", argv[0], strerror(errno));
	_exit(errno == ENOENT ? EXIT_NO_COMMAND : EXIT_CANNOT_RUN);
}

int child_start(struct child *child, char *const *argv)
{
	void (*on_child)(int);
	int ends[2];

	memset(child, 0, sizeof(*child));
	child->argv = argv;
	if (pipe2(ends, O_CLOEXEC)) {
		diag_error("cannot run '%s': %s", argv[0], strerror(errno));
		return -errno;
	}
	/* Who ignores it, as this program may have been started to, is not told how children end.
	 */
	on_child = signal(SIGCHLD, SIG_DFL);
	child->pid = fork();
	if (!child->pid) {
		signal(SIGCHLD, on_child);
		close(ends[1]);
		run(ends[0], argv);
	}
	close(ends[0]);
	child->go = ends[1];
	if (child->pid > 0)
		return 0;
	child->pid = 0;
	diag_error("cannot run '%s': %s", argv[0], strerror(errno));
	close(child->go);
	child->go = 0;
	return -ECHILD; /* not one of those that say more than "failed" */
}

void child_go(struct child *child)
{
	/* If nobody reads, it is over, which is seen elsewhere. */
	if (write(child->go, "", 1) != 1)
		diag_verbose("'%s' did not wait to be told to go", child->argv[0]);
	close(child->go);
	child->go = 0;
}

void child_signal(const struct child *child, int signal)
{
	if (child->pid)
		kill(child->pid, signal);
}

bool child_is_over(struct child *child)
{
	int status;

	if (!child->pid)
		return true;
	if (waitpid(child->pid, &status, WNOHANG) != child->pid)
		return false;
	child->pid = 0;
	child->status = WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_SIGNAL + WTERMSIG(status);
	return true;
}

void child_close(struct child *child)
{
	if (child->go)
		close(child->go);
	child->go = 0;
}
