/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes the events of a trace, in Chrome's JSON trace event format.
 *
 * - Text is UTF-8: Perfetto does not combine surrogate pairs written as \uXXXX.
 * - Times are microseconds, written digit by digit, as a double would round them.
 *
 * Functions return as stream_error(); only the last one flushes.
 */
#pragma once

#include <stdio.h>

#include "output/column.h"

struct trace_file {
	FILE *out;
	__u64 origin_ns;       /* the trace's time 0, CLOCK_MONOTONIC */
	const char *separator; /* before the next event */
};

/* The track of an event, and its time. */
struct trace_place {
	__u32 pid;
	__u32 tid;
	__u64 ts_ns;
};

struct trace_event {
	char phase[2];	      /* decides which members the event has */
	const char *category; /* NULL: none, nor a time */
	const char *name;     /* any bytes */
	struct trace_place place;
	__u64 dur_ns; /* of a slice, "X" */
	__u64 id;     /* of arrows, "s" and "f", and waits, "b" and "e" */
	/* The arguments: the object's columns, except for its type. NULL: none. */
	const struct column *columns;
	const void *object;
};

int trace_begin(struct trace_file *trace, FILE *out, __u64 origin_ns);
int trace_put(struct trace_file *trace, const struct trace_event *event);
int trace_end(struct trace_file *trace);
