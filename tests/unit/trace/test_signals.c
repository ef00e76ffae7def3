// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each in a process of its own, which ends as the signals have it end.
 */
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/test.h"
#include "trace/signals.h"

#define LONG_US (SIGNALS_PATIENCE_NS / 1000 + 200000) /* too long to wait for the end */

static int status_of(void (*process)(void))
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		alarm(20);
		if (!freopen("/dev/null", "w", stderr))
			_exit(2);
		process();
		signals_close();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void comes(int signo, int fd)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};

	kill(getpid(), signo);
	if (poll(&poll_fd, 1, 10000) != 1)
		_exit(3);
}

static int opened(void)
{
	signals_block();
	return signals_open();
}

static void one_by_one(void)
{
	int fd = opened();
	bool to_group = true;

	if (signals_take(&to_group))
		_exit(4);
	comes(SIGTERM, fd);
	if (signals_take(&to_group) != SIGTERM || to_group || signals_take(&to_group))
		_exit(5);
	usleep(LONG_US);
	comes(SIGINT, fd);
	if (signals_take(&to_group) != SIGINT)
		_exit(6);
}

TEST(test_one_by_one)
{
	assert_int_equal(status_of(one_by_one), 0);
}

static void assert_killed(void (*process)(void), int signo)
{
	int status = status_of(process);

	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), signo);
}

static void nobody_takes(void)
{
	comes(SIGTERM, opened());
	kill(getpid(), SIGTERM); /* timeout(1) sends it twice */
	usleep(LONG_US);
	kill(getpid(), SIGINT);
	pause();
}

TEST(test_nobody_takes)
{
	assert_killed(nobody_takes, SIGINT);
}

static void at_the_end(void)
{
	opened();
	signals_end();
	kill(getpid(), SIGINT);
	usleep(LONG_US);
	kill(getpid(), SIGTERM);
	pause();
}

TEST(test_at_the_end)
{
	assert_killed(at_the_end, SIGTERM);
}

static void hangup_ignored(void)
{
	bool to_group;

	signal(SIGHUP, SIG_IGN);
	opened();
	kill(getpid(), SIGHUP);
	usleep(200000);
	if (signals_take(&to_group))
		_exit(7);
}

TEST(test_hangup_ignored)
{
	assert_int_equal(status_of(hangup_ignored), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_by_one),
		cmocka_unit_test(test_nobody_takes),
		cmocka_unit_test(test_at_the_end),
		cmocka_unit_test(test_hangup_ignored),
	};

	return cmocka_run_group_tests_name("signals", tests, NULL, NULL);
}
