/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Output files: stdout, or a file that is written as results come or replaced as a whole.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

/*
 * The result of writing to a stream since errno was set to 0: 0, -errno, or -EIO if the stream had
 * failed before. stream_flush() also flushes.
 */
int stream_error(FILE *stream);
int stream_flush(FILE *stream);

/* Do both go to the same terminal, file or pipe? */
bool same_stream(FILE *a, FILE *b);

/* The application id in the SQLite header of recordings, "mdtr": such a file is never replaced. */
#define RECORDING_APPLICATION_ID 0x6d647472

struct outfile;

/*
 * path NULL: stdout. live: the file is written in place, and the caller flushes. Otherwise a
 * regular file is written under another name beside path, and replaces it once it is complete and
 * on the disk; a file that is a mount of its own is written in place. One at a time is written
 * beside another. *out is to be closed with outfile_close(). Ignores SIGPIPE from then on. Returns
 * 0 or -errno; -EEXIST: path is a recording.
 */
int outfile_open(struct outfile **out, const char *path, bool live);

FILE *outfile_stream(const struct outfile *output);

/* The path is written again and again: a file that cannot replace it is removed without a message.
 */
void outfile_is_written_again(struct outfile *output);

/* Whether the reader is gone: known of pipes and sockets only. */
bool outfile_abandoned(const struct outfile *output);

/*
 * Flushes, closes and frees; NULL is allowed. keep: the new file replaces path; otherwise, and on
 * errors, it is removed. If it only cannot replace path, it stays, and its name is reported (but
 * see outfile_is_written_again()). Returns 0 or -errno.
 */
int outfile_close(struct outfile *output, bool keep);

/*
 * Removes the file that is being written beside another one. For a signal that ends the process;
 * outfile_open() has SIGINT, SIGTERM and SIGHUP do so unless they are handled or ignored.
 */
void outfile_remove_unfinished(void);

/* Reports that the output (path NULL: stdout) could not be written. err: -errno */
void outfile_failed(const char *path, int err);

/*
 * Closes the output after success (err 0: keeps it) or an error, which it reports. -EPIPE is no
 * error: the reader is gone. Returns err, or the error of closing.
 */
int outfile_end(struct outfile *output, const char *path, int err);
