// SPDX-License-Identifier: GPL-2.0-only
/* Commands that record runs: how they start, receive signals, and end. */
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <unistd.h>

#include "support/test.h"
#include "cmd/child.h"
#include "cmd/exit_status.h"

#define PATIENCE_MS 10000

static int end_of(struct child *child)
{
	for (int ms = 0; !child_is_over(child); ms++) {
		assert_true(ms < PATIENCE_MS);
		usleep(1000);
	}
	child_close(child);
	return child->status;
}

static int status_of(char *const *argv)
{
	struct child child;

	assert_int_equal(child_start(&child, argv), 0);
	child_go(&child);
	return end_of(&child);
}

static int shell(char *script)
{
	char *const argv[] = {"sh", "-c", script, NULL};

	return status_of(argv);
}

TEST(test_status)
{
	char *const missing[] = {"/nowhere/to/be/found", NULL}, *const folder[] = {"/", NULL};

	assert_int_equal(shell("exit 0"), 0);
	assert_int_equal(shell("exit 7"), 7);
	assert_int_equal(shell("kill -TERM $$"), EXIT_SIGNAL + SIGTERM);
	assert_int_equal(status_of(missing), EXIT_NO_COMMAND);
	assert_int_equal(status_of(folder), EXIT_CANNOT_RUN);
}

/* Searches the command's status in /proc. A shell would set the signals itself. */
static int has_line(char *pattern)
{
	char *const argv[] = {"grep", "-q", pattern, "/proc/self/status", NULL};

	return status_of(argv);
}

/* This program may have been started with SIGCHLD ignored, or with signals blocked. */
TEST(test_inherited)
{
	sigset_t mask, old;

	signal(SIGCHLD, SIG_IGN);
	assert_int_equal(shell("exit 3"), 3);
	signal(SIGCHLD, SIG_IGN);
	assert_int_equal(has_line("SigIgn:.*[13579bdf]....$"), 0); /* signal 17 */
	signal(SIGCHLD, SIG_DFL);
	assert_int_equal(has_line("SigBlk:.0*$"), 0);
	sigemptyset(&mask);
	sigaddset(&mask, SIGHUP);
	sigprocmask(SIG_BLOCK, &mask, &old);
	assert_int_equal(has_line("SigBlk:.0*1$"), 0);
	sigprocmask(SIG_SETMASK, &old, NULL);
}

/* The command runs only after the release, and never after a cancellation. */
TEST(test_waits)
{
	char path[] = "/tmp/test-command.XXXXXX";
	char *const argv[] = {"rm", path, NULL};
	struct child child;
	int fd = mkostemp(path, O_CLOEXEC);

	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(child_start(&child, argv), 0);
	usleep(50000);
	assert_false(child_is_over(&child));
	child_close(&child);
	assert_int_equal(end_of(&child), EXIT_FAILED);
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(status_of(argv), 0);
	assert_int_equal(access(path, F_OK), -1);
}

TEST(test_signal)
{
	char *const argv[] = {"sleep", "100", NULL};
	struct child child;

	signal(SIGINT, SIG_DFL); /* a shell ignores it for background commands */
	assert_int_equal(child_start(&child, argv), 0);
	child_go(&child);
	child_signal(&child, SIGINT);
	assert_int_equal(end_of(&child), EXIT_SIGNAL + SIGINT);
	child_signal(&child, SIGINT); /* without a child: does nothing */
}

/* The command inherits only the standard streams: 0, 1 and 2, and ls opens one itself. */
TEST(test_files)
{
	/* Files that are open already belong to the runner of the tests. */
	assert_int_equal(close_range(3, ~0U, CLOSE_RANGE_CLOEXEC), 0);
	assert_int_equal(shell("test \"$(ls /proc/self/fd | wc -l)\" -eq 4"), 0);
}

TEST_MAIN(NULL, NULL)
