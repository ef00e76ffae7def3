/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes JSON to a stream, value by value, without holding any of it in memory.
 *
 * Start from {.out = stream} or by json_start() for each document, and end it with json_flush();
 * commas are put where they belong. Errors are the stream's: see ferror().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <linux/types.h>

struct json_writer {
	FILE *out;
	bool utf8;  /* text keeps its UTF-8; otherwise the document is pure ASCII */
	bool comma; /* the next value has a predecessor */
	int digits; /* significant ones of a double; 0: 15, which survive in decimal */

	/* Not in the stream yet: writing pieces of some bytes to it is slow. */
	size_t used;
	char buffer[1024];
};

/* Without clearing the buffer, which takes longer than a short document. */
void json_start(struct json_writer *json, FILE *out);

void json_flush(struct json_writer *json);

void json_begin_object(struct json_writer *json);
void json_end_object(struct json_writer *json);
void json_begin_array(struct json_writer *json);
void json_end_array(struct json_writer *json);

/* Eight bytes at any address. Their copies need no call; memcpy() into a part of a buffer does. */
typedef __u64 __attribute__((aligned(1), may_alias)) json_word;

/* Where so many bytes of the buffer are free: at most its size. */
static inline char *json_room(struct json_writer *json, size_t len)
{
	if (len > sizeof(json->buffer) - json->used)
		json_flush(json);
	return json->buffer + json->used;
}

/*
 * The name of a member, of at most 1000 bytes, printable ASCII without quotes; its value has to
 * follow.
 */
void json_key(struct json_writer *json, const char *name, size_t len);

/* A member of an object. The name is as json_key()'s. */
void json_put_u64(struct json_writer *json, const char *name, __u64 number);
void json_put_text(struct json_writer *json, const char *name, const char *text);

/* The name of a member that comes again and again: as it is written, after a comma. */
#define MAX_JSON_KEY 28
struct json_key {
	char text[MAX_JSON_KEY + 4 + sizeof(json_word)]; /* more than is copied */
	size_t len;					 /* 0: not made */
};

/* Makes the key of a name, unless that is empty or longer than MAX_JSON_KEY. */
void json_make_key(struct json_key *key, const char *name);

/* As json_key(), by a key that is made. */
static inline void json_made_key(struct json_writer *json, const struct json_key *key)
{
	struct __attribute__((may_alias)) words {
		json_word words[(MAX_JSON_KEY + 4) / sizeof(json_word)];
	};
	char *to = json_room(json, sizeof(struct words));
	bool comma = json->comma;

	*(struct words *)to = *(const struct words *)(key->text + !comma);
	json->used += key->len - !comma;
	json->comma = false;
}

/* Any bytes; each one that is not UTF-8 becomes the four characters \xNN. */
void json_string(struct json_writer *json, const char *text, size_t len);

/* Above INT64_MAX as json_double(): readers hold integers in 64 bits with a sign. */
void json_u64(struct json_writer *json, __u64 number);
void json_i64(struct json_writer *json, __s64 number);

/* null if it is not finite. */
void json_double(struct json_writer *json, double number);

void json_bool(struct json_writer *json, bool value);
void json_null(struct json_writer *json);

/* A value that is JSON already, as printf() makes it. */
void json_printf(struct json_writer *json, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
