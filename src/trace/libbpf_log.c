// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shows the messages of libbpf on stderr, with --verbose only.
 */
#include <stdarg.h>
#include <stdio.h>

#include <bpf/libbpf.h>

#include "trace/libbpf_log.h"
#include "util/diag.h"

/* libbpf's messages end with a newline, and a verifier log has many lines. */
__attribute__((format(printf, 2, 0))) static int print(enum libbpf_print_level level,
						       const char *fmt, va_list args)
{
	(void)level;
	return diag_is_verbose() ? vfprintf(stderr, fmt, args) : 0;
}

void libbpf_log_init(void)
{
	libbpf_set_print(print);
}
