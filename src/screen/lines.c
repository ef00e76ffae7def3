// SPDX-License-Identifier: GPL-2.0-only
/* Puts the lines of a screen together. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "screen/lines.h"
#include "util/text.h"

void lines_clear(struct screen_lines *lines, size_t width, size_t height, bool utf8)
{
	lines->width = width < SCREEN_MAX_WIDTH ? width : SCREEN_MAX_WIDTH;
	lines->height = height < SCREEN_MAX_HEIGHT ? height : SCREEN_MAX_HEIGHT;
	lines->utf8 = utf8;
	lines->nr = 0;
}

struct screen_line *lines_add(struct screen_lines *lines)
{
	struct screen_line *line;

	if (lines->nr >= lines->height)
		return NULL;
	line = &lines->line[lines->nr++];
	line->text[0] = '\0';
	line->len = line->width = line->nr_spans = 0;
	return line;
}

static void add_span(struct screen_line *line, unsigned int style, size_t from, size_t to)
{
	struct span *last = line->nr_spans ? &line->spans[line->nr_spans - 1] : NULL;

	if (!style || from == to)
		return;
	if (last && last->style == style && last->to == from)
		last->to = to;
	else if (line->nr_spans < MAX_SPANS)
		line->spans[line->nr_spans++] = (struct span){from, to, style};
}

static void put_bytes(struct screen_line *line, const char *text, size_t len)
{
	if (line->len + len >= sizeof(line->text))
		return;
	memcpy(line->text + line->len, text, len);
	line->len += len;
	line->text[line->len] = '\0';
}

/* One character, and what combines with it. */
static void put_ascii(struct screen_line *line, const char *text, size_t len)
{
	char character[8];
	__s32 c;

	for (size_t n; len; text += n, len -= n) {
		n = text_char(text, len, &c) ?: 1;
		if (n == 1) {
			put_bytes(line, text, 1);
			continue;
		}
		snprintf(character, sizeof(character), "%.*s", (int)n, text);
		put_bytes(line, "??", text_width(character));
	}
}

void line_put(const struct screen_lines *lines, struct screen_line *line, unsigned int style,
	      const char *text)
{
	size_t from, len;

	if (!line || line->width >= lines->width)
		return;
	from = line->len;
	len = text_within(text, lines->width - line->width);
	if (line->len + len >= sizeof(line->text)) /* of accents, any number takes no column */
		return;
	if (lines->utf8)
		put_bytes(line, text, len);
	else
		put_ascii(line, text, len);
	line->width += text_width(line->text + from);
	add_span(line, style, from, line->len);
}

void line_printf(const struct screen_lines *lines, struct screen_line *line, unsigned int style,
		 const char *fmt, ...)
{
	char text[SCREEN_MAX_WIDTH + 1];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	line_put(lines, line, style, text);
}

void line_fill(const struct screen_lines *lines, struct screen_line *line, unsigned int style,
	       size_t column)
{
	char blanks[SCREEN_MAX_WIDTH + 1];
	size_t nr;

	if (!line || column <= line->width)
		return;
	nr = column - line->width;
	if (nr > SCREEN_MAX_WIDTH)
		nr = SCREEN_MAX_WIDTH;
	memset(blanks, ' ', nr);
	blanks[nr] = '\0';
	line_put(lines, line, style, blanks);
}

void line_style(struct screen_line *line, unsigned int style, size_t from, size_t to)
{
	size_t begin = text_within(line->text, from), end = text_within(line->text, to);

	add_span(line, style, begin, end);
}
