// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reports of a recording are, byte for byte, what was shown live.
 *
 * The same calls, teardowns, deferred frees and stuck calls go to a live report, and to a recording
 * that is then reported. Exceptions, as a recording has everything:
 *
 * - Live, the releaser of a map is known only if asked for (--identity, --by id), also for stuck
 *   calls.
 * - Callers of stuck calls are not recorded: with --caller, none is reported.
 * - Calls with only one side seen are counted live only if the filters want them, and always from a
 *   recording.
 */
#include "support/files.h"
#include "support/random_run.h"
#include "util/macros.h"

#include "cmd/command.h"
#include "model/glob.h"
#include "model/hooks.h"
#include "output/report.h"

#define MAX_ARGS 40

static struct options opts;

/* Any values; a second with values as they happen. */
static struct run wild, tame;

/* Live */

struct live_report {
	const struct run *run;
	struct event_sink sink;
	__u64 now_ns, next_ns; /* 0: never */
	__u64 filtered;
};

static void tick(struct live_report *live)
{
	assert_int_equal(report_run_ops.tick(live->sink.ctx, live->now_ns, &live->next_ns), 0);
}

/* Events are seen at their end, and the clock is monotonic. */
static void pass_time(struct live_report *live, __u64 start_ns, __u64 for_ns)
{
	__u64 end_ns = start_ns + (for_ns == UNKNOWN_NS ? 0 : for_ns);

	if (start_ns == UNKNOWN_NS || end_ns < live->now_ns)
		return;
	while (live->next_ns && live->next_ns <= end_ns) {
		live->now_ns = live->next_ns;
		tick(live);
	}
	live->now_ns = end_ns;
}

static bool map_wanted(const struct map_info *map)
{
	if (opts.filter.map_types &&
	    !(map_has_type(map) && map->type < 64 && (opts.filter.map_types & (1ULL << map->type))))
		return false;
	if (!opts.filter.by_name)
		return true;
	return map_has_name(map) && name_filter_match(&opts.filter.names, map->name, NAME_LEN);
}

/* As call_wanted() and unpark() in bpf/filter.bpf.h have it. */
static bool kernel_wants(const struct call *call)
{
	bool caller = !opts.filter.nr_callers;

	for (size_t i = 0; i < opts.filter.nr_callers; i++)
		caller |= call->caller.name && !strcmp(call->caller.name, opts.filter.callers[i]);
	if (opts.filter.no_empty && (call->flags & CALL_EMPTY))
		return false;
	if (call->ts_ns != UNKNOWN_NS && call->latency_ns != UNKNOWN_NS &&
	    call->latency_ns < opts.filter.min_latency_ns)
		return false;
	return caller && map_wanted(&call->map);
}

static int live_call(struct live_report *live, struct call call)
{
	if (!live->sink.ops->call)
		return 0;
	pass_time(live, call.ts_ns, call.latency_ns);
	/* Not if teardowns are shown, too. */
	if (opts.show.view == VIEW_CALLS && !kernel_wants(&call)) {
		live->filtered += call.ts_ns != UNKNOWN_NS && call.latency_ns != UNKNOWN_NS;
		return 0;
	}
	if (!opts.show.identity)
		call.map.identity = (struct identity){.released_ns = UNKNOWN_NS};
	return live->sink.ops->call(live->sink.ctx, &call);
}

/* Whether a live run would report it. */
static bool can_be_stuck(const struct stuck *stuck)
{
	if (opts.show.view != VIEW_CALLS)
		return true;
	return !strcmp(stuck->where, TRACED_FUNCTION) && !opts.filter.nr_callers &&
	       map_wanted(&stuck->map);
}

static int live_stuck(struct live_report *live, const struct stuck *stuck)
{
	pass_time(live, stuck->since_ns, stuck->for_ns);
	if (!can_be_stuck(stuck) || !report_run_ops.wants_stuck(live->sink.ctx, &stuck->map))
		return 0;
	return live->sink.ops->stuck(live->sink.ctx, stuck);
}

