/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Describes the members of a struct, one row each: their names and kinds in a recording. Reads and
 * sets them by their descriptions, a million times a second: inline.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

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
	/* If words may be added: the number of one; 0: it cannot be a word. May be NULL. */
	unsigned int (*number)(const char *word);
	__u64 max;	    /* of a number; 0: as its size allows */
	const char *refers; /* to the row of this table with that number; NULL: to none */
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
static inline __u64 field_get(const struct field *field, const void *object)
{
	const char *at = (const char *)object + field->at;
	__u64 wide = 0;
	__u32 number = 0;

	switch (field->size) {
	case sizeof(wide):
		memcpy(&wide, at, sizeof(wide));
		return wide;
	case sizeof(number):
		memcpy(&number, at, sizeof(number));
		return number;
	default:
		return field->kind == FIELD_FLAG ? (*(const __u8 *)at & field->bit) != 0
						 : *(const __u8 *)at;
	}
}

static inline void field_set(const struct field *field, void *object, __u64 value)
{
	char *at = (char *)object + field->at;
	__u32 number = value;

	if (field->kind == FIELD_FLAG)
		*(__u8 *)at = value ? *(__u8 *)at | field->bit : *(__u8 *)at & ~field->bit;
	else if (field->size == sizeof(value))
		memcpy(at, &value, sizeof(value));
	else if (field->size == sizeof(number))
		memcpy(at, &number, sizeof(number));
	else
		*(__u8 *)at = value;
}

/* The name of a value; NULL: unknown. */
static inline const char *field_word(const struct field *field, unsigned int value)
{
	return field->words ? field->words[value] : field->word(value);
}

/* The text of a FIELD_TEXT, FIELD_NAME or FIELD_WORD; NULL for other kinds, and if unknown. */
static inline const char *field_text(const struct field *field, const void *object)
{
	const char *text = (const char *)object + field->at;

	switch (field->kind) {
	case FIELD_WORD:
		return field_word(field, field_get(field, object));
	case FIELD_TEXT:
		return *text ? text : NULL;
	case FIELD_NAME:
		return text;
	default:
		return NULL;
	}
}

/* Reads a field that is no text. false: it is unknown. */
static inline bool field_read(const struct field *field, const void *object, __u64 *value)
{
	const __u8 *flags = (const __u8 *)object + field->flags;

	if (field->known && !(*flags & field->known))
		return false;
	*value = field_get(field, object);
	switch (field->kind) {
	case FIELD_NONZERO:
		return *value != 0;
	case FIELD_FIGURE:
	case FIELD_TIME:
		return *value <= INT64_MAX;
	default:
		return true;
	}
}

static inline bool field_is_text(const struct field *field)
{
	return field->kind == FIELD_WORD || field->kind == FIELD_TEXT || field->kind == FIELD_NAME;
}

static inline bool field_is_known(const struct field *field, const void *object)
{
	const __u8 *flags = (const __u8 *)object + field->flags;
	__u64 value;

	if (!field_is_text(field))
		return field_read(field, object, &value);
	return (!field->known || *flags & field->known) && field_text(field, object);
}

/* Whether the field can be unknown, by its description. */
static inline bool field_may_be_unknown(const struct field *field)
{
	return field->known || field->kind == FIELD_NONZERO || field->kind == FIELD_FIGURE ||
	       field->kind == FIELD_TIME || field->kind == FIELD_TEXT ||
	       (field->kind == FIELD_WORD && !field_word(field, 0));
}
