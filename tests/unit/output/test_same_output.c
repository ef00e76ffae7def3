// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is shown of a recording is, byte for byte, what had been shown live.
 *
 * The same calls, teardowns, reclaims and hangs go to a live report, and to a recording that is
 * then reported. What may differ, since a recording is of all there is:
 *
 * - Live, who let go of a map is only found out where it is asked for (--identity, --by id), and a
 *   hang tells of it then only.
 * - Of a hang, its caller is not recorded. With --caller, none is told of.
 * - Of calls of which one side was seen alone, live ones are not counted if they are not wanted;
 *   recorded ones are counted as what they are.
 * - After the last call, live tables of intervals go on until the end.
 */
#include "support/recorded.h"
#include "util/macros.h"

#include <sys/stat.h>

#include "cmd/command.h"
#include "model/glob.h"
#include "model/hooks.h"
#include "name_filter.h"
#include "output/report.h"

#define NR_ITEMS 3000
#define MAX_ARGS 40

static struct options opts;

/* A run, and where it has been recorded. */
struct run {
	struct item items[NR_ITEMS];
	struct run_info run_info;
	__u64 end_ns;
	struct ledger ledger;
	struct teardown_counts counts;
	char path[PATH_SIZE];
};

/* By chance: anything that can be; a second in which things happen as they do. */
static struct run wild, tame;

/* The run */

/* Often, what a teardown left is reclaimed first. */
static void make_match(struct item *item)
{
	static struct deferred_free last;
	struct teardown *teardown = &item->teardown;

	if (item->kind == ITEM_DEFERRED_FREE)
		last = item->deferred_free;
	else if (item->kind == ITEM_TEARDOWN && maybe()) {
		teardown->map.address = last.map.address;
		teardown->destroy[0].ts_ns = last.destroy_ns;
		teardown->destroy[0].alloc = last.alloc;
	}
}

static __u64 rarely_unknown(__u64 ns)
{
	return below(16) ? ns : UNKNOWN_NS;
}

static void tame_map(struct map_info *map, __u64 now_ns)
{
	map->identity.map_id %= 30;
	map->identity.released_ns = rarely_unknown(now_ns - 5000000);
	map->identity.released_by.task.pid %= 20;
	map->identity.released_by.cgroup_id %= 20;
}

static void tame_task(struct task *task)
{
	task->pid %= 50;
	task->tid %= 50;
}

static void tame_teardown(struct teardown *teardown, __u64 now_ns)
{
	__u64 *phase = teardown->phase;
	int i;

	for (i = 0; i < NR_PHASES; i++)
		phase[i] = rarely_unknown(below(3000000));
	phase[PHASE_TOTAL] = UNKNOWN_NS;
	if (phase[PHASE_WAIT] < UNKNOWN_NS && phase[PHASE_FREE] < UNKNOWN_NS &&
	    phase[PHASE_DEFERRED] < UNKNOWN_NS)
		phase[PHASE_TOTAL] = phase[PHASE_WAIT] + phase[PHASE_FREE] + phase[PHASE_DEFERRED];
	teardown->run.latency_ns = phase[PHASE_FREE];
	teardown->queued_ns = rarely_unknown(now_ns - 4000000);
	for (i = 0; i < MAX_DESTROYS; i++)
		teardown->destroy[i].ts_ns = rarely_unknown(now_ns - 2000000);
	for (i = 0; i < NR_OUTCOMES; i++)
		teardown->outcomes[i] %= 3;
}

/* What all kinds of items have. */
struct parts {
	struct map_info *map;
	struct task *task;
	__u64 *ts_ns, *latency_ns;
};

static struct parts parts_of(struct item *item)
{
	struct teardown *teardown = &item->teardown;
	struct deferred_free *reclaim = &item->deferred_free;
	struct stuck *stuck = &item->stuck;
	struct call *call = &item->call;

	switch (item->kind) {
	case ITEM_CALL:
		return (struct parts){&call->map, &call->task, &call->ts_ns, &call->latency_ns};
	case ITEM_TEARDOWN:
		return (struct parts){&teardown->map, &teardown->run.worker,
				      &teardown->run.start_ns, &teardown->run.latency_ns};
	case ITEM_DEFERRED_FREE:
		return (struct parts){&reclaim->map, &reclaim->run.worker, &reclaim->run.start_ns,
				      &reclaim->run.latency_ns};
	default:
		return (struct parts){&stuck->map, &stuck->worker, &stuck->since_ns,
				      &stuck->for_ns};
	}
}

