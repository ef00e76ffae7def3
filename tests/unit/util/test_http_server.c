// SPDX-License-Identifier: GPL-2.0-only
/*
 * Serves clients that are in order, and ones that are slow, silent, too many, or send garbage.
 */
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "support/test.h"
#include "util/http_server.h"
#include "util/listener.h"

#define LARGE	(4 << 20) /* more than fits in the buffers of a socket */
#define WAIT_MS 5000

static char folder[] = "/tmp/http-XXXXXX", path[64], *large;
static struct listeners listeners;
static struct http_server *server;

static void answer(void *ctx, const struct http_request *request, struct http_answer *answer)
{
	assert_ptr_equal(ctx, &server);
	answer->status = 200;
	answer->type = "text/x";
	answer->body = !strcmp(request->path, "/large") ? strdup(large) : strdup(request->accept);
	answer->len = strlen(answer->body);
}

static int set_up(void **state)
{
	(void)state;
	large = malloc(LARGE + 1);
	memset(large, 'x', LARGE);
	large[LARGE] = '\0';
	if (!mkdtemp(folder))
		return -1;
	sprintf(path, "%s/socket", folder);
	return listeners_open(&listeners, path) ||
	       http_server_open(&server, listeners.fd, listeners.nr, answer, &server);
}

static int tear_down(void **state)
{
	(void)state;
	http_server_close(server);
	listeners_close(&listeners);
	free(large);
	return rmdir(folder); /* the socket is gone */
}

static int connect_client(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(address.sun_path, path);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static void put(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

/* Until the server ends the connection, which it has to within WAIT_MS. Returns the length. */
static size_t get_all(int fd, char *text, size_t size)
{
	size_t len = 0;

	for (;;) {
		struct pollfd ready = {.fd = fd, .events = POLLIN};
		ssize_t n;

		assert_int_equal(poll(&ready, 1, WAIT_MS), 1);
		n = recv(fd, text + len, size - 1 - len, 0);
		if (n <= 0)
			break;
		len += n;
	}
	text[len] = '\0';
	close(fd);
	return len;
}

static void assert_served(int fd)
{
	char text[1024];

	put(fd, "GET / HTTP/1.1\r\nAccept:body\r\n\r\n");
	get_all(fd, text, sizeof(text));
	assert_string_equal(text, "HTTP/1.1 200 OK\r\nContent-Type: text/x\r\nContent-Length: 4\r\n"
				  "Connection: close\r\n\r\nbody");
}

TEST(answers_a_request)
{
	assert_served(connect_client());
}

TEST(answers_a_request_that_comes_byte_by_byte)
{
	static const char request[] = "HEAD /large HTTP/1.1\r\nHost: x\r\n\r\n";
	int fd = connect_client();
	char text[1024];

	for (const char *at = request; *at; at++)
		put(fd, (char[]){*at, '\0'});
	get_all(fd, text, sizeof(text));
	assert_non_null(strstr(text, "Content-Length: 4194304\r\n"));
	assert_string_equal(strstr(text, "\r\n\r\n"), "\r\n\r\n");
}

TEST(answers_at_the_pace_of_a_slow_reader)
{
	int slow = connect_client(), fd;
	char *text = malloc(LARGE + 1024);

	put(slow, "GET /large HTTP/1.1\r\n\r\n");
	for (int i = 0; i < 3; i++) { /* others do not wait for it */
		fd = connect_client();
		assert_served(fd);
	}
	assert_in_range(get_all(slow, text, LARGE + 1024), LARGE, LARGE + 200);
	assert_non_null(strstr(text, "xxxx"));
	free(text);
}

TEST(answers_errors)
{
	static const struct {
		const char *request, *status;
	} errors[] = {
		{"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", "HTTP/1.1 405 "},
		{"\x16\x03\x01\n\n", "HTTP/1.1 400 "},
		{"GET / HTTP/3.0\r\n\r\n", "HTTP/1.1 400 "},
	};
	char text[1024];

	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
		int fd = connect_client();

		put(fd, errors[i].request);
		get_all(fd, text, sizeof(text));
		assert_memory_equal(text, errors[i].status, strlen(errors[i].status));
	}
}

TEST(refuses_a_head_without_an_end)
{
	int fd = connect_client();
	char text[HTTP_HEAD_SIZE + 1];

	memset(text, 'a', HTTP_HEAD_SIZE);
	text[HTTP_HEAD_SIZE] = '\0';
	put(fd, text);
	get_all(fd, text, sizeof(text));
	assert_memory_equal(text, "HTTP/1.1 431 ", 13);
}

TEST(serves_beside_more_silent_clients_than_there_are_places)
{
	int silent[3 * HTTP_MAX_CLIENTS];

	for (size_t i = 0; i < sizeof(silent) / sizeof(*silent); i++) {
		silent[i] = connect_client();
		put(silent[i], "GET / HTTP/1.1\r\n");
	}
	assert_served(connect_client());
	for (size_t i = 0; i < sizeof(silent) / sizeof(*silent); i++)
		close(silent[i]);
	assert_served(connect_client());
}

TEST(serves_beside_readers_that_never_read)
{
	int deaf[2 * HTTP_MAX_CLIENTS];

	for (size_t i = 0; i < sizeof(deaf) / sizeof(*deaf); i++) {
		deaf[i] = connect_client();
		put(deaf[i], "GET /large HTTP/1.1\r\n\r\n");
	}
	assert_served(connect_client());
	for (size_t i = 0; i < sizeof(deaf) / sizeof(*deaf); i++)
		close(deaf[i]);
}

TEST(survives_clients_that_go_at_once)
{
	for (int i = 0; i < 200; i++) {
		int fd = connect_client();

		if (i % 2)
			put(fd, "GET /large HTTP/1.1\r\n\r\n");
		close(fd);
	}
	assert_served(connect_client());
}

TEST_MAIN(set_up, tear_down)
