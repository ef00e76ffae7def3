// SPDX-License-Identifier: GPL-2.0-only
/* Reads the head of an HTTP/1 request, which may hold anything. */
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "util/http_request.h"

#define BAD_REQUEST    400
#define URI_TOO_LONG   414
#define HEAD_TOO_LARGE 431

/* The length of the head with its empty line; 0: that has not come yet. */
static size_t head_length(const char *head, size_t len)
{
	for (size_t i = 0; i + 1 < len; i++) {
		if (head[i] != '\n')
			continue;
		if (head[i + 1] == '\n')
			return i + 2;
		if (i + 2 < len && head[i + 1] == '\r' && head[i + 2] == '\n')
			return i + 3;
	}
	return 0;
}

/* The length of the line without its end. Sets *next behind that. */
static size_t line_length(const char *line, const char *end, const char **next)
{
	const char *newline = memchr(line, '\n', end - line);
	size_t len = newline - line; /* the head ends with one */

	*next = newline + 1;
	return len && line[len - 1] == '\r' ? len - 1 : len;
}

static bool starts_with(const char *text, size_t len, const char *start)
{
	return len >= strlen(start) && !memcmp(text, start, strlen(start));
}

/* "GET /metrics?a=b HTTP/1.1" */
static int read_request_line(const char *line, size_t len, struct http_request *request)
{
	const char *space = memchr(line, ' ', len), *path, *end = line + len, *version;
	size_t path_len;

	if (!space || space == line)
		return BAD_REQUEST;
	path = space + 1;
	version = memchr(path, ' ', end - path);
	if (!version || path == version || *path != '/' ||
	    !starts_with(version, end - version, " HTTP/1.") || end - version != 9)
		return BAD_REQUEST;
	request->method = starts_with(line, len, "GET ")    ? HTTP_GET
			  : starts_with(line, len, "HEAD ") ? HTTP_HEAD
							    : HTTP_OTHER;
	path_len = version - path;
	space = memchr(path, '?', path_len);
	if (space)
		path_len = space - path;
	if (path_len >= sizeof(request->path))
		return URI_TOO_LONG;
	memcpy(request->path, path, path_len);
	request->path[path_len] = '\0';
	return 0;
}

static int read_header(const char *line, size_t len, struct http_request *request)
{
	static const char accept[] = "accept";
	const char *colon = memchr(line, ':', len), *value;
	size_t value_len;

	if (!colon || colon == line)
		return BAD_REQUEST;
	if ((size_t)(colon - line) != strlen(accept) || strncasecmp(line, accept, strlen(accept)) ||
	    *request->accept)
		return 0;
	value = colon + 1;
	value_len = len - (value - line);
	if (value_len >= sizeof(request->accept))
		return HEAD_TOO_LARGE;
	memcpy(request->accept, value, value_len);
	request->accept[value_len] = '\0';
	return 0;
}

int http_request_read(const char *head, size_t len, struct http_request *request)
{
	size_t head_len = head_length(head, len), line_len;
	const char *line, *end = head + head_len;
	int status;

	memset(request, 0, sizeof(*request));
	if (!head_len)
		return len < HTTP_HEAD_SIZE ? HTTP_INCOMPLETE : HEAD_TOO_LARGE;
	if (memchr(head, '\0', head_len))
		return BAD_REQUEST;
	line_len = line_length(head, end, &line);
	status = read_request_line(head, line_len, request);
	while (!status && line < end) {
		const char *header = line;

		line_len = line_length(header, end, &line);
		if (line_len)
			status = read_header(header, line_len, request);
	}
	return status;
}
