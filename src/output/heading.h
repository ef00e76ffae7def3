/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lines above tables: the time of day, the interval, the title. And the line in place of a table.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "output/format.h"

/* Where text was written last. All zero: nowhere. */
struct page {
	bool begun;
	bool table; /* a table came last */
};

struct heading {
	enum format format; /* that is for people */
	bool timed;	    /* shows the time of day */
	__u64 realtime_ns;  /* of it: CLOCK_REALTIME */
	__u64 interval;	    /* number of the interim table, INTERVAL_WHOLE or INTERVAL_NONE */
	__u64 more;	    /* intervals before this one that the line is of, too */
	__u64 took_ns;	    /* the length of the run so far */
};

/* Writes the heading of a table; title NULL: none. "15:04:05  interval 3: slowest teardowns" */
void heading_put(FILE *file, struct page *page, const struct heading *heading, const char *title);

/* Writes a line in place of a table. "15:04:05  interval 3: no teardowns" */
void heading_put_empty(FILE *file, struct page *page, const struct heading *heading,
		       const char *text);
