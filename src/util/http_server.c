// SPDX-License-Identifier: GPL-2.0-only
/* Answers HTTP requests, one for each connection. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util/clock.h"
#include "util/http_server.h"
#include "util/macros.h"

#define MAX_SOCKETS 8
#define PAUSE_MS    20

/* In order. What has not been read when a connection is closed would make the client lose the
 * answer, so the server waits for the client to close it. */
enum client_state { FREE, READS_REQUEST, WRITES_ANSWER, WAITS_FOR_END };
#define END_NS NSEC_PER_SEC

struct client {
	enum client_state state;
	int fd;
	__u64 since_ns, deadline_ns;
	size_t read;
	char *answer; /* head and body */
	size_t answer_len, written;
	char head[HTTP_HEAD_SIZE];
};

struct http_server {
	int sockets[MAX_SOCKETS];
	size_t nr_sockets;
	http_answer_fn *answer;
	void *ctx;
	int stop_fd;
	pthread_t thread;
	struct client clients[HTTP_MAX_CLIENTS];
};

static void drop_client(struct client *client)
{
	close(client->fd);
	free(client->answer);
	client->answer = NULL;
	client->state = FREE;
}

/* Answers */

static const char *reason(int status)
{
	switch (status) {
	case 200:
		return "OK";
	case 400:
		return "Bad Request";
	case 404:
		return "Not Found";
	case 405:
		return "Method Not Allowed";
	case 414:
		return "URI Too Long";
	case 431:
		return "Request Header Fields Too Large";
	default:
		return "Service Unavailable";
	}
}

static void write_answer(struct client *client)
{
	ssize_t n = send(client->fd, client->answer + client->written,
			 client->answer_len - client->written, MSG_NOSIGNAL);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0) {
		drop_client(client);
		return;
	}
	client->written += n;
	if (client->written < client->answer_len)
		return;
	shutdown(client->fd, SHUT_WR);
	client->state = WAITS_FOR_END;
	if (client->deadline_ns > clock_now_ns() + END_NS)
		client->deadline_ns = clock_now_ns() + END_NS;
}

/* body: taken over. */
static void begin_answer(struct client *client, const struct http_answer *answer, bool with_body)
{
	char head[512];
	int len = snprintf(head, sizeof(head),
			   "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
			   "%sConnection: close\r\n\r\n",
			   answer->status, reason(answer->status), answer->type ?: "text/plain",
			   answer->len, answer->status == 405 ? "Allow: GET, HEAD\r\n" : "");
	size_t body_len = with_body ? answer->len : 0;

	client->answer = malloc(len + body_len);
	if (!client->answer) {
		free(answer->body);
		drop_client(client);
		return;
	}
	memcpy(client->answer, head, len);
	if (body_len)
		memcpy(client->answer + len, answer->body, body_len);
	free(answer->body);
	client->answer_len = len + body_len;
	client->written = 0;
	client->state = WRITES_ANSWER;
	write_answer(client);
}

/* Requests */

static void read_request(struct http_server *server, struct client *client)
{
	struct http_answer answer = {};
	struct http_request request;
	ssize_t n = recv(client->fd, client->head + client->read,
			 sizeof(client->head) - client->read, 0);
	int status;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		drop_client(client);
		return;
	}
	client->read += n;
	status = http_request_read(client->head, client->read, &request);
	if (status == HTTP_INCOMPLETE)
		return;
	answer.status = status;
	if (!status && request.method == HTTP_OTHER)
		answer.status = 405;
	else if (!status)
		server->answer(server->ctx, &request, &answer);
	begin_answer(client, &answer, status || request.method != HTTP_HEAD);
}

static void await_end(struct client *client)
{
	char unread[4096];
	ssize_t n = recv(client->fd, unread, sizeof(unread), 0);

	if (!n || (n < 0 && errno != EAGAIN && errno != EINTR))
		drop_client(client);
}

static void serve_client(struct http_server *server, struct client *client)
{
	if (client->state == READS_REQUEST)
		read_request(server, client);
	else if (client->state == WRITES_ANSWER)
		write_answer(client);
	else
		await_end(client);
}

/* Connections */

/* A client with a whole request is served before those without one. */
static bool goes_before(const struct client *a, const struct client *b)
{
	bool a_reads = a->state == READS_REQUEST, b_reads = b->state == READS_REQUEST;

	return a_reads != b_reads ? a_reads : a->since_ns < b->since_ns;
}

