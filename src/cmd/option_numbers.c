// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the values of options that are numbers, sizes and times, one function each.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/option_values.h"
#include "util/diag.h"
#include "util/duration.h"

#define MAX_BUFFER (1ULL << 30)

/* Digits only, where strtoull() also takes blanks and signs. */
static int parse_digits(const char **text, __u64 *number)
{
	const char *start = *text;
	int err = 0;

	*number = 0;
	for (; **text >= '0' && **text <= '9'; (*text)++) {
		if (__builtin_mul_overflow(*number, 10, number) ||
		    __builtin_add_overflow(*number, (__u64)(**text - '0'), number))
			err = -ERANGE;
	}
	return *text == start ? -EINVAL : err;
}

int option_top(struct options *opts, const char *value)
{
	const char *end = value;
	__u64 rows;
	int err = parse_digits(&end, &rows);

	if (err == -EINVAL || *end || (!err && !rows))
		return diag_invalid("--top: '%s' is not a number of rows (1 or more)", value);
	if (err) {
		diag_error("--top: '%s' is too large a number", value);
		return err;
	}
	opts->show.top = rows;
	return 0;
}

int option_buffer(struct options *opts, const char *value)
{
	static const char suffixes[] = "KMG";
	__u64 bytes, rounded = sysconf(_SC_PAGESIZE);
	const char *end = value, *suffix = NULL;
	int err = parse_digits(&end, &bytes);

	if (*end)
		suffix = strchr(suffixes, *end & ~0x20); /* either case */
	if (err == -EINVAL || (*end && (!suffix || !*suffix || end[1])) || (!err && !bytes))
		return diag_invalid("--buffer: '%s' is not a size (such as 65536, 512K, 4M, 1G)",
				    value);
	if (suffix && __builtin_mul_overflow(bytes, 1ULL << 10 * (suffix - suffixes + 1), &bytes))
		err = -ERANGE;
	if (err || bytes > MAX_BUFFER) {
		diag_error("--buffer: '%s' is too large (at most 1G)", value);
		return -ERANGE;
	}
	while (rounded < bytes)
		rounded *= 2;
	opts->trace.buffer_bytes = rounded;
	return 0;
}

int option_time(const struct option_row *row, const char *value, __u64 *ns)
{
	bool seconds = row->unit == UNIT_SECONDS;
	int err = duration_parse(value, seconds, ns);
	__u64 least_ns = 0;

	if (err == -ERANGE)
		diag_error("--%s: '%s' is too long a time", row->long_name, value);
	else if (err)
		diag_error("--%s: '%s' is not a time (such as %s)", row->long_name, value,
			   seconds ? "10, 0.5, 200ms, 3m, 1h" : "250ns, 10us, 1.5ms, 2s");
	if (row->least)
		duration_parse(row->least, false, &least_ns);
	if (err || *ns >= least_ns)
		return err;
	return diag_invalid("--%s: '%s' is too short (at least %s)", row->long_name, value,
			    row->least);
}

/* Digits and a point only, where strtod() also takes nan, inf and 0x1p3. */
int option_read_decimal(const char *text, size_t len, double *number)
{
	char copy[64];

	if (!len || len >= sizeof(copy))
		return len ? -ERANGE : -EINVAL;
	memcpy(copy, text, len);
	copy[len] = '\0';
	if (copy[strspn(copy, "0123456789.")] || strchr(copy, '.') != strrchr(copy, '.') ||
	    !strpbrk(copy, "0123456789"))
		return -EINVAL;
	*number = strtod(copy, NULL);
	return isfinite(*number) ? 0 : -ERANGE;
}

int option_alpha(struct options *opts, const char *value)
{
	double alpha;

	if (option_read_decimal(value, strlen(value), &alpha) || alpha <= 0 || alpha >= 1)
		return diag_invalid(
			"--alpha: '%s' is not a probability above 0 and below 1 (such as 0.05)",
			value);
	opts->diff.alpha = alpha;
	return 0;
}
