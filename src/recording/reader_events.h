/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hands the events of a recording to a sink, in the order of recording.
 */
#pragma once

#include "recording/reader.h"
#include "recording/reader_tables.h"

/* An open recording. All pointers must be valid during the call. */
struct reader_events {
	sqlite3 *db;
	const char *path;
	const struct reader_tables *tables;
	const char *host;
	__u64 start_ns; /* of the run, not shifted */
	const struct reader_options *opts;
	const struct event_sink *sink;
	const struct run_ops *run;
};

/* As reader_run(). */
int reader_events_run(const struct reader_events *events);
