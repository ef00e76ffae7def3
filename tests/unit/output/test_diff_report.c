// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads comparisons back as people and programs see them.
 */
#include <errno.h>

#include "output/diff_report.h"
#include "support/compared.h"
#include "support/json.h"
#include "support/written.h"
#include "util/macros.h"

/* A diff --by type,name: 20 values of 1 us and 2 us, and a key with few. */
static struct sides three_keys(void)
{
	static const enum key by[] = {KEY_TYPE, KEY_NAME};
	struct sides sides = sides_by(by, 2, 100);

	put_steps(&sides, DIFF_BASE, "slower", 1000, 1, 20);
	put_steps(&sides, DIFF_NEW, "slower", 2000, 2, 20);
	put_steps(&sides, DIFF_BASE, "same|x", 1000, 1, 20);
	put_steps(&sides, DIFF_NEW, "same|x", 1000, 1, 20);
	put_steps(&sides, DIFF_BASE, "gone", 1000, 1, 3);
	limit(&sides, METRIC_P50, 10);
	limit(&sides, METRIC_P99, 1000);
	limit(&sides, METRIC_TOTAL, 12.5);
	return sides;
}

/* The output, valid until the next call. */
static const char *written(struct sides *sides, enum format format)
{
	FILE *out = out_open();

	assert_int_equal(diff_write(out, format, compare(sides), NULL), 0);
	return out_close(out);
}

TEST(table)
{
	struct sides sides = three_keys();

	assert_string_equal(
		written(&sides, FORMAT_TABLE),
		"TYPE  NAME    PHASE    BASE N    BASE    ±  NEW N     NEW    ±    DELTA       P"
		"  EFFECT  GATE\n"
		"hash  slower  destroy      20  1.01us  ±0%     20  2.02us  ±0%  +100.0%  <0.001"
		"       1  FAIL\n"
		"hash  gone    destroy       3  1.00us    ?      0       -    -        -       -"
		"       -  -\n"
		"hash  same|x  destroy      20  1.01us  ±0%     20  1.01us  ±0%        ~   1.000"
		"       0  -\n"
		"geometric mean of 2 medians: destroy +41.4%\n"
		"rows with less than 8 values on a side, which say little: 1\n"
		"FAIL: map_type=hash map_name=slower: destroy p50 +100.0% (limit 10%), p=5.8e-11\n"
		"FAIL: map_type=hash map_name=slower: destroy total +100.0% (limit 12.5%), "
		"p=5.8e-11\n"
		"FAIL: map_type=hash map_name=gone: missing in the new side: destroy\n"
		"1 of 2 rows is slower; only in the base: 1; the gate fails\n");

	/* Without limits, no column for them. */
	sides.opts.nr_limits = 0;
	assert_null(strstr(written(&sides, FORMAT_TABLE), "GATE"));
	sides.opts.top = 1;
	check_has(written(&sides, FORMAT_TABLE), "\n2 more rows\ngeometric mean");
	sides_free(&sides);
}

/* p is that of the test that was significant. */
TEST(tail)
{
	struct sides sides = sides_by(NULL, 0, 100);
	const struct diff_line *line;
	char want[100];
	size_t i;

	put_steps(&sides, DIFF_BASE, "a", 10000, 1, 1000);
	for (i = 0; i < 1000; i++)
		put(&sides, DIFF_NEW, "a", i % 50 ? 10000 + i : 100000 + i);
	limit(&sides, METRIC_P99, 5);
	line = compare(&sides)->line;
	assert_true(line->p_corrected > 0.05);
	snprintf(want, sizeof(want), "FAIL: destroy p99 +%.1f%% (limit 5%%), p=%.2g\n",
		 line->delta[METRIC_P99], line->p_tail_corrected);
	check_has(written(&sides, FORMAT_TABLE), want);
	/* One row is its own mean. */
	assert_null(strstr(written(&sides, FORMAT_TABLE), "mean"));
	sides_free(&sides);
}

