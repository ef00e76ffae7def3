/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the output consists of: each figure's names and where it comes from, for all formats alike.
 */
#ifndef MEMDESTROY_COLUMN_H
#define MEMDESTROY_COLUMN_H

#include <stdbool.h>
#include <stddef.h>

#include "aggregate.h"

enum value_kind {
	VALUE_NUMBER,
	VALUE_DURATION, /* ns */
	VALUE_TIME,	/* ns, CLOCK_MONOTONIC */
	VALUE_BOOL,
	VALUE_TEXT,
};

struct value {
	union {
		__u64 number;	  /* of all kinds but text; 0 or 1 for VALUE_BOOL */
		const char *text; /* any bytes; valid until the next column is read */
	};
	char address[20]; /* where text points to if it had to be made */
};

struct column {
	const char *name;    /* in JSON and CSV; NULL ends a list of columns */
	const char *heading; /* in tables; NULL: not shown there */
	const char *missing; /* what tables show when nothing is known */
	enum value_kind kind;
	int width;     /* in tables whose lines are written one by one */
	bool optional; /* tables leave it out when it is 0 in all of their rows */
	/* Reads the value from the object that the list is for. false: not known (null in JSON). */
	bool (*get)(const struct column *column, const void *object, struct value *value);

	/* For the getters only. */
	size_t at; /* offset of the member */
	unsigned int percent;
	const char *text;
	const struct column *of_call; /* a row's key: the column that reads it from a call */
};

/* The keys of the "other" row. Longer than a comm or a map's name, so that none passes for it. */
#define OTHER_ROW "(other: row limit)"

/* A row on its way out. */
struct row_line {
	const struct row *row;
	__u64 interval; /* number of the interim table it is in, from 1; 0: the whole run */
};

#define MAX_ROW_COLUMNS 24

extern const struct column call_columns[];   /* of struct call */
extern const struct column ledger_columns[]; /* of struct ledger */

/* Makes the list for struct row_line with these keys; with intervals, they are numbered. */
void row_columns(struct column list[MAX_ROW_COLUMNS], const enum key *by, size_t nr_by,
		 bool intervals);

#endif
