// SPDX-License-Identifier: GPL-2.0-only
/* Lines above tables, and in their place. */
#include "output/heading.h"
#include "support/written.h"
#include "util/macros.h"

static const struct heading untimed = {.interval = INTERVAL_NONE};
static const struct heading third = {
	.timed = true,
	.realtime_ns = 3723 * NSEC_PER_SEC,
	.interval = 3,
};
static const struct heading total = {
	.timed = true,
	.realtime_ns = 3723 * NSEC_PER_SEC,
	.interval = INTERVAL_WHOLE,
	.took_ns = 12300000000,
};

static FILE *out;
static struct page page;

static const char *one(const struct heading *heading, enum format format, const char *title)
{
	struct heading copy = *heading;

	copy.format = format;
	page = (struct page){};
	out = out_open();
	heading_put(out, &page, &copy, title);
	return out_close(out);
}

static const char *empty(const struct heading *heading, enum format format, const char *text)
{
	struct heading copy = *heading;

	copy.format = format;
	page = (struct page){};
	out = out_open();
	heading_put_empty(out, &page, &copy, text);
	return out_close(out);
}

TEST(lines)
{
	struct heading timed = untimed, several = third;

	timed.timed = true;
	several.more = 2;
	assert_string_equal(one(&untimed, FORMAT_TABLE, NULL), "");
	assert_string_equal(one(&untimed, FORMAT_TABLE, "some calls"), "Some calls\n");
	assert_string_equal(one(&timed, FORMAT_TABLE, NULL), "00:00:00\n");
	assert_string_equal(one(&timed, FORMAT_TABLE, "some calls"), "00:00:00  Some calls\n");
	assert_string_equal(one(&third, FORMAT_TABLE, NULL), "01:02:03  interval 3\n");
	assert_string_equal(one(&third, FORMAT_TABLE, "some calls"),
			    "01:02:03  interval 3: some calls\n");
	assert_string_equal(one(&total, FORMAT_TABLE, NULL), "01:02:03  total of 12.3s\n");
	assert_string_equal(one(&third, FORMAT_MARKDOWN, "some calls"),
			    "**01:02:03  interval 3: some calls**\n\n");
	assert_string_equal(one(&untimed, FORMAT_MARKDOWN, NULL), "");
	assert_string_equal(empty(&untimed, FORMAT_TABLE, "no calls"), "no calls\n");
	assert_string_equal(empty(&third, FORMAT_TABLE, "no calls"),
			    "01:02:03  interval 3: no calls\n");
	assert_string_equal(empty(&several, FORMAT_TABLE, "no calls"),
			    "01:02:03  intervals 1 to 3: no calls\n");
	assert_string_equal(empty(&total, FORMAT_MARKDOWN, "no calls"),
			    "01:02:03  total of 12.3s: no calls\n");
}

/* Tables are set apart; lines in their place are not, except in Markdown. */
TEST(gaps)
{
	struct heading heading = untimed;

	page = (struct page){};
	out = out_open();
	heading_put_empty(out, &page, &heading, "a");
	heading_put_empty(out, &page, &heading, "b");
	heading_put(out, &page, &heading, "c");
	heading_put(out, &page, &heading, NULL);
	heading_put_empty(out, &page, &heading, "d");
	assert_string_equal(out_close(out), "a\nb\n\nC\n\n\nd\n");

	heading.format = FORMAT_MARKDOWN;
	page = (struct page){};
	out = out_open();
	heading_put_empty(out, &page, &heading, "a");
	heading_put_empty(out, &page, &heading, "b");
	heading_put(out, &page, &heading, "c");
	assert_string_equal(out_close(out), "a\n\nb\n\n**C**\n\n");
}

static int set_up(void **state)
{
	(void)state;
	setenv("TZ", "UTC0", 1);
	return 0;
}

TEST_MAIN(set_up, NULL)
