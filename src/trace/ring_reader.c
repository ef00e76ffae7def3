// SPDX-License-Identifier: GPL-2.0-only
/*
 * Empties the ring buffer into memory, by a thread of its own.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/queue.h>
#include <sys/resource.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "trace/privileges.h"
#include "trace/ring_reader.h"
#include "util/macros.h"

/*
 * The programs wake no thread while records come (see the head of memdestroy_trace.bpf.c), so the
 * thread polls the ring buffer this often.
 */
#define POLL_MS 20
/* So many chunks filled in one poll: the thread falls behind. */
#define MANY_CHUNKS 2
/* After so many polls without a record the thread sleeps, and the next record wakes it. */
#define IDLE_POLLS 25

#define CHUNK_SIZE (64 << 10)
#define NO_ROOM	   (-EAGAIN)
/* Empty chunks that are kept: new ones would cost a page fault for each page. */
#define MAX_SPARE 4

/* Larger records are not ours; they stay invalid when they are cut. */
#define RECORD_MAX sizeof(struct record_cgroup)

struct chunk_record {
	__u64 size;
	unsigned char record[];
};

struct chunk {
	STAILQ_ENTRY(chunk) next;
	size_t len;
	unsigned char records[CHUNK_SIZE];
};

STAILQ_HEAD(chunks, chunk);

struct ring_reader {
	struct probe *probe;
	struct ring_buffer *ring;
	size_t limit;
	pthread_t thread;
	bool threaded;
	int stop_fd, fd;
	atomic_size_t pending; /* bytes of all chunks */

	/* Used by the thread; by ring_reader_take() once the thread has ended. */
	struct chunk *open;
	int nr_filled; /* in this poll */

	/* Used by the thread. */
	bool by_thread; /* false after its end */
	bool hurries;	/* it has its highest priority */
	int usual_priority;

	pthread_mutex_t lock;
	/* Under the lock: handed over; and empty. */
	struct chunks ready, spare;
	int nr_spare;

	/* Used by ring_reader_take(). */
	struct chunks taken;
	size_t at; /* offset in the first one */
};

static struct chunk *take_spare(struct ring_reader *ring_reader)
{
	struct chunk *chunk;

	pthread_mutex_lock(&ring_reader->lock);
	chunk = STAILQ_FIRST(&ring_reader->spare);
	if (chunk) {
		STAILQ_REMOVE_HEAD(&ring_reader->spare, next);
		ring_reader->nr_spare--;
	}
	pthread_mutex_unlock(&ring_reader->lock);
	return chunk;
}

static bool keep_spare(struct ring_reader *ring_reader, struct chunk *chunk)
{
	bool keep;

	pthread_mutex_lock(&ring_reader->lock);
	keep = ring_reader->nr_spare < MAX_SPARE;
	if (keep) {
		STAILQ_INSERT_HEAD(&ring_reader->spare, chunk, next);
		ring_reader->nr_spare++;
	}
	pthread_mutex_unlock(&ring_reader->lock);
	return keep;
}

static bool open_chunk(struct ring_reader *ring_reader)
{
	if (ring_reader->open)
		return true;
	if (atomic_load(&ring_reader->pending) >= ring_reader->limit)
		return false;
	ring_reader->open = take_spare(ring_reader) ?: malloc(sizeof(*ring_reader->open));
	if (!ring_reader->open)
		return false;
	ring_reader->open->len = 0;
	atomic_fetch_add(&ring_reader->pending, sizeof(*ring_reader->open));
	return true;
}

/* A chunk that is not full stays while others wait: it would count like a full one. */
static void hand_over(struct ring_reader *ring_reader, bool full)
{
	bool first;

	pthread_mutex_lock(&ring_reader->lock);
	first = STAILQ_EMPTY(&ring_reader->ready);
	if (first || full) {
		STAILQ_INSERT_TAIL(&ring_reader->ready, ring_reader->open, next);
		ring_reader->open = NULL;
	}
	pthread_mutex_unlock(&ring_reader->lock);
	if (first)
		eventfd_write(ring_reader->fd, 1);
}

/*
 * The thread only copies, and records are lost if a storm keeps it from the processors. On a
 * preemptible kernel, where it takes them from the programs, it does so only while it must.
 */
static void set_hurry(struct ring_reader *ring_reader, bool hurry)
{
	if (!ring_reader->by_thread || hurry == ring_reader->hurries)
		return;
	ring_reader->hurries = hurry;
	setpriority(PRIO_PROCESS, 0, /* of this thread alone */
		    hurry ? PRIVILEGES_NICE : ring_reader->usual_priority);
}

static int copy_record(void *ctx, void *record, size_t size)
{
	struct ring_reader *ring_reader = ctx;
	struct chunk *chunk = ring_reader->open;
	struct chunk_record *kept = (struct chunk_record *)(chunk->records + chunk->len);

	kept->size = size < RECORD_MAX ? size : RECORD_MAX;
	memcpy(kept->record, record, kept->size);
	chunk->len += sizeof(*kept) + (kept->size + 7) / 8 * 8;
	if (chunk->len + sizeof(*kept) + RECORD_MAX <= CHUNK_SIZE)
		return 0;
	hand_over(ring_reader, true);
	if (++ring_reader->nr_filled == MANY_CHUNKS)
		set_hurry(ring_reader, true);
	return open_chunk(ring_reader) ? 0 : NO_ROOM;
}

