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
 *   aggregate calls or teardowns -> rows, over hist, a histogram
 *   teardown_view  what becomes of a teardown, over slowest, timeline, perfetto, folded
 *   column    what there is to show of all these and the ledger (ledger.h), over text
 *   render    columns -> table, JSON, CSV
 *   output    the file or pipe they go to
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
#include <sys/utsname.h>
#include <unistd.h>

#include "diag.h"
#include "ksyms.h"
#include "options.h"
#include "output.h"
#include "privileges.h"
#include "probe.h"
#include "report.h"
#include "session.h"
#include "settings.h"

enum exit_status {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_UNTRACEABLE = 3,
	EXIT_FORBIDDEN = 4,
};

#define KALLSYMS "/proc/kallsyms"

static enum exit_status status_of(int err)
{
	switch (-err) {
	case 0:
		return EXIT_DONE;
	case EOPNOTSUPP:
		return EXIT_UNTRACEABLE;
	case EPERM:
		return EXIT_FORBIDDEN;
	default:
		return EXIT_FAILED;
	}
}

static void banner(const struct options *opts, const struct probe *probe)
{
	struct utsname kernel;

	uname(&kernel);
	diag_info("tracing %s by %s on Linux %s; %s",
		  opts->view == VIEW_TEARDOWNS ? "teardowns of BPF maps" : TRACED_FUNCTION "()",
		  probe_method(probe), kernel.release,
		  opts->duration_ns ? "Ctrl-C ends it early" : "Ctrl-C ends it");
}

static int trace(const struct options *opts, const struct ksyms *ksyms, struct report *report)
{
	struct probe *probe;
	int err = probe_open(&probe, opts, ksyms);

	if (err)
		return err;
	err = privileges_drop(opts->output);
	if (err)
		diag_warn("cannot drop privileges: %s", strerror(-err));
	if (ksyms_hidden(ksyms))
		diag_warn("kernel symbols are hidden (CAP_SYSLOG is needed, see also "
			  "kernel.kptr_restrict): callers are shown as addresses");
	banner(opts, probe);
	err = report_begin(report);
	if (!err)
		err = session_run(opts, probe, ksyms, report);
	probe_close(probe);
	return err;
}

static enum exit_status run(const struct options *opts)
{
	struct report *report;
	struct ksyms *ksyms;
	int err = ksyms_load(KALLSYMS, &ksyms);

	if (err) {
		diag_error("cannot read " KALLSYMS ": %s", strerror(-err));
		return EXIT_FAILED;
	}
	err = report_open(&report, opts);
	if (!err) {
		session_block_signals();
		err = trace(opts, ksyms, report);
		report_close(report);
	}
	ksyms_free(ksyms);
	return status_of(err);
}

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
	struct options opts;

	reserve_standard_streams();
	setlocale(LC_CTYPE, "C.UTF-8");
	switch (options_parse(&opts, argc, argv)) {
	case OPTIONS_DONE:
		if (!fflush(stdout))
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