static int live_item(struct live_report *live, const struct item *item)
{
	const struct event_sink *sink = &live->sink;
	const struct parts parts = parts_of((struct item *)item);

	switch (item->kind) {
	case ITEM_CALL:
		return live_call(live, item->call);
	case ITEM_STUCK:
		return live_stuck(live, &item->stuck);
	default:
		if (!sink->ops->teardown)
			return 0;
		pass_time(live, *parts.ts_ns, *parts.latency_ns);
		return item->kind == ITEM_TEARDOWN
			       ? sink->ops->teardown(sink->ctx, &item->teardown)
			       : sink->ops->deferred_free(sink->ctx, &item->deferred_free);
	}
}

static int show_live(const struct run *run)
{
	const struct start start = {run->run_info.start_ns, run->run_info.start_realtime_ns, false};
	struct live_report live = {.run = run, .now_ns = start.ns};
	struct teardown_counts counts = run->counts;
	struct ledger ledger = run->ledger;
	struct report *report;
	int err;

	assert_ptr_equal(opts.command, &trace_command);
	assert_int_equal(report_open(&report, &opts.show, &opts.filter, opts.output), 0);
	assert_int_equal(report_begin(report, &start), 0);
	live.sink = report_sink(report);
	tick(&live);
	for (size_t i = 0; i < NR_ITEMS; i++)
		assert_int_equal(live_item(&live, &run->items[i]), 0);
	pass_time(&live, run->end_ns, 0);
	ledger.filtered += live.filtered;
	ledger.completed -= live.filtered;
	err = report_end(report, run->end_ns, &ledger, &counts, 0);
	report_close(report);
	return err;
}

static int show_recorded(const struct run *run)
{
	(void)run;
	assert_ptr_equal(opts.command, &report_command);
	return report_command.run(&opts);
}

/* Both */

