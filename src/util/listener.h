/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sockets that listen: at an address of TCP, at a path, or handed over by systemd.
 */
#pragma once

#include <stddef.h>

#define MAX_LISTENERS 8

struct listeners {
	int fd[MAX_LISTENERS];
	size_t nr;
	const char *path; /* of a socket to remove at the end; NULL: none */
};

/*
 * Whether the text names a place to listen at: "9100" and ":9100" (loopback), "10.0.0.1:9100",
 * "[::1]:9100", "localhost:9100", or the path of a socket, of at most 107 bytes: "/run/x", "./x",
 * "unix:x". Names of hosts are not resolved.
 */
_Bool listener_is_valid(const char *where);

/*
 * Listens there, which is valid and outlives *to, all zero before. A socket at the path that nobody
 * listens to is replaced. Returns 0 or -errno; errors are already reported.
 */
int listeners_open(struct listeners *to, const char *where);

/*
 * Takes the sockets that systemd hands over (sd_listen_fds(3)). Returns how many; 0: none, or they
 * are for another process. Negative: -errno; errors are already reported.
 */
int listeners_take(struct listeners *to);

/* Where the nth one listens, for messages: "127.0.0.1:9100", "/run/x". */
const char *listener_name(const struct listeners *listeners, size_t nth, char *name, size_t size);

/* Takes all zero. */
void listeners_close(struct listeners *listeners);
