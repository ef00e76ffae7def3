// SPDX-License-Identifier: GPL-2.0-only
/* Parses durations such as "1.5ms" and "1h30m". */
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
	{"ns", 1},
	{"us", 1000},
	{"ms", 1000000},
	{"s", NSEC_PER_SEC},
	{"m", 60000000000ULL},
	{"h", 3600000000000ULL},
	{"d", 86400000000000ULL},
};

/* The unit of that name. 0: there is none. */
static __u64 unit_ns(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (strlen(units[i].name) == len && !memcmp(name, units[i].name, len))
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

/* Adds whole * unit. */
static int add_whole(const char *digits, const char *end, __u64 unit, __u64 *ns)
{
	__u64 value = 0;

	for (; digits < end; digits++)
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (__u64)(*digits - '0'), &value))
			return -ERANGE;
	if (__builtin_mul_overflow(value, unit, &value) || __builtin_add_overflow(*ns, value, ns) ||
	    *ns > INT64_MAX)
		return -ERANGE;
	return 0;
}

/*
 * Adds the first part of *text, a number and its unit, and moves *text behind it. bare: the unit,
 * where there is none and nothing follows; 0: not allowed. *unit: of the part before, 0 at first.
 */
static int add_part(const char **text, __u64 bare, __u64 *unit, __u64 *ns)
{
	const char *whole = *text, *whole_end = whole + strspn(whole, DIGITS);
	const char *fraction = whole_end, *end = whole_end;
	__u64 larger = *unit;
	size_t name_len;
	int err;

	if (*end == '.') {
		fraction = end + 1;
		end = fraction + strspn(fraction, DIGITS);
		if (fraction == end)
			return -EINVAL;
	}
	name_len = strcspn(end, DIGITS ".");
	*unit = name_len || end[name_len] ? unit_ns(end, name_len) : bare;
	*text = end + name_len;
	/* Only the last part may have a fraction. */
	if (whole == end || !*unit || (fraction != end && **text))
		return -EINVAL;
	if (larger && *unit >= larger)
		return *unit > larger ? -EDOM : -EEXIST;
	err = add_whole(whole, whole_end, *unit, ns);
	if (!err)
		err = add_fraction(fraction, end, *unit, ns);
	return !err && *ns > INT64_MAX ? -ERANGE : err;
}

int duration_parse(const char *text, bool bare_seconds, __u64 *ns)
{
	__u64 bare = bare_seconds ? NSEC_PER_SEC : 0, unit = 0, value = 0;
	int err, range = 0;

	do {
		err = add_part(&text, bare, &unit, &value);
		if (err == -ERANGE) { /* unless the rest is no time at all */
			range = err;
			value = err = 0;
		}
		bare = 0;
	} while (!err && *text);
	if (!err && !range)
		*ns = value;
	return err ?: range;
}
