// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs a trace from start to end.
 */
#include <errno.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/utsname.h>

#include "model/hooks.h"
#include "trace/privileges.h"
#include "trace/signals.h"
#include "trace/tracer.h"
#include "util/diag.h"

static const char *const traced_events[] = {
	[VIEW_CALLS] = TRACED_FUNCTION "()",
	[VIEW_TEARDOWNS] = "teardowns of BPF maps",
	[VIEW_BOTH] = TRACED_FUNCTION "() and teardowns of BPF maps",
};

static void print_banner(const struct trace_options *opts, const struct probe *probe)
{
	bool ends = opts->duration_ns || opts->ends_by_itself;
	struct utsname kernel;

	uname(&kernel);
	diag_info("%s %s by %s on Linux %s; %s", opts->records ? "recording" : "tracing",
		  traced_events[opts->view], probe_method(probe), kernel.release,
		  ends ? "Ctrl-C ends it early" : "Ctrl-C ends it");
}

int tracer_start(struct tracer *tracer, const struct trace_options *opts,
		 const struct filter *filter, bool keep_files)
{
	int err = ksyms_open(&tracer->ksyms);

	if (err) {
		diag_error("cannot read /proc/kallsyms: %s", strerror(-err));
		return err;
	}
	tracer->opts = opts;
	signals_block();
	err = probe_open(&tracer->probe, opts, filter, tracer->ksyms, &tracer->traceable);
	if (err)
		return err;
	if (opts->user_stack && !privileges_has(CAP_SYS_PTRACE))
		diag_warn("CAP_SYS_PTRACE missing: functions in other users' processes stay "
			  "unknown (--user-stack)");
	err = privileges_drop(keep_files, opts->user_stack);
	if (err)
		diag_warn("cannot drop privileges: %s", strerror(-err));
	return 0;
}

struct run_info tracer_run_info(const struct tracer *tracer, int argc, char *const *argv)
{
	struct run_info run_info = {.end_ns = UNKNOWN_NS};

	run_info_now(&run_info, argc, argv, tracer->ksyms && ksyms_hidden(tracer->ksyms));
	if (!tracer->probe)
		return run_info;
	snprintf(run_info.attach, sizeof(run_info.attach), "%s", probe_method(tracer->probe));
	run_info_begin(&run_info, probe_began(tracer->probe));
	return run_info;
}

int tracer_run(struct tracer *tracer, const struct event_sink *sink, const struct run_ops *run)
{
	int err;

	if (ksyms_hidden(tracer->ksyms))
		diag_warn("kernel symbols are hidden (CAP_SYSLOG is needed, see also "
			  "kernel.kptr_restrict): callers are shown as addresses");
	print_banner(tracer->opts, tracer->probe);
	if (privileges_in_pid_namespace())
		diag_info("in a PID namespace: pids are those of the machine%s",
			  probe_finds_all_threads(tracer->probe)
				  ? ""
				  : ", and the stacks of its workers cannot be shown");
	err = session_open(&tracer->session, tracer->opts, tracer->probe, tracer->ksyms, sink, run);
	return err ? err : session_run(tracer->session);
}

void tracer_stop(struct tracer *tracer)
{
	session_close(tracer->session);
	probe_close(tracer->probe);
	ksyms_free(tracer->ksyms);
	*tracer = (struct tracer){.traceable = tracer->traceable};
}
