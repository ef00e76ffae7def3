// SPDX-License-Identifier: GPL-2.0-only
/* Reads the values of options, one function each: names, lists, numbers, sizes and times. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/command.h"
#include "cmd/option_choices.h"
#include "cmd/option_values.h"
#include "model/glob.h"
#include "model/map_type.h"
#include "model/teardown.h"
#include "util/diag.h"
#include "util/duration.h"
#include "util/suggest.h"

/* A symbol as a compiler may have left it: "foo.isra.0". */
#define SYMBOL_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.$"

#define MIN_ROTATE (256ULL << 10) /* an empty recording has 90 KB */
#define MAX_BUFFER (1ULL << 30)

/*
 * Fills chosen with the indexes of the names in a list separated by commas, in its order, each at
 * most once. Returns how many, or -EINVAL with the error reported.
 */
static int choose_list(const struct options *opts, const char *option,
		       const struct choices *choices, const char *value, int *chosen)
{
	for (int nr = 0;; value++) {
		size_t len = strcspn(value, ",");

		chosen[nr] = choice_find(opts, option, choices, value, len);
		if (chosen[nr] < 0)
			return -EINVAL;
		for (int i = 0; i < nr; i++) {
			if (chosen[i] != chosen[nr])
				continue;
			return diag_invalid("--%s: %s '%s' given twice", option, choices->what,
					    choices->names[chosen[i]]);
		}
		nr++;
		value += len;
		if (!*value)
			return nr;
	}
}

/* Stores a choice in an enum. */
static int set_choice(const struct options *opts, const char *option, const struct choices *choices,
		      const char *value, unsigned int *stored)
{
	int chosen = choice_find(opts, option, choices, value, strlen(value));

	if (chosen >= 0)
		*stored = chosen;
	return chosen < 0 ? chosen : 0;
}

int option_attach(struct options *opts, const char *value)
{
	return set_choice(opts, "attach", &attach_choices, value, &opts->trace.attach);
}

int option_verbose(struct options *opts, const char *value)
{
	(void)value;
	opts->verbose++;
	return 0;
}

int option_kprobe(struct options *opts, const char *value)
{
	(void)value;
	opts->trace.attach = ATTACH_KPROBE;
	return 0;
}

int option_format(struct options *opts, const char *value)
{
	const struct command *command = opts->command;
	int err = set_choice(opts, "format", &format_choices, value, &opts->show.format);

	if (err || command->formats & 1U << opts->show.format)
		return err;
	return diag_invalid("--format: '%s' does not apply to %s (one of %s)", value,
			    command_title(command),
			    choices_list(&format_choices, command->formats).text);
}

int option_sort(struct options *opts, const char *value)
{
	return set_choice(opts, "sort", &sort_choices, value, &opts->show.sort);
}

int option_by(struct options *opts, const char *value)
{
	unsigned int offered = choices_offered(&key_choices, opts->command, VIEW_BOTH);
	int keys[NR_KEYS + 1];
	int nr = choose_list(opts, "by", &key_choices, value, keys);

	if (nr < 0)
		return nr;
	for (int i = 0; i < nr; i++) {
		if (!(offered & 1U << keys[i]))
			return diag_invalid("--by: '%s' applies to recordings only",
					    key_names[keys[i]]);
		opts->show.by[i] = keys[i];
		opts->show.identity |= keys[i] >= KEY_ID && keys[i] < KEY_HOST;
	}
	opts->show.nr_by = nr;
	return 0;
}

void option_page_view(struct options *opts)
{
	if (opts->show.format != FORMAT_HTML || opts->view_given)
		return;
	opts->show.view = VIEW_BOTH;
	opts->show.identity = true;
}

void option_default_keys(struct view_options *show)
{
	if (show->view == VIEW_TEARDOWNS || show->nr_by)
		return;
	show->by[show->nr_by++] = KEY_CALLER;
	show->by[show->nr_by++] = KEY_TYPE;
}

int option_phase(struct options *opts, const char *value)
{
	int phases[NR_PHASES + 1];
	int nr = choose_list(opts, "phase", &phase_choices, value, phases);

	if (nr < 0)
		return nr;
	opts->diff.phases = 0;
	while (nr--)
		opts->diff.phases |= 1U << phases[nr];
	return 0;
}

int option_measure(struct options *opts, const char *value)
{
	return set_choice(opts, "measure", &measure_choices, value, &opts->diff.measure);
}

/* Digits and a point only, where strtod() also takes nan, inf and 0x1p3. */
static int read_decimal(const char *text, size_t len, double *number)
{
	char copy[64];

	if (len >= sizeof(copy))
		return -EINVAL;
	memcpy(copy, text, len);
	copy[len] = '\0';
	if (copy[strspn(copy, "0123456789.")] || strchr(copy, '.') != strrchr(copy, '.') ||
	    !strpbrk(copy, "0123456789"))
		return -EINVAL;
	*number = strtod(copy, NULL);
	return isfinite(*number) ? 0 : -EINVAL;
}

