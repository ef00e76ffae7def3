/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where results go: stdout or the file of -o, written as they come or whole at the end.
 */
#ifndef MEMDESTROY_UTIL_OUTFILE_H
#define MEMDESTROY_UTIL_OUTFILE_H

#include <stdbool.h>
#include <stdio.h>

/*
 * Whether all that was written to a stream since errno was set to 0 has gone well: 0, -errno, or
 * -EIO if the stream had failed before. The second function flushes it first.
 */
int stream_error(FILE *stream);
int stream_flush(FILE *stream);

struct outfile;

/*
 * path NULL: stdout. live: it is the file itself that is written to, and read meanwhile: whoever
 * writes flushes it. Otherwise a regular file is made under another name beside path, and takes its
 * place only once it is complete. On success *out is to be handed to outfile_close(). -errno.
 * SIGPIPE and SIGXFSZ are ignored from then on.
 */
int outfile_open(struct outfile **out, const char *path, bool live);

FILE *outfile_stream(const struct outfile *output);

/* Does nobody read any more? Only a closed pipe or socket says so. */
bool outfile_abandoned(const struct outfile *output);

/*
 * Flushes, closes and frees. keep: the file takes its place; else what was written under another
 * name is removed. -errno, in which case path is as it was. Takes NULL.
 */
int outfile_close(struct outfile *output, bool keep);

/* Tells the user that the output, path or stdout if it is NULL, could not be written. err: -errno
 */
void outfile_failed(const char *path, int err);

/*
 * Closes it after all was written (err 0) or something failed, which the user is told. A reader
 * that has had enough is no failure. Returns err, or what closing gave.
 */
int outfile_end(struct outfile *output, const char *path, int err);

#endif
