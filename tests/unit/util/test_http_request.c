// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads heads of HTTP requests: whole ones, pieces, and what no client should send.
 */
#include "support/test.h"
#include "util/http_request.h"

static int read_text(const char *head, struct http_request *request)
{
	return http_request_read(head, strlen(head), request);
}

static int status_of(const char *head)
{
	struct http_request request;

	return read_text(head, &request);
}

TEST(reads_what_prometheus_sends)
{
	static const char head[] =
		"GET /metrics?a=b HTTP/1.1\r\nHost: x:1\r\nAccept:  text/plain\r\n"
		"Accept: second\r\nX: y: z\r\n\r\n";
	struct http_request request;

	assert_int_equal(read_text(head, &request), 0);
	assert_int_equal(request.method, HTTP_GET);
	assert_string_equal(request.path, "/metrics");
	assert_string_equal(request.accept, "  text/plain");
	for (size_t len = 0; len < sizeof(head) - 1; len++)
		assert_int_equal(http_request_read(head, len, &request), HTTP_INCOMPLETE);
}

TEST(reads_lines_that_end_with_a_newline_only)
{
	struct http_request request;

	assert_int_equal(read_text("HEAD / HTTP/1.0\naCCEPT:a\n\nrest", &request), 0);
	assert_int_equal(request.method, HTTP_HEAD);
	assert_string_equal(request.path, "/");
	assert_string_equal(request.accept, "a");
	assert_int_equal(read_text("PUT /x HTTP/1.1\r\n\r\n", &request), 0);
	assert_int_equal(request.method, HTTP_OTHER);
}

TEST(refuses_what_is_no_request)
{
	static const char *const bad[] = {
		"\r\n\r\n",
		"\n\n",
		"GET\r\n\r\n",
		"GET / \r\n\r\n",
		"GET  HTTP/1.1\r\n\r\n",
		" / HTTP/1.1\r\n\r\n",
		"GET / HTTP/2.0\r\n\r\n",
		"GET / HTTP/1.11\r\n\r\n",
		"GET x HTTP/1.1\r\n\r\n",
		"GET http://x/ HTTP/1.1\r\n\r\n",
		"GET / HTTP/1.1\r\nno colon\r\n\r\n",
		"GET / HTTP/1.1\r\n: empty\r\n\r\n",
		"\x16\x03\x01\x02\n\n", /* TLS */
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(status_of(bad[i]), 400);
	assert_int_equal(
		http_request_read("GET / HTTP/1.1\r\n\0: x\r\n\r\n", 24, &(struct http_request){}),
		400);
}

TEST(refuses_what_is_too_long)
{
	char head[HTTP_HEAD_SIZE + 64], *at;
	struct http_request request;

	memset(head, 'a', sizeof(head));
	assert_int_equal(http_request_read(head, HTTP_HEAD_SIZE - 1, &request), HTTP_INCOMPLETE);
	assert_int_equal(http_request_read(head, HTTP_HEAD_SIZE, &request), 431);
	at = head + sprintf(head, "GET /");
	*at = 'a';
	strcpy(at + 255, " HTTP/1.1\r\n\r\n");
	assert_int_equal(status_of(head), 414);
	strcpy(at + 254, " HTTP/1.1\r\n\r\n");
	assert_int_equal(read_text(head, &request), 0);
	assert_int_equal(strlen(request.path), 255);
	memset(head, 'a', sizeof(head));
	at = head + sprintf(head, "GET / HTTP/1.1\nAccept:");
	*at = 'a';
	strcpy(at + sizeof(request.accept), "\n\n");
	assert_int_equal(status_of(head), 431);
	strcpy(at + sizeof(request.accept) - 1, "\n\n");
	assert_int_equal(status_of(head), 0);
}

/* Any bytes, most of them near a request: the sanitizers watch. */
TEST(survives_random_heads)
{
	static const char head[] =
		"GET /metrics?a=b HTTP/1.1\r\nHost: x\r\nAccept: text/plain\r\n\r\n";
	struct http_request request;

	srand(1);
	for (int i = 0; i < 20000; i++) {
		size_t len = 1 + rand() % (sizeof(head) - 1);
		char *copy = malloc(len); /* of this size, so that a read behind it is seen */
		int status;

		memcpy(copy, head, len);
		for (int changes = rand() % 4; changes; changes--)
			copy[rand() % len] = "\n\r :/\0?aG"[rand() % 10];
		status = http_request_read(copy, len, &request);
		free(copy);
		assert_true(status == 0 || status == HTTP_INCOMPLETE || status == 400);
		assert_true(memchr(request.path, '\0', sizeof(request.path)));
		assert_true(memchr(request.accept, '\0', sizeof(request.accept)));
	}
}

TEST_MAIN(NULL, NULL)