/* Leaves out what cannot be. */
static void make_possible(struct item *item)
{
	struct parts parts = parts_of(item);
	struct call *call = &item->call;

	if (!map_has_type(parts.map))
		parts.map->known = 0;
	parts.map->type = below(36);
	if (item->kind != ITEM_STUCK && *parts.ts_ns == UNKNOWN_NS)
		*parts.latency_ns = UNKNOWN_NS;
	if (item->kind != ITEM_CALL)
		return;
	if (!(call->flags & CALL_EMPTY_KNOWN))
		call->flags &= ~CALL_EMPTY;
	if (!call->caller.address)
		call->caller.name = NULL;
}

static void make_tame(struct item *item, __u64 now_ns)
{
	struct parts parts = parts_of(item);

	tame_map(parts.map, now_ns);
	tame_task(parts.task);
	*parts.ts_ns = rarely_unknown(now_ns - 3000000);
	if (item->kind != ITEM_STUCK)
		*parts.latency_ns = rarely_unknown(below(2000000));
	if (item->kind == ITEM_CALL)
		item->call.cpu %= 4;
	if (item->kind == ITEM_TEARDOWN)
		tame_teardown(&item->teardown, now_ns);
	if (item->kind == ITEM_STUCK)
		item->stuck.for_ns = below(1000000);
	if (item->kind == ITEM_DEFERRED_FREE) {
		item->deferred_free.destroy_ns = rarely_unknown(now_ns - 2000000);
		item->deferred_free.latency_ns = rarely_unknown(below(2000000));
	}
}

/* Figures that are all different, so that none can stand for another. */
static void count(struct run *run)
{
	static const struct ledger unknown = {.missed_entry = LEDGER_UNKNOWN,
					      .probe_missed_return = LEDGER_UNKNOWN};
	__u64 *figure = (__u64 *)&run->ledger, nr = 1000000;

	run->ledger = unknown;
	for (size_t i = 0; i < sizeof(run->ledger) / sizeof(__u64); i++)
		figure[i] = figure[i] ? figure[i] : nr++;
	figure = (__u64 *)&run->counts.ledger;
	for (size_t i = 0; i < sizeof(run->counts.ledger) / sizeof(__u64); i++)
		figure[i] = nr++;
	run->counts.ledger.waiting = LEDGER_UNKNOWN;
	for (int i = 0; i < NR_HOOKS; i++)
		run->counts.hooks[i] = (struct hook_counts){
			.function = hook_info[i].function,
			.attached = i != HOOK_PUT_UREF,
			.returns = i < NR_CALL_HOOKS,
			.seen = nr++,
			.taken = nr++,
			.lost = nr++,
			.missed = i == HOOK_PUT ? LEDGER_UNKNOWN : nr++,
			.seen_return = nr++,
			.lost_return = nr++,
			.missed_return = nr++,
		};
}

static void record(struct run *run, bool be_tame)
{
	struct writer *recording;
	__u64 now_ns;

	run->run_info = some_conditions();
	now_ns = run->run_info.start_ns + 10000000;
	assert_int_equal(writer_create(&recording, temp_path(run->path), false, &run->run_info), 0);
	for (size_t i = 0; i < NR_ITEMS; i++) {
		some_item(&run->items[i]);
		/* At times, nothing happens for long. */
		now_ns += below(500) ? 1 + below(400000) : 300000000;
		if (be_tame)
			make_tame(&run->items[i], now_ns);
		else if (run->items[i].kind == ITEM_DEFERRED_FREE) /* no two of one destroy call */
			run->items[i].deferred_free.destroy_ns = rarely_unknown(below(1ULL << 62));
		make_possible(&run->items[i]);
		make_match(&run->items[i]);
		assert_int_equal(record_item(recording, &run->items[i]), 0);
	}
	count(run);
	run->end_ns = now_ns + 1;
	assert_int_equal(writer_ledger(recording, &run->ledger, &run->counts), 0);
	assert_int_equal(writer_end(recording, run->end_ns), 0);
	writer_close(recording);
}

/* Live */

