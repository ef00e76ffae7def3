// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd/child.h"
#include "cmd/cmd.h"
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

int command_start(struct command *command, char *const *argv)
{
	void (*on_child)(int);
	int ends[2];

	memset(command, 0, sizeof(*command));
	command->argv = argv;
	if (pipe2(ends, O_CLOEXEC)) {
		diag_error("cannot run '%s': %s", argv[0], strerror(errno));
		return -errno;
	}
	/* Who ignores it, as this program may have been started to, is not told how children end.
	 */
	on_child = signal(SIGCHLD, SIG_DFL);
	command->pid = fork();
	if (!command->pid) {
		signal(SIGCHLD, on_child);
		close(ends[1]);
		run(ends[0], argv);
	}
	close(ends[0]);
	command->go = ends[1];
	if (command->pid > 0)
		return 0;
	command->pid = 0;
	diag_error("cannot run '%s': %s", argv[0], strerror(errno));
	close(command->go);
	command->go = 0;
	return -ECHILD; /* not one of those that say more than "failed" */
}

void command_go(struct command *command)
{
	/* If nobody reads, it is over, which is seen elsewhere. */
	if (write(command->go, "", 1) != 1)
		diag_verbose("'%s' did not wait to be told to go", command->argv[0]);
	close(command->go);
	command->go = 0;
}

void command_signal(const struct command *command, int signal)
{
	if (command->pid)
		kill(command->pid, signal);
}

bool command_is_over(struct command *command)
{
	int status;

	if (!command->pid)
		return true;
	if (waitpid(command->pid, &status, WNOHANG) != command->pid)
		return false;
	command->pid = 0;
	command->status = WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_SIGNAL + WTERMSIG(status);
	return true;
}

void command_close(struct command *command)
{
	if (command->go)
		close(command->go);
	command->go = 0;
}