/* Returns whether there was, or may have been, a record. */
static bool poll_ring(struct ring_reader *ring_reader)
{
	ring_reader->nr_filled = 0;
	if (!open_chunk(ring_reader))
		return true;
	if (ring_buffer__consume(ring_reader->ring) == NO_ROOM)
		return true;
	if (!ring_reader->nr_filled)
		set_hurry(ring_reader, false);
	if (!ring_reader->open || !ring_reader->open->len)
		return false;
	hand_over(ring_reader, false);
	return true;
}

/* Waits for the next poll, or asleep for a record. Returns whether the thread shall end. */
static bool wait_for_poll(struct ring_reader *ring_reader, bool asleep)
{
	struct pollfd fds[] = {
		{.fd = ring_reader->stop_fd, .events = POLLIN},
		{.fd = asleep ? probe_records_fd(ring_reader->probe) : -1, .events = POLLIN},
	};

	if (asleep)
		probe_reader_sleeps(ring_reader->probe, true);
	poll(fds, ARRAY_SIZE(fds), asleep ? -1 : POLL_MS);
	if (asleep)
		probe_reader_sleeps(ring_reader->probe, false);
	if (asleep && fds[1].revents) /* perhaps for a call whose record comes later */
		eventfd_write(ring_reader->fd, 1);
	return fds[0].revents;
}

static void *reader_thread(void *ctx)
{
	struct ring_reader *ring_reader = ctx;
	int idle_polls = 0;
	bool asleep;

	ring_reader->by_thread = true;
	ring_reader->usual_priority = probe_is_preemptible(ring_reader->probe)
					      ? getpriority(PRIO_PROCESS, 0)
					      : PRIVILEGES_NICE;
	setpriority(PRIO_PROCESS, 0, ring_reader->usual_priority);
	do {
		idle_polls = poll_ring(ring_reader) ? 0 : idle_polls + 1;
		asleep = idle_polls > IDLE_POLLS;
		if (asleep)
			idle_polls = 0; /* the record that wakes it may not be complete yet */
	} while (!wait_for_poll(ring_reader, asleep));
	ring_reader->by_thread = false;
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
	STAILQ_INIT(&ring_reader->ready);
	STAILQ_INIT(&ring_reader->taken);
	STAILQ_INIT(&ring_reader->spare);
	/*
	 * khugepaged locks a process's memory while it makes huge pages, at the lowest priority:
	 * preempted meanwhile, it kept the thread from new memory for up to two seconds.
	 */
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	pthread_mutex_init(&ring_reader->lock, NULL);
	ring_reader->stop_fd = eventfd(0, EFD_CLOEXEC);
	ring_reader->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	err = ring_reader->stop_fd < 0 || ring_reader->fd < 0 ? -errno : 0;
	if (!err) {
		ring_reader->ring =
			ring_buffer__new(probe_records_fd(probe), copy_record, ring_reader, NULL);
		err = ring_reader->ring ? 0 : -errno;
	}
	if (!err) {
		err = -pthread_create(&ring_reader->thread, NULL, reader_thread, ring_reader);
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

size_t ring_reader_pending(const struct ring_reader *ring_reader)
{
	return atomic_load(&ring_reader->pending);
}

/* Takes over the chunks that were handed over, once the ones before are used up. */
static void refill(struct ring_reader *ring_reader)
{
	eventfd_t count;

	if (!STAILQ_EMPTY(&ring_reader->taken))
		return;
	if (!ring_reader->threaded)
		poll_ring(ring_reader);
	/* Not under the lock: preempted after a system call, it would keep the thread waiting. */
	eventfd_read(ring_reader->fd, &count);
	pthread_mutex_lock(&ring_reader->lock);
	STAILQ_CONCAT(&ring_reader->taken, &ring_reader->ready);
	pthread_mutex_unlock(&ring_reader->lock);
}

static void drop_first(struct ring_reader *ring_reader)
{
	struct chunk *chunk = STAILQ_FIRST(&ring_reader->taken);

	STAILQ_REMOVE_HEAD(&ring_reader->taken, next);
	if (!keep_spare(ring_reader, chunk))
		free(chunk);
	atomic_fetch_sub(&ring_reader->pending, sizeof(*chunk));
	ring_reader->at = 0;
}

size_t ring_reader_take(struct ring_reader *ring_reader, size_t max,
			void (*fn)(void *ctx, const void *record, size_t size), void *ctx)
{
	size_t nr = 0;

	while (nr < max) {
		const struct chunk_record *kept;
		const struct chunk *chunk;

		refill(ring_reader);
		chunk = STAILQ_FIRST(&ring_reader->taken);
		if (!chunk)
			break;
		kept = (const struct chunk_record *)(chunk->records + ring_reader->at);
		fn(ctx, kept->record, kept->size);
		nr++;
		ring_reader->at += sizeof(*kept) + (kept->size + 7) / 8 * 8;
		if (ring_reader->at == chunk->len)
			drop_first(ring_reader);
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
	STAILQ_CONCAT(&ring_reader->taken, &ring_reader->ready);
	while (!STAILQ_EMPTY(&ring_reader->taken))
		drop_first(ring_reader);
	while (ring_reader->nr_spare)
		free(take_spare(ring_reader));
	free(ring_reader->open);
	if (ring_reader->stop_fd >= 0)
		close(ring_reader->stop_fd);
	if (ring_reader->fd >= 0)
		close(ring_reader->fd);
	pthread_mutex_destroy(&ring_reader->lock);
	free(ring_reader);
}
