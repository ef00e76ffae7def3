/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Answers HTTP requests by a thread of its own. A client costs a bounded part of memory and time,
 * whatever it does: at most HTTP_MAX_CLIENTS at a time, heads of HTTP_HEAD_SIZE, HTTP_SECONDS from
 * the connection to its end. If there are more, the one that has kept its place for longest without
 * a whole request goes first.
 */
#pragma once

#include <stddef.h>

#include "util/http_request.h"

#define HTTP_MAX_CLIENTS 32
#define HTTP_SECONDS	 10

struct http_answer {
	int status;
	const char *type; /* Content-Type */
	char *body;	  /* the server frees it; NULL: none */
	size_t len;
};

/* Fills in the answer, called on the server's thread. No memory: status 503 and no body. */
typedef void http_answer_fn(void *ctx, const struct http_request *request,
			    struct http_answer *answer);

struct http_server;

/*
 * Starts the thread, which takes connections from these listening sockets; the caller closes them
 * later than the server. On success *out is to be freed with http_server_close(). Returns 0 or
 * -errno.
 */
int http_server_open(struct http_server **out, const int *sockets, size_t nr,
		     http_answer_fn *answer, void *ctx);

/* Ends the thread and all connections. Takes NULL. */
void http_server_close(struct http_server *server);
