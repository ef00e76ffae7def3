// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each in a process of its own, which ends as the signals have it end.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/messages.h"
#include "support/test.h"
#include "trace/signals.h"
#include "util/outfile.h"

#define LONG_US (SIGNALS_PATIENCE_NS / 1000 + 200000) /* too long to wait for the end */

/* Goes on in a child, whose end is checked: by a signal, or with status 0. True: the parent. */
static bool in_child(int killed_by)
{
	pid_t pid = fork();
	int status;

	if (pid) {
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, killed_by);
		return true;
	}
	alarm(20);
	return false;
}

static void end_child(void)
{
	signals_close();
	_exit(0);
}

static void expect(bool right)
{
	if (!right)
		_exit(3);
}

static int opened(void)
{
	signals_block();
	return signals_open();
}

static void comes(int signo, int fd)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};

	kill(getpid(), signo);
	expect(poll(&poll_fd, 1, 10000) == 1);
}

TEST(one_by_one)
{
	bool to_group = true;
	int fd;

	if (in_child(0))
		return;
	fd = opened();
	expect(!signals_take(&to_group));
	comes(SIGTERM, fd);
	expect(signals_take(&to_group) == SIGTERM && !to_group && !signals_take(&to_group));
	usleep(LONG_US);
	comes(SIGINT, fd);
	expect(signals_take(&to_group) == SIGINT);
	end_child();
}

static void take_none(void *unused)
{
	(void)unused;
	if (in_child(SIGINT))
		return;
	comes(SIGTERM, opened());
	kill(getpid(), SIGTERM); /* timeout(1) sends it twice */
	usleep(LONG_US);
	kill(getpid(), SIGINT);
	pause();
}

TEST(a_second_signal_kills)
{
	check_one_line(said(take_none, NULL), "interrupted: output is incomplete");
}

static void give_up_writing(void *path)
{
	struct outfile *output;

	if (in_child(SIGINT))
		return;
	expect(!outfile_open(&output, path, false));
	comes(SIGTERM, opened());
	usleep(LONG_US);
	kill(getpid(), SIGINT);
	pause();
}

TEST(a_second_signal_leaves_no_file)
{
	char dir[] = "/tmp/test_signals.XXXXXX", path[sizeof(dir) + 2];

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/f", dir);
	check_one_line(said(give_up_writing, path), "interrupted: output is incomplete");
	assert_int_equal(rmdir(dir), 0);
}

static void end_run(void *unused)
{
	(void)unused;
	if (in_child(SIGTERM))
		return;
	opened();
	signals_end();
	kill(getpid(), SIGINT);
	usleep(LONG_US);
	kill(getpid(), SIGTERM);
	pause();
}

TEST(a_signal_kills_after_the_end)
{
	check_one_line(said(end_run, NULL), "interrupted: output is incomplete");
}

TEST(hangup_ignored)
{
	bool to_group;

	if (in_child(0))
		return;
	signal(SIGHUP, SIG_IGN);
	opened();
	kill(getpid(), SIGHUP);
	usleep(200000);
	expect(!signals_take(&to_group));
	end_child();
}

TEST_MAIN(NULL, NULL)
