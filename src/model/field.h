/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Describes the members of a struct, one row each: their names and kinds in a recording.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

enum field_kind {
	FIELD_NUMBER,  /* bool, __u32, enum or __u64 up to 2^63 - 1 */
	FIELD_NONZERO, /* the same; 0: unknown */
	FIELD_BITS,    /* __u64 of any value */
	FIELD_FIGURE,  /* __u64; above 2^63 - 1 (UNKNOWN_NS, LEDGER_UNKNOWN): unknown */
	FIELD_TIME,    /* the same, a time of CLOCK_MONOTONIC */
	FIELD_FLAG,    /* "bit" of a __u8 */
	FIELD_WORD,    /* __u32 or enum, by its word */
	FIELD_TEXT,    /* char[], NUL-terminated; empty: unknown */
	FIELD_NAME,    /* the same; an empty one is known too */
};

struct field {
	const char *name; /* NULL ends a list */
	enum field_kind kind;
	size_t at, size;
	/*
	 * Known only if this bit is set in the __u8 at "flags". Of several fields in a row with the
	 * same bit, all are known or none is.
	 */
	size_t flags;
	__u8 known;
	__u8 bit;
	/* Of a FIELD_WORD, one of these; NULL for a value: unknown. */
	const char *const *words;
	const char *(*word)(unsigned int value);
	unsigned int nr_words; /* 0: only written, for people; another field holds the same */
	__u64 max;	       /* of a number; 0: as its size allows */
	const char *refers;    /* to the row of this table with that number; NULL: to none */
	/* Recordings made before the field was added lack it: unknown, or this value. */
	bool later;
	__u32 usual;	   /* of a number or word that cannot be unknown */
	const char *title; /* in messages about recordings that differ in it; NULL: they may */
	const char *note;  /* comment in the recording's layout; may be NULL */
};

#define FIELD(of_kind, object, member)                                                             \
	.kind = FIELD_##of_kind, .at = offsetof(struct object, member),                            \
	.size = sizeof(((struct object *)NULL)->member)

/* The value of a field that is no text. */
__u64 field_get(const struct field *field, const void *object);
void field_set(const struct field *field, void *object, __u64 value);

/* The name of a value; NULL: unknown. */
const char *field_word(const struct field *field, unsigned int value);

/* The text of a FIELD_TEXT, FIELD_NAME or FIELD_WORD; NULL for other kinds, and if unknown. */
const char *field_text(const struct field *field, const void *object);

bool field_is_known(const struct field *field, const void *object);

/* Whether the field can be unknown, by its description. */
bool field_may_be_unknown(const struct field *field);
