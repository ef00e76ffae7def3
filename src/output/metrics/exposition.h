/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes metrics in the text format of Prometheus (version 0.0.4) or in OpenMetrics 1.0. Errors are
 * the stream's.
 */
#pragma once

#include <stddef.h>
#include <stdio.h>

#include <linux/types.h>

#include "output/metrics/buckets.h"

enum metrics_format { METRICS_TEXT, METRICS_OPENMETRICS, NR_METRICS_FORMATS };

/* The value of Content-Type. */
extern const char *const metrics_content_types[NR_METRICS_FORMATS];

/* The format that a client prefers, by the value of its Accept header; "": it has none. */
enum metrics_format metrics_negotiate(const char *accept);

enum metric_kind { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM, METRIC_INFO, NR_METRIC_KINDS };

struct exposition {
	FILE *out;
	enum metrics_format format;
	enum metric_kind kind; /* of the family in progress */
	const char *name;
};

/*
 * Begins a family, whose samples follow. name: without "_total" and "_info"; it ends with the unit.
 * unit NULL: it has none. help: one line, without a backslash.
 */
void exposition_family(struct exposition *to, enum metric_kind kind, const char *name,
		       const char *unit, const char *help);

/* A sample of a family. labels: as labels_add() made them; "": none. */
void exposition_number(struct exposition *to, const char *labels, __u64 number);
/* The same in seconds, with nine decimals. */
void exposition_seconds(struct exposition *to, const char *labels, __u64 ns);
/* All samples of one histogram, in seconds. */
void exposition_buckets(struct exposition *to, const char *labels, const struct buckets *buckets);

/* Ends the text. */
void exposition_end(struct exposition *to);

#define LABELS_SIZE 8192 /* room for the labels of a sample; longer values are cut */

/*
 * Appends a label to a list. name: a valid one. value: any bytes; what is no UTF-8 becomes \xNN.
 * size: of labels, at least 128.
 */
void labels_add(char *labels, size_t size, const char *name, const char *value);