/* To the letter, except for figures that depend on the last bit. */
TEST(json)
{
	struct sides sides = three_keys();
	const char *text = written(&sides, FORMAT_JSON), *line = text;

	json_check_lines(text);
	check_begins(
		line,
		"{\"type\":\"diff\",\"map_type\":\"hash\",\"map_name\":\"slower\","
		"\"phase\":\"destroy\",\"base\":{\"n\":20,\"runs\":null,\"boots\":null,\"total_ns\":20190,"
		"\"median_ns\":1009.5,\"low_ns\":1005,\"high_ns\":1014,\"mean_ns\":1009.5,"
		"\"p99_ns\":1019.0},\"new\":{\"n\":20,\"runs\":null,\"boots\":null,\"total_ns\":40380,"
		"\"median_ns\":2019.0,\"low_ns\":2010,\"high_ns\":2028,\"mean_ns\":2019.0,"
		"\"p99_ns\":2038.0},\"delta\":{\"p50\":100.0,\"p99\":100.0,\"mean\":100.0,"
		"\"total\":100.0},\"u\":400.0,\"p\":");
	assert_true(strtod(json_find(line, "p"), NULL) < 2e-11);
	assert_true(strtod(json_find(line, "p_corrected"), NULL) > 2e-11);
	line = strstr(line, ",\"p_tail\"");
	check_begins(
		line,
		",\"p_tail\":1.0,\"exact\":true,\"effect\":1.0,\"verdict\":\"slower\","
		"\"failed\":[\"p50>10%\",\"total>12.5%\"]}\n"
		"{\"type\":\"diff\",\"map_type\":\"hash\",\"map_name\":\"gone\","
		"\"phase\":\"destroy\",\"base\":{\"n\":3,\"runs\":null,\"boots\":null,\"total_ns\":3003,"
		"\"median_ns\":1001.0,\"low_ns\":null,\"high_ns\":null,"
		"\"mean_ns\":1001.0,\"p99_ns\":1002.0},"
		"\"new\":{\"n\":0,\"runs\":null,\"boots\":null,\"total_ns\":null,\"median_ns\":null,\"low_ns\":null,"
		"\"high_ns\":null,\"mean_ns\":null,\"p99_ns\":null},\"delta\":null,"
		"\"u\":null,\"p\":null,\"p_corrected\":null,\"p_tail\":null,"
		"\"exact\":null,\"effect\":null,\"verdict\":\"unknown\",\"failed\":[]}\n");
	line = strstr(line, "{\"type\":\"geomean\"");
	assert_non_null(line);
	assert_true(json_is(line, "map_name", "null"));
	assert_true(json_is(line, "phase", "\"destroy\""));
	/* An object with a known member has null for the others, in any order. */
	line = json_find(line, "delta");
	check_begins(line, "{\"p50\":41.4213562373");
	check_has(line, ",\"p99\":null,\"mean\":null,\"total\":null},");
	sides_free(&sides);
}

TEST(csv)
{
	struct sides sides = three_keys();
	const char *text = written(&sides, FORMAT_CSV);

	check_begins(text,
		     "type,map_type,map_name,phase,base.n,base.runs,base.boots,base.total_ns,");
	check_has(text, ",p_tail,exact,effect,verdict,failed\n"
			"diff,hash,slower,destroy,20,,,20190,1009.5,1005,1014,1009.5,1019,"
			"20,,,40380,2019,2010,2028,2019,2038,100,100,100,100,400,");
	check_has(text, ",slower,p50>10%;total>12.5%\ndiff,hash,gone,");
	check_has(text, "\ngeomean,,,destroy,2,,,,,,,,,2,,,,,,,,,41.4213562373");
	assert_null(strstr(text, "FAIL"));
	sides_free(&sides);
}

