/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The values of options: each function checks one and stores it in *opts.
 *
 * 0, or -errno once one line on stderr has named the option, the value and what is accepted.
 * Strings are not copied: opts points to value.
 */
#ifndef MEMDESTROY_CMD_OPTION_VALUES_H
#define MEMDESTROY_CMD_OPTION_VALUES_H

#include "cmd/options.h"

int option_attach(struct options *opts, const char *value);
int option_kprobe(struct options *opts, const char *value); /* ignores value: there is none */
int option_format(struct options *opts, const char *value);
int option_sort(struct options *opts, const char *value);
int option_by(struct options *opts, const char *value);
int option_top(struct options *opts, const char *value);
int option_buffer(struct options *opts, const char *value);
int option_duration(struct options *opts, const char *value);
int option_interval(struct options *opts, const char *value);
int option_stuck(struct options *opts, const char *value);
int option_min_latency(struct options *opts, const char *value);
int option_type(struct options *opts, const char *value);
int option_name(struct options *opts, const char *value);
int option_caller(struct options *opts, const char *value);
int option_phase(struct options *opts, const char *value);
int option_alpha(struct options *opts, const char *value);
int option_fail_on(struct options *opts, const char *value);
int option_base(struct options *opts, const char *value);
int option_new(struct options *opts, const char *value);
int option_output(struct options *opts, const char *value);
int option_kernel(struct options *opts, const char *value);
int option_btf(struct options *opts, const char *value);
int option_kallsyms(struct options *opts, const char *value);

/*
 * Reads the len bytes at text, digits with at most one point among them, into *number. -EINVAL, or
 * -ERANGE: longer than any number that is meant. Neither is told.
 */
int option_read_decimal(const char *text, size_t len, double *number);

/* Takes one more recording. */
int option_file(struct options *opts, enum diff_side side, const char *path);

/* As they are written on the command line. */
const char *option_format_name(enum format format);

#endif
