// SPDX-License-Identifier: GPL-2.0-only
/* Lines of a screen: their width, their spans, and what is not ASCII. */
#include "support/test.h"
#include "screen/lines.h"
#include "util/text.h"

static struct screen_lines lines;

static struct screen_line *begin(size_t width, bool utf8)
{
	lines_clear(&lines, width, 2, utf8);
	return lines_add(&lines);
}

TEST(cut_at_the_width)
{
	struct screen_line *line = begin(10, true);

	line_put(&lines, line, 0, "12345");
	line_put(&lines, line, STYLE_BOLD, "678901234");
	line_put(&lines, line, 0, "more");
	assert_string_equal(line->text, "1234567890");
	assert_int_equal(line->width, 10);
	assert_int_equal(line->nr_spans, 1);
	assert_int_equal(line->spans[0].from, 5);
	assert_int_equal(line->spans[0].to, 10);
	assert_non_null(lines_add(&lines));
	assert_null(lines_add(&lines));
	line_put(&lines, NULL, 0, "no line");
}

TEST(wide_and_combining_characters)
{
	struct screen_line *line = begin(5, true);

	line_put(&lines, line, 0, "e\u0301a\u6f22\u5b57");
	assert_string_equal(line->text, "e\u0301a\u6f22"); /* the next one needs two columns */
	assert_int_equal(line->width, 4);
	line_fill(&lines, line, STYLE_REVERSE, 9);
	assert_int_equal(line->width, 5);
	assert_int_equal(line->spans[0].style, STYLE_REVERSE);
}

TEST(without_utf8)
{
	struct screen_line *line = begin(20, false);

	line_put(&lines, line, 0, "e\u0301 \u6f22 \u2026 x");
	assert_string_equal(line->text, "e ?? ? x");
	assert_int_equal(line->width, 8);
}

/* Any number of accents, spans and columns stays within the line. */
TEST(limits)
{
	static char accents[8192] = "a";
	struct screen_line *line;

	for (size_t i = 1; i + 2 < sizeof(accents); i += 2)
		memcpy(accents + i, "\u0301", 2);
	lines_clear(&lines, 100000, 100000, true);
	assert_int_equal(lines.width, SCREEN_MAX_WIDTH);
	assert_int_equal(lines.height, SCREEN_MAX_HEIGHT);
	line = lines_add(&lines);
	line_put(&lines, line, 0, accents);
	for (unsigned int i = 0; i < 1000; i++)
		line_put(&lines, line, i % 2 ? STYLE_BOLD : STYLE_REVERSE, "\u6f22");
	assert_true(line->width <= SCREEN_MAX_WIDTH);
	assert_true(line->nr_spans <= MAX_SPANS);
	assert_int_equal(strlen(line->text), line->len);
	assert_true(line->len < sizeof(line->text));
}

TEST(style_of_columns)
{
	struct screen_line *line = begin(20, true);

	line_put(&lines, line, 0, "\u6f22bc defg");
	line_style(line, COLOR_WAIT, 3, 6);
	assert_int_equal(line->nr_spans, 1);
	assert_int_equal(line->spans[0].from, 4);
	assert_int_equal(line->spans[0].to, 7);
}

TEST_MAIN(NULL, NULL)