TEST(markdown)
{
	struct sides sides = three_keys();

	put_steps(&sides, DIFF_BASE, "_<a>`", 1000, 1, 20);
	put_steps(&sides, DIFF_NEW, "_<a>`", 1500, 1, 20);
	sides.opts.top = 1;
	assert_string_equal(
		written(&sides, FORMAT_MARKDOWN),
		"| TYPE | NAME | PHASE | BASE N | BASE | ± | NEW N | NEW | ± | DELTA | P | EFFECT |"
		" GATE |\n"
		"| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
		" --- |\n"
		"| hash | slower | destroy | 20 | 1.01us | ±0% | 20 | 2.02us | ±0% | +100.0% |"
		" \\<0.001 | 1 | FAIL |\n"
		"\n"
		"3 more rows\n"
		"\n"
		"- geometric mean of 3 medians: destroy +44.1%\n"
		"- FAIL: map_type=hash map_name=slower: destroy p50 +100.0% (limit 10%), p=8.7e-11\n"
		"- FAIL: map_type=hash map_name=slower: destroy total +100.0% (limit 12.5%), "
		"p=8.7e-11\n"
		"- FAIL: map_type=hash map_name=`` _<a>` ``: destroy p50 +49.5% (limit 10%), "
		"p=8.7e-11\n"
		"- FAIL: map_type=hash map_name=`` _<a>` ``: destroy total +49.5% (limit 12.5%), "
		"p=8.7e-11\n"
		"- FAIL: map_type=hash map_name=gone: missing in the new side: destroy\n"
		"- 2 of 3 rows are slower; only in the base: 1; the gate fails\n");
	sides_free(&sides);
}

TEST(nothing_to_compare)
{
	struct sides sides = sides_new();

	assert_string_equal(written(&sides, FORMAT_TABLE), "nothing to compare\n");
	assert_string_equal(written(&sides, FORMAT_MARKDOWN), "- nothing to compare\n");
	assert_string_equal(
		written(&sides, FORMAT_JSON),
		"{\"type\":\"verdict\",\"unit\":\"value\",\"few_runs\":false,\"compared\":0,\"slower\":0,\"faster\":0,"
		"\"only_in_base\":0,\"only_in_new\":0,\"unclear\":0,\"passes\":null,\"result\":null,"
		"\"text\":\"nothing to compare\"}\n");
	check_begins(written(&sides, FORMAT_CSV), "type,map_name,phase,");
	limit(&sides, METRIC_P50, 10);
	assert_string_equal(written(&sides, FORMAT_TABLE), "nothing to compare; the gate fails\n");
	put(&sides, DIFF_BASE, "a", 1);
	put(&sides, DIFF_NEW, "b", 1);
	check_has(written(&sides, FORMAT_TABLE),
		  "\nFAIL: map_name=a: missing in the new side: destroy\n"
		  "nothing to compare; only in the base: 1; only in the new side: 1; "
		  "the gate fails\n");
	sides_free(&sides);
}

/* The last line, also of a list cut by --top. */
TEST(verdicts)
{
	static const struct {
		const char *has;
		__u64 hash, lpm; /* of the new side; 1000 in the base */
		size_t nr;
		double percent; /* 0: no limit */
		bool allow_missing;
	} cases[] = {
		{"\nno significant change in 2 rows\n", .hash = 1000, .lpm = 1000, .nr = 20},
		{"\n1 of 2 rows is slower\n", .hash = 2000, .lpm = 1000, .nr = 20},
		{"\n2 of 2 rows are faster\n", .hash = 500, .lpm = 500, .nr = 20},
		{"\n1 of 2 rows is slower, 1 faster\n", .hash = 2000, .lpm = 500, .nr = 20},
		{"\n1 of 2 rows is slower; the gate passes\n", .hash = 2000, .lpm = 1000, .nr = 20,
		 .percent = 200},
		{"\n1 of 2 rows is slower; the gate fails\n", .hash = 2000, .lpm = 1000, .nr = 20,
		 .percent = 50},
		{"\nno significant change in 2 rows; the gate passes\n", .hash = 1000, .lpm = 1000,
		 .nr = 20, .percent = 50},
		{"\nno significant change in 2 rows; too few values: 2; the gate fails\n",
		 .hash = 1000, .lpm = 1000, .nr = 2, .percent = 50},
		{"\nFAIL: map_name=hash: destroy p50 +100.0% (limit 50%): too few values\n"
		 "no significant change in 2 rows; too few values: 2; the gate fails\n",
		 .hash = 2000, .lpm = 1000, .nr = 2, .percent = 50},
		{"\nno significant change in 2 rows; too few values: 2; the gate fails\n",
		 .hash = 2000, .lpm = 1000, .nr = 2, .percent = 50, .allow_missing = true},
		{"\nno significant change in 1 row; only in the base: 1; the gate passes\n", 1000,
		 0, 20, 50, true},
		{"\nFAIL: map_name=lpm: missing in the new side: destroy\n"
		 "no significant change in 1 row; only in the base: 1; the gate fails\n",
		 .hash = 1000, .lpm = 0, .nr = 20, .percent = 50},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sides sides = sides_new();
		const char *text;

		put_steps(&sides, DIFF_BASE, "hash", 1000, 1, cases[i].nr);
		put_steps(&sides, DIFF_BASE, "lpm", 1000, 1, cases[i].nr);
		put_steps(&sides, DIFF_NEW, "hash", cases[i].hash, 1, cases[i].nr);
		if (cases[i].lpm)
			put_steps(&sides, DIFF_NEW, "lpm", cases[i].lpm, 1, cases[i].nr);
		if (cases[i].percent)
			limit(&sides, METRIC_P50, cases[i].percent);
		sides.opts.allow_missing = cases[i].allow_missing;
		sides.opts.top = 1;
		text = written(&sides, FORMAT_TABLE);
		check_has(text, cases[i].has);
		assert_string_equal(text + strlen(text) - strlen(cases[i].has), cases[i].has);
		sides_free(&sides);
	}
}

