/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages to the user on stderr: one line each, "memdestroy-trace: ...".
 */
#pragma once

#include <errno.h>
#include <stdbool.h>

/* Selects the messages to show from here on; at first neither quiet nor verbose is set. */
void diag_init(bool quiet, unsigned int verbose);
bool diag_is_quiet(void);
bool diag_is_verbose(void);

/* How often the user asked for more: 1 says what was detected, 2 adds libbpf's own messages. */
unsigned int diag_verbosity(void);

/*
 * Adds a newline. Control characters, which user input or the kernel may contain, become '?', so
 * that a message stays one line; a very long one is cut. errno is preserved.
 */
void diag_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void diag_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void diag_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));    /* not if quiet */
void diag_verbose(const char *fmt, ...) __attribute__((format(printf, 1, 2))); /* if verbose */

/* Reports an error in what the user gave; its value is -EINVAL. */
#define diag_invalid(...) (diag_error(__VA_ARGS__), -EINVAL)

/*
 * After a signal from a terminal's key: starts the next message on a new line, after the "^C" that
 * the terminal shows.
 */
void diag_end_echo(void);

/* Whether diag_status() shows anything. */
bool diag_shows_status(void);

/*
 * Shows progress on the last line of a terminal until the next message replaces it; not elsewhere,
 * and not if quiet. NULL removes it.
 */
void diag_status(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
