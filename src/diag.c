// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages on stderr, libbpf's included.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "diag.h"

#define LINE_MAX_BYTES 1024

static bool be_quiet;
static bool be_verbose;

__attribute__((format(printf, 2, 0))) static void print_line(const char *kind, const char *fmt,
							     va_list args)
{
	char line[LINE_MAX_BYTES];
	int saved_errno = errno;
	int len = vsnprintf(line, sizeof(line), fmt, args);

	if (len < 0)
		line[0] = '\0';
	if (len >= (int)sizeof(line))
		strcpy(line + sizeof(line) - sizeof("..."), "...");
	for (char *c = line; *c; c++)
		if ((unsigned char)*c < ' ' || *c == '\x7f')
			*c = '?';
	fprintf(stderr, "memdestroy-trace: %s%s\n", kind, line);
	errno = saved_errno;
}

void diag_error(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	print_line("", fmt, args);
	va_end(args);
}

void diag_warn(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	print_line("warning: ", fmt, args);
	va_end(args);
}

void diag_info(const char *fmt, ...)
{
	va_list args;

	if (be_quiet)
		return;
	va_start(args, fmt);
	print_line("", fmt, args);
	va_end(args);
}

void diag_verbose(const char *fmt, ...)
{
	va_list args;

	if (!be_verbose)
		return;
	va_start(args, fmt);
	print_line("", fmt, args);
	va_end(args);
}

/* libbpf ends its messages with a newline itself, and a verifier log has many of them. */
__attribute__((format(printf, 2, 0))) static int print_libbpf(enum libbpf_print_level level,
							      const char *fmt, va_list args)
{
	(void)level;
	return be_verbose ? vfprintf(stderr, fmt, args) : 0;
}

void diag_init(bool quiet, bool verbose)
{
	be_quiet = quiet;
	be_verbose = verbose;
	libbpf_set_print(print_libbpf);
}
