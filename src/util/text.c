// SPDX-License-Identifier: GPL-2.0-only
/* Makes bytes, durations and changes printable. */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <utf8proc.h>

#include "util/macros.h"
#include "util/text.h"

#define LINE_INDENT 4 /* of the rest of a line that is too wide */

#define MINUTE_NS (60 * NSEC_PER_SEC)
#define HOUR_NS	  (60 * MINUTE_NS)
#define DAY_NS	  (24 * HOUR_NS)

size_t text_char(const char *s, size_t len, __s32 *c)
{
	utf8proc_ssize_t n;

	*c = (unsigned char)*s;
	if (*c < 0x80) /* most are ASCII, and tables and CSV have millions */
		return len && *c;
	n = utf8proc_iterate((const utf8proc_uint8_t *)s, (utf8proc_ssize_t)len, c);
	return n > 0 ? (size_t)n : 0;
}

/*
 * Columns of a character: 0 of an accent, for example; -1 if it shows nothing, or joins, splits or
 * reorders what is beside it.
 */
static int columns_of(__s32 c)
{
	const utf8proc_property_t *of;

	if (c < 0x80)
		return c >= ' ' && c < 0x7f ? 1 : -1;
	of = utf8proc_get_property(c);
	switch (of->category) {
	case UTF8PROC_CATEGORY_CN: /* not assigned */
	case UTF8PROC_CATEGORY_CC: /* controls */
	case UTF8PROC_CATEGORY_CF: /* marks of direction and other formats */
	case UTF8PROC_CATEGORY_CS: /* surrogates */
	case UTF8PROC_CATEGORY_ZL: /* ends of lines and paragraphs */
	case UTF8PROC_CATEGORY_ZP:
		return -1;
	case UTF8PROC_CATEGORY_MC: /* marks that take room, as terminals show them */
		return 1;
	default:
		return of->ignorable ? -1 : utf8proc_charwidth(c);
	}
}

/* A letter or sign, or an accent on the one before it. */
static bool is_printable(__s32 c, bool behind_letter)
{
	int columns = columns_of(c);

	return columns > 0 || (!columns && behind_letter);
}

static size_t text_copy(char *dst, size_t size, const char *src, size_t len, bool printable)
{
	static const char digit[] = "0123456789abcdef";
	size_t used = 0, n, i;
	bool keep = false;
	__s32 c;

	for (; len; src += n, len -= n) {
		n = text_char(src, len, &c);
		keep = n && (!printable || is_printable(c, keep));
		if (!n)
			n = 1;
		if (used + (keep ? n : 4 * n) >= size)
			break;

		for (i = 0; i < n; i++) {
			if (keep) {
				dst[used++] = src[i];
				continue;
			}
			dst[used++] = '\\';
			dst[used++] = 'x';
			dst[used++] = digit[(unsigned char)src[i] >> 4];
			dst[used++] = digit[src[i] & 0xf];
		}
	}
	dst[used] = '\0';
	return used;
}

size_t text_utf8(char *dst, size_t size, const char *src, size_t len)
{
	return text_copy(dst, size, src, len, false);
}

size_t text_printable(char *dst, size_t size, const char *src, size_t len)
{
	return text_copy(dst, size, src, len, true);
}

/* The bytes of the escape sequence at the start, "\033[1;31m", or 0. */
static size_t escape_len(const char *text)
{
	size_t len;

	if (text[0] != '\033' || text[1] != '[')
		return 0;
	len = 2 + strspn(text + 2, "0123456789;");
	return text[len] == 'm' ? len + 1 : 0;
}

/* The bytes of the next character, and its columns. */
static size_t next_char(const char *text, size_t *columns)
{
	int signed_columns;
	size_t n;
	__s32 c;

	n = text_char(text, strnlen(text, 4), &c) ?: 1;
	signed_columns = columns_of(c);
	*columns = signed_columns > 0 ? signed_columns : 0;
	return n;
}

static size_t word_width(const char *text, size_t len)
{
	size_t width = 0, columns, n;

	for (size_t done = 0; done < len; done += n, width += columns) {
		n = escape_len(text + done);
		columns = 0;
		if (!n)
			n = next_char(text + done, &columns);
	}
	return width;
}

/* Most cells are plain ASCII, whose columns are its bytes. */
size_t text_width(const char *text)
{
	size_t ascii = 0;

	while (text[ascii] >= ' ' && text[ascii] <= '~')
		ascii++;
	return text[ascii] ? word_width(text, strlen(text)) : ascii;
}

size_t text_within(const char *text, size_t width)
{
	size_t len = 0, used = 0, columns, n;

	for (; text[len]; len += n, used += columns) {
		n = next_char(text + len, &columns);
		if (used + columns > width)
			break;
	}
	return len;
}

/* The end of the text that takes at most so many of its columns. It begins with no accent. */
static const char *end_within(const char *text, size_t all, size_t width)
{
	size_t columns, n;

	for (; *text; text += n, all -= columns) {
		n = next_char(text, &columns);
		if (all <= width && columns)
			break;
	}
	return text;
}

size_t text_shorten(char *dst, size_t size, const char *text, size_t width, const char *dots)
{
	size_t all = text_width(text), taken = text_width(dots), keep;
	int head = (int)strlen(text);
	const char *tail = "";

	if (all > width) {
		keep = width > taken ? width - taken : 0;
		head = (int)text_within(text, (keep + 1) / 2);
		tail = end_within(text, all, keep / 2);
	}
	snprintf(dst, size, "%.*s%.*s%s", head, text,
		 all > width ? (int)text_within(dots, width) : 0, dots, tail);
	return all > width ? text_width(dst) : all;
}

