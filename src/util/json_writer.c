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
	if (len > sizeof(json->buffer) - json->used)
		json_flush(json);
	if (len > sizeof(json->buffer)) {
		fwrite_unlocked(bytes, 1, len, json->out);
		return;
	}
	memcpy(json->buffer + json->used, bytes, len);
	json->used += len;
}

static inline void put_byte(struct json_writer *json, char byte)
{
	if (json->used == sizeof(json->buffer))
		json_flush(json);
	json->buffer[json->used++] = byte;
}

static void begin_value(struct json_writer *json)
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
	char *to;

	/* Half of what is written: worth its own way into the buffer. */
	if (len + 4 > sizeof(json->buffer) - json->used)
		json_flush(json);
	to = json->buffer + json->used;
	if (json->comma)
		*to++ = ',';
	*to++ = '"';
	to = mempcpy(to, name, len);
	*to++ = '"';
	*to++ = ':';
	json->used = to - json->buffer;
	json->comma = false;
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

void json_string(struct json_writer *json, const char *text, size_t len)
{
	const char *end = text + len, *run;

	begin_value(json);
	put_byte(json, '"');
	while (text < end) {
		for (run = text; text < end && plain[(unsigned char)*text];)
			text++;
		put(json, run, text - run);
		if (text < end)
			text += put_char(json, text, end - text);
	}
	put_byte(json, '"');
}

void json_u64(struct json_writer *json, __u64 number)
{
	static const char pairs[] = "00010203040506070809101112131415161718192021222324"
				    "25262728293031323334353637383940414243444546474849"
				    "50515253545556575859606162636465666768697071727374"
				    "75767778798081828384858687888990919293949596979899";
	char digits[20], *first = digits + sizeof(digits);

	/* Most of what is written: worth more than printf(). */
	for (; number >= 100; number /= 100) {
		*--first = pairs[number % 100 * 2 + 1];
		*--first = pairs[number % 100 * 2];
	}
	*--first = '0' + number % 10;
	if (number >= 10)
		*--first = '0' + number / 10;
	begin_value(json);
	put(json, first, digits + sizeof(digits) - first);
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
	put(json, value ? "true" : "false", value ? 4 : 5);
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
