// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lays out --help and --usage.
 */
#include <string.h>

#include "usage.h"

#define WIDTH	    80
#define HELP_COLUMN 26

static const char head[] =
	"Usage: memdestroy-trace [OPTION]...\n"
	"       memdestroy-trace teardowns [OPTION]...\n"
	"\n"
	"Trace every call of the kernel's bpf_mem_alloc_destroy(): who calls it, for\n"
	"which type of BPF map, and how long each call takes.\n"
	"\n"
	"teardowns: trace the whole teardown of every BPF map instead, of whatever type:\n"
	"which map, let go of by whom, and where the time went: the wait for a worker,\n"
	"the worker's part, its destroy calls, and what was freed later.\n";

static const char tail[] =
	"\n"
	"SEC is a number of seconds (10, 0.5) or a time with a unit, as TIME must be:\n"
	"ns, us, ms, s, m or h.\n"
	"\n"
	"EXIT STATUS:\n"
	"  0  done\n"
	"  1  failure\n"
	"  2  bad usage\n"
	"  3  this kernel cannot be traced\n"
	"  4  not permitted\n"
	"\n"
	"EXAMPLES:\n"
	"  memdestroy-trace\n"
	"      callers and map types, until Ctrl-C\n"
	"  memdestroy-trace -d 10 -H\n"
	"      for 10 seconds, with histograms\n"
	"  memdestroy-trace -i 1 -T -n 5\n"
	"      the five most expensive rows, every second\n"
	"  memdestroy-trace -t lpm_trie --by name,comm --sort max\n"
	"      which LPM trie takes longest, and in which task\n"
	"  memdestroy-trace -e --min-latency 10ms\n"
	"      each call of 10 ms and more, as it happens\n"
	"  memdestroy-trace -e -f json | jq .\n"
	"      events for other programs\n"
	"  memdestroy-trace teardowns -n 10\n"
	"      the ten maps that took longest to go, and who let go of them\n"
	"  memdestroy-trace teardowns --by type,name,released_by -i 10\n"
	"      what the maps of each name and program cost, every ten seconds\n"
	"  memdestroy-trace teardowns -f perfetto -o trace.json\n"
	"      for ui.perfetto.dev\n";

/* Writes text word by word from column indent on, its next lines likewise. */
static void print_wrapped(FILE *out, const char *text, size_t indent)
{
	size_t column = indent;
	bool first = true;

	while (*text) {
		size_t len = strcspn(text, " ");

		if (first) {
			fprintf(out, "%.*s", (int)len, text);
		} else if (column + 1 + len > WIDTH) {
			fprintf(out, "\n%*s%.*s", (int)indent, "", (int)len, text);
			column = indent;
		} else {
			fprintf(out, " %.*s", (int)len, text);
			column++;
		}
		column += len;
		text += len + (text[len] == ' ');
		first = false;
	}
	fputc('\n', out);
}

const char *usage_option_name(const struct option_spec *spec, char *buf, size_t size)
{
	if (spec->long_name)
		snprintf(buf, size, "--%s", spec->long_name);
	else
		snprintf(buf, size, "-%c", spec->short_name);
	return buf;
}

static void print_option(FILE *out, const struct option_spec *spec)
{
	char left[64] = "      ", name[32];
	size_t len;

	if (spec->short_name)
		snprintf(left, sizeof(left), "  -%c%s", spec->short_name,
			 spec->long_name ? ", " : "");
	len = strlen(left);
	snprintf(left + len, sizeof(left) - len, "%s%s%s",
		 spec->long_name ? usage_option_name(spec, name, sizeof(name)) : "",
		 spec->metavar ? " " : "", spec->metavar ? spec->metavar : "");
	fprintf(out, "%-*s", HELP_COLUMN, left);
	print_wrapped(out, spec->help, HELP_COLUMN);
}

void usage_print_help(FILE *out, const struct option_spec *specs, size_t nr_specs)
{
	const char *group = "";

	fputs(head, out);
	for (size_t i = 0; i < nr_specs; i++) {
		if (strcmp(group, specs[i].group)) {
			group = specs[i].group;
			fprintf(out, "\n%s:\n", group);
		}
		print_option(out, &specs[i]);
	}
	fputs(tail, out);
}

/* Not print_wrapped(): a space within brackets is no place to break the line. */
void usage_print_usage(FILE *out, const struct option_spec *specs, size_t nr_specs)
{
	static const char prefix[] = "Usage: memdestroy-trace [teardowns]";
	size_t column = strlen(prefix);

	fputs(prefix, out);
	for (size_t i = 0; i < nr_specs; i++) {
		const struct option_spec *spec = &specs[i];
		char item[96], name[32];
		int len;

		len = snprintf(item, sizeof(item), "[%s%s%s]%s",
			       usage_option_name(spec, name, sizeof(name)),
			       spec->metavar ? " " : "", spec->metavar ? spec->metavar : "",
			       spec->repeatable ? "..." : "");
		if (column + 1 + len > WIDTH) {
			fputs("\n      ", out);
			column = strlen("      ");
		}
		fprintf(out, " %s", item);
		column += 1 + len;
	}
	fputc('\n', out);
}
