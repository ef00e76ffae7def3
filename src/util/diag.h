/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the user is told on stderr: one line a message, "memdestroy-trace: ...".
 */
#ifndef MEMDESTROY_UTIL_DIAG_H
#define MEMDESTROY_UTIL_DIAG_H

#include <stdbool.h>

/*
 * Sets which messages are shown from here on, libbpf's own included: those are shown with verbose
 * only. May be called again. Before the first call neither quiet nor verbose holds, but libbpf
 * still prints as it likes.
 */
void diag_init(bool quiet, bool verbose);

/*
 * A newline is added. Control characters, which can come with user input or from the kernel, are
 * shown as '?', so that a message stays one line; a very long one is cut. errno is kept.
 */
void diag_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void diag_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void diag_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));    /* not if quiet */
void diag_verbose(const char *fmt, ...) __attribute__((format(printf, 1, 2))); /* if verbose */

/*
 * What is going on, on the last line of a terminal until the next message takes its place; nowhere
 * else, and not if quiet. NULL takes it away.
 */
void diag_status(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
