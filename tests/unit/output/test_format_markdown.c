// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads Markdown back as GitHub does, and real numbers in all formats.
 */
#include <math.h>

#include "support/rendered.h"
#include "util/macros.h"

TEST(list)
{
	struct call call = plain;
	const void *objects[] = {&call, &unknown};

	strcpy(call.map.name, "a|b\\c*d_e");
	assert_string_equal(
		list_of(FORMAT_MARKDOWN, call_columns, objects, 2, 1, 5000000000),
		"| TIME | LATENCY | CALLER | ALLOC | EMPTY | TYPE | NAME | PID | COMM | CPU |\n"
		"| ---: | ---: | --- | --- | --- | --- | --- | ---: | --- | ---: |\n"
		"| 0.000000 | 1.23us | htab_map_free | ma | no | hash | `a\\|b\\c*d_e` | 100 |"
		" kworker/3:1 | 3 |\n"
		"| ? | ? | ? | ? | ? | ? | ? | 0 | x | 0 |\n"
		"\n"
		"1 more row\n");
	assert_string_equal(list_of(FORMAT_MARKDOWN, call_columns, objects, 0, 0, 0), "none\n");
}

/* Names have no markup, start no line or cell, and mention no user or issue. */
TEST(names)
{
	static const char *const cases[][2] = {
		{"plain", "plain"},
		{"kworker/u8:2+r", "kworker/u8:2+r"},
		{"a_b-c.d (e, f)?", "a_b-c.d (e, f)?"},
		{"gr\xc3\xbc\xc3\x9f\xe5\x90\x8d", "gr\xc3\xbc\xc3\x9f\xe5\x90\x8d"},
		{"abcdef x12", "abcdef x12"},
		{"\n|\r<b>[x](y)_z", "`\\x0a\\|\\x0d<b>[x](y)_z`"},
		{"`~&$\xff\033[31m", "`` `~&$\\xff\\x1b[31m ``"},
		{"a``b`", "``` a``b` ```"},
		{"@torvalds", "`@torvalds`"},
		{"x@y.org", "`x@y.org`"},
		{"#1", "`#1`"},
		{"user/repo#12", "`user/repo#12`"},
		{"GH-12", "`GH-12`"},
		{"see gh-12", "`see gh-12`"},
		{"KEY-7", "`KEY-7`"},
		{"!3", "`!3`"},
		{"deadbeef", "`deadbeef`"},
		{"a 1234567.", "`a 1234567.`"},
		{"http://x", "`http://x`"},
		{"www.x.org", "`www.x.org`"},
		{":tada:", "`:tada:`"},
		{"_x_", "`_x_`"},
		{"a _x_", "`a _x_`"},
		{"**x**", "`**x**`"},
		{"~~x", "`~~x`"},
		{"<img src=x>", "`<img src=x>`"},
		{"&amp;", "`&amp;`"},
		{"$x$", "`$x$`"},
		{"  ", "`  `"},
		{" x", "`  x `"},
		{"x ", "` x  `"},
		{"\\|", "`\\\\|`"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct call call = plain;
		const void *objects[] = {&call};
		char want[64];

		snprintf(call.task.comm, sizeof(call.task.comm), "%s", cases[i][0]);
		snprintf(want, sizeof(want), "| 100 | %s | 3 |\n", cases[i][1]);
		check_has(list_of(FORMAT_MARKDOWN, call_columns, objects, 1, 0, 0), want);
	}
}

/* Lines written one by one make the same table. */
TEST(events)
{
	const void *objects[] = {&plain};
	FILE *out = out_open();
	char *want;

	assert_int_equal(format_heading(out, FORMAT_MARKDOWN, call_columns), 0);
	assert_int_equal(format_line(out, FORMAT_MARKDOWN, call_columns, &plain, 7), 0);
	want = strdup(out_close(out));
	assert_string_equal(list_of(FORMAT_MARKDOWN, call_columns, objects, 1, 0, 7), want);
	free(want);
}

/* Optional columns are left out as in tables. */
TEST(rows)
{
	struct call calls[] = {plain, plain};
	struct rows rows_;
	struct aggregate *aggregate = rows_of(calls, 2, &rows_);
	FILE *out = out_open();

	assert_int_equal(
		format_rows_heading(out, FORMAT_MARKDOWN, &rows_, false, INTERVAL_NONE, NULL), 0);
	assert_int_equal(format_rows(out, FORMAT_MARKDOWN, &rows_, false, INTERVAL_NONE, 0, NULL),
			 0);
	assert_string_equal(
		out_close(out),
		"| CALLER | TYPE | NAME | COUNT | EMPTY | TOTAL | MIN | MEAN | P50 | P90 | P99 |"
		" MAX |\n"
		"| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
		" ---: |\n"
		"| htab_map_free | hash | events | 2 | 0 | 2.47us | 1.23us | 1.23us | 1.23us |"
		" 1.23us | 1.23us | 1.23us |\n");
	aggregate_free(aggregate);
}

static bool get_real(const struct column *column, const void *object, struct value *value)
{
	(void)column;
	value->real = *(const double *)object;
	return value->real != -1;
}

static const char *real(enum format format, enum real_format shown_as, double number)
{
	const struct column columns[] = {
		{"real", "R", VALUE_REAL, .shown_as = shown_as, .get = get_real},
		{},
	};
	const void *objects[] = {&number};
	const char *text = list_of(format, columns, objects, 1, 0, 0);

	/* Without the heading, and the blanks before a short figure. */
	if (format == FORMAT_TABLE) {
		text = strchr(text, '\n') + 1;
		text += strspn(text, " ");
	}
	return text;
}

TEST(reals)
{
	static const struct {
		enum real_format shown_as;
		double number;
		const char *want;
	} cells[] = {
		{REAL_PLAIN, 0.12345, "0.123\n"},
		{REAL_PLAIN, -1, "?\n"},
		{REAL_PLAIN, NAN, "?\n"},
		{REAL_PLAIN, INFINITY, "?\n"},
		{REAL_DURATION, 1234567.8, "1.23ms\n"},
		{REAL_DURATION, 0.4, "0ns\n"},
		{REAL_DURATION, 1e30, "213504d\n"},
		{REAL_DURATION, NAN, "?\n"},
		{REAL_CHANGE, 12.34, "+12.3%\n"},
		{REAL_CHANGE, -0.4, "-0.4%\n"},
		{REAL_CHANGE, -0.049, "0.0%\n"},
		{REAL_CHANGE, 1.8e21, "+1.8e+21%\n"},
		{REAL_CHANGE, NAN, "~\n"},
		{REAL_CHANGE, INFINITY, "?\n"},
		{REAL_SPREAD, 4.4, "±4%\n"},
		{REAL_P, 0.0234, "0.023\n"},
		{REAL_P, 0.000999, "<0.001\n"},
		{REAL_P, 0.001, "0.001\n"},
		{REAL_P, NAN, "?\n"},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cells); i++)
		assert_string_equal(real(FORMAT_TABLE, cells[i].shown_as, cells[i].number),
				    cells[i].want);
	assert_string_equal(real(FORMAT_JSON, REAL_CHANGE, 0.1), "{\"real\":0.1}\n");
	assert_string_equal(real(FORMAT_JSON, REAL_CHANGE, NAN), "{\"real\":null}\n");
	assert_string_equal(real(FORMAT_JSON, REAL_P, -INFINITY), "{\"real\":null}\n");
	assert_string_equal(real(FORMAT_CSV, REAL_P, 1234567.25), "1234567.25\n");
	assert_string_equal(real(FORMAT_CSV, REAL_P, NAN), "\n");
	assert_string_equal(real(FORMAT_MARKDOWN, REAL_CHANGE, -7), "| R |\n| ---: |\n| -7.0% |\n");
}

TEST_MAIN(NULL, NULL)
