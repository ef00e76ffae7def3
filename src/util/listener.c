// SPDX-License-Identifier: GPL-2.0-only
/* Opens the sockets of a server. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "util/diag.h"
#include "util/listener.h"

#define BACKLOG	 64
#define FIRST_FD 3 /* of those that systemd hands over */

struct address {
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_un un;
	};
	socklen_t len;
};

/* Addresses */

static bool read_port(const char *text, in_port_t *port)
{
	char *end;
	unsigned long number = strtoul(text, &end, 10);

	*port = htons(number);
	return *text >= '0' && *text <= '9' && !*end && number && number <= 65535;
}

static bool read_path(const char *path, struct address *address)
{
	size_t len = strlen(path);

	if (!len || len >= sizeof(address->un.sun_path))
		return false;
	address->un.sun_family = AF_UNIX;
	memcpy(address->un.sun_path, path, len + 1);
	address->len = sizeof(address->un);
	return true;
}

/* The host without its port. */
static bool read_host(const char *host, struct address *address)
{
	if (!*host || !strcmp(host, "localhost"))
		host = "127.0.0.1";
	if (inet_pton(AF_INET, host, &address->in.sin_addr) == 1) {
		address->in.sin_family = AF_INET;
		address->len = sizeof(address->in);
		return true;
	}
	address->in6.sin6_family = AF_INET6;
	address->len = sizeof(address->in6);
	return inet_pton(AF_INET6, host, &address->in6.sin6_addr) == 1;
}

static bool read_address(const char *where, struct address *address)
{
	const char *colon = strrchr(where, ':');
	size_t len = colon ? (size_t)(colon - where) : 0;
	char host[64];
	in_port_t port;

	*address = (struct address){};
	if (!strncmp(where, "unix:", 5))
		return read_path(where + 5, address);
	if (*where == '/' || (!colon && strchr(where, '/')))
		return read_path(where, address);
	if (!read_port(colon ? colon + 1 : where, &port) || len >= sizeof(host))
		return false;
	memcpy(host, where, len);
	host[len] = '\0';
	if (*host == '[' && host[len - 1] == ']') {
		host[len - 1] = '\0';
		if (!strchr(host, ':') || !read_host(host + 1, address))
			return false;
	} else if (strchr(host, ':') || !read_host(host, address)) {
		return false;
	}
	if (address->any.sa_family == AF_INET)
		address->in.sin_port = port;
	else
		address->in6.sin6_port = port;
	return true;
}

_Bool listener_is_valid(const char *where)
{
	struct address address;

	return read_address(where, &address);
}

/* Opening */

static int failed(const char *where, int err)
{
	diag_error("cannot listen at '%s': %s", where, strerror(-err));
	return err;
}

/* Removes a socket that was left behind. -EADDRINUSE: a server has it; -EEXIST: it is no socket. */
static int remove_stale(const struct address *address)
{
	const char *path = address->un.sun_path;
	struct stat st;
	int fd, err;

	if (lstat(path, &st))
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return -EEXIST;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	err = connect(fd, &address->any, address->len) ? -errno : 0;
	close(fd);
	if (err != -ECONNREFUSED)
		return -EADDRINUSE;
	return unlink(path) ? -errno : 0;
}

static int listen_at(int fd, const struct address *address)
{
	static const int on = 1;

	if (address->any.sa_family != AF_UNIX)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, &address->any, address->len) || listen(fd, BACKLOG))
		return -errno;
	return 0;
}

int listeners_open(struct listeners *to, const char *where)
{
	struct address address;
	int err = read_address(where, &address) ? 0 : -EINVAL, fd;

	if (!err && address.any.sa_family == AF_UNIX)
		err = remove_stale(&address);
	if (err)
		return failed(where, err);
	fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return failed(where, -errno);
	err = listen_at(fd, &address);
	if (err) {
		close(fd);
		return failed(where, err);
	}
	to->fd[to->nr++] = fd;
	if (address.any.sa_family == AF_UNIX)
		to->path = !strncmp(where, "unix:", 5) ? where + 5 : where;
	return 0;
}

/* The number that a variable has; 0: none, or it is not set. */
static long variable(const char *name)
{
	const char *text = getenv(name);

	return text ? strtol(text, NULL, 10) : 0;
}

int listeners_take(struct listeners *to)
{
	long nr = variable("LISTEN_FDS");

	if (variable("LISTEN_PID") != getpid() || nr <= 0)
		return 0;
	if (nr > MAX_LISTENERS) {
		diag_error("systemd hands over %ld sockets (at most %d)", nr, MAX_LISTENERS);
		return -E2BIG;
	}
	for (int fd = FIRST_FD; fd < FIRST_FD + nr; fd++) {
		int listening = 0;
		socklen_t len = sizeof(listening);

		if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) || !listening) {
			diag_error(
				"systemd hands over file descriptor %d, which is not a listening "
				"socket",
				fd);
			return -ENOTSOCK;
		}
		fcntl(fd, F_SETFD, FD_CLOEXEC);
		to->fd[to->nr++] = fd;
	}
	return nr;
}

const char *listener_name(const struct listeners *listeners, size_t nth, char *name, size_t size)
{
	struct address address = {};
	char host[INET6_ADDRSTRLEN] = "?";

	address.len = sizeof(address.un);
	getsockname(listeners->fd[nth], &address.any, &address.len);
	if (address.any.sa_family == AF_UNIX) {
		snprintf(name, size, "%.*s", (int)sizeof(address.un.sun_path), address.un.sun_path);
	} else if (address.any.sa_family == AF_INET6) {
		inet_ntop(AF_INET6, &address.in6.sin6_addr, host, sizeof(host));
		snprintf(name, size, "[%s]:%u", host, ntohs(address.in6.sin6_port));
	} else {
		inet_ntop(AF_INET, &address.in.sin_addr, host, sizeof(host));
		snprintf(name, size, "%s:%u", host, ntohs(address.in.sin_port));
	}
	return name;
}

void listeners_close(struct listeners *listeners)
{
	for (size_t i = 0; i < listeners->nr; i++)
		close(listeners->fd[i]);
	if (listeners->path)
		unlink(listeners->path);
	*listeners = (struct listeners){};
}