/* Splits at blanks; opts points into the arguments until the next call. */
static void parse(const char *fmt, ...)
{
	static char words[2048];
	static char *argv[MAX_ARGS];
	va_list args;
	char *save;
	int argc = 0;

	va_start(args, fmt);
	assert_true(vsnprintf(words, sizeof(words), fmt, args) < (int)sizeof(words));
	va_end(args);
	memset(argv, 0, sizeof(argv));
	for (char *word = strtok_r(words, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		assert_true(argc < MAX_ARGS - 1);
		argv[argc++] = word;
	}
	if (options_parse(&opts, argc, argv) != OPTIONS_RUN)
		fail_msg("'%s' is refused", fmt);
}

/* The function's stderr goes to a file. */
static void stderr_to(const char *path, int (*show)(const struct run *), const struct run *run)
{
	int saved = dup(STDERR_FILENO), err;

	assert_non_null(freopen(path, "w", stderr));
	err = show(run);
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	assert_int_equal(err, 0);
}

/* Returns the number of bytes shown. */
static size_t check(const struct run *run, const char *line)
{
	const char *live = temp_path(), *live_errors = temp_path();
	const char *recorded = temp_path(), *errors = temp_path();

	parse("memdestroy-trace %s -o %s", line, live);
	stderr_to(live_errors, show_live, run);
	parse("memdestroy-trace report %s -o %s %s", line, recorded, run->path);
	stderr_to(errors, show_recorded, run);
	check_same_files(line, live_errors, errors);
	return check_same_files(line, live, recorded);
}

static void check_all(const struct run *run, const char *const *lines)
{
	for (; *lines; lines++)
		if (check(run, *lines) < 100)
			fail_msg("'%s' shows next to nothing", *lines);
}

TEST(test_forms)
{
	static const char *const lines[] = {
		"-f table",
		"-f json",
		"-f markdown",
		"-n 3 -T",
		"calls -f table",
		"calls -f json",
		"calls -f csv",
		"calls -f markdown",
		"-e",
		"-e -f json",
		"-e -f csv",
		"-e --identity",
		"-e --identity -f json",
		"-e --identity -f csv",
		"-H",
		"-T -n 3",
		"-H -n 2 --sort p99",
		"teardowns -f table",
		"teardowns -f json",
		"teardowns -f csv",
		"teardowns -f markdown",
		"teardowns -f perfetto",
		"teardowns -f folded",
		"teardowns -e",
		"teardowns -e -f json",
		"teardowns -e -f csv",
		"teardowns --timeline",
		"teardowns --timeline -n 5 --sort wait",
		"teardowns -n 7 -f json",
		NULL,
	};

	check_all(&wild, lines);
	check_all(&tame, lines);
}

TEST(test_orders)
{
	static const char *const of_calls[] = {"total", "count", "empty", "min", "mean",
					       "p50",	"p90",	 "p99",	  "max", "key"};
	static const char *const of_teardowns[] = {"total",   "wait",	  "free",
						   "destroy", "deferred", "key"};
	char line[256];

	for (size_t i = 0; i < ARRAY_SIZE(of_calls); i++) {
		snprintf(line, sizeof(line), "--by caller,comm --sort %s -n 20 -f csv",
			 of_calls[i]);
		check(&tame, line);
		check(&wild, line);
	}
	for (size_t i = 0; i < ARRAY_SIZE(of_teardowns); i++) {
		snprintf(line, sizeof(line), "teardowns --by type,name --sort %s -f json",
			 of_teardowns[i]);
		check(&wild, line);
		if (!strcmp(of_teardowns[i], "key"))
			continue;
		snprintf(line, sizeof(line), "teardowns --sort %s -n 20", of_teardowns[i]);
		check(&tame, line);
		check(&wild, line);
	}
}

TEST(test_intervals)
{
	static const char *const lines[] = {
		"-i 0.3",
		"-i 0.01",
		"-i 0.01 -f markdown",
		"-i 0.01 -f json",
		"calls -i 0.001 -t hash",
		"teardowns -i 0.01 -t hash",
		"-i 0.3 -f markdown",
		"-i 0.05 -f json",
		"-i 0.05 -f csv",
		"-i 0.3 -T --by cpu",
		"-i 0.3 -H",
		"-i 0.1 --by id -f csv -n 3",
		"teardowns -i 0.3",
		"teardowns -i 0.1 -f csv",
		"teardowns -i 0.1 -f json",
		"teardowns -i 0.3 -T --by type",
		"teardowns -i 0.3 --timeline",
		"teardowns -i 0.1 --by name -f csv",
		"teardowns -i 0.1 --by name -f json",
		NULL,
	};

	check_all(&tame, lines);
}

/* Without an empty line, Markdown would take the next table for more rows. */
TEST(test_markdown_intervals)
{
	static const char *const views[] = {"", "calls --by type", "teardowns --by type"};
	const char *path = temp_path(), *errors = temp_path();
	size_t len, tables;
	char *text;

	for (int i = 0; i < 3; i++) {
		tables = 0;
		parse("memdestroy-trace %s -i 0.2 -f markdown -o %s", views[i], path);
		stderr_to(errors, show_live, &tame);
		text = contents(path, &len);
		for (char *at = text; (at = strstr(at, i ? "| TYPE" : "| CALLER | TYPE"));
		     at++, tables++)
			assert_true(at == text || !strncmp(at - 2, "\n\n", 2));
		assert_true(tables > 2);
		free(text);
	}
}

/* Centuries between events do not make a table for each second. */
TEST(test_far_apart)
{
	parse("memdestroy-trace report -i 0.001 -f json -o %s %s", temp_path(), wild.path);
	stderr_to(temp_path(), show_recorded, &wild);
}

static int report_all(const struct run *run)
{
	(void)run;
	return report_command.run(&opts) == EXIT_FAILED ? 0 : -1;
}

/* By any name, also with -e, where the output is written in place. */
TEST(test_no_recording_is_lost)
{
	static const char *const hows[] = {"", "-e"};
	const char *link_path = temp_path(), *errors = temp_path();
	char *before, *after, *message;
	size_t len, len_after;

	assert_int_equal(symlink(tame.path, link_path), 0);
	before = contents(tame.path, &len);
	for (int i = 0; i < 2; i++) {
		parse("memdestroy-trace report %s -o %s %s %s", hows[i], link_path, wild.path,
		      tame.path);
		stderr_to(errors, report_all, &tame);
		message = contents(errors, &len_after);
		check_one_line(message, "it is a recording that is being read");
		after = contents(tame.path, &len_after);
		assert_int_equal(len, len_after);
		assert_memory_equal(before, after, len);
		free(message);
		free(after);
	}
	free(before);
}

/* Some of the keys from first on, in any order. */
static void some_keys(char *line, size_t size, enum key first, enum key last)
{
	static const char *const names[] = {"caller",	    "alloc", "comm", "cpu",
					    "type",	    "name",  "id",   "released_by",
					    "released_pid", "cgroup"};
	enum key keys[NR_KEYS];
	size_t nr = 0, len = strlen(line), wanted;

	for (enum key key = first; key <= last; key++)
		keys[nr++] = key;
	wanted = 1 + below(nr);
	for (size_t i = 0; i < wanted; i++) {
		size_t other = i + below(nr - i);
		enum key key = keys[other];

		keys[other] = keys[i];
		len += snprintf(line + len, size - len, "%s%s", i ? "," : " --by ", names[key]);
	}
}

static void some_filters(char *line, size_t size, bool calls)
{
	static const char *const of_maps[] = {" -t hash",	" -t hash -t lpm_trie",
					      " --name name-*", " --name name-[1-4]",
					      " --name *",	" --min-latency 1ms"};
	static const char *const only_of_calls[] = {" --caller htab_map_free", " --no-empty",
						    " --caller trie_free --caller htab_map_free"};

	for (int i = 0; i < 6; i++)
		if (!below(6))
			strncat(line, of_maps[i], size - strlen(line) - 1);
	for (int i = 0; i < 3 && calls; i++)
		if (!below(5))
			strncat(line, only_of_calls[i], size - strlen(line) - 1);
}

static bool has_two_names(const char *line)
{
	const char *name = strstr(line, "--name");

	return name && strstr(name + 1, "--name");
}

TEST(test_keys_and_filters)
{
	static const char *const formats[] = {"table", "json", "csv", "markdown"};
	const struct run *const runs[] = {&wild, &tame};
	char line[512];

	for (int i = 0; i < 120; i++) {
		bool calls = maybe();

		do {
			snprintf(line, sizeof(line), "%s-f %s", calls ? "" : "teardowns ",
				 formats[below(4)]);
			if (below(4))
				some_keys(line, sizeof(line), calls ? KEY_CALLER : KEY_TYPE,
					  KEY_CGROUP);
			else if (!strstr(line, "markdown"))
				strcat(line, " -e");
			some_filters(line, sizeof(line), calls);
		} while (has_two_names(line));
		check(runs[below(2)], line);
	}
}

/* Without a view, the kernel filters nothing. */
TEST(test_filters_of_both)
{
	static const char *const forms[] = {"-f table", "-f json", "-f markdown", "-i 0.1"};
	const struct run *const runs[] = {&wild, &tame};
	char line[512];

	for (int i = 0; i < 60; i++) {
		int form = (int)below(4);

		do {
			snprintf(line, sizeof(line), "%s", forms[form]);
			some_filters(line, sizeof(line), false);
		} while (has_two_names(line));
		check(runs[form == 3 ? 1 : below(2)], line);
	}
}

static int set_up(void **state)
{
	(void)state;
	record(&wild, false);
	record(&tame, true);
	return 0;
}

TEST_MAIN(set_up, NULL)
