/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ring buffer is emptied by a thread of its own into memory, so that what is slow afterwards,
 * such as a terminal or a disk, makes nothing be lost while it lasts.
 */
#ifndef MEMDESTROY_TRACE_RING_READER_H
#define MEMDESTROY_TRACE_RING_READER_H

#include <stddef.h>

#include "trace/probe.h"

struct backlog;

/*
 * Starts the thread. Once limit bytes wait it takes no more: then the ring buffer gets full, and
 * what is lost is counted by the programs. While nothing comes, the thread sleeps. -errno.
 */
int backlog_open(struct backlog **out, struct probe *probe, size_t limit);
void backlog_close(struct backlog *backlog); /* takes NULL */

/* Can be read when there is something, or was; backlog_take() makes it wait again. */
int backlog_fd(const struct backlog *backlog);

/* Hands over records, oldest first, max at most. Returns how many. */
size_t backlog_take(struct backlog *backlog, size_t max,
		    void (*fn)(void *ctx, const void *record, size_t size), void *ctx);

/* Ends the thread. From then on backlog_take() looks into the ring buffer itself. */
void backlog_end(struct backlog *backlog);

#endif
