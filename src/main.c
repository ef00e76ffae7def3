// SPDX-License-Identifier: GPL-2.0-only
/*
 * memdestroy-trace: who calls bpf_mem_alloc_destroy(), for which maps, and how long the calls and
 * whole teardowns of maps take.
 *
 * main() parses the command line and runs the command; cmd/ has a file for each. Events go one way:
 *
 *   bpf/         programs on the hooks; records through a ring buffer     (ABI: bpf/event.h)
 *   trace/       loads and attaches them, drains the ring, runs the loop  (session.h)
 *   correlate/   records -> calls, teardowns, deferred frees; pure
 *   recording/   the same events to and from an SQLite file               (schema.h)
 *   analysis/    events -> rows; the slowest teardowns; comparisons
 *   output/      what commands print: tables, JSON, CSV, Perfetto, ledgers
 *
 * The nouns are in model/: the events (call.h, teardown.h, event_sink.h), the ledger of what was
 * lost, filters, keys, hooks. bench/ creates the maps that "bench" measures; check/ finds out
 * whether a kernel can be traced; util/ knows nothing of BPF. LAYERS says which folder may include
 * which.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "cmd/command.h"
#include "output/color.h"
#include "util/clock.h"
#include "util/diag.h"
#include "util/outfile.h"

/*
 * Keeps the next file opened from becoming a standard stream that was closed. Reads and writes fail
 * on the replacement, too.
 */
static void reserve_standard_streams(void)
{
	static const int flags[] = {O_WRONLY, O_RDONLY, O_WRONLY};

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", flags[fd]); /* takes the lowest number that is free */
}

/* libbpf's messages end with a newline, and a verifier log has many lines. */
__attribute__((format(printf, 2, 0))) static int print_verbose(enum libbpf_print_level level,
							       const char *fmt, va_list args)
{
	(void)level;
	return diag_verbosity() > 1 ? vfprintf(stderr, fmt, args) : 0;
}

static void do_nothing(int signo)
{
	(void)signo;
}

int main(int argc, char **argv)
{
	static struct options opts; /* large */
	int err;

	reserve_standard_streams();
	/* A write beyond the limit of files' sizes gives an error. A command to run gets the
	 * default. */
	signal(SIGXFSZ, do_nothing);
	clock_join_children();
	libbpf_set_print(print_verbose);
	switch (options_parse(&opts, argc, argv)) {
	case OPTIONS_DONE:
		err = stream_flush(stdout);
		if (err)
			outfile_failed(NULL, err);
		return err ? EXIT_FAILED : EXIT_DONE;
	case OPTIONS_BAD:
		return options_bad_status(argc, argv);
	case OPTIONS_RUN:
		break;
	}
	diag_init(opts.quiet, opts.verbose);
	color_init(opts.show.color);
	return opts.command->run(&opts);
}
