/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Prints --help and --usage from the table of options.
 */
#ifndef MEMDESTROY_USAGE_H
#define MEMDESTROY_USAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct options;

/* One option: all that parsing, --help and --usage know of it. */
struct option_spec {
	char short_name;       /* 0: none */
	const char *long_name; /* NULL: none */
	const char *metavar;   /* NULL: takes no value */
	const char *group;     /* heading in --help; options of a group stand together */
	const char *help;      /* one sentence, wrapped when printed */
	bool repeatable;       /* else giving it again with another value is an error */
	/* 0, or a negative number once the error was reported; NULL: sets the flag below. */
	int (*parse)(struct options *opts, const char *value);
	size_t flag; /* offset of a bool in struct options */
};

/* "--duration", or "-k" for an option with no long name, in a buffer of at least 32 bytes. */
const char *usage_option_name(const struct option_spec *spec, char *buf, size_t size);

void usage_print_help(FILE *out, const struct option_spec *specs, size_t nr_specs);
void usage_print_usage(FILE *out, const struct option_spec *specs, size_t nr_specs);

#endif
