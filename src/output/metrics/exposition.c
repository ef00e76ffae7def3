// SPDX-License-Identifier: GPL-2.0-only
/* Writes metrics in the text format of Prometheus or in OpenMetrics. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "output/metrics/exposition.h"
#include "util/macros.h"
#include "util/text.h"

const char *const metrics_content_types[NR_METRICS_FORMATS] = {
	[METRICS_TEXT] = "text/plain; version=0.0.4; charset=utf-8",
	[METRICS_OPENMETRICS] = "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

/* Of the names of samples, and in the text format also of the family. */
static const char *const suffixes[NR_METRIC_KINDS] = {
	[METRIC_COUNTER] = "_total",
	[METRIC_GAUGE] = "",
	[METRIC_HISTOGRAM] = "",
	[METRIC_INFO] = "_info",
};

/* The text format has no type for information. */
static const char *const kind_names[NR_METRICS_FORMATS][NR_METRIC_KINDS] = {
	[METRICS_TEXT] = {"counter", "gauge", "histogram", "gauge"},
	[METRICS_OPENMETRICS] = {"counter", "gauge", "histogram", "info"},
};

/* The format */

/* Thousandths; what is no number is 0. */
static int quality(const char *params, size_t len)
{
	for (size_t i = 0; i + 2 < len; i++)
		if ((params[i] == ';' || params[i] == ' ') &&
		    (params[i + 1] == 'q' || params[i + 1] == 'Q') && params[i + 2] == '=') {
			double q = strtod(params + i + 3, NULL);

			return q >= 0 && q <= 1 ? (int)(q * 1000) : 0;
		}
	return 1000;
}

static bool is_type(const char *range, size_t len, const char *type)
{
	return len == strlen(type) && !strncasecmp(range, type, len);
}

enum metrics_format metrics_negotiate(const char *accept)
{
	int best[NR_METRICS_FORMATS] = {}, q;

	while (*accept) {
		size_t len, type;

		accept += strspn(accept, " \t,");
		len = strcspn(accept, ",");
		type = strcspn(accept, "; \t,");
		q = quality(accept + type, len - type);
		if (is_type(accept, type, "application/openmetrics-text") &&
		    q > best[METRICS_OPENMETRICS])
			best[METRICS_OPENMETRICS] = q;
		else if (is_type(accept, type, "text/plain") && q > best[METRICS_TEXT])
			best[METRICS_TEXT] = q;
		accept += len;
	}
	return best[METRICS_OPENMETRICS] && best[METRICS_OPENMETRICS] >= best[METRICS_TEXT]
		       ? METRICS_OPENMETRICS
		       : METRICS_TEXT;
}

/* Families and samples */

void exposition_family(struct exposition *to, enum metric_kind kind, const char *name,
		       const char *unit, const char *help)
{
	const char *suffix = to->format == METRICS_TEXT ? suffixes[kind] : "";

	to->kind = kind;
	to->name = name;
	fprintf(to->out, "# HELP %s%s %s\n# TYPE %s%s %s\n", name, suffix, help, name, suffix,
		kind_names[to->format][kind]);
	if (unit && to->format == METRICS_OPENMETRICS)
		fprintf(to->out, "# UNIT %s %s\n", name, unit);
}

static void put_name(struct exposition *to, const char *suffix, const char *labels)
{
	fputs(to->name, to->out);
	fputs(suffix, to->out);
	if (*labels)
		fprintf(to->out, "{%s}", labels);
	fputc(' ', to->out);
}

static void put_seconds(struct exposition *to, __u64 ns)
{
	fprintf(to->out, "%llu.%09llu\n", ns / NSEC_PER_SEC, ns % NSEC_PER_SEC);
}

void exposition_number(struct exposition *to, const char *labels, __u64 number)
{
	put_name(to, suffixes[to->kind], labels);
	fprintf(to->out, "%llu\n", number);
}

void exposition_seconds(struct exposition *to, const char *labels, __u64 ns)
{
	put_name(to, suffixes[to->kind], labels);
	put_seconds(to, ns);
}

void exposition_buckets(struct exposition *to, const char *labels, const struct buckets *buckets)
{
	const char *comma = *labels ? "," : "";
	__u64 below = 0;

	for (int i = 0; i < NR_BUCKETS; i++) {
		below += buckets->nr[i];
		fprintf(to->out, "%s_bucket{%s%sle=\"%s\"} %llu\n", to->name, labels, comma,
			bucket_bounds[i].text, below);
	}
	fprintf(to->out, "%s_bucket{%s%sle=\"+Inf\"} %llu\n", to->name, labels, comma,
		buckets->count);
	put_name(to, "_sum", labels);
	put_seconds(to, buckets->sum_ns);
	put_name(to, "_count", labels);
	fprintf(to->out, "%llu\n", buckets->count);
}

void exposition_end(struct exposition *to)
{
	if (to->format == METRICS_OPENMETRICS)
		fputs("# EOF\n", to->out);
}

/* Labels */

/* A byte of UTF-8 that begins no character. */
static bool is_inside(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

void labels_add(char *labels, size_t size, const char *name, const char *value)
{
	char plain[LABELS_SIZE / 2];
	size_t start, i, at = strlen(labels),
			 len = text_utf8(plain, sizeof(plain), value, strlen(value));

	/* name="" and a comma, and an escape at the end */
	if (at + strlen(name) + 8 > size)
		return;
	at += sprintf(labels + at, "%s%s=\"", at ? "," : "", name);
	start = at;
	for (i = 0; i < len && at + 4 < size; i++) {
		bool escaped = plain[i] == '\\' || plain[i] == '"' || plain[i] == '\n';

		if (escaped)
			labels[at++] = '\\';
		labels[at++] = plain[i] == '\n' ? 'n' : plain[i];
	}
	/* A character that is cut goes as a whole. */
	while (i < len && at > start && is_inside(plain[i]))
		at--, i--;
	labels[at++] = '"';
	labels[at] = '\0';
}
