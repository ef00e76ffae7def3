// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the values of options, one function each.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "diag.h"
#include "duration.h"
#include "glob.h"
#include "maptype.h"
#include "option_values.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define MAX_BUFFER	(1ULL << 30)
#define MIN_INTERVAL_NS 1000000ULL /* what poll(2) can tell apart */
/* A symbol as a compiler may have left it: "foo.isra.0". */
#define SYMBOL_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.$"

static const char *const attach_names[] = {
	[ATTACH_AUTO] = "auto",
	[ATTACH_FENTRY] = "fentry",
	[ATTACH_KPROBE] = "kprobe",
};
static const char *const format_names[] = {
	[FORMAT_TABLE] = "table",	[FORMAT_JSON] = "json",	    [FORMAT_CSV] = "csv",
	[FORMAT_PERFETTO] = "perfetto", [FORMAT_FOLDED] = "folded", [FORMAT_MARKDOWN] = "markdown",
};
static const char *const key_names[] = {
	[KEY_CALLER] = "caller",
	[KEY_ALLOC] = "alloc",
	[KEY_COMM] = "comm",
	[KEY_CPU] = "cpu",
	[KEY_TYPE] = "type",
	[KEY_NAME] = "name",
	[KEY_ID] = "id",
	[KEY_RELEASED_BY] = "released_by",
	[KEY_RELEASED_PID] = "released_pid",
	[KEY_CGROUP] = "cgroup",
	[KEY_HOST] = "host",
	[KEY_SCENARIO] = "scenario",
};
static const char *const sort_names[] = {
	[SORT_TOTAL] = "total",	      [SORT_COUNT] = "count", [SORT_EMPTY] = "empty",
	[SORT_MIN] = "min",	      [SORT_MEAN] = "mean",   [SORT_P50] = "p50",
	[SORT_P90] = "p90",	      [SORT_P99] = "p99",     [SORT_MAX] = "max",
	[SORT_WAIT] = "wait",	      [SORT_FREE] = "free",   [SORT_DESTROY] = "destroy",
	[SORT_DEFERRED] = "deferred", [SORT_KEY] = "key",
};
_Static_assert(ARRAY_SIZE(key_names) == NR_KEYS, "a name for every key");
_Static_assert(ARRAY_SIZE(sort_names) == NR_SORTS, "a name for every order");

/* Which of the names text's first len bytes are; what they name is said in the error. */
static int choose(const char *option, const char *what, const char *text, size_t len,
		  const char *const *names, size_t nr_names)
{
	char accepted[256] = "";

	for (size_t i = 0; i < nr_names; i++) {
		if (strlen(names[i]) == len && !memcmp(names[i], text, len))
			return i;
		snprintf(accepted + strlen(accepted), sizeof(accepted) - strlen(accepted), "%s%s",
			 i ? ", " : "", names[i]);
	}
	diag_error("--%s: unknown %s '%.*s' (one of %s)", option, what, (int)len, text, accepted);
	return -EINVAL;
}

int option_attach(struct options *opts, const char *value)
{
	int mode = choose("attach", "mode", value, strlen(value), attach_names,
			  ARRAY_SIZE(attach_names));

	if (mode < 0)
		return mode;
	opts->attach = mode;
	return 0;
}

int option_kprobe(struct options *opts, const char *value)
{
	(void)value;
	opts->attach = ATTACH_KPROBE;
	return 0;
}

int option_format(struct options *opts, const char *value)
{
	int format = choose("format", "format", value, strlen(value), format_names,
			    ARRAY_SIZE(format_names));

	if (format < 0)
		return format;
	opts->format = format;
	return 0;
}

int option_sort(struct options *opts, const char *value)
{
	int sort = choose("sort", "key", value, strlen(value), sort_names, ARRAY_SIZE(sort_names));

	if (sort < 0)
		return sort;
	opts->sort = sort;
	return 0;
}

