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
#include "util/macros.h"

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

struct ring_reader {
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

static bool open_chunk(struct ring_reader *ring_reader)
{
	if (ring_reader->open)
		return true;
	if (atomic_load(&ring_reader->waiting) >= ring_reader->limit)
		return false;
	ring_reader->open = malloc(sizeof(*ring_reader->open));
	if (!ring_reader->open)
		return false;
	ring_reader->open->next = NULL;
	ring_reader->open->len = 0;
	atomic_fetch_add(&ring_reader->waiting, sizeof(*ring_reader->open));
	return true;
}

/* True: there was something to hand over. */
static bool hand_over(struct ring_reader *ring_reader)
{
	bool first;

	if (!ring_reader->open || !ring_reader->open->len)
		return false;
	pthread_mutex_lock(&ring_reader->lock);
	first = !ring_reader->first;
	if (first)
		ring_reader->first = ring_reader->open;
	else
		ring_reader->last->next = ring_reader->open;
	ring_reader->last = ring_reader->open;
	pthread_mutex_unlock(&ring_reader->lock);
	ring_reader->open = NULL;
	if (first)
		eventfd_write(ring_reader->fd, 1);
	return true;
}

static int keep(void *ctx, void *record, size_t size)
{
	struct ring_reader *ring_reader = ctx;
	struct chunk *chunk = ring_reader->open;
	struct entry *entry = (struct entry *)(chunk->entries + chunk->len);

	entry->size = size < RECORD_MAX ? size : RECORD_MAX;
	memcpy(entry->record, record, entry->size);
	chunk->len += sizeof(*entry) + (entry->size + 7) / 8 * 8;
	if (chunk->len + sizeof(*entry) + RECORD_MAX <= CHUNK_SIZE)
		return 0;
	hand_over(ring_reader);
	return open_chunk(ring_reader) ? 0 : NO_ROOM;
}

/* True: there was something. */
static bool look(struct ring_reader *ring_reader)
{
	if (!open_chunk(ring_reader))
		return true; /* for all that is known */
	return ring_buffer__consume(ring_reader->ring) == NO_ROOM || hand_over(ring_reader);
}

/* True: the thread is to end. */
static bool pause_for(struct ring_reader *ring_reader, bool asleep)
{
	struct pollfd fds[] = {
		{.fd = ring_reader->stop_fd, .events = POLLIN},
		{.fd = asleep ? probe_records_fd(ring_reader->probe) : -1, .events = POLLIN},
	};

	if (asleep)
		probe_reader_sleeps(ring_reader->probe, true);
	poll(fds, ARRAY_SIZE(fds), asleep ? -1 : PACE_MS);
	if (asleep)
		probe_reader_sleeps(ring_reader->probe, false);
	return fds[0].revents;
}

static void *empty_the_ring(void *ctx)
{
	struct ring_reader *ring_reader = ctx;
	int looks = 0; /* for nothing */
	bool asleep;

	do {
		looks = look(ring_reader) ? 0 : looks + 1;
		asleep = looks > IDLE_LOOKS;
		if (asleep)
			looks = 0; /* what wakes it may take its time to be there */
	} while (!pause_for(ring_reader, asleep));
	return NULL;
}

int ring_reader_open(struct ring_reader **out, struct probe *probe, size_t limit)
{
	struct ring_reader *ring_reader = calloc(1, sizeof(*ring_reader));
	int err;

	if (!ring_reader)
		return -ENOMEM;
	ring_reader->probe = probe;
	ring_reader->limit = limit;
	/*
	 * khugepaged locks a process's memory to make its pages huge ones, and has the lowest of
	 * priorities: preempted meanwhile, it kept the thread from new memory for up to two
	 * seconds in storms on 7.3.
	 */
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	pthread_mutex_init(&ring_reader->lock, NULL);
	ring_reader->stop_fd = eventfd(0, EFD_CLOEXEC);
	ring_reader->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	err = ring_reader->stop_fd < 0 || ring_reader->fd < 0 ? -errno : 0;
	if (!err) {
		ring_reader->ring =
			ring_buffer__new(probe_records_fd(probe), keep, ring_reader, NULL);
		err = ring_reader->ring ? 0 : -errno;
	}
	if (!err) {
		err = -pthread_create(&ring_reader->thread, NULL, empty_the_ring, ring_reader);
		ring_reader->threaded = !err;
	}
	if (err)
		ring_reader_close(ring_reader);
	else
		*out = ring_reader;
	return err;
}

int ring_reader_fd(const struct ring_reader *ring_reader)
{
	return ring_reader->fd;
}

/* Gets what has been handed over, if the last of that is done with. */
static void get_more(struct ring_reader *ring_reader)
{
	eventfd_t count;

	if (ring_reader->taken)
		return;
	if (!ring_reader->threaded)
		look(ring_reader);
	pthread_mutex_lock(&ring_reader->lock);
	ring_reader->taken = ring_reader->first;
	ring_reader->first = ring_reader->last = NULL;
	eventfd_read(ring_reader->fd, &count);
	pthread_mutex_unlock(&ring_reader->lock);
	ring_reader->at = 0;
}

static void drop_chunk(struct ring_reader *ring_reader, struct chunk **chunk)
{
	struct chunk *next = (*chunk)->next;

	free(*chunk);
	*chunk = next;
	atomic_fetch_sub(&ring_reader->waiting, sizeof(**chunk));
}

size_t ring_reader_take(struct ring_reader *ring_reader, size_t max,
			void (*fn)(void *ctx, const void *record, size_t size), void *ctx)
{
	size_t nr = 0;

	while (nr < max) {
		const struct entry *entry;

		get_more(ring_reader);
		if (!ring_reader->taken)
			break;
		entry = (const struct entry *)(ring_reader->taken->entries + ring_reader->at);
		fn(ctx, entry->record, entry->size);
		nr++;
		ring_reader->at += sizeof(*entry) + (entry->size + 7) / 8 * 8;
		if (ring_reader->at == ring_reader->taken->len) {
			drop_chunk(ring_reader, &ring_reader->taken);
			ring_reader->at = 0;
		}
	}
	return nr;
}

void ring_reader_end(struct ring_reader *ring_reader)
{
	if (!ring_reader->threaded)
		return;
	eventfd_write(ring_reader->stop_fd, 1);
	pthread_join(ring_reader->thread, NULL);
	ring_reader->threaded = false;
}

void ring_reader_close(struct ring_reader *ring_reader)
{
	if (!ring_reader)
		return;
	ring_reader_end(ring_reader);
	ring_buffer__free(ring_reader->ring);
	while (ring_reader->taken)
		drop_chunk(ring_reader, &ring_reader->taken);
	while (ring_reader->first)
		drop_chunk(ring_reader, &ring_reader->first);
	free(ring_reader->open);
	if (ring_reader->stop_fd >= 0)
		close(ring_reader->stop_fd);
	if (ring_reader->fd >= 0)
		close(ring_reader->fd);
	pthread_mutex_destroy(&ring_reader->lock);
	free(ring_reader);
}