static __u64 divide_rounded(__u64 value, __u64 by)
{
	__u64 rest = value % by;

	return value / by + (rest >= by - rest);
}

/* Three digits of the value in this unit, if they suffice. */
static bool three_digits(char dst[DURATION_SIZE], __u64 ns, __u64 unit_ns, const char *unit)
{
	static const unsigned int scale[] = {100, 10, 1};
	unsigned int i, n;
	__u64 digits;

	for (i = 0; i < 3; i++) {
		digits = divide_rounded(ns, unit_ns / scale[i]);
		if (digits >= 1000)
			continue;
		n = digits;
		if (scale[i] == 1)
			snprintf(dst, DURATION_SIZE, "%u%s", n, unit);
		else
			snprintf(dst, DURATION_SIZE, "%u.%0*u%s", n / scale[i], 2 - (int)i,
				 n % scale[i], unit);
		return true;
	}
	return false;
}

/* Two units, the smaller one rounded, if there are fewer than limit of the greater one. */
static bool two_units(char dst[DURATION_SIZE], __u64 ns, __u64 small_ns, unsigned int ratio,
		      unsigned int limit, const char *format)
{
	__u64 n = divide_rounded(ns, small_ns);

	if (n >= (__u64)ratio * limit)
		return false;

	snprintf(dst, DURATION_SIZE, format, (unsigned int)n / ratio, (unsigned int)n % ratio);
	return true;
}

char *text_duration(char dst[DURATION_SIZE], __u64 ns)
{
	if (ns < NSEC_PER_USEC) {
		snprintf(dst, DURATION_SIZE, "%uns", (unsigned int)ns);
		return dst;
	}
	if (three_digits(dst, ns, NSEC_PER_USEC, "us") ||
	    three_digits(dst, ns, NSEC_PER_MSEC, "ms"))
		return dst;
	/* From 100 s on, in minutes and seconds. */
	if (ns < 100 * NSEC_PER_SEC - NSEC_PER_SEC / 20 && three_digits(dst, ns, NSEC_PER_SEC, "s"))
		return dst;
	if (two_units(dst, ns, NSEC_PER_SEC, 60, 60, "%um%02us") ||
	    two_units(dst, ns, MINUTE_NS, 60, 100, "%uh%02um") ||
	    two_units(dst, ns, HOUR_NS, 24, 1000, "%ud%02uh"))
		return dst;
	snprintf(dst, DURATION_SIZE, "%ud", (unsigned int)divide_rounded(ns, DAY_NS));
	return dst;
}

char *text_count(char dst[DURATION_SIZE], __u64 count)
{
	static const char *const units[] = {"k", "M", "G", "T", "P", "E"};
	__u64 unit = 1000;

	if (count < unit) {
		snprintf(dst, DURATION_SIZE, "%u", (unsigned int)count);
		return dst;
	}
	for (size_t i = 0; !three_digits(dst, count, unit, units[i]); i++)
		unit *= 1000;
	return dst;
}

char *text_bytes(char dst[BYTES_SIZE], __u64 bytes)
{
	static const char units[] = "KMGTPE";
	double value = (double)bytes / 1024;
	const char *unit = units;

	if (bytes < 1024) {
		snprintf(dst, BYTES_SIZE, "%lluB", bytes);
		return dst;
	}
	for (; value >= 1023.5 && unit[1]; unit++)
		value /= 1024;
	snprintf(dst, BYTES_SIZE, "%.*f%ciB",
		 value < 9.995	 ? 2
		 : value < 99.95 ? 1
				 : 0,
		 value, *unit);
	return dst;
}

char *text_change(char dst[CHANGE_SIZE], double percent)
{
	if (percent > -0.05 && percent < 0.05)
		snprintf(dst, CHANGE_SIZE, "0.0%%");
	else
		snprintf(dst, CHANGE_SIZE, percent < 99999 ? "%+.1f%%" : "%+.2g%%", percent);
	return dst;
}

static void wrap(FILE *out, const char *text, size_t column, size_t indent, size_t width)
{
	bool first = true;

	while (*text) {
		size_t len = strcspn(text, " ");
		size_t columns = word_width(text, len);

		if (first) {
			fprintf(out, "%.*s", (int)len, text);
		} else if (column + 1 + columns > width) {
			fprintf(out, "\n%*s%.*s", (int)indent, "", (int)len, text);
			column = indent;
		} else {
			fprintf(out, " %.*s", (int)len, text);
			column++;
		}
		column += columns;
		text += len + (text[len] == ' ');
		first = false;
	}
	fputc('\n', out);
}

void text_wrap(FILE *out, const char *text, size_t indent)
{
	wrap(out, text, indent, indent, TEXT_WIDTH);
}

void text_line(FILE *out, const char *text)
{
	struct winsize size = {.ws_col = TEXT_WIDTH};
	int saved_errno = errno;
	bool terminal = isatty(fileno(out));

	if (terminal && (ioctl(fileno(out), TIOCGWINSZ, &size) || !size.ws_col))
		size.ws_col = TEXT_WIDTH;
	errno = saved_errno; /* of writing */
	if (terminal)
		wrap(out, text, 0, LINE_INDENT, size.ws_col);
	else
		fprintf(out, "%s\n", text);
}

void text_append(char *text, size_t size, const char *fmt, ...)
{
	size_t len = strlen(text);
	va_list args;

	va_start(args, fmt);
	vsnprintf(text + len, size - len, fmt, args);
	va_end(args);
}

int text_memory_end(FILE *stream, char **text)
{
	bool failed = ferror(stream);

	if (!fclose(stream) && !failed && *text)
		return 0;
	free(*text);
	*text = NULL;
	return -ENOMEM;
}
