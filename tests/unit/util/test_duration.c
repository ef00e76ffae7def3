// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parses durations as the command line does.
 */
#include <errno.h>
#include <stdio.h>

#include "support/test.h"
#include "util/duration.h"
#include "util/macros.h"

#define UNTOUCHED 12345

static void expect(const char *text, bool bare_seconds, int err, __u64 want)
{
	__u64 ns = UNTOUCHED;
	int got = duration_parse(text, bare_seconds, &ns);

	if (got != err || ns != (err ? UNTOUCHED : want))
		fail_msg("'%s': %d, %llu ns", text, got, ns);
}

TEST(test_units)
{
	static const struct {
		const char *text;
		__u64 ns;
	} cases[] = {
		{"250ns", 250},
		{"10us", 10000},
		{"1.5ms", 1500000},
		{"2s", 2000000000},
		{"3m", 180000000000},
		{"1h", 3600000000000},
		{"0s", 0},
		{"007us", 7000},
		{".5s", 500000000},
		{"1.5m", 90000000000},
		{"0.25h", 900000000000},
		{"1.0ns", 1},
		{"1.000000000000000000000000us", 1000},
		{"0.000000001s", 1},
		{"0.1s", 100000000},
		{"9007199254740993ns", 9007199254740993}, /* no double holds this */
		{"1.123456789s", 1123456789},
		{"1d", 86400000000000},
		{"1h30m", 5400000000000},
		{"2m30s", 150000000000},
		{"1d1h1m1s1ms1us1ns", 90061001001001},
		{"1m0.5s", 60500000000},
		{"0h5ms", 5000000},
		{"90m1s", 5401000000000},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		expect(cases[i].text, false, 0, cases[i].ns);
		expect(cases[i].text, true, 0, cases[i].ns);
	}
}

TEST(test_bare_numbers)
{
	expect("10", true, 0, 10000000000);
	expect("0.5", true, 0, 500000000);
	expect(".5", true, 0, 500000000);
	expect("0", true, 0, 0);
	expect("10", false, -EINVAL, 0);
	expect("0", false, -EINVAL, 0);
}

TEST(test_refused)
{
	static const char *const bad[] = {
		"",
		"s",
		".",
		".s",
		"1.",
		"1.s",
		"-1s",
		"+1s",
		" 1s",
		"1 s",
		"1s ",
		"1sec",
		"1S",
		"1M",
		"1e3",
		"1e3s",
		"nan",
		"inf",
		"nans",
		"0x10s",
		"1,5s",
		"1..5s",
		"1.5.s",
		"1m30",
		"1.5h30m",
		"1h30",
		"1h 30m",
		"1h,30m",
		"1hm",
		"1h30mm",
		"1h.m",
		"1w",
		"1h30m-1s",
		"0.5ns",
		"1.5ns",
		"1.0001us",
		"0.0000000001s",
		"--1s",
		"1s\n",
		"1\xc2\xb5s",
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		expect(bad[i], false, -EINVAL, 0);
		expect(bad[i], true, -EINVAL, 0);
	}
}

/* Units go from the largest to the smallest, each at most once. */
TEST(test_order)
{
	static const char *const orders[] = {"1s2m", "30m1h", "1h1s1m", "1ns1us", "5ms1d"};
	static const char *const repeats[] = {"1m1m", "1h1h30m", "0s0s", "1h2ms3ms"};

	for (size_t i = 0; i < ARRAY_SIZE(orders); i++)
		expect(orders[i], true, -EDOM, 0);
	for (size_t i = 0; i < ARRAY_SIZE(repeats); i++)
		expect(repeats[i], false, -EEXIST, 0);
}

TEST(test_limits)
{
	expect("9223372036854775807ns", false, 0, INT64_MAX);
	expect("9223372036854775808ns", false, -ERANGE, 0);
	expect("18446744073709551615ns", false, -ERANGE, 0);
	expect("18446744073709551616ns", false, -ERANGE, 0);
	expect("18446744073709551617ns", false, -ERANGE, 0);
	expect("99999999999999999999999999999999999s", false, -ERANGE, 0);
	expect("9223372036.854775807", true, 0, INT64_MAX);
	expect("9223372036.854775808", true, -ERANGE, 0);
	expect("2562047h", false, 0, 2562047ULL * 3600000000000ULL);
	expect("2562048h", false, -ERANGE, 0);
	/* A bit over 2^64 ns: wraps around to a small value if the product is not checked. */
	expect("5124096h", false, -ERANGE, 0);
	expect("106751d23h47m16s854ms775us807ns", false, 0, INT64_MAX);
	expect("106751d23h47m16s854ms775us808ns", false, -ERANGE, 0);
	expect("106751d23h47m16.854775808s", false, -ERANGE, 0);
	expect("999999999d1h", false, -ERANGE, 0);
	expect("999999999d1x", false, -EINVAL, 0);
}

TEST_MAIN(NULL, NULL)
