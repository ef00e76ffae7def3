// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "trace/ring_reader.h"

/*
 * The programs wake nobody up while there is something to do (see the head of
 * memdestroy_trace.bpf.c), so the ring buffer is looked at this often.
 */
#define PACE_MS 20
/* After so many looks for nothing the thread sleeps, and is woken by the next record. */
#define IDLE_LOOKS 25

#define CHUNK_SIZE (64 << 10)
#define NO_ROOM	   (-EAGAIN)

/* Larger ones are none of ours, and as wrong without their end. */
#define RECORD_MAX 128

struct entry {
	__u64 size;
	unsigned char record[];
};

struct chunk {
	struct chunk *next;
	size_t len;
	unsigned char entries[CHUNK_SIZE];
};

struct backlog {
	struct probe *probe;
	struct ring_buffer *ring;
	size_t limit;
	pthread_t thread;
	bool threaded;
	int stop_fd, fd;
	atomic_size_t waiting; /* bytes of all chunks */

	/* The thread's, or of whoever takes once that has ended. */
	struct chunk *open;

	pthread_mutex_t lock;
	struct chunk *first, *last; /* handed over, under the lock */

	/* Of whoever takes. */
	struct chunk *taken;
	size_t at; /* in the first of these */
};

static bool open_chunk(struct backlog *backlog)
{
	if (backlog->open)
		return true;
	if (atomic_load(&backlog->waiting) >= backlog->limit)
		return false;
	backlog->open = malloc(sizeof(*backlog->open));
	if (!backlog->open)
		return false;
	backlog->open->next = NULL;
	backlog->open->len = 0;
	atomic_fetch_add(&backlog->waiting, sizeof(*backlog->open));
	return true;
}

/* True: there was something to hand over. */
static bool hand_over(struct backlog *backlog)
{
	bool first;

	if (!backlog->open || !backlog->open->len)
		return false;
	pthread_mutex_lock(&backlog->lock);
	first = !backlog->first;
	if (first)
		backlog->first = backlog->open;
	else
		backlog->last->next = backlog->open;
	backlog->last = backlog->open;
	pthread_mutex_unlock(&backlog->lock);
	backlog->open = NULL;
	if (first)
		eventfd_write(backlog->fd, 1);
	return true;
}

static int keep(void *ctx, void *record, size_t size)
{
	struct backlog *backlog = ctx;
	struct chunk *chunk = backlog->open;
	struct entry *entry = (struct entry *)(chunk->entries + chunk->len);

	entry->size = size < RECORD_MAX ? size : RECORD_MAX;
	memcpy(entry->record, record, entry->size);
	chunk->len += sizeof(*entry) + (entry->size + 7) / 8 * 8;
	if (chunk->len + sizeof(*entry) + RECORD_MAX <= CHUNK_SIZE)
		return 0;
	hand_over(backlog);
	return open_chunk(backlog) ? 0 : NO_ROOM;
}

/* True: there was something. */
static bool look(struct backlog *backlog)
{
	if (!open_chunk(backlog))
		return true; /* for all that is known */
	return ring_buffer__consume(backlog->ring) == NO_ROOM || hand_over(backlog);
}

/* True: the thread is to end. */
static bool pause_for(struct backlog *backlog, bool asleep)
{
	struct pollfd fds[] = {
		{.fd = backlog->stop_fd, .events = POLLIN},
		{.fd = asleep ? probe_records_fd(backlog->probe) : -1, .events = POLLIN},
	};

	if (asleep)
		probe_reader_sleeps(backlog->probe, true);
	poll(fds, sizeof(fds) / sizeof(fds[0]), asleep ? -1 : PACE_MS);
	if (asleep)
		probe_reader_sleeps(backlog->probe, false);
	return fds[0].revents;
}

static void *empty_the_ring(void *ctx)
{
	struct backlog *backlog = ctx;
	int looks = 0; /* for nothing */
	bool asleep;

	do {
		looks = look(backlog) ? 0 : looks + 1;
		asleep = looks > IDLE_LOOKS;
		if (asleep)
			looks = 0; /* what wakes it may take its time to be there */
	} while (!pause_for(backlog, asleep));
	return NULL;
}

int backlog_open(struct backlog **out, struct probe *probe, size_t limit)
{
	struct backlog *backlog = calloc(1, sizeof(*backlog));
	int err;

	if (!backlog)
		return -ENOMEM;
	backlog->probe = probe;
	backlog->limit = limit;
	/*
	 * khugepaged locks a process's memory to make its pages huge ones, and has the lowest of
	 * priorities: preempted meanwhile, it kept the thread from new memory for up to two
	 * seconds in storms on 7.3.
	 */
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	pthread_mutex_init(&backlog->lock, NULL);
	backlog->stop_fd = eventfd(0, EFD_CLOEXEC);
	backlog->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	err = backlog->stop_fd < 0 || backlog->fd < 0 ? -errno : 0;
	if (!err) {
		backlog->ring = ring_buffer__new(probe_records_fd(probe), keep, backlog, NULL);
		err = backlog->ring ? 0 : -errno;
	}
	if (!err) {
		err = -pthread_create(&backlog->thread, NULL, empty_the_ring, backlog);
		backlog->threaded = !err;
	}
	if (err)
		backlog_close(backlog);
	else
		*out = backlog;
	return err;
}

int backlog_fd(const struct backlog *backlog)
{
	return backlog->fd;
}

/* Gets what has been handed over, if the last of that is done with. */
static void get_more(struct backlog *backlog)
{
	eventfd_t count;

	if (backlog->taken)
		return;
	if (!backlog->threaded)
		look(backlog);
	pthread_mutex_lock(&backlog->lock);
	backlog->taken = backlog->first;
	backlog->first = backlog->last = NULL;
	eventfd_read(backlog->fd, &count);
	pthread_mutex_unlock(&backlog->lock);
	backlog->at = 0;
}

static void drop_chunk(struct backlog *backlog, struct chunk **chunk)
{
	struct chunk *next = (*chunk)->next;

	free(*chunk);
	*chunk = next;
	atomic_fetch_sub(&backlog->waiting, sizeof(**chunk));
}

size_t backlog_take(struct backlog *backlog, size_t max,
		    void (*fn)(void *ctx, const void *record, size_t size), void *ctx)
{
	size_t nr = 0;

	while (nr < max) {
		const struct entry *entry;

		get_more(backlog);
		if (!backlog->taken)
			break;
		entry = (const struct entry *)(backlog->taken->entries + backlog->at);
		fn(ctx, entry->record, entry->size);
		nr++;
		backlog->at += sizeof(*entry) + (entry->size + 7) / 8 * 8;
		if (backlog->at == backlog->taken->len) {
			drop_chunk(backlog, &backlog->taken);
			backlog->at = 0;
		}
	}
	return nr;
}

void backlog_end(struct backlog *backlog)
{
	if (!backlog->threaded)
		return;
	eventfd_write(backlog->stop_fd, 1);
	pthread_join(backlog->thread, NULL);
	backlog->threaded = false;
}

void backlog_close(struct backlog *backlog)
{
	if (!backlog)
		return;
	backlog_end(backlog);
	ring_buffer__free(backlog->ring);
	while (backlog->taken)
		drop_chunk(backlog, &backlog->taken);
	while (backlog->first)
		drop_chunk(backlog, &backlog->first);
	free(backlog->open);
	if (backlog->stop_fd >= 0)
		close(backlog->stop_fd);
	if (backlog->fd >= 0)
		close(backlog->fd);
	pthread_mutex_destroy(&backlog->lock);
	free(backlog);
}
