// SPDX-License-Identifier: GPL-2.0-only
/* export: publishes metrics for Prometheus, of the running kernel or of recordings. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/exporter.h"
#include "cmd/option_rows.h"
#include "output/ledger_text.h"
#include "output/stuck_text.h"
#include "recording/reader_set.h"
#include "trace/privileges.h"
#include "trace/signals.h"
#include "trace/tracer.h"
#include "util/clock.h"
#include "util/diag.h"

#define PUBLISH_NS	NSEC_PER_SEC
#define DEFAULT_FILE_NS (15 * NSEC_PER_SEC)
#define MAX_LABEL_LIMIT 200

struct export
{
	struct exporter exporter;
	struct tracer tracer;
	struct event_sink sink; /* of the gatherer */
};

/* The live kernel */

static int take_call(void *ctx, const struct call *call)
{
	const struct export *export = ctx;

	return export->sink.ops->call(export->sink.ctx, call);
}

static int take_teardown(void *ctx, const struct teardown *teardown)
{
	const struct export *export = ctx;

	return export->sink.ops->teardown(export->sink.ctx, teardown);
}

static int take_stuck(void *ctx, const struct stuck *stuck)
{
	const struct export *export = ctx;

	stuck_text_print(stderr, stuck);
	return export->sink.ops->stuck(export->sink.ctx, stuck);
}

/* Returns as session_count(). */
static const char *count(struct export *export, struct ledger *ledger,
			 struct teardown_counts *counts, bool running)
{
	const char *blind = session_count(export->tracer.session, ledger, counts);

	gatherer_count(export->exporter.gatherer, ledger, counts, blind, running);
	return blind;
}

static void find_pending(struct export *export, __u64 now_ns)
{
	struct gatherer *gatherer = export->exporter.gatherer;

	gatherer_begin_pending(gatherer);
	gatherer_end_pending(
		gatherer,
		session_for_each_pending(export->tracer.session, gatherer_add_pending, gatherer),
		now_ns);
}

static int tick(void *ctx, __u64 now_ns, __u64 *next_ns)
{
	struct export *export = ctx;
	struct teardown_counts counts;
	struct ledger ledger;

	count(export, &ledger, &counts, true);
	find_pending(export, now_ns);
	*next_ns = now_ns + PUBLISH_NS;
	return exporter_publish(&export->exporter, now_ns, false);
}

/* A service gets it to load its settings again. It has none; a closed terminal ends the run. */
static bool signal_goes_on(int signal)
{
	if (signal != SIGHUP || isatty(STDERR_FILENO))
		return false;
	diag_info("SIGHUP: there are no settings to load again");
	return true;
}

static bool signalled(void *ctx, int signal, bool to_group)
{
	(void)ctx;
	(void)to_group;
	return signal_goes_on(signal);
}

/* None: nothing but time and signals end the run. */
static int outlet(void *ctx)
{
	(void)ctx;
	return -1;
}

static int end_live(struct export *export, int err)
{
	const __u64 end_ns = clock_now_ns();
	struct teardown_counts counts;
	struct ledger ledger;
	const char *blind;

	if (!export->tracer.session)
		return err;
	blind = count(export, &ledger, &counts, false);
	if (*blind)
		export->tracer.traceable = TRACEABLE_NO;
	gatherer_end_run(export->exporter.gatherer, end_ns);
	gatherer_end(export->exporter.gatherer);
	err = exporter_publish(&export->exporter, end_ns, true) ?: err;
	ledger_text(stderr, &(struct ledger_text){.calls = &ledger,
						  .teardowns = &counts.ledger,
						  .hooks = counts.hooks,
						  .view = VIEW_BOTH});
	ledger_text_blind(stderr, blind);
	return err;
}