int option_alpha(struct options *opts, const char *value)
{
	double alpha;

	if (read_decimal(value, strlen(value), &alpha) || alpha <= 0 || alpha >= 1)
		return diag_invalid(
			"--alpha: '%s' is not a probability above 0 and below 1 (such as 0.05)",
			value);
	opts->diff.alpha = alpha;
	return 0;
}

#define MIN_SPEED 0.001
#define MAX_SPEED 1e6

int option_speed(struct options *opts, const char *value)
{
	double speed;

	if (read_decimal(value, strlen(value), &speed) || speed < MIN_SPEED || speed > MAX_SPEED)
		return diag_invalid(
			"--speed: '%s' is not a number from 0.001 to 1000000 (such as 10)", value);
	opts->speed = speed;
	return 0;
}

/* Moves *text and *len past the spaces at both ends. */
static void trim(const char **text, size_t *len)
{
	size_t spaces = strspn(*text, " ");

	spaces = spaces < *len ? spaces : *len;
	*text += spaces;
	*len -= spaces;
	while (*len && (*text)[*len - 1] == ' ')
		(*len)--;
}

/* "p50>10%"; the percent sign is optional. */
static int parse_limit(const struct options *opts, const char *text, size_t len,
		       struct diff_limit *limit)
{
	const char *number = memchr(text, '>', len);
	size_t metric_len = number ? (size_t)(number - text) : 0, number_len;
	int metric;

	if (!number)
		return diag_invalid("--fail-on: '%.*s' is not a limit (such as p50>10%%)", (int)len,
				    text);
	number++;
	number_len = len - metric_len - 1;
	trim(&text, &metric_len);
	metric = choice_find(opts, "fail-on", &metric_choices, text, metric_len);
	if (metric < 0)
		return metric;
	trim(&number, &number_len);
	limit->metric = metric;
	if (number_len && number[number_len - 1] == '%')
		number_len--;
	trim(&number, &number_len);
	if (read_decimal(number, number_len, &limit->percent))
		return diag_invalid(
			"--fail-on: '%.*s' is not a percentage (0 or more, such as 10 or"
			" 2.5)",
			(int)number_len, number);
	return 0;
}

int option_fail_on(struct options *opts, const char *value)
{
	for (;; value++) {
		size_t all = strcspn(value, ","), len = all;
		const char *text = value;
		struct diff_limit limit;
		int err;

		trim(&text, &len);
		err = parse_limit(opts, text, len, &limit);
		if (err)
			return err;
		if (opts->diff.nr_limits == MAX_LIMITS)
			return diag_invalid("--fail-on: '%.*s' is one too many (at most %d)",
					    (int)len, text, MAX_LIMITS);
		opts->diff.limits[opts->diff.nr_limits++] = limit;
		value += all;
		if (!*value)
			return 0;
	}
}

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

	if (err == -EINVAL || *end)
		return diag_invalid("--top: '%s' is not a number of rows (0: all)", value);
	if (err)
		return diag_invalid("--top: '%s' is too large a number", value);
	opts->show.top = rows;
	opts->show.top_given = true;
	return 0;
}

/* The names are checked once it is known which columns there are. */
int option_columns(struct options *opts, const char *value)
{
	if (!*value)
		return diag_invalid("--columns: the list is empty");
	opts->show.columns = value;
	return 0;
}

int option_color(struct options *opts, const char *value)
{
	return set_choice(opts, "color", &color_choices, value, &opts->show.color);
}

/* Such as 65536, 512K, 4M, 1G; the letter in either case. -EINVAL: no size; -ERANGE. */
static int parse_size(const char *text, __u64 *bytes)
{
	static const char suffixes[] = "KMG";
	const char *end = text, *suffix = NULL;
	int err = parse_digits(&end, bytes);

	if (*end)
		suffix = strchr(suffixes, *end & ~0x20);
	if (err == -EINVAL || (*end && (!suffix || !*suffix || end[1])) || (!err && !*bytes))
		return -EINVAL;
	if (suffix && __builtin_mul_overflow(*bytes, 1ULL << 10 * (suffix - suffixes + 1), bytes))
		err = -ERANGE;
	return err;
}

int option_buffer(struct options *opts, const char *value)
{
	__u64 bytes, rounded = sysconf(_SC_PAGESIZE);
	int err = parse_size(value, &bytes);

	if (err == -EINVAL)
		return diag_invalid("--buffer: '%s' is not a size (such as 65536, 512K, 4M, 1G)",
				    value);
	if (err || bytes > MAX_BUFFER)
		return diag_invalid("--buffer: '%s' is too large (at most 1G)", value);
	while (rounded < bytes)
		rounded *= 2;
	opts->trace.buffer_bytes = rounded;
	return 0;
}

/* "10m" is a time, "10M" a size. */
int option_rotate(struct options *opts, const char *value)
{
	size_t len = strlen(value);
	int err = -EINVAL;

	opts->rotate_ns = opts->rotate_bytes = 0;
	if (len && strchr("KMG", value[len - 1]))
		err = parse_size(value, &opts->rotate_bytes);
	else
		err = duration_parse(value, false, &opts->rotate_ns);
	if (err == -ERANGE)
		return diag_invalid("--rotate: '%s' is too large", value);
	if (err)
		return diag_invalid("--rotate: '%s' is neither a size (such as 100M, 1G) nor a "
				    "time (such as 10m, 1h)",
				    value);
	if (opts->rotate_ns ? opts->rotate_ns < NSEC_PER_SEC : opts->rotate_bytes < MIN_ROTATE)
		return diag_invalid("--rotate: '%s' is too small (at least 1s, or 256K)", value);
	return 0;
}

