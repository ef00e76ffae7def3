/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ring buffer is emptied by a thread of its own into memory, so that what is slow afterwards,
 * such as a terminal or a disk, makes nothing be lost while it lasts.
 */
#ifndef MEMDESTROY_TRACE_RING_READER_H
#define MEMDESTROY_TRACE_RING_READER_H

#include <stddef.h>

#include "trace/probe.h"

struct ring_reader;

/*
 * Starts the thread. Once limit bytes wait it takes no more: then the ring buffer gets full, and
 * what is lost is counted by the programs. While nothing comes, the thread sleeps. -errno.
 */
int ring_reader_open(struct ring_reader **out, struct probe *probe, size_t limit);
void ring_reader_close(struct ring_reader *ring_reader); /* takes NULL */

/* Can be read when there is something, or was; ring_reader_take() makes it wait again. */
int ring_reader_fd(const struct ring_reader *ring_reader);

/* Hands over records, oldest first, max at most. Returns how many. */
size_t ring_reader_take(struct ring_reader *ring_reader, size_t max,
			void (*fn)(void *ctx, const void *record, size_t size), void *ctx);

/* Ends the thread. From then on ring_reader_take() looks into the ring buffer itself. */
void ring_reader_end(struct ring_reader *ring_reader);

#endif
