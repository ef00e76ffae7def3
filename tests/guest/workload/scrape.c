// SPDX-License-Identifier: GPL-2.0-only
/*
 * Scrapes an exporter at a steady rate, by several clients.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "maps.h"
#include "process.h"
#include "workload.h"

/* Several, so that a slow answer does not delay the next request */
#define CLIENTS	     10
#define MAX_TEXT     (1 << 20)
#define NS_PER_SEC   1000000000ULL
#define MAX_LATENESS 4 /* times the time asked for: a slow guest makes fewer scrapes */

struct scrapes {
	atomic_ulong whole, failed, bytes, ns, max_ns;
};

static unsigned long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_SEC + now.tv_nsec;
}

static void sleep_until(unsigned long long ns)
{
	const struct timespec until = {.tv_sec = ns / NS_PER_SEC, .tv_nsec = ns % NS_PER_SEC};

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

/* Reads to the end. Returns the number of bytes, or -1. */
static ssize_t get_metrics(unsigned int port, char *text)
{
	static const char request[] = "GET /metrics HTTP/1.1\r\nHost: guest\r\n"
				      "Accept: application/openmetrics-text; version=1.0.0\r\n\r\n";
	const struct sockaddr_in address = {.sin_family = AF_INET,
					    .sin_port = htons(port),
					    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ssize_t len = 0, got = -1;

	if (fd < 0)
		fatal(errno, "cannot make a socket");
	if (!connect(fd, (const struct sockaddr *)&address, sizeof(address)) &&
	    write(fd, request, sizeof(request) - 1) == sizeof(request) - 1)
		while ((got = read(fd, text + len, MAX_TEXT - len)) > 0)
			len += got;
	close(fd);
	return got ? -1 : len;
}

static bool is_whole(const char *text, ssize_t len)
{
	static const char begin[] = "HTTP/1.1 200 ", end[] = "\n# EOF\n";
	const ssize_t begin_len = sizeof(begin) - 1, end_len = sizeof(end) - 1;

	return len > begin_len + end_len && !memcmp(text, begin, begin_len) &&
	       !memcmp(text + len - end_len, end, end_len);
}

static void scrape(struct scrapes *scrapes, unsigned int port, char *text)
{
	unsigned long long began_ns = now_ns(), took_ns;
	ssize_t len = get_metrics(port, text);
	unsigned long max_ns = scrapes->max_ns;

	took_ns = now_ns() - began_ns;
	if (!is_whole(text, len)) {
		scrapes->failed++;
		return;
	}
	scrapes->whole++;
	scrapes->bytes += len;
	scrapes->ns += took_ns;
	while (took_ns > max_ns &&
	       !atomic_compare_exchange_weak(&scrapes->max_ns, &max_ns, took_ns))
		;
}

/* One of the clients: each scrape of its share is due at a fixed time, and is made late if need be.
 */
static void run_client(struct scrapes *scrapes, const struct scrape_plan *plan, unsigned int client,
		       unsigned long long start_ns)
{
	const unsigned long long end_ns = start_ns + MAX_LATENESS * plan->seconds * NS_PER_SEC;
	char *text = malloc(MAX_TEXT);

	if (!text)
		fatal(ENOMEM, "cannot hold the metrics");
	for (unsigned int i = client; i < plan->seconds * plan->per_second; i += CLIENTS) {
		sleep_until(start_ns + i * NS_PER_SEC / plan->per_second);
		if (now_ns() >= end_ns)
			break;
		scrape(scrapes, plan->port, text);
	}
	free(text);
}

void scrape_run(const struct scrape_plan *plan)
{
	struct scrapes *scrapes = shared_memory(1, sizeof(*scrapes));
	const unsigned long long start_ns = now_ns();

	for (unsigned int i = 0; i < CLIENTS; i++) {
		if (!fork_child()) {
			run_client(scrapes, plan, i, start_ns);
			exit(0);
		}
	}
	wait_for(CLIENTS);
	printf("{\"kind\":\"scrapes\",\"per_second\":%u,\"whole\":%lu,\"failed\":%lu,\"seconds\":%.1f,"
	       "\"mean_ms\":%.1f,\"max_ms\":%.1f,\"bytes\":%lu}\n",
	       plan->per_second, scrapes->whole, scrapes->failed, (now_ns() - start_ns) / 1e9,
	       scrapes->whole ? scrapes->ns / 1e6 / scrapes->whole : 0, scrapes->max_ns / 1e6,
	       scrapes->whole ? scrapes->bytes / scrapes->whole : 0);
}
