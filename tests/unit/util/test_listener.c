// SPDX-License-Identifier: GPL-2.0-only
/*
 * Opens sockets at good and bad places, at ones in use, and takes those of systemd.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/test.h"
#include "util/listener.h"

static char folder[] = "/tmp/listen-XXXXXX", path[64];

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	sprintf(path, "%s/socket", folder);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	return rmdir(folder);
}

TEST(knows_places)
{
	static const char *const good[] = {
		"9100",	      ":9100",	"127.0.0.1:1", "0.0.0.0:65535", "localhost:9100", "[::]:1",
		"[::1]:9100", "/run/x", "unix:x",      "./x",		"run/x",
	};
	static const char *const bad[] = {
		"",	   ":",		 "0",
		"65536",   "9100x",	 "host:9100",
		"1.2.3:4", "127.0.0.1:", "::1:9100",
		"[::1]",   "[]:1",	 "[1.2.3.4]:1",
		"[::1:1",  "unix:",	 "99999999999999999999",
		"-1",	   ":-1",	 "http://10.0.0.1:9100/metrics",
	};
	char too_long[256];

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_true(listener_is_valid(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(listener_is_valid(bad[i]));
	memset(too_long, '/', sizeof(too_long));
	too_long[108] = '\0';
	assert_false(listener_is_valid(too_long));
	too_long[107] = '\0';
	assert_true(listener_is_valid(too_long));
}

/* A port that is free, as far as the kernel knows. */
static void make_address(char *where, const char *host)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	bind(fd, (struct sockaddr *)&address, len);
	getsockname(fd, (struct sockaddr *)&address, &len);
	close(fd);
	sprintf(where, "%s%u", host, ntohs(address.sin_port));
}

TEST(is_at_loopback_by_default)
{
	struct listeners listeners = {};
	char where[32], expected[64], name[64];

	make_address(where, ":");
	assert_int_equal(listeners_open(&listeners, where), 0);
	sprintf(expected, "127.0.0.1%s", where);
	assert_string_equal(listener_name(&listeners, 0, name, sizeof(name)), expected);
	assert_int_equal(listeners_open(&(struct listeners){}, where), -EADDRINUSE);
	listeners_close(&listeners);
	assert_int_equal(listeners.nr, 0);
}

TEST(replaces_a_socket_that_was_left_behind)
{
	struct listeners left = {}, listeners = {};
	struct stat st;

	assert_int_equal(listeners_open(&left, path), 0);
	assert_int_equal(listeners_open(&(struct listeners){}, path), -EADDRINUSE);
	left.path = NULL; /* as if it were killed */
	listeners_close(&left);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(listeners_open(&listeners, path), 0);
	listeners_close(&listeners);
	assert_int_equal(stat(path, &st), -1);
}

TEST(spares_files_that_are_no_sockets)
{
	int fd = open(path, O_CREAT | O_WRONLY, 0600);

	close(fd);
	assert_int_equal(listeners_open(&(struct listeners){}, path), -EEXIST);
	assert_int_equal(unlink(path), 0);
}

static void set_activation(pid_t pid, const char *nr)
{
	char text[32];

	sprintf(text, "%d", pid);
	setenv("LISTEN_PID", text, 1);
	setenv("LISTEN_FDS", nr, 1);
}

TEST(takes_the_sockets_of_systemd)
{
	struct listeners own = {}, listeners = {};
	int saved = dup(3), own_fd;

	assert_int_equal(listeners_open(&own, path), 0);
	own_fd = fcntl(own.fd[0], F_DUPFD, 10); /* it may be 3 itself */
	set_activation(getpid() + 1, "1");
	assert_int_equal(listeners_take(&listeners), 0);
	set_activation(getpid(), "0");
	assert_int_equal(listeners_take(&listeners), 0);
	set_activation(getpid(), "99");
	assert_int_equal(listeners_take(&listeners), -E2BIG);
	assert_true(dup2(STDERR_FILENO, 3) == 3);
	set_activation(getpid(), "1");
	assert_int_equal(listeners_take(&listeners), -ENOTSOCK);
	assert_true(dup2(own_fd, 3) == 3);
	assert_int_equal(listeners_take(&listeners), 1);
	assert_int_equal(listeners.fd[0], 3);
	assert_true(fcntl(3, F_GETFD) & FD_CLOEXEC);
	listeners_close(&listeners);
	close(own_fd);
	listeners_close(&own);
	unsetenv("LISTEN_PID");
	if (saved >= 0) {
		dup2(saved, 3);
		close(saved);
	}
}

TEST_MAIN(set_up, tear_down)
