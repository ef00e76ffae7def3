/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The formats of output, and what is written in each of them by columns.
 *
 * A new format is a value of this enum, its name in cmd/option_choices.c and a row of the table in
 * format.c, with a file of its own for the functions in it.
 *
 * All functions return 0, or -errno if the stream could not be written (-ENOSPC, -EPIPE, ...; -EIO
 * once it had failed before) or memory ran out (-ENOMEM). Those for single lines leave flushing to
 * the stream's own buffering, so that a failure may show up at a later line; the others flush.
 * Tables, Markdown and CSV hold no control characters; JSON is pure ASCII.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <linux/types.h>

enum format {
	FORMAT_TABLE,
	FORMAT_JSON,
	FORMAT_CSV,
	FORMAT_PERFETTO, /* of teardowns only: see perfetto.h */
	FORMAT_FOLDED,	 /* of teardowns only: see folded.h */
	FORMAT_MARKDOWN,
	FORMAT_HTML,  /* a page of the whole run: see html/ */
	FORMAT_JUNIT, /* of comparisons only: see junit.h, ktap.h and mail.h */
	FORMAT_KTAP,
	FORMAT_MAIL,
	NR_FORMATS,
};

/* Tables, which have headings and a place for sentences. */
static inline bool format_is_for_people(enum format format)
{
	return format == FORMAT_TABLE || format == FORMAT_MARKDOWN;
}

struct column;
struct rows;
struct table_layout;

/* The style of tables. */
struct table_style {
	size_t width; /* of the terminal's lines; 0: tables have all columns and whole names */
	/* Names for column_names_choose(), which were checked. NULL: the usual columns. */
	const char *columns;
	unsigned int sorts; /* bit N: by enum sort N, so that its column is shown; 0: none */
	const char *how;    /* to see rows left out: "-n 0: all"; NULL: tables do not say */
};

/*
 * The columns of lines that are written one by one; tables say which have no room. All but tables
 * and CSV have all columns. style NULL: the default.
 */
int format_lines(FILE *out, enum format format, struct table_layout *layout,
		 const struct column *columns, const struct table_style *style);

/* The line with the names of the columns; nothing for JSON. */
int format_heading(FILE *out, enum format format, const struct column *columns);

/*
 * One line for one object that the columns are for. Tables show times in seconds since start_ns
 * (CLOCK_MONOTONIC).
 */
int format_line(FILE *out, enum format format, const struct column *columns, const void *object,
		__u64 start_ns);

struct object_list {
	const void *objects; /* an array of structs of this size, or with 0 of pointers to them */
	size_t size;
	size_t nr;
	size_t left_out;   /* how many more there are */
	const char *empty; /* what tables show if there are none */
	__u64 start_ns;
	const struct table_style *style; /* NULL: the default */
	bool no_note;			 /* do not say again which columns have no room */
	/* Writes what tables have below the object's line. NULL: nothing. */
	void (*below)(FILE *out, const void *object);
};

/* The nth object. */
const void *object_list_nth(const struct object_list *list, size_t n);

/*
 * A line for each. Tables have their headings, columns as wide as needed, the number of rows
 * left out, and which columns were; CSV has no heading.
 */
int format_list(FILE *out, enum format format, const struct column *columns,
		const struct object_list *list);

/* The number of rows left out, if there are any, as a line of a text table. */
int format_left_out(FILE *out, const struct object_list *list);

/* Which table the rows are from; numbers from 1 on are interim tables. */
#define INTERVAL_NONE  (~0ULL) /* the whole run, of a run without interim tables */
#define INTERVAL_WHOLE 0ULL    /* the whole run, of a run with interim tables */

/*
 * The heading of CSV, once for all of the run's tables; nothing for the other formats. teardowns:
 * the rows are of them, not of calls. interval: any of the run's.
 */
int format_rows_heading(FILE *out, enum format format, const struct rows *rows, bool teardowns,
			__u64 interval, const struct table_style *style);

/* The list of the rows. end_ns: of the interval or the run, CLOCK_MONOTONIC. */
int format_rows(FILE *out, enum format format, const struct rows *rows, bool teardowns,
		__u64 interval, __u64 end_ns, const struct table_style *style);
