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

#define MAX_BUFFER	(1ULL << 30)
#define MIN_INTERVAL_NS 1000000ULL /* what poll(2) can tell apart */

/* Digits only: what strtoull() takes besides, such as blanks and signs, is nobody's intention. */
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

	if (err == -EINVAL || *end || (!err && !rows)) {
		diag_error("--top: '%s' is not a number of rows (1 or more)", value);
		return -EINVAL;
	}
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
	if (err == -EINVAL || (*end && (!suffix || !*suffix || end[1])) || (!err && !bytes)) {
		diag_error("--buffer: '%s' is not a size (such as 65536, 512K, 4M, 1G)", value);
		return -EINVAL;
	}
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

/* "--interval: '5x' is not a time (...)"; the hint says what would be one. */
static int read_time(const char *option, const char *value, enum duration_bare bare, __u64 *ns)
{
	int err = duration_parse(value, bare, ns);

	if (err == -ERANGE)
		diag_error("--%s: '%s' is too long a time", option, value);
	else if (err)
		diag_error("--%s: '%s' is not a time (such as %s)", option, value,
			   bare == DURATION_BARE_SECONDS ? "10, 0.5, 200ms, 3m, 1h"
							 : "250ns, 10us, 1.5ms, 2s");
	return err;
}

int option_duration(struct options *opts, const char *value)
{
	int err = read_time("duration", value, DURATION_BARE_SECONDS, &opts->trace.duration_ns);

	if (!err && !opts->trace.duration_ns) {
		diag_error("--duration: '%s' is no time at all", value);
		return -EINVAL;
	}
	return err;
}

int option_interval(struct options *opts, const char *value)
{
	int err = read_time("interval", value, DURATION_BARE_SECONDS, &opts->show.interval_ns);

	if (!err && opts->show.interval_ns < MIN_INTERVAL_NS) {
		diag_error("--interval: '%s' is too short (at least 1ms)", value);
		return -EINVAL;
	}
	return err;
}

int option_stuck(struct options *opts, const char *value)
{
	return read_time("stuck", value, DURATION_BARE_SECONDS, &opts->trace.stuck_ns);
}

int option_min_latency(struct options *opts, const char *value)
{
	return read_time("min-latency", value, DURATION_BARE_REFUSED, &opts->filter.min_latency_ns);
}

/* Digits and a point only: strtod() takes nan, inf and 0x1p3 besides. */
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

	if (option_read_decimal(value, strlen(value), &alpha) || alpha <= 0 || alpha >= 1) {
		diag_error("--alpha: '%s' is not a probability above 0 and below 1 (such as 0.05)",
			   value);
		return -EINVAL;
	}
	opts->diff.alpha = alpha;
	return 0;
}