/* Reasons that are no number of rows */
TEST(verdict_says_why)
{
	static const char start[] = "no significant change in 2 rows; some keys share a row";
	struct sides sides = sides_by(by_name, 1, 1);
	char text[DIFF_VERDICT_SIZE], want[DIFF_VERDICT_SIZE];

	put_both(&sides, "a", 1000, 1000, 1, 20);
	put_both(&sides, "b", 1000, 1000, 1, 20);
	assert_string_equal(diff_verdict(compare(&sides), text), start);
	sides.opts.unlike = true;
	snprintf(want, sizeof(want), "%s; the benchmarks are not the same", start);
	assert_string_equal(diff_verdict(compare(&sides), text), want);
	sides.opts.unlike = false;
	sides.opts.forced = true;
	limit(&sides, METRIC_P50, 10);
	snprintf(want, sizeof(want),
		 "%s; the recordings are not well comparable (--force); the gate fails", start);
	assert_string_equal(diff_verdict(compare(&sides), text), want);
	sides_free(&sides);
}

/* Rows without a direction are no rows without a change. */
TEST(verdict_of_mixed_rows)
{
	struct diff diff = {.tally = {.compared = 3, .mixed = 2}};
	char text[DIFF_VERDICT_SIZE];

	assert_string_equal(diff_verdict(&diff, text),
			    "2 of 3 rows changed without a clear direction");
	diff.tally.slower = 1;
	assert_string_equal(diff_verdict(&diff, text),
			    "1 of 3 rows is slower, 2 changed without a clear direction");
}

/* As many limits as there can be, with the longest numbers. */
TEST(many_limits)
{
	struct sides sides = three_keys();
	const char *failed;
	int i;

	sides.opts.nr_limits = 0;
	for (i = 0; i < MAX_LIMITS; i++)
		limit(&sides, METRIC_TOTAL, 0.000123456789);
	failed = json_find(written(&sides, FORMAT_JSON), "failed");
	for (i = 0; i < MAX_LIMITS; i++)
		check_begins(failed + i * strlen(",\"total>0.000123457%\"") + 1,
			     "\"total>0.000123457%\"");
	assert_int_equal(*json_end(failed), '}');
	assert_int_equal(json_end(failed) - failed, 1 + i * strlen(",\"total>0.000123457%\""));
	sides_free(&sides);
}

TEST(write_errors)
{
	static const enum format formats[] = {FORMAT_TABLE, FORMAT_JSON, FORMAT_CSV,
					      FORMAT_MARKDOWN};
	struct sides sides = three_keys();
	size_t i;

	for (i = 0; i < ARRAY_SIZE(formats); i++) {
		FILE *out = full_disk();

		assert_int_equal(diff_write(out, formats[i], compare(&sides), NULL), -ENOSPC);
		fclose(out);
	}
	sides_free(&sides);
}

TEST_MAIN(NULL, NULL)