static int export_live(struct export *export, const struct options *opts)
{
	static const struct event_sink_ops sink_ops = {
		.call = take_call,
		.teardown = take_teardown,
		.stuck = take_stuck,
	};
	static const struct run_ops run_ops = {
		.keeps_no_events = true,
		.tick = tick,
		.outlet = outlet,
		.signalled = signalled,
	};
	const struct event_sink sink = {.ops = &sink_ops, .ctx = export};
	bool keep_files = opts->export.textfile || export->exporter.listeners.path;
	struct run_info run_info;
	int err = tracer_start(&export->tracer, &opts->trace, &opts->filter, keep_files);

	if (err)
		return err;
	run_info = tracer_run_info(&export->tracer, opts->argc, opts->argv);
	gatherer_begin(export->exporter.gatherer, &run_info, false);
	err = exporter_begin(&export->exporter, run_info.start_ns);
	if (err)
		return err;
	return end_live(export, tracer_run(&export->tracer, &sink, &run_ops));
}

/* Recordings */

static int replay(struct export *export, struct reader_set *readers)
{
	struct gatherer *gatherer = export->exporter.gatherer;
	const char *blind = "";
	struct teardown_counts counts;
	struct ledger ledger;
	int err = 0;

	gatherer_begin(gatherer, readers->first, true);
	for (size_t i = 0; i < readers->nr && !err; i++) {
		err = reader_set_run_one(readers, i, VIEW_BOTH, true, &export->sink, NULL);
		gatherer_end_run(gatherer, reader_set_end_of(readers, i));
	}
	if (err && err != -EINVAL) /* otherwise it is already reported */
		diag_error("cannot export: %s", strerror(-err));
	if (err)
		return err;
	for (size_t i = 0; i < readers->nr; i++)
		blind = *blind ? blind : readers->reader[i]->run_info->blind;
	reader_set_ledger(readers, &ledger, &counts);
	gatherer_count(gatherer, &ledger, &counts, blind, false);
	gatherer_end(gatherer);
	return 0;
}

/* Until a signal comes, or the time is up. */
static int serve(const struct options *opts)
{
	struct pollfd fd = {.fd = signals_open(), .events = POLLIN};
	__u64 end_ns = clock_now_ns() + opts->trace.duration_ns, now_ns;
	int wait = -1, signal = 0;
	bool to_group;

	if (fd.fd < 0) {
		diag_error("cannot wait for signals: %s", strerror(-fd.fd));
		return fd.fd;
	}
	while (!signal || signal_goes_on(signal)) {
		now_ns = clock_now_ns();
		if (opts->trace.duration_ns && now_ns >= end_ns)
			break;
		if (opts->trace.duration_ns)
			wait = (end_ns - now_ns) / NSEC_PER_MSEC + 1;
		poll(&fd, 1, wait);
		signal = signals_take(&to_group);
	}
	if (signal == SIGINT && to_group)
		diag_end_echo();
	signals_close();
	return 0;
}

static int export_recordings(struct export *export, const struct options *opts)
{
	bool keep_files = opts->export.textfile || export->exporter.listeners.path;
	struct reader_set readers = {};
	int err = reader_set_open(&readers, opts->files[DIFF_BASE], opts->nr_files[DIFF_BASE]);

	if (!err)
		err = reader_set_spare(&readers, opts->export.textfile);
	if (!err)
		err = replay(export, &readers);
	reader_set_close(&readers);
	if (err)
		return err;
	signals_block();
	if (privileges_drop(keep_files, false))
		diag_warn("cannot drop privileges");
	err = exporter_begin(&export->exporter, clock_now_ns());
	return err || !export->exporter.server ? err : serve(opts);
}

/* The command */

static int cmd_export(const struct options *opts)
{
	struct export export = {};
	int err = exporter_open(&export.exporter, opts);

	if (!err) {
		export.sink = gatherer_sink(export.exporter.gatherer);
		err = opts->nr_files[DIFF_BASE] ? export_recordings(&export, opts)
						: export_live(&export, opts);
	}
	exporter_close(&export.exporter);
	tracer_stop(&export.tracer);
	return exit_status_of(err,
			      opts->nr_files[DIFF_BASE] ? TRACEABLE_YES : export.tracer.traceable);
}

