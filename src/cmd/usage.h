/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Prints --help and --usage from the table of options, action by action.
 */
#ifndef MEMDESTROY_CMD_USAGE_H
#define MEMDESTROY_CMD_USAGE_H

#include <stdio.h>

#include "cmd/options.h"

/* What is not in the table of options. */
struct usage_text {
	const char *words;    /* behind the program's name, before the options */
	const char *operands; /* behind the options; NULL: none */
	const char *head;     /* of --help: how it is called, and what it does */
	const char *times;    /* what is said of SEC and TIME; NULL: nothing */
	const char *examples;
};

extern const struct usage_text usage_texts[]; /* of each action */

void usage_print_help(FILE *out, enum action action);
void usage_print_usage(FILE *out, enum action action);

#endif
