/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads the head of an HTTP/1 request. As much of HTTP as an exporter of metrics needs: no bodies,
 * and one request for a connection.
 */
#pragma once

#include <stddef.h>

#define HTTP_HEAD_SIZE 8192 /* longer heads are refused */

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_OTHER };

struct http_request {
	enum http_method method;
	char path[256];	   /* without the query */
	char accept[1024]; /* value of the first such header; "": there is none */
};

/* The request is not complete. Anything else but 0 is the status of the answer to it. */
#define HTTP_INCOMPLETE (-1)

/*
 * Reads the first len bytes of a request. Returns 0 if the head is complete and *request filled in,
 * HTTP_INCOMPLETE, or the status of an error, such as 400.
 */
int http_request_read(const char *head, size_t len, struct http_request *request);
