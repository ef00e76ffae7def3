// SPDX-License-Identifier: GPL-2.0-only
/*
 * Asks a terminal for its width, and wraps lines to it.
 */
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "output/terminal.h"
#include "util/text.h"

#define DEFAULT_WIDTH 80
#define MAX_WIDTH     10000
#define INDENT	      2 /* of a line that goes on */

static int width_of(int fd)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;

	if (fd < 0 || !isatty(fd))
		return 0;
	if (!ioctl(fd, TIOCGWINSZ, &size) && size.ws_col)
		return size.ws_col;
	if (columns && atoi(columns) > 0 && atoi(columns) <= MAX_WIDTH)
		return atoi(columns);
	return DEFAULT_WIDTH;
}

int terminal_width(FILE *out)
{
	int saved_errno = errno, width = width_of(fileno(out)); /* -1: a stream in memory */

	errno = saved_errno;
	return width;
}

const char *terminal_dots(void)
{
	static const char *dots;
	int saved_errno = errno;
	locale_t locale;

	if (dots)
		return dots;
	dots = "..";
	locale = newlocale(LC_CTYPE_MASK, "", NULL);
	if (locale && !strcmp(nl_langinfo_l(CODESET, locale), "UTF-8"))
		dots = "\u2026";
	if (locale)
		freelocale(locale);
	errno = saved_errno;
	return dots;
}

/* Writes a line of len bytes without its end. */
static void wrap_line(FILE *out, const char *line, size_t len, size_t width)
{
	size_t column = 0, word_len, columns;
	char word[TEXT_SIZE(1024)], fitting[TEXT_SIZE(1024)];

	for (; len; line += word_len, len -= word_len) {
		size_t blanks = strspn(line, " ");

		word_len = blanks + strcspn(line + blanks, " \n");
		snprintf(word, sizeof(word), "%.*s", (int)(word_len - blanks), line + blanks);
		columns = text_shorten(fitting, sizeof(fitting), word, width - INDENT,
				       terminal_dots());
		if (column && column + blanks + columns > width) {
			fprintf(out, "\n%*s", INDENT, "");
			column = INDENT;
			blanks = 0;
		}
		fprintf(out, "%*s%s", (int)blanks, "", fitting);
		column += blanks + columns;
	}
}

void terminal_lines(FILE *out, const char *text)
{
	size_t width = (size_t)terminal_width(out), len;

	for (; *text; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		if (width > 2 * INDENT)
			wrap_line(out, text, len, width);
		else
			fprintf(out, "%.*s", (int)len, text);
		if (text[len])
			putc('\n', out);
	}
}