static int take_label(struct options *opts, const char *value)
{
	unsigned int offered = choices_offered(&label_choices, opts->command, VIEW_BOTH);

	for (;; value++) {
		size_t len = strcspn(value, ",");
		int key = choice_find(opts, "label", &label_choices, value, len);

		if (key < 0)
			return key;
		if (!(offered & 1U << key))
			return diag_invalid("--label: '%s' is not a label (one of %s)",
					    key_names[key],
					    choices_list(&label_choices, offered).text);
		opts->export.metrics.labels |= 1U << key;
		value += len;
		if (!*value)
			return 0;
	}
}

static int take_label_limit(struct options *opts, const char *value)
{
	char *end;
	unsigned long limit = strtoul(value, &end, 10);

	if (*value < '0' || *value > '9' || *end || !limit || limit > MAX_LABEL_LIMIT)
		return diag_invalid("--label-limit: '%s' is not a number from 1 to %d", value,
				    MAX_LABEL_LIMIT);
	opts->export.metrics.label_limit = limit;
	return 0;
}

static int take_listen(struct options *opts, const char *value)
{
	if (!listener_is_valid(value))
		return diag_invalid(
			"--listen: '%s' is not an address with a port, such as "
			"127.0.0.1:10435, nor the path of a socket (with a '/', at most 107 bytes)",
			value);
	opts->export.listen = value;
	return 0;
}

static int finish(struct options *opts)
{
	const struct export_options *export = &opts->export;

	if (opts->nr_files[DIFF_BASE] && opts->trace.duration_ns && export->textfile &&
	    !export->listen)
		return diag_invalid("--duration with a recording and --textfile needs --listen");
	if (!opts->show.interval_ns)
		opts->show.interval_ns = DEFAULT_FILE_NS;
	return 0;
}

static const struct option_row rows[] = {
	PROBING_ROWS,
	HEADING("When"),
	DURATION_ROW(),
	STUCK_ROW,
	HEADING("Where to"),
	VALUE(0, "listen", "ADDR:PORT", take_listen,
	      "serve /metrics at this address, or at the path of a socket; a port alone is of "
	      "127.0.0.1 (default: 127.0.0.1:10435, or the socket that systemd hands over)"),
	PATH("textfile", "FILE", export.textfile,
	     "write the metrics to this file, for the textfile collector of node_exporter; '-' is "
	     "standard output. Without --listen, nothing is served"),
	TIME('i', "interval", "SEC", show.interval_ns, UNIT_SECONDS,
	     "write the file at this interval: 15 (default)", .least = "1s", .needs = "textfile",
	     .live = true),
	HEADING("Series"),
	VALUE(0, "label", "KEY[,KEY...]", take_label,
	      "count teardowns by these, too, in the series memdestroy_owner_*: %s (repeatable)",
	      .choices = &label_choices, .repeatable = true),
	VALUE(0, "label-limit", "N", take_label_limit,
	      "series for at most N owners, the rest is \"other\": 20 (default)", .needs = "label"),
	HEADING("Messages"),
	LIVE_TALK_ROWS,
	ABOUT_ROWS,
};

const struct command export_command = {
	.name = "export",
	.run = cmd_export,
	.rows = rows,
	.view = VIEW_BOTH,
	.take_words = option_files,
	.finish = finish,
	.help[HELP_ALL] =
		{.head = "Usage: memdestroy-trace export [OPTION]... [FILE...]\n"
			 "\n"
			 "Trace as without a command, and publish metrics for Prometheus until Ctrl-C: by\n"
			 "HTTP at 127.0.0.1:10435/metrics, or in a file. With recordings, publish their\n"
			 "metrics: this traces no kernel and needs no privileges. The server has no TLS\n"
			 "and no password: put a proxy before it for both.\n",
		 .examples =
			 "  memdestroy-trace export\n"
			 "      for a Prometheus on this machine\n"
			 "  memdestroy-trace export --listen 10.0.0.1:10435 --label unit\n"
			 "      at another address, with the teardowns of each unit of systemd\n"
			 "  memdestroy-trace export --textfile /var/lib/prometheus/node-exporter/bpf.prom\n"
			 "      for a node_exporter\n"
			 "  memdestroy-trace export --textfile - run.mdt\n"
			 "      the metrics of a recording\n"},
	.statuses = LIVE_STATUSES,
};
