// SPDX-License-Identifier: GPL-2.0-only
/* Runs a command in a child process that waits until tracing has begun. */
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

static int report_error(char *const *argv)
{
	diag_error("cannot run '%s': %s", argv[0], strerror(errno));
	return -errno;
}

static void run(int go, char *const *argv)
{
	char byte;
	ssize_t got;

	do
		got = read(go, &byte, 1);
	while (got < 0 && errno == EINTR);
	if (got <= 0) /* the tracer ended first */
		_exit(EXIT_FAILED);
	execvp(argv[0], argv);
	_exit(report_error(argv) == -ENOENT ? EXIT_NO_COMMAND : EXIT_CANNOT_RUN);
}

int child_start(struct child *child, char *const *argv)
{
	void (*on_child)(int);
	int ends[2];

	memset(child, 0, sizeof(*child));
	child->argv = argv;
	if (pipe2(ends, O_CLOEXEC))
		return report_error(argv);
	/* A process that ignores SIGCHLD, as its parent may have set, gets no status of children.
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
	report_error(argv);
	child_close(child);
	return -ECHILD;
}

void child_go(struct child *child)
{
	/* The write fails if the child has ended already; child_is_over() will see that. */
	if (write(child->go, "", 1) != 1)
		diag_verbose("'%s' did not wait for its start", child->argv[0]);
	child_close(child);
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
