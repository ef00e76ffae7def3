/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Empties the ring buffer into memory, by a thread of its own, so that a slow terminal or disk does
 * not make the ring buffer overflow.
 */
#pragma once

#include <stddef.h>

#include "trace/probe.h"

struct ring_reader;

/*
 * Starts the thread, which sleeps while nothing comes. Once limit bytes are pending it takes no
 * more: then the ring buffer fills, and the programs count what they drop. Returns 0 or -errno.
 */
int ring_reader_open(struct ring_reader **out, struct probe *probe, size_t limit);
void ring_reader_close(struct ring_reader *ring_reader); /* takes NULL */

/*
 * A file descriptor, readable when there may be records, and when a call begins after the thread
 * slept. ring_reader_take() resets it.
 */
int ring_reader_fd(const struct ring_reader *ring_reader);

/* Hands over records, oldest first, at most max. Returns how many. */
size_t ring_reader_take(struct ring_reader *ring_reader, size_t max,
			void (*fn)(void *ctx, const void *record, size_t size), void *ctx);

/* Bytes that wait to be taken. */
size_t ring_reader_pending(const struct ring_reader *ring_reader);

/* Ends the thread. From then on ring_reader_take() reads the ring buffer itself. */
void ring_reader_end(struct ring_reader *ring_reader);
