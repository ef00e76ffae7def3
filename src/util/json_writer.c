// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes JSON to a stream, value by value.
 */
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include "util/json_writer.h"
#include "util/text.h"

void json_flush(struct json_writer *json)
{
	fwrite_unlocked(json->buffer, 1, json->used, json->out);
	json->used = 0;
}

static inline void put(struct json_writer *json, const char *bytes, size_t len)
{
	if (len > sizeof(json->buffer)) {
		json_flush(json);
		fwrite_unlocked(bytes, 1, len, json->out);
		return;
	}
	memcpy(json_room(json, len), bytes, len);
	json->used += len;
}

static inline void put_byte(struct json_writer *json, char byte)
{
	*json_room(json, 1) = byte;
	json->used++;
}

static inline void begin_value(struct json_writer *json)
{
	if (json->comma)
		put_byte(json, ',');
	json->comma = true;
}

static void begin(struct json_writer *json, char bracket)
{
	begin_value(json);
	put_byte(json, bracket);
	json->comma = false;
}

static void end(struct json_writer *json, char bracket)
{
	put_byte(json, bracket);
	json->comma = true;
}

void json_start(struct json_writer *json, FILE *out)
{
	json->out = out;
	json->utf8 = json->comma = false;
	json->digits = 0;
	json->used = 0;
}

void json_begin_object(struct json_writer *json)
{
	begin(json, '{');
}

void json_end_object(struct json_writer *json)
{
	end(json, '}');
}

void json_begin_array(struct json_writer *json)
{
	begin(json, '[');
}

void json_end_array(struct json_writer *json)
{
	end(json, ']');
}

void json_key(struct json_writer *json, const char *name, size_t len)
{
	char *to = json_room(json, len + 4);

	if (json->comma)
		*to++ = ',';
	*to++ = '"';
	to = mempcpy(to, name, len);
	*to++ = '"';
	*to++ = ':';
	json->used = to - json->buffer;
	json->comma = false;
}

void json_make_key(struct json_key *key, const char *name)
{
	size_t len = strlen(name);

	key->len = len && len <= MAX_JSON_KEY ? len + 4 : 0;
	if (key->len)
		snprintf(key->text, sizeof(key->text), ",\"%s\":", name);
}

/* All printable ASCII that needs no escape. */
static const bool plain[256] = {[' ' ... '!'] = true, ['#' ... '['] = true, [']' ... '~'] = true};

static void put_unit(struct json_writer *json, unsigned int unit)
{
	static const char digits[] = "0123456789ABCDEF";
	const char escape[] = {'\\',
			       'u',
			       digits[unit >> 12],
			       digits[unit >> 8 & 15],
			       digits[unit >> 4 & 15],
			       digits[unit & 15]};

	put(json, escape, sizeof(escape));
}

