/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads a recording: the source of calls and teardowns that is not a kernel.
 *
 * The file is not trusted: whatever is in it, a function ends with what is right by the schema, or
 * with -errno, of which the user has been told in one line that names the file: -EINVAL it is no
 * recording, or one of a newer layout, or a damaged one.
 */
#ifndef MEMDESTROY_RECORDING_READER_H
#define MEMDESTROY_RECORDING_READER_H

#include "bench/scenario.h"
#include "model/event_sink.h"
#include "model/keys.h"
#include "model/ledger.h"
#include "model/run_info.h"
#include "model/run_ops.h"

struct reader;

/* path must outlive the replay. On success *out is to be freed with reader_close(). */
int reader_open(struct reader **out, const char *path);
void reader_close(struct reader *reader);

const char *reader_path(const struct reader *reader);
const struct run_info *reader_run_info(const struct reader *reader);

/* What was measured, if the recording is of a benchmark; owned by the replay. */
const struct scenario *reader_scenarios(const struct reader *reader, size_t *nr);

/* Sets *ledger and *counts to what was counted. */
int reader_ledger(struct reader *reader, struct ledger *ledger, struct teardown_counts *counts);

struct reader_options {
	enum view view; /* VIEW_CALLS: calls and hangs; VIEW_TEARDOWNS: all but calls */
	bool identity;	/* of calls: fill in which map it was, and who let go of it */
	__u64 shift_ns; /* added to all times, modulo 2^64 */
};

/*
 * Hands everything to the sink in the order in which it was recorded. Callers' names, hosts and
 * scenarios are owned by the replay; what hangs where is only good for the call. -EINVAL: the
 * recording is damaged or cannot be read, which has been told; any other -errno is the sink's, and
 * has not.
 *
 * run may be NULL; if not, its tick() and done() are called. The time that tick() gets is that of
 * the run's start first, then the end of the next event as far as it is known; it never decreases.
 */
int reader_run(struct reader *reader, const struct reader_options *opts,
	       const struct event_sink *sink, const struct run_ops *run);

#endif
