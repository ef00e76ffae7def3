// SPDX-License-Identifier: GPL-2.0-only
/* Parses durations such as "1.5ms". */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "util/duration.h"
#include "util/macros.h"

#define DIGITS "0123456789"

static const struct {
	const char *name;
	__u64 ns;
} units[] = {
	{"ns", 1},	     {"us", 1000},	    {"ms", 1000000},
	{"s", NSEC_PER_SEC}, {"m", 60000000000ULL}, {"h", 3600000000000ULL},
};

static __u64 unit_ns(const char *name, bool bare_seconds)
{
	if (!*name && bare_seconds)
		name = "s";
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (!strcmp(name, units[i].name))
			return units[i].ns;
	return 0;
}

/* Integers only: a double would not make exactly 100000000 ns of 0.1s. */
static int add_fraction(const char *digits, const char *end, __u64 unit, __u64 *ns)
{
	for (; digits < end; digits++) {
		__u64 digit = *digits - '0';

		if (unit % 10) {
			if (digit)
				return -EINVAL;
			continue;
		}
		unit /= 10;
		if (__builtin_add_overflow(*ns, digit * unit, ns))
			return -ERANGE;
	}
	return 0;
}

int duration_parse(const char *text, bool bare_seconds, __u64 *ns)
{
	const char *whole = text, *whole_end, *fraction, *end;
	bool overflow = false;
	__u64 unit, value = 0;
	int err;

	text += strspn(text, DIGITS);
	whole_end = fraction = end = text;
	if (*text == '.') {
		fraction = text + 1;
		end = fraction + strspn(fraction, DIGITS);
		if (fraction == end)
			return -EINVAL;
	}
	unit = unit_ns(end, bare_seconds);
	if (whole == end || !unit)
		return -EINVAL;

	for (; whole < whole_end; whole++) {
		overflow |= __builtin_mul_overflow(value, 10, &value);
		overflow |= __builtin_add_overflow(value, (__u64)(*whole - '0'), &value);
	}
	overflow |= __builtin_mul_overflow(value, unit, &value);
	err = add_fraction(fraction, end, unit, &value);
	if (err)
		return err;
	if (overflow || value > INT64_MAX)
		return -ERANGE;
	*ns = value;
	return 0;
}