int option_by(struct options *opts, const char *value)
{
	opts->nr_by = 0;
	for (;; value++) {
		size_t len = strcspn(value, ",");
		int key = choose("by", "key", value, len, key_names, ARRAY_SIZE(key_names));

		if (key < 0)
			return key;
		for (size_t i = 0; i < opts->nr_by; i++) {
			if ((int)opts->by[i] != key)
				continue;
			diag_error("--by: key '%s' given twice", key_names[key]);
			return -EINVAL;
		}
		opts->by[opts->nr_by++] = key;
		opts->identity = opts->identity || (key >= KEY_ID && key < KEY_HOST);
		value += len;
		if (!*value)
			return 0;
	}
}

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
	opts->top = rows;
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
	opts->buffer_bytes = rounded;
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
	int err = read_time("duration", value, DURATION_BARE_SECONDS, &opts->duration_ns);

	if (!err && !opts->duration_ns) {
		diag_error("--duration: '%s' is no time at all", value);
		return -EINVAL;
	}
	return err;
}

int option_interval(struct options *opts, const char *value)
{
	int err = read_time("interval", value, DURATION_BARE_SECONDS, &opts->interval_ns);

	if (!err && opts->interval_ns < MIN_INTERVAL_NS) {
		diag_error("--interval: '%s' is too short (at least 1ms)", value);
		return -EINVAL;
	}
	return err;
}

int option_stuck(struct options *opts, const char *value)
{
	return read_time("stuck", value, DURATION_BARE_SECONDS, &opts->stuck_ns);
}

int option_min_latency(struct options *opts, const char *value)
{
	return read_time("min-latency", value, DURATION_BARE_REFUSED, &opts->min_latency_ns);
}

int option_type(struct options *opts, const char *value)
{
	__u32 type;

	if (maptype_from_name(value, &type)) {
		diag_error("--type: unknown map type '%s' (as bpftool names them: hash, "
			   "percpu_hash, lpm_trie, ...)",
			   value);
		return -EINVAL;
	}
	if (type >= 8 * sizeof(opts->map_types)) {
		diag_error("--type: '%s' is type %u, and only types below %zu can be told apart",
			   value, type, 8 * sizeof(opts->map_types));
		return -EINVAL;
	}
	opts->map_types |= 1ULL << type;
	return 0;
}

int option_name(struct options *opts, const char *value)
{
	struct name_filter filter;
	int err = glob_compile(value, &filter);

	if (err == -EINVAL) {
		diag_error("--name: '%s' is not a pattern (of *, ?, [abc], [a-z], [!a] and \\)",
			   value);
		return err;
	}
	if (err || glob_min_len(&filter) >= NAME_LEN) {
		diag_error("--name: '%s' matches no map: the kernel's names have at most %d bytes",
			   value, NAME_LEN - 1);
		return -EINVAL;
	}
	opts->name = value;
	return 0;
}

int option_caller(struct options *opts, const char *value)
{
	if (!*value || value[strspn(value, SYMBOL_CHARS)]) {
		diag_error("--caller: '%s' is not the name of a function", value);
		return -EINVAL;
	}
	for (size_t i = 0; i < opts->nr_callers; i++)
		if (!strcmp(opts->callers[i], value))
			return 0;
	if (opts->nr_callers == MAX_CALLERS) {
		diag_error("--caller: '%s' is one too many (at most %d)", value, MAX_CALLERS);
		return -E2BIG;
	}
	opts->callers[opts->nr_callers++] = value;
	return 0;
}

int option_output(struct options *opts, const char *value)
{
	if (!*value) {
		diag_error("--output: no name of a file ('-' is the standard output)");
		return -EINVAL;
	}
	opts->output = strcmp(value, "-") ? value : NULL;
	return 0;
}

const char *option_key_name(enum key key)
{
	return key_names[key];
}

const char *option_sort_name(enum sort sort)
{
	return sort_names[sort];
}

const char *option_format_name(enum format format)
{
	return format_names[format];
}
