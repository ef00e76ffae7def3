// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes metrics in both formats: names, labels with any bytes, edges of buckets; and finds the
 * format that a client wants.
 */
#include "output/metrics/exposition.h"
#include "support/test.h"
#include "util/text.h"

static char *text;
static size_t text_len;

static struct exposition begin(enum metrics_format format)
{
	return (struct exposition){.out = open_memstream(&text, &text_len), .format = format};
}

static void assert_text(struct exposition *to, const char *expected)
{
	exposition_end(to);
	assert_int_equal(text_memory_end(to->out, &text), 0);
	assert_string_equal(text, expected);
	free(text);
}

static void write_each(struct exposition *to)
{
	exposition_family(to, METRIC_COUNTER, "a_bytes", "bytes", "Help.");
	exposition_number(to, "", 18446744073709551615ULL);
	exposition_family(to, METRIC_GAUGE, "b", NULL, "Help.");
	exposition_seconds(to, "x=\"y\"", 1000000001);
	exposition_family(to, METRIC_INFO, "c", NULL, "Help.");
	exposition_number(to, "", 1);
}

TEST(writes_the_text_format)
{
	struct exposition to = begin(METRICS_TEXT);

	write_each(&to);
	assert_text(&to, "# HELP a_bytes_total Help.\n# TYPE a_bytes_total counter\n"
			 "a_bytes_total 18446744073709551615\n"
			 "# HELP b Help.\n# TYPE b gauge\nb{x=\"y\"} 1.000000001\n"
			 "# HELP c_info Help.\n# TYPE c_info gauge\nc_info 1\n");
}

TEST(writes_openmetrics)
{
	struct exposition to = begin(METRICS_OPENMETRICS);

	write_each(&to);
	assert_text(&to, "# HELP a_bytes Help.\n# TYPE a_bytes counter\n# UNIT a_bytes bytes\n"
			 "a_bytes_total 18446744073709551615\n"
			 "# HELP b Help.\n# TYPE b gauge\nb{x=\"y\"} 1.000000001\n"
			 "# HELP c Help.\n# TYPE c info\nc_info 1\n# EOF\n");
}

TEST(puts_values_up_to_a_bound_into_its_bucket)
{
	struct buckets all = {};
	__u64 sum = 0;

	for (int i = 0; i < NR_BUCKETS; i++) {
		struct buckets buckets = {};

		assert_true(strtod(bucket_bounds[i].text, NULL) * 1e9 == bucket_bounds[i].ns);
		assert_true(!i || bucket_bounds[i].ns > bucket_bounds[i - 1].ns);
		buckets_add(&buckets, bucket_bounds[i].ns);
		assert_int_equal(buckets.nr[i], 1);
		buckets_add(&buckets, bucket_bounds[i].ns + 1);
		assert_int_equal(buckets.nr[i], 1);
		assert_true(i + 1 == NR_BUCKETS || buckets.nr[i + 1] == 1);
		assert_int_equal(buckets.count, 2);
		buckets_add(&all, bucket_bounds[i].ns);
		sum += bucket_bounds[i].ns;
	}
	buckets_add(&all, 0);
	assert_int_equal(all.nr[0], 2);
	assert_int_equal(all.sum_ns, sum);
	buckets_add(&all, ~0ULL);
	assert_true(all.sum_ns == ~0ULL);
}

TEST(writes_buckets_that_add_up)
{
	struct exposition to = begin(METRICS_TEXT);
	struct buckets buckets = {};
	char *line, *at, le[16];
	unsigned int nr, i = 0;

	buckets_add(&buckets, 1000);
	buckets_add(&buckets, 500000);
	buckets_add(&buckets, 300000000000);
	exposition_family(&to, METRIC_HISTOGRAM, "h_seconds", "seconds", "Help.");
	exposition_buckets(&to, "a=\"b\"", &buckets);
	assert_int_equal(text_memory_end(to.out, &text), 0);
	assert_non_null(strstr(text, "# TYPE h_seconds histogram\n"));
	for (line = text; (line = strstr(line, "\nh_seconds_bucket{a=\"b\",le=\"")); i++) {
		line++;
		assert_int_equal(
			sscanf(line, "h_seconds_bucket{a=\"b\",le=\"%15[^\"]\"} %u", le, &nr), 2);
		assert_string_equal(le, i < NR_BUCKETS ? bucket_bounds[i].text : "+Inf");
		assert_int_equal(nr, i == NR_BUCKETS ? 3 : i >= 5 ? 2 : 1);
	}
	assert_int_equal(i, NR_BUCKETS + 1);
	at = strstr(text, "h_seconds_sum");
	assert_string_equal(at,
			    "h_seconds_sum{a=\"b\"} 300.000501000\nh_seconds_count{a=\"b\"} 3\n");
	free(text);
}

TEST(writes_labels_of_any_bytes)
{
	char labels[LABELS_SIZE] = "", many[LABELS_SIZE];

	labels_add(labels, sizeof(labels), "a", "x\"y\\z\n\xff");
	labels_add(labels, sizeof(labels), "b", "");
	labels_add(labels, sizeof(labels), "c", "\xc3\xa4,=}\t");
	assert_string_equal(labels, "a=\"x\\\"y\\\\z\\n\\\\xff\",b=\"\",c=\"\xc3\xa4,=}\t\"");
	/* What is too long is cut between characters and escapes, and the quotes stay even. */
	memset(many, '"', sizeof(many) - 1);
	many[sizeof(many) - 1] = '\0';
	for (size_t size = 128; size < 140; size++) {
		*labels = '\0';
		labels_add(labels, size, "a", many);
		assert_true(strlen(labels) < size && strlen(labels) > size - 8);
		assert_int_equal(strspn(labels + 3, "\\\"") % 2, 1);
		labels_add(labels, size, "b", "no room");
		assert_null(strchr(labels, 'b'));
	}
	for (size_t i = 0; i + 3 < sizeof(many); i += 3)
		memcpy(many + i, "\xe2\x82\xac", 4);
	for (size_t size = 128; size < 140; size++) {
		*labels = '\0';
		labels_add(labels, size, "a", many);
		assert_int_equal((strlen(labels) - 4) % 3, 0);
	}
}

TEST(finds_the_format_that_a_client_wants)
{
	static const struct {
		const char *accept;
		enum metrics_format format;
	} samples[] = {
		{"", METRICS_TEXT},
		{"*/*", METRICS_TEXT},
		{"text/plain", METRICS_TEXT},
		{"application/openmetrics-text", METRICS_OPENMETRICS},
		{" application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
		 METRICS_OPENMETRICS},
		{"application/openmetrics-text; q=0.3, text/plain; q=0.5", METRICS_TEXT},
		{"text/plain;q=0.5,Application/OpenMetrics-Text;q=0.5", METRICS_OPENMETRICS},
		{"application/openmetrics-text;q=0", METRICS_TEXT},
		{"application/openmetrics-text;q=nan", METRICS_TEXT},
		{"application/openmetrics-text;q=-1,", METRICS_TEXT},
		{"application/openmetrics-textual", METRICS_TEXT},
		{",,;;,q=,;q=", METRICS_TEXT},
	};

	for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++)
		assert_int_equal(metrics_negotiate(samples[i].accept), samples[i].format);
}

TEST_MAIN(NULL, NULL)