static struct client *make_room(struct http_server *server)
{
	struct client *first = &server->clients[0];

	for (struct client *client = first; client < server->clients + HTTP_MAX_CLIENTS; client++) {
		if (client->state == FREE)
			return client;
		if (goes_before(client, first))
			first = client;
	}
	drop_client(first);
	return first;
}

static void accept_client(struct http_server *server, int socket)
{
	int fd = accept4(socket, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct client *client;

	if (fd < 0) {
		if (errno != EAGAIN && errno != ECONNABORTED)
			poll(NULL, 0, PAUSE_MS); /* no descriptor or memory is free */
		return;
	}
	client = make_room(server);
	client->fd = fd;
	client->since_ns = clock_now_ns();
	client->deadline_ns = client->since_ns + HTTP_SECONDS * NSEC_PER_SEC;
	client->read = 0;
	client->state = READS_REQUEST;
}

/* Returns the milliseconds until the next deadline; -1: there is none. */
static int drop_overdue(struct http_server *server)
{
	__u64 now = clock_now_ns(), next = ~0ULL;

	for (struct client *client = server->clients; client < server->clients + HTTP_MAX_CLIENTS;
	     client++) {
		if (client->state == FREE)
			continue;
		if (client->deadline_ns <= now)
			drop_client(client);
		else if (client->deadline_ns < next)
			next = client->deadline_ns;
	}
	return next == ~0ULL ? -1 : (int)((next - now) / NSEC_PER_MSEC) + 1;
}

static void *serve(void *ctx)
{
	struct http_server *server = ctx;
	struct pollfd fds[1 + MAX_SOCKETS + HTTP_MAX_CLIENTS];
	size_t nr = 1 + server->nr_sockets, i;

	for (;;) {
		int timeout = drop_overdue(server);

		fds[0] = (struct pollfd){.fd = server->stop_fd, .events = POLLIN};
		for (i = 0; i < server->nr_sockets; i++)
			fds[1 + i] = (struct pollfd){.fd = server->sockets[i], .events = POLLIN};
		for (i = 0; i < HTTP_MAX_CLIENTS; i++) {
			const struct client *client = &server->clients[i];

			fds[nr + i] = (struct pollfd){
				.fd = client->state == FREE ? -1 : client->fd,
				.events = client->state == WRITES_ANSWER ? POLLOUT : POLLIN,
			};
		}
		if (poll(fds, nr + HTTP_MAX_CLIENTS, timeout) < 0)
			continue;
		if (fds[0].revents)
			return NULL;
		for (i = 0; i < HTTP_MAX_CLIENTS; i++)
			if (fds[nr + i].revents)
				serve_client(server, &server->clients[i]);
		for (i = 0; i < server->nr_sockets; i++)
			if (fds[1 + i].revents)
				accept_client(server, server->sockets[i]);
	}
}

/* From start to end */

int http_server_open(struct http_server **out, const int *sockets, size_t nr,
		     http_answer_fn *answer, void *ctx)
{
	struct http_server *server = calloc(1, sizeof(*server));
	int err = 0;

	if (!server)
		return -ENOMEM;
	server->answer = answer;
	server->ctx = ctx;
	server->nr_sockets = nr < MAX_SOCKETS ? nr : MAX_SOCKETS;
	for (size_t i = 0; i < server->nr_sockets; i++) {
		server->sockets[i] = sockets[i];
		/* A client may be gone before it is accepted. */
		fcntl(sockets[i], F_SETFL, fcntl(sockets[i], F_GETFL) | O_NONBLOCK);
	}
	server->stop_fd = eventfd(0, EFD_CLOEXEC);
	if (server->stop_fd < 0)
		err = -errno;
	if (!err)
		err = -pthread_create(&server->thread, NULL, serve, server);
	if (err) {
		if (server->stop_fd >= 0)
			close(server->stop_fd);
		free(server);
		return err;
	}
	*out = server;
	return 0;
}

void http_server_close(struct http_server *server)
{
	if (!server)
		return;
	eventfd_write(server->stop_fd, 1);
	pthread_join(server->thread, NULL);
	for (struct client *client = server->clients; client < server->clients + HTTP_MAX_CLIENTS;
	     client++)
		if (client->state != FREE)
			drop_client(client);
	close(server->stop_fd);
	free(server);
}
