// SPDX-License-Identifier: GPL-2.0-only
/* Writes messages and a status line to stderr. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "util/diag.h"
#include "util/text.h"

#define LINE_MAX_BYTES 1024
#define ECHO_NS	       5000000 /* the kernel sends the signal first, and then echoes "^C" */

static bool be_quiet;
static unsigned int verbosity;
static bool status_shown;

#define ERASE_LINE "\r\033[K"

static void erase_status(void)
{
	if (status_shown)
		fputs(ERASE_LINE, stderr);
	status_shown = false;
}

/* Cuts a long message; control characters in it can neither end the line nor move the cursor. */
__attribute__((format(printf, 2, 0))) static void one_line(char line[LINE_MAX_BYTES],
							   const char *fmt, va_list args)
{
	char text[LINE_MAX_BYTES];
	int len = vsnprintf(text, sizeof(text), fmt, args);

	if (len < 0)
		text[0] = '\0';
	if (len >= LINE_MAX_BYTES)
		strcpy(text + sizeof(text) - sizeof("..."), "...");
	text_printable(line, LINE_MAX_BYTES, text, strlen(text));
}

__attribute__((format(printf, 2, 0))) static void print_line(const char *kind, const char *fmt,
							     va_list args)
{
	char line[LINE_MAX_BYTES], whole[LINE_MAX_BYTES + 64];
	int saved_errno = errno;

	one_line(line, fmt, args);
	snprintf(whole, sizeof(whole), "memdestroy-trace: %s%s", kind, line);
	erase_status();
	text_line(stderr, whole);
	errno = saved_errno;
}

#define DEFINE_MESSAGE(name, kind, is_shown)                                                       \
	void name(const char *fmt, ...)                                                            \
	{                                                                                          \
		va_list args;                                                                      \
                                                                                                   \
		if (!(is_shown))                                                                   \
			return;                                                                    \
		va_start(args, fmt);                                                               \
		print_line(kind, fmt, args);                                                       \
		va_end(args);                                                                      \
	}

DEFINE_MESSAGE(diag_error, "", true)
DEFINE_MESSAGE(diag_warn, "warning: ", true)
DEFINE_MESSAGE(diag_info, "", !be_quiet)
DEFINE_MESSAGE(diag_verbose, "", verbosity)

bool diag_shows_status(void)
{
	return !be_quiet && isatty(STDERR_FILENO);
}

/* At least 2. */
static int terminal_width(void)
{
	struct winsize size;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) || size.ws_col < 2 ? LINE_MAX_BYTES
									  : size.ws_col;
}

void diag_end_echo(void)
{
	const struct timespec pause = {.tv_nsec = ECHO_NS};
	bool on_stderr = isatty(STDERR_FILENO);

	if (!on_stderr && !isatty(STDOUT_FILENO))
		return;
	nanosleep(&pause, NULL);
	if (status_shown)
		erase_status();
	else
		dprintf(on_stderr ? STDERR_FILENO : STDOUT_FILENO, "\n");
}

void diag_status(const char *fmt, ...)
{
	char line[LINE_MAX_BYTES];
	va_list args;

	erase_status();
	if (!fmt || !diag_shows_status())
		return;
	va_start(args, fmt);
	one_line(line, fmt, args);
	va_end(args);
	/* Of a line that wraps, only the last part would be erased. */
	fprintf(stderr, "%.*s", terminal_width() - 1, line);
	fflush(stderr);
	status_shown = true;
}

void diag_init(bool quiet, unsigned int verbose)
{
	be_quiet = quiet;
	verbosity = verbose;
}

bool diag_is_quiet(void)
{
	return be_quiet;
}

bool diag_is_verbose(void)
{
	return verbosity;
}

unsigned int diag_verbosity(void)
{
	return verbosity;
}
