// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the values of options that are names, one function each.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd/option_table.h"
#include "cmd/option_values.h"
#include "model/glob.h"
#include "model/map_type.h"
#include "model/teardown.h"
#include "util/diag.h"
#include "util/macros.h"

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
#define EVERY	     (~0U)
#define FROM(name)   (~0U << (name))
#define BEFORE(name) ((1U << (name)) - 1)

static int find_name(const char *text, size_t len, const char *const *names, size_t nr_names)
{
	for (size_t i = 0; i < nr_names; i++)
		if (strlen(names[i]) == len && !memcmp(names[i], text, len))
			return i;
	return -EINVAL;
}

/*
 * Which of the names text's first len bytes are. If it is none, the error says what there is to
 * choose from: the names whose bits are set in offered.
 */
static int choose(const char *option, const char *what, const char *text, size_t len,
		  const char *const *names, size_t nr_names, unsigned int offered)
{
	int found = find_name(text, len, names, nr_names);
	char accepted[256] = "";
	const char *gap = "";

	if (found >= 0)
		return found;
	for (size_t i = 0; i < nr_names; i++) {
		if (!(offered & 1U << i))
			continue;
		snprintf(accepted + strlen(accepted), sizeof(accepted) - strlen(accepted), "%s%s",
			 gap, names[i]);
		gap = ", ";
	}
	diag_error("--%s: unknown %s '%.*s' (one of %s)", option, what, (int)len, text, accepted);
	return -EINVAL;
}

int option_attach(struct options *opts, const char *value)
{
	int mode = choose("attach", "mode", value, strlen(value), attach_names,
			  ARRAY_SIZE(attach_names), EVERY);

	if (mode < 0)
		return mode;
	opts->trace.attach = mode;
	return 0;
}

int option_kprobe(struct options *opts, const char *value)
{
	(void)value;
	opts->trace.attach = ATTACH_KPROBE;
	return 0;
}

/* Those that other viewers read are of single teardowns: what is compared or measured has none. */
#define FORMATS_OF_FIGURES                                                                         \
	(1U << FORMAT_TABLE | 1U << FORMAT_JSON | 1U << FORMAT_CSV | 1U << FORMAT_MARKDOWN)

/* What is found out about a kernel is of many kinds, and no one table. */
#define FORMATS_OF_CHECKS (1U << FORMAT_TABLE | 1U << FORMAT_JSON)

static unsigned int offered_formats(enum action action)
{
	switch (action) {
	case ACTION_DIFF:
	case ACTION_BENCH:
		return FORMATS_OF_FIGURES;
	case ACTION_CHECK:
		return FORMATS_OF_CHECKS;
	default:
		return EVERY;
	}
}

int option_format(struct options *opts, const char *value)
{
	unsigned int offered = offered_formats(opts->action);
	int format = choose("format", "format", value, strlen(value), format_names,
			    ARRAY_SIZE(format_names), offered);

	if (format < 0)
		return format;
	if (!(offered & 1U << format)) {
		diag_error("--format: '%s' says nothing of %s (one of table, json%s)", value,
			   action_name(opts->action),
			   opts->action == ACTION_CHECK ? "" : ", csv, markdown");
		return -EINVAL;
	}
	opts->show.format = format;
	return 0;
}

int option_sort(struct options *opts, const char *value)
{
	int sort = choose("sort", "key", value, strlen(value), sort_names, ARRAY_SIZE(sort_names),
			  EVERY);

	if (sort < 0)
		return sort;
	opts->show.sort = sort;
	return 0;
}

/* Keys of calls are refused in teardowns, too, but later: by what they are, not as unknown. */
static unsigned int offered_keys(const struct options *opts)
{
	return (opts->show.view == VIEW_TEARDOWNS ? FROM(KEY_TYPE) : EVERY) &
	       (opts->action == ACTION_TRACE ? BEFORE(KEY_HOST) : EVERY);
}

int option_by(struct options *opts, const char *value)
{
	opts->show.nr_by = 0;
	for (;; value++) {
		size_t len = strcspn(value, ",");
		int key = choose("by", "key", value, len, key_names, ARRAY_SIZE(key_names),
				 offered_keys(opts));

		if (key < 0)
			return key;
		if (opts->action == ACTION_TRACE && key >= KEY_HOST) {
			diag_error("--by: '%s' says nothing of a live run (see report)",
				   key_names[key]);
			return -EINVAL;
		}
		for (size_t i = 0; i < opts->show.nr_by; i++) {
			if ((int)opts->show.by[i] != key)
				continue;
			diag_error("--by: key '%s' given twice", key_names[key]);
			return -EINVAL;
		}
		opts->show.by[opts->show.nr_by++] = key;
		opts->show.identity = opts->show.identity || (key >= KEY_ID && key < KEY_HOST);
		value += len;
		if (!*value)
			return 0;
	}
}