int option_keep(struct options *opts, const char *value)
{
	const char *end = value;
	__u64 files;
	int err = parse_digits(&end, &files);

	if (err == -EINVAL || *end || (!err && !files))
		return diag_invalid("--keep: '%s' is not a number of files", value);
	if (err || files > MAX_FILES)
		return diag_invalid("--keep: '%s' is too many (at most %d, which report reads)",
				    value, MAX_FILES);
	opts->keep = files;
	return 0;
}

static const char *time_error(int err)
{
	switch (err) {
	case -ERANGE:
		return "is too long a time";
	case -EDOM:
		return "is not a time: larger units come first, as in 1h30m";
	case -EEXIST:
		return "is not a time: a unit is given twice";
	default:
		return NULL;
	}
}

int option_time(const struct option_row *row, const char *value, __u64 *ns)
{
	bool seconds = row->unit == UNIT_SECONDS;
	int err = duration_parse(value, seconds, ns);
	__u64 least_ns = 0;

	if (err && time_error(err))
		return diag_invalid("--%s: '%s' %s", row->long_name, value, time_error(err));
	if (err)
		return diag_invalid("--%s: '%s' is not a time (such as %s)", row->long_name, value,
				    seconds ? "10, 0.5, 200ms, 1h30m"
					    : "250ns, 10us, 1.5ms, 1m30s");
	if (row->least)
		duration_parse(row->least, false, &least_ns);
	if (*ns >= least_ns)
		return 0;
	return diag_invalid("--%s: '%s' is too short (at least %s)", row->long_name, value,
			    row->least);
}

static int unknown_type(const char *value)
{
	struct suggestion nearest = SUGGEST(value, strlen(value));
	char meant[SUGGESTION_SIZE];

	map_type_suggest(&nearest);
	return diag_invalid("--type: unknown map type '%s'%s (as bpftool names them: hash, "
			    "percpu_hash, lpm_trie, ...)",
			    value, suggest_text(&nearest, "", meant));
}

int option_type(struct options *opts, const char *value)
{
	__u32 type;

	if (map_type_from_name(value, &type))
		return unknown_type(value);
	if (type >= 8 * sizeof(opts->filter.map_types))
		return diag_invalid(
			"--type: '%s' is type %u, and only types below %zu are supported", value,
			type, 8 * sizeof(opts->filter.map_types));
	opts->filter.map_types |= 1ULL << type;
	return 0;
}

int option_map_name(struct options *opts, const char *value)
{
	struct filter *filter = &opts->filter;
	int err = glob_compile(value, &filter->names);

	if (err == -EINVAL)
		return diag_invalid(
			"--name: '%s' is not a pattern (of *, ?, [abc], [a-z], [!a] and \\)",
			value);
	if (err || glob_min_len(&filter->names) >= NAME_LEN)
		return diag_invalid(
			"--name: '%s' matches no map: the kernel's names have at most %d bytes",
			value, NAME_LEN - 1);
	filter->by_name = true;
	return 0;
}

int option_caller(struct options *opts, const char *value)
{
	if (!*value || value[strspn(value, SYMBOL_CHARS)])
		return diag_invalid("--caller: '%s' is not the name of a function", value);
	for (size_t i = 0; i < opts->filter.nr_callers; i++)
		if (!strcmp(opts->filter.callers[i], value))
			return 0;
	if (opts->filter.nr_callers == MAX_CALLERS)
		return diag_invalid("--caller: '%s' is one too many (at most %d)", value,
				    MAX_CALLERS);
	opts->filter.callers[opts->filter.nr_callers++] = value;
	return 0;
}

int option_output(struct options *opts, const char *value)
{
	if (!*value)
		return diag_invalid(
			"--output: the name of the file is empty ('-' is standard output)");
	opts->output = strcmp(value, "-") ? value : NULL;
	return 0;
}

int option_recording(struct options *opts, const char *value)
{
	int err = option_output(opts, value);

	if (err || opts->output)
		return err;
	return diag_invalid("--output: a recording cannot be written to standard output");
}

int option_files(struct options *opts, int argc, char **argv)
{
	enum diff_side side = opts->side == DIFF_NEW ? DIFF_NEW : DIFF_BASE;

	for (int i = 0; i < argc; i++) {
		if (!*argv[i])
			return diag_invalid("the name of a recording is empty");
		if (opts->nr_files[side] == MAX_FILES)
			return diag_invalid("'%s' is one recording too many (at most %d)", argv[i],
					    MAX_FILES);
		opts->files[side][opts->nr_files[side]++] = argv[i];
	}
	return 0;
}

int option_user_stack(struct options *opts, const char *value)
{
	(void)value;
	opts->trace.user_stack = true;
	opts->show.user_stack = true;
	return 0;
}
