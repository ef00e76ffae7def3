/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Columns: the names of each value, and where it comes from, for all formats alike.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "analysis/aggregate.h"
#include "output/color.h"
#include "util/json_writer.h"

enum value_kind {
	VALUE_NUMBER,
	VALUE_INTEGER,	/* that may be negative */
	VALUE_DURATION, /* ns */
	VALUE_BYTES,
	VALUE_TIME, /* ns, CLOCK_MONOTONIC */
	VALUE_REAL, /* not known if it is not finite */
	VALUE_BOOL,
	VALUE_TEXT,
	VALUE_LINES, /* text whose lines are elements; empty: no elements */
};

#define MADE_SIZE 512 /* bytes */

/* Objects in an array. */
struct item_list {
	const void *first;
	size_t nr, size;
};

struct value {
	union {
		__u64 number;	  /* of all kinds but those below; 0 or 1 for VALUE_BOOL */
		__s64 integer;	  /* of VALUE_INTEGER */
		double real;	  /* of VALUE_REAL */
		const char *text; /* any bytes; valid until the next column is read */
	};
	struct item_list items; /* of columns with items */
	char made[MADE_SIZE];	/* room for text that is made */
};

/* How tables show real numbers: "0.123", "1.23ms", "1.23M", "+12.3%", "±4%", "0.023" or "<0.001".
 */
enum real_format {
	REAL_PLAIN,
	REAL_DURATION, /* ns */
	REAL_COUNT,
	REAL_CHANGE, /* percent; known and NAN: no significant change, "~" */
	REAL_SPREAD, /* percent, to both sides */
	REAL_P,
};

/* The name of a column that only tables have; other formats have several for it. */
#define TABLE_ONLY ""

struct column {
	/*
	 * In JSON and CSV; NULL ends a list of columns. "a.b" is member b of object a in JSON,
	 * which is null if none of its members is known.
	 */
	const char *name;
	const char *heading; /* in tables; NULL: not shown there, unless asked for */
	enum value_kind kind;
	int width;     /* in tables whose lines are written one by one */
	bool optional; /* tables leave it out if it is 0 or not known in all rows */
	/*
	 * On a terminal too narrow for all columns, the rank at which this one goes: 1 first, and
	 * from NAMES_SHRINK on after names have been shortened. 0: last of all, from the right.
	 */
	int goes;
	unsigned int sorts;  /* bit N: enum sort N orders lines by it, so that it stays */
	const char *unknown; /* the text that stands for "not known" except in tables; NULL: none */
	enum real_format shown_as;
	/* Whether the value is only a lower bound, which tables mark. NULL: never. */
	bool (*at_least)(const void *object);
	/* Reads the value from the object. false: there is none. */
	bool (*get)(const struct column *column, const void *object, struct value *value);
	/* Whether the object can have a value. NULL: always. */
	bool (*applies)(const struct column *column, const void *object);
	enum color (*color)(const void *object); /* in tables; NULL: none */

	/* For the getters only. */
	size_t at;	    /* offset of the member */
	unsigned int which; /* the phase, key, setting or side */
	unsigned int percent;
	const char *text;
	const struct column
		*of_key; /* a row's key: the column that reads it from a struct row_key */
	/* Of VALUE_LINES: in JSON, a line is an object with these columns. NULL: it is text. */
	const struct column *items;

	struct json_key json_key; /* of names without a point, made by column_names_choose() */

	bool limited; /* set for the lines of a table: longer names are shortened to the width */
};

/* The first rank of the columns that are worth more than whole names. */
#define NAMES_SHRINK 20

/* The bytes of a name before its point, if it has one: those of the object's in JSON. */
size_t column_name_len(const char *name);

/*
 * Reads the column's value. false: none is known, or the column does not apply to the object; JSON
 * has null, and CSV an empty field.
 */
static inline bool column_read(const struct column *column, const void *object, struct value *value)
{
	return (!column->applies || column->applies(column, object)) &&
	       column->get(column, object, value);
}

/* The table cell of such a value: "?" if it is not known, "-" if it does not apply. */
const char *column_missing(const struct column *column, const void *object);

/* The keys of the "other" row: longer than any comm or map name. */
#define OTHER_ROW "(other: row limit)"

/* The object of row_columns(). */
struct row_line {
	const struct row *row;
	__u64 interval; /* number of the interim table it is in, from 1; 0: the whole run */
	__u64 end_ns;	/* of the interval or the run, CLOCK_MONOTONIC */
};

#define MAX_ROW_COLUMNS 80

extern const struct column call_columns[];	      /* of struct call */
extern const struct column identified_call_columns[]; /* the same, and its identity */
extern const struct column teardown_columns[];	      /* of struct teardown */
extern const struct column deferred_free_columns[];   /* of struct deferred_free */
extern const struct column holder_columns[];	      /* of struct map_holder */
extern const struct column stuck_columns[];	      /* of struct stuck */
extern const struct column ledger_columns[];	      /* of struct ledger */
extern const struct column teardown_ledger_columns[]; /* of struct teardown_ledger */
extern const struct column hook_columns[];	      /* of struct hook_counts */

/* The phase's histogram in a row. NULL: no values. */
const struct hist *row_hist(const struct row *row, enum phase phase);

/*
 * Makes the list for struct row_line with these keys, of calls or of teardowns; with intervals,
 * they are numbered.
 */
void row_columns(struct column list[MAX_ROW_COLUMNS], const enum key *by, size_t nr_by,
		 bool teardowns, bool intervals);

/* Makes the list for struct unfinished: also all columns of teardowns. */
void unfinished_columns(struct column list[MAX_ROW_COLUMNS]);

/* Makes the list for struct trend_item with these keys and of this measure. */
void trend_columns(struct column list[MAX_ROW_COLUMNS], const enum key *by, size_t nr_by,
		   enum measure measure);

/* Makes the list for struct diff_line with these keys and of this measure. */
void diff_columns(struct column list[MAX_ROW_COLUMNS], const enum key *by, size_t nr_by,
		  enum measure measure);