int option_phase(struct options *opts, const char *value)
{
	const char *names[NR_PHASES];

	for (enum phase phase = 0; phase < NR_PHASES; phase++)
		names[phase] = phase_name(phase);
	opts->diff.phases = 0;
	for (;; value++) {
		size_t len = strcspn(value, ",");
		int phase = choose("phase", "phase", value, len, names, NR_PHASES, EVERY);

		if (phase < 0)
			return phase;
		if (opts->diff.phases & 1U << phase) {
			diag_error("--phase: '%s' given twice", names[phase]);
			return -EINVAL;
		}
		opts->diff.phases |= 1U << phase;
		value += len;
		if (!*value)
			return 0;
	}
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

/* "p50>10%", of which the percent sign may be left out. */
static int parse_gate(const char *text, size_t len, struct diff_limit *limit)
{
	const char *names[NR_METRICS];
	const char *number = memchr(text, '>', len);
	size_t metric_len = number ? (size_t)(number - text) : 0, number_len;
	int metric;

	if (!number) {
		diag_error("--fail-on: '%.*s' is not a limit (such as p50>10%%)", (int)len, text);
		return -EINVAL;
	}
	number++;
	number_len = len - metric_len - 1;
	trim(&text, &metric_len);
	for (metric = 0; metric < NR_METRICS; metric++)
		names[metric] = metric_name(metric);
	metric = choose("fail-on", "metric", text, metric_len, names, NR_METRICS, EVERY);
	if (metric < 0)
		return metric;
	trim(&number, &number_len);
	limit->metric = metric;
	if (number_len && number[number_len - 1] == '%')
		number_len--;
	trim(&number, &number_len);
	if (option_read_decimal(number, number_len, &limit->percent)) {
		diag_error("--fail-on: '%.*s' is not a number of percent (0 or more, such as 10 or"
			   " 2.5)",
			   (int)number_len, number);
		return -EINVAL;
	}
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
		err = parse_gate(text, len, &limit);
		if (err)
			return err;
		if (opts->diff.nr_limits == MAX_LIMITS) {
			diag_error("--fail-on: '%.*s' is one too many (at most %d)", (int)len, text,
				   MAX_LIMITS);
			return -E2BIG;
		}
		opts->diff.limits[opts->diff.nr_limits++] = limit;
		value += all;
		if (!*value)
			return 0;
	}
}

int option_type(struct options *opts, const char *value)
{
	__u32 type;

	if (map_type_from_name(value, &type)) {
		diag_error("--type: unknown map type '%s' (as bpftool names them: hash, "
			   "percpu_hash, lpm_trie, ...)",
			   value);
		return -EINVAL;
	}
	if (type >= 8 * sizeof(opts->filter.map_types)) {
		diag_error("--type: '%s' is type %u, and only types below %zu can be told apart",
			   value, type, 8 * sizeof(opts->filter.map_types));
		return -EINVAL;
	}
	opts->filter.map_types |= 1ULL << type;
	return 0;
}

int option_name(struct options *opts, const char *value)
{
	struct filter *filter = &opts->filter;
	int err = glob_compile(value, &filter->names);

	if (err == -EINVAL) {
		diag_error("--name: '%s' is not a pattern (of *, ?, [abc], [a-z], [!a] and \\)",
			   value);
		return err;
	}
	if (err || glob_min_len(&filter->names) >= NAME_LEN) {
		diag_error("--name: '%s' matches no map: the kernel's names have at most %d bytes",
			   value, NAME_LEN - 1);
		return -EINVAL;
	}
	filter->by_name = true;
	return 0;
}

int option_caller(struct options *opts, const char *value)
{
	if (!*value || value[strspn(value, SYMBOL_CHARS)]) {
		diag_error("--caller: '%s' is not the name of a function", value);
		return -EINVAL;
	}
	for (size_t i = 0; i < opts->filter.nr_callers; i++)
		if (!strcmp(opts->filter.callers[i], value))
			return 0;
	if (opts->filter.nr_callers == MAX_CALLERS) {
		diag_error("--caller: '%s' is one too many (at most %d)", value, MAX_CALLERS);
		return -E2BIG;
	}
	opts->filter.callers[opts->filter.nr_callers++] = value;
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

static int take_path(const char **path, const char *option, const char *value)
{
	if (!*value) {
		diag_error("--%s: no name of a file", option);
		return -EINVAL;
	}
	*path = value;
	return 0;
}

int option_kernel(struct options *opts, const char *value)
{
	return take_path(&opts->check_kernel, "kernel", value);
}

int option_btf(struct options *opts, const char *value)
{
	return take_path(&opts->check_btf, "btf", value);
}

int option_kallsyms(struct options *opts, const char *value)
{
	return take_path(&opts->check_kallsyms, "kallsyms", value);
}

int option_file(struct options *opts, enum diff_side side, const char *path)
{
	if (!*path) {
		diag_error("'' is no name of a recording");
		return -EINVAL;
	}
	if (opts->nr_files[side] == MAX_FILES) {
		diag_error("'%s' is one recording too many (at most %d)", path, MAX_FILES);
		return -E2BIG;
	}
	opts->files[side][opts->nr_files[side]++] = path;
	return 0;
}

int option_base(struct options *opts, const char *value)
{
	return option_file(opts, DIFF_BASE, value);
}

int option_new(struct options *opts, const char *value)
{
	return option_file(opts, DIFF_NEW, value);
}

const char *option_format_name(enum format format)
{
	return format_names[format];
}