struct live_report {
	const struct run *run;
	struct event_sink sink;
	__u64 now_ns, next_ns; /* 0: never */
	__u64 filtered;
};

static void tell_time(struct live_report *live)
{
	assert_int_equal(report_run_ops.tick(live->sink.ctx, live->now_ns, &live->next_ns), 0);
}

/* Things are seen when they end, and a clock does not go back. */
static void pass_time(struct live_report *live, __u64 start_ns, __u64 for_ns)
{
	__u64 end_ns = start_ns + (for_ns == UNKNOWN_NS ? 0 : for_ns);

	if (start_ns == UNKNOWN_NS || end_ns < live->now_ns)
		return;
	while (live->next_ns && live->next_ns <= end_ns) {
		live->now_ns = live->next_ns;
		tell_time(live);
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

/* As bpf/filter.bpf.h, and unpark() in bpf/parked.bpf.h, have it. */
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
	if (!kernel_wants(&call)) {
		live->filtered += call.ts_ns != UNKNOWN_NS && call.latency_ns != UNKNOWN_NS;
		return 0;
	}
	if (!opts.show.identity)
		call.map.identity = (struct identity){.released_ns = UNKNOWN_NS};
	return live->sink.ops->call(live->sink.ctx, &call);
}

/* In what is traced. */
static bool can_hang(const struct stuck *stuck)
{
	if (opts.show.view == VIEW_TEARDOWNS)
		return true;
	return !strcmp(stuck->where, TRACED_FUNCTION) && !opts.filter.nr_callers &&
	       map_wanted(&stuck->map);
}

static int live_hang(struct live_report *live, const struct stuck *stuck)
{
	pass_time(live, stuck->since_ns, stuck->for_ns);
	if (!can_hang(stuck) || !report_run_ops.wants_stuck(live->sink.ctx, &stuck->map))
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
		return live_hang(live, &item->stuck);
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
	const struct start start = {run->run_info.start_ns, run->run_info.start_realtime_ns};
	struct live_report live = {.run = run, .now_ns = start.ns};
	struct teardown_counts counts = run->counts;
	struct ledger ledger = run->ledger;
	struct report *report;
	int err;

	assert_ptr_equal(opts.command, &trace_command);
	assert_int_equal(report_open(&report, &opts.show, &opts.filter, opts.output, &start), 0);
	assert_int_equal(report_begin(report), 0);
	live.sink = report_sink(report);
	tell_time(&live);
	for (size_t i = 0; i < NR_ITEMS; i++)
		assert_int_equal(live_item(&live, &run->items[i]), 0);
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

/* Words at blanks; opts points into them until the next call. */
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

/* What a function writes to stderr goes to a file. */
static void tell_to(const char *path, int (*show)(const struct run *), const struct run *run)
{
	int saved = dup(STDERR_FILENO), err;

	assert_non_null(freopen(path, "w", stderr));
	err = show(run);
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	assert_int_equal(err, 0);
}

static char *contents(const char *path, size_t *len)
{
	FILE *file = fopen(path, "r");
	struct stat st;
	char *text;

	assert_non_null(file);
	assert_int_equal(fstat(fileno(file), &st), 0);
	text = malloc(st.st_size + 1);
	assert_non_null(text);
	*len = fread(text, 1, st.st_size, file);
	assert_int_equal(*len, st.st_size);
	text[*len] = '\0';
	fclose(file);
	return text;
}

static size_t check_same(const char *line, const char *live_file, const char *recorded_file)
{
	size_t live_len, recorded_len, at = 0, begin;
	char *live = contents(live_file, &live_len), *recorded;

	recorded = contents(recorded_file, &recorded_len);
	while (at < live_len && live[at] == recorded[at])
		at++;
	for (begin = at; begin && live[begin - 1] != '\n';)
		begin--;
	if (live_len != recorded_len || at < live_len)
		fail_msg("'%s' shows, live:\n%.400s\nrecorded:\n%.400s", line, live + begin,
			 recorded + begin);
	free(live);
	free(recorded);
	unlink(live_file);
	unlink(recorded_file);
	return live_len;
}

/* How many bytes both show. */
static size_t check(const struct run *run, const char *line)
{
	char live[PATH_SIZE], live_told[PATH_SIZE], recorded[PATH_SIZE], told[PATH_SIZE];

	temp_path(live);
	temp_path(live_told);
	temp_path(recorded);
	temp_path(told);
	parse("memdestroy-trace %s -o %s", line, live);
	tell_to(live_told, show_live, run);
	parse("memdestroy-trace report %s -o %s %s", line, recorded, run->path);
	tell_to(told, show_recorded, run);
	check_same(line, live_told, told);
	return check_same(line, live, recorded);
}

static void check_all(const struct run *run, const char *const *lines)
{
	for (; *lines; lines++)
		if (check(run, *lines) < 100)
			fail_msg("'%s' shows next to nothing", *lines);
}

static void test_forms(void **state)
{
	static const char *const lines[] = {
		"-f table",
		"-f json",
		"-f csv",
		"-f markdown",
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

	(void)state;
	check_all(&wild, lines);
	check_all(&tame, lines);
}

static void test_orders(void **state)
{
	static const char *const of_calls[] = {"total", "count", "empty", "min", "mean",
					       "p50",	"p90",	 "p99",	  "max", "key"};
	static const char *const of_teardowns[] = {"total",   "wait",	  "free",
						   "destroy", "deferred", "key"};
	char line[256];

	(void)state;
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

/* An interval in which nothing came has no table in a report, so those of tables are long here. */
static void test_intervals(void **state)
{
	static const char *const lines[] = {
		"-i 0.3",
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

	(void)state;
	check_all(&tame, lines);
}

/* What follows a table of Markdown's at once would be more rows of it. */
static void test_markdown_intervals(void **state)
{
	static const char *const views[] = {"", "teardowns"};
	char path[PATH_SIZE], told[PATH_SIZE], *text;
	size_t len, tables;

	(void)state;
	for (int i = 0; i < 2; i++) {
		tables = 0;
		parse("memdestroy-trace %s -i 0.2 -f markdown --by type -o %s", views[i],
		      temp_path(path));
		tell_to(temp_path(told), show_live, &tame);
		text = contents(path, &len);
		for (char *at = text; (at = strstr(at, "| TYPE")); at++, tables++)
			assert_true(at == text || !strncmp(at - 2, "\n\n", 2));
		assert_true(tables > 2);
		free(text);
		unlink(path);
		unlink(told);
	}
}

/* What claims to have taken centuries is not shown second by second. */
static void test_far_apart(void **state)
{
	char path[PATH_SIZE], told[PATH_SIZE];

	(void)state;
	parse("memdestroy-trace report -i 0.001 -f json -o %s %s", temp_path(path), wild.path);
	tell_to(temp_path(told), show_recorded, &wild);
	unlink(path);
	unlink(told);
}

static int report_all(const struct run *run)
{
	(void)run;
	return report_command.run(&opts) == EXIT_FAILED ? 0 : -1;
}

/* By whatever name, nor live (-e), when the output is made at once. */
static void test_no_recording_is_lost(void **state)
{
	static const char *const hows[] = {"", "-e"};
	char link_path[PATH_SIZE], told[PATH_SIZE], *before, *after, *said_so;
	size_t len, len_after;

	(void)state;
	assert_int_equal(symlink(tame.path, temp_path(link_path)), 0);
	temp_path(told);
	before = contents(tame.path, &len);
	for (int i = 0; i < 2; i++) {
		parse("memdestroy-trace report %s -o %s %s %s", hows[i], link_path, wild.path,
		      tame.path);
		tell_to(told, report_all, &tame);
		said_so = contents(told, &len_after);
		check_one_line(said_so, "it is a recording that is being read");
		after = contents(tame.path, &len_after);
		assert_int_equal(len, len_after);
		assert_memory_equal(before, after, len);
		free(said_so);
		free(after);
	}
	free(before);
	unlink(link_path);
	unlink(told);
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

static void test_keys_and_filters(void **state)
{
	static const char *const formats[] = {"table", "json", "csv", "markdown"};
	const struct run *const runs[] = {&wild, &tame};
	char line[512];

	(void)state;
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

static int set_up(void **state)
{
	(void)state;
	record(&wild, false);
	record(&tame, true);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(wild.path);
	unlink(tame.path);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_orders),
		cmocka_unit_test(test_intervals),
		cmocka_unit_test(test_markdown_intervals),
		cmocka_unit_test(test_far_apart),
		cmocka_unit_test(test_no_recording_is_lost),
		cmocka_unit_test(test_keys_and_filters),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
