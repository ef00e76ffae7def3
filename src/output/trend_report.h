/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes changes over recordings, as a table with a verdict, or line by line with all points.
 */
#pragma once

#include <stdio.h>

#include "analysis/trend.h"
#include "output/format.h"
#include "recording/reader_set.h"

/* A point of a series, or the change that begins at it. */
struct trend_item {
	enum measure measure;
	const struct trend_series *series;
	const struct trend_change *change; /* NULL: the point itself */
	const struct reader *recording;	   /* the first one of the point */
	size_t recordings;		   /* of the point */
	double median;
	__u64 n;
	__u64 uncounted; /* of counts: frees without a known one */
};

/* The item of a point. readers: in the order of the trend's runs. */
struct trend_item trend_item(const struct trend *trend, const struct reader_set *readers,
			     const struct trend_series *series, size_t point,
			     const struct trend_change *change);

/*
 * Tables and Markdown have the changes and the verdict, JSON and CSV all points and changes; the
 * last line of JSON is the verdict. Flushes. Returns as format_list().
 */
int trend_write(FILE *out, enum format format, const struct trend *trend,
		const struct reader_set *readers, const struct table_style *style);

#define TREND_VERDICT_SIZE 320

/* "2 changes in 1 of 3 rows". Returns text. */
const char *trend_verdict(const struct trend *trend, char text[TREND_VERDICT_SIZE]);

/* "12 recordings, 12 boots" Returns text. */
const char *trend_extent(const struct trend *trend, const struct reader_set *readers,
			 char text[TREND_VERDICT_SIZE]);

#define TREND_TIME_SIZE 24

/* "2024-01-02T03:04:05Z". Returns text. */
const char *trend_time(const struct run_info *run_info, char text[TREND_TIME_SIZE]);
