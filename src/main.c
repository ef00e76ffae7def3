// SPDX-License-Identifier: GPL-2.0-only
/*
 * memdestroy-trace: who calls bpf_mem_alloc_destroy(), for which map, and how long it takes; and
 * whole teardowns of maps.
 *
 * The way of a call through the files:
 *
 *   bpf/memdestroy_trace.bpf.c  the probes: a record for each side of a call (bpf/event.h)
 *   session   drains the ring buffer, minds signals and clocks
 *   decode    bytes -> a checked record
 *   pair      two records -> struct call (call.h)
 *   releases  who let go of which map
 *   teardowns calls and releases -> struct teardown (teardown.h)
 *   stuck     what is under way for too long
 *   ksyms     the caller's address -> its name
 *   report    what becomes of a call: a line, or a part of a row
 *   aggregate calls or teardowns -> rows, over hist, a histogram, and samples; key_bytes, their
 * keys teardown_view  what becomes of a teardown, over slowest, timeline, perfetto, folded column
 * what there is to show of all these and the ledger (ledger.h), over text: _calls, _teardowns,
 * _rows, _ledgers, _diff, over _get, what they share render    columns -> table, Markdown, JSON,
 * CSV, over cell and line diff      two aggregates with samples -> what differs, over stats;
 * written by diff_report output    the file or pipe they go to
 *
 * Around it:
 *
 *   options   the command line, over option_values, duration, glob, maptype; usage prints its help
 *   settings  what the BPF programs are told, from options and symbols
 *   probe     the BPF programs: chosen, loaded, attached, counted
 *   privileges, diag (messages)
 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "diag.h"

/*
 * A standard stream that was closed must not come to mean the next file opened. Reading from and
 * writing to what is put in its place fails, as it would with the stream closed.
 */
static void reserve_standard_streams(void)
{
	static const int flags[] = {O_WRONLY, O_RDONLY, O_WRONLY};
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", flags[fd]); /* takes the lowest number that is free */
}

static int run(const struct options *opts)
{
	switch (opts->action) {
	case ACTION_TRACE:
		return cmd_trace(opts);
#if 0
	case ACTION_RECORD:
		return cmd_record(opts);
	case ACTION_REPORT:
		return cmd_report(opts);
	case ACTION_DIFF:
		return cmd_diff(opts);
	case ACTION_BENCH:
		return cmd_bench(opts);
#endif
	default:
		break;
	}
	return EXIT_FAILED;
}

int main(int argc, char **argv)
{
	static struct options opts; /* large */

	reserve_standard_streams();
	setlocale(LC_CTYPE, "C.UTF-8");
	switch (options_parse(&opts, argc, argv)) {
	case OPTIONS_DONE:
		if (!fflush(stdout) && !ferror(stdout))
			return EXIT_DONE;
		diag_error("cannot write stdout: %s", strerror(errno));
		return EXIT_FAILED;
	case OPTIONS_BAD:
		return EXIT_USAGE;
	case OPTIONS_RUN:
		break;
	}
	diag_init(opts.quiet, opts.verbose);
	return run(&opts);
}
