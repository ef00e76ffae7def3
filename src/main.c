// SPDX-License-Identifier: GPL-2.0-only
/*
 * memdestroy-trace: who calls bpf_mem_alloc_destroy(), for which map, and how long it takes; and
 * whole teardowns of maps.
 *
 * What the program can be asked to do (cmd.h) is a file each: cmd_trace, cmd_record, cmd_report,
 * cmd_diff, cmd_bench, cmd_check. All but the last put these together: a source of calls and
 * teardowns, and a sink (sink.h) for them.
 *
 * The running kernel, as a source:
 *
 *   bpf/memdestroy_trace.bpf.c  the probes: a record for each side of a call (bpf/event.h)
 *   live      the running kernel as a whole: ksyms, probe, session
 *   probe     the BPF programs: chosen, loaded, attached; tally: what they count
 *   settings  what the BPF programs are told, from options and symbols
 *   kernel    what the running kernel is like: CPUs, preemption
 *   backlog   empties the ring buffer, by a thread, into memory
 *   session   takes what is there, minds signals and clocks
 *   decode    bytes -> a checked record
 *   pair      two records -> struct call (call.h)
 *   releases  who let go of which map
 *   teardowns calls and releases -> struct teardown (teardown.h)
 *   stuck     what is under way for too long
 *   ksyms     the caller's address -> its name; ksyms_ask: asks the kernel, bpf/symbols.bpf.c
 *
 * A recording (schema.h: an SQLite file), as a sink and as a source:
 *
 *   recorder  what happens live -> recording, which writes the file; conditions of the run
 *   replay    reads the file; replays: several as one
 *   command   what is run while it is recorded
 *
 * The sinks that show:
 *
 *   report    what becomes of a call: a line, or a part of a row; filter: if it is wanted
 *   teardown_view  what becomes of a teardown, over slowest, timeline, perfetto, folded
 *   aggregate calls or teardowns -> rows, over hist, samples, and key_bytes, what they are known by
 *   diff      two aggregates with samples -> what differs, over stats; comparable: may they be
 *   bench_table  an aggregate by scenario -> what a benchmark found
 *   column    what there is to show of all these and the ledger (ledger.h), a file for each:
 *             column_calls, _teardowns, _rows, _ledgers, _diff, _bench, over column_get
 *   render    columns -> table, Markdown, JSON, CSV, over cell, line, text; diff_report, hang
 *   output    the file or pipe they go to
 *
 * The benchmark:
 *
 *   scenario  what to measure; plan: when; worker: the process that does it, over
 *             maps, fill, storage_owners, map_limits
 *
 * What a kernel allows:
 *
 *   machine   this machine's kernel, also by trying: probe; kernel_files: another one's, over
 *             kernel_image, unpack
 *   findings  what types and symbols tell, and all answers
 *   verdict   what they come to (pure)
 *   check_report  shows both, over column_check
 *
 * Around it:
 *
 *   options   the command line, over option_table, option_values, option_numbers, option_checks,
 *             duration, glob, maptype; usage prints its help, usage_text
 *   privileges, diag (messages)
 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/command.h"
#include "util/diag.h"

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
	return opts.command->run(&opts);
}