static void put_ascii(struct json_writer *json, char c)
{
	static const char escaped[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
	const char *found = strchr(escaped, c);

	if (found) {
		put_byte(json, '\\');
		c = letters[found - escaped];
	} else if (c < ' ') {
		put_unit(json, c);
		return;
	}
	put_byte(json, c);
}

/* Returns the bytes of the character, or 1 for a byte that is part of none. */
static size_t put_char(struct json_writer *json, const char *text, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	__s32 c;
	size_t n = text_char(text, len, &c);

	if (!n) {
		put(json, "\\\\x", 3);
		put_byte(json, digits[*text >> 4 & 15]);
		put_byte(json, digits[*text & 15]);
		return 1;
	}
	if (c < 0x80) {
		put_ascii(json, *text);
	} else if (json->utf8) {
		put(json, text, n);
	} else if (c < 0x10000) {
		put_unit(json, c);
	} else {
		put_unit(json, 0xd7c0 + (c >> 10));
		put_unit(json, 0xdc00 | (c & 0x3ff));
	}
	return n;
}

#define BYTES(byte) (~0ULL / 255 * (byte)) /* eight times the same */

/* Copies eight bytes. Whether each of them is plain. */
static inline bool copy_plain(char *to, const char *from)
{
	__u64 bytes = *(const json_word *)from;
	__u64 quotes = bytes ^ BYTES('"'), slashes = bytes ^ BYTES('\\');

	*(json_word *)to = bytes;
	/* The first bad byte sets its high bit, and only bad ones carry or borrow into others. */
	return !((bytes | (bytes + BYTES(1)) | (bytes - BYTES(' ')) | (quotes - BYTES(1)) |
		  (slashes - BYTES(1))) &
		 BYTES(0x80));
}

/* Copies text that is plain. Otherwise returns false, and what has been copied is void. */
static inline bool copy_plain_text(char *to, const char *text, size_t len)
{
	size_t i = 0;

	for (; len - i >= sizeof(json_word); i += sizeof(json_word))
		if (!copy_plain(to + i, text + i))
			return false;
	if (i)
		return copy_plain(to + len - sizeof(json_word), text + len - sizeof(json_word));
	for (; i < len; i++) {
		if (!plain[(unsigned char)text[i]])
			return false;
		to[i] = text[i];
	}
	return true;
}

static void put_escaped(struct json_writer *json, const char *text, size_t len)
{
	const char *end = text + len, *run;

	while (text < end) {
		for (run = text; text < end && plain[(unsigned char)*text];)
			text++;
		put(json, run, text - run);
		if (text < end)
			text += put_char(json, text, end - text);
	}
}

void json_string(struct json_writer *json, const char *text, size_t len)
{
	char *to;

	begin_value(json);
	put_byte(json, '"');
	to = len < sizeof(json->buffer) ? json_room(json, len + 1) : NULL;
	if (to && copy_plain_text(to, text, len)) {
		to[len] = '"';
		json->used += len + 1;
		return;
	}
	put_escaped(json, text, len);
	put_byte(json, '"');
}

#define MAX_DIGITS 20 /* of a __u64 */

static inline int count_digits(__u64 number)
{
	static const __u64 powers[MAX_DIGITS] = {
		1ULL,
		10ULL,
		100ULL,
		1000ULL,
		10000ULL,
		100000ULL,
		1000000ULL,
		10000000ULL,
		100000000ULL,
		1000000000ULL,
		10000000000ULL,
		100000000000ULL,
		1000000000000ULL,
		10000000000000ULL,
		100000000000000ULL,
		1000000000000000ULL,
		10000000000000000ULL,
		100000000000000000ULL,
		1000000000000000000ULL,
		10000000000000000000ULL,
	};
	/* log10(2) is 1233 / 4096: of its bits, at most one digit too few. */
	int digits = (64 - __builtin_clzll(number | 1)) * 1233 >> 12;

	return digits + (number >= powers[digits]);
}

void json_u64(struct json_writer *json, __u64 number)
{
	static const char pairs[] = "00010203040506070809101112131415161718192021222324"
				    "25262728293031323334353637383940414243444546474849"
				    "50515253545556575859606162636465666768697071727374"
				    "75767778798081828384858687888990919293949596979899";
	char *to = json_room(json, 1 + MAX_DIGITS);

	if (json->comma)
		*to++ = ',';
	json->comma = true;
	if (number < 10) {
		*to++ = '0' + number;
		json->used = to - json->buffer;
		return;
	}
	/* Most of what is written: worth more than printf(). */
	to += count_digits(number);
	json->used = to - json->buffer;
	for (; number >= 100; number /= 100) {
		*--to = pairs[number % 100 * 2 + 1];
		*--to = pairs[number % 100 * 2];
	}
	*--to = '0' + number % 10;
	if (number >= 10)
		*--to = '0' + number / 10;
}

void json_i64(struct json_writer *json, __s64 number)
{
	json_printf(json, "%lld", number);
}

void json_double(struct json_writer *json, double number)
{
	char text[32], *exponent, *digits;

	if (!isfinite(number)) {
		json_null(json);
		return;
	}
	snprintf(text, sizeof(text), "%.*g", json->digits ? json->digits : 15, number);
	exponent = strchr(text, 'e');
	if (exponent) { /* "1e+09" is written as 1e9 */
		digits = exponent + 1 + strspn(exponent + 1, "+-0");
		exponent += 1 + (exponent[1] == '-');
		memmove(exponent, digits, strlen(digits) + 1);
	}
	/* Without a point or an exponent, readers would take it for an integer. */
	json_printf(json, strpbrk(text, ".e") ? "%s" : "%s.0", text);
}

void json_bool(struct json_writer *json, bool value)
{
	begin_value(json);
	if (value)
		put(json, "true", 4);
	else
		put(json, "false", 5);
}

void json_null(struct json_writer *json)
{
	begin_value(json);
	put(json, "null", 4);
}

void json_printf(struct json_writer *json, const char *fmt, ...)
{
	va_list args;

	begin_value(json);
	json_flush(json);
	va_start(args, fmt);
	vfprintf(json->out, fmt, args);
	va_end(args);
}

void json_put_u64(struct json_writer *json, const char *name, __u64 number)
{
	json_key(json, name, strlen(name));
	json_u64(json, number);
}

void json_put_text(struct json_writer *json, const char *name, const char *text)
{
	json_key(json, name, strlen(name));
	json_string(json, text, strlen(text));
}
