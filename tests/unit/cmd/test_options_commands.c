// SPDX-License-Identifier: GPL-2.0-only
/* Command lines of record, report and bench, good and bad; and which option each command takes. */
#include "cmd/command.h"
#include "support/command_line.h"
#include "util/macros.h"

/* As commands[]. */
enum {
	TRACE = 1,
	RECORD = 2,
	REPORT = 4,
	DIFF = 8,
	TREND = 16,
	BENCH = 32,
	CHECK = 64,
	TOP = 128,
	EXPORT = 256
};

#define LIVE  (TRACE | TOP | RECORD | BENCH | EXPORT)
#define READS (TRACE | TOP | REPORT | DIFF | TREND)
#define SHOWS (TRACE | TOP | REPORT)
#define LINES (TRACE | REPORT)
#define ALL   (LIVE | READS | CHECK)

/* A second, independent list of the options of each command. */
static const struct {
	const char *name;
	char short_name;
	const char *value; /* and, after a space, other arguments that it needs */
	unsigned int of;
	bool of_teardowns;
} matrix[] = {
	{"base", 0, "a --new b", DIFF, false},
	{"new", 0, "b --base a", DIFF, false},
	{"kernel", 0, "vmlinuz", CHECK, false},
	{"btf", 0, "vmlinux", CHECK, false},
	{"kallsyms", 0, "a --btf b", CHECK, false},
	{"github", 0, NULL, DIFF, false},
	{"by-kernel", 0, NULL, TREND, false},
	{"list", 0, NULL, BENCH, false},
	{"quick", 0, NULL, BENCH, false},
	{"runs", 0, "2", BENCH, false},
	{"against", 0, "a", BENCH, false},
	{"bisect", 0, " --against a --fail-on p50>1", BENCH, false},
	{"attach", 0, "kprobe", LIVE, false},
	{NULL, 'k', NULL, LIVE, false},
	{"buffer", 0, "1M", LIVE, false},
	{"type", 't', "hash", READS, false},
	{"name", 0, "a*", READS, false},
	{"caller", 0, "f", READS, false},
	{"min-latency", 0, "1ms", READS, false},
	{"no-empty", 0, NULL, READS, false},
	{"id", 0, "7", READS, false},
	{"pid", 'p', "7", READS, false},
	{"comm", 0, "a*", READS, false},
	{"cgroup", 0, "/a", READS, false},
	{"unit", 0, "a*", READS, false},
	{"pod", 0, "a*", READS, false},
	{"container", 0, "a*", READS, false},
	{"duration", 'd', "1", TRACE | TOP | RECORD | EXPORT, false},
	{"interval", 'i', "1", SHOWS | EXPORT, false},
	{"speed", 0, "2 a", TOP, false},
	{"timestamp", 'T', NULL, SHOWS, false},
	{"stuck", 0, "1", TRACE | TOP | RECORD | EXPORT, false},
	{"listen", 0, "1", EXPORT, false},
	{"textfile", 0, "x", EXPORT, false},
	{"label", 0, "name", EXPORT, false},
	{"label-limit", 0, "1 --label name", EXPORT, false},
	{"by", 0, "type", READS, false},
	{"phase", 0, "wait", DIFF | TREND | BENCH, false},
	{"alpha", 0, "0.01", DIFF | TREND | BENCH, false},
	{"fail-on", 0, "p50>1", DIFF | BENCH, false},
	{"allow-missing", 0, " --fail-on p50>1", DIFF | BENCH, false},
	{"within-run", 0, "", DIFF | BENCH, false},
	{"measure", 0, "time", DIFF | TREND | BENCH, false},
	{"sort", 0, "max", SHOWS, false},
	{"top", 'n', "1", READS & ~TREND, false},
	{"histogram", 'H', NULL, SHOWS, false},
	{"timeline", 0, NULL, SHOWS, true},
	{"events", 'e', NULL, LINES, false},
	{"identity", 0, " -e", LINES, false},
	{"user-stack", 0, NULL, TRACE | REPORT | RECORD, true},
	{"counters", 0, NULL, TRACE | RECORD | BENCH, true},
	{"format", 'f', "json", READS | BENCH | CHECK, false},
	{"columns", 0, "count", READS | BENCH | CHECK, false},
	{"wide", 0, NULL, READS | BENCH | CHECK, false},
	{"color", 0, "never", ALL & ~EXPORT, false},
	{"output", 'o', "out", ALL & ~EXPORT, false},
	{"rotate", 0, "1h", RECORD, false},
	{"keep", 0, "3 --rotate 1h", RECORD, false},
	{"force", 0, "-o out", RECORD | DIFF | TREND | BENCH, false},
	{"quiet", 'q', NULL, LIVE | READS, false},
	{"verbose", 'v', NULL, ALL, false},
};

/* Tries one spelling of an option with every command. */
static void try_everywhere(size_t i, const char *written)
{
	static const char *const words[] = {"", "-o out", "f", "a b",	      "a b",
					    "", "",	  "",  "--textfile x"};
	char line[128], message[128];
	bool side = i < 2; /* --base and --new need no further arguments */

	for (size_t c = 0; commands[c]; c++) {
		bool view = matrix[i].of_teardowns && commands[c]->views;
		bool judges = commands[c] == &bench_command &&
			      (matrix[i].of & ~(unsigned int)TREND) == (DIFF | BENCH);
		/* Of export, "--list" abbreviates another option. */
		bool abbreviates = commands[c] == &export_command && !strcmp(written, "--list ");
		bool other = commands[c] == &check_command && !strcmp(written, "--columns count");

		snprintf(line, sizeof(line), "%s%s %s %s%s",
			 commands[c]->name ? commands[c]->name : "", view ? " teardowns" : "",
			 other ? "--columns seen" : written, judges ? "--against a" : "",
			 side && commands[c] == &diff_command ? "" : words[c]);
		if (abbreviates)
			continue;
		if (matrix[i].of & 1U << c) {
			good(line);
			assert_ptr_equal(opts.command, commands[c]);
			continue;
		}
		snprintf(message, sizeof(message), "-%s does not apply to %s (only to ",
			 matrix[i].name, command_title(commands[c]));
		if (!matrix[i].name)
			snprintf(message, sizeof(message), "-%c does not apply to %s (only to ",
				 matrix[i].short_name, command_title(commands[c]));
		bad(line, message);
	}
}

TEST(test_every_option_with_every_command)
{
	char written[64];

	for (size_t i = 0; i < ARRAY_SIZE(matrix); i++) {
		const char *value = matrix[i].value ? matrix[i].value : "";

		if (matrix[i].name) {
			snprintf(written, sizeof(written), "--%s %s", matrix[i].name, value);
			try_everywhere(i, written);
		}
		if (matrix[i].short_name) {
			snprintf(written, sizeof(written), "-%c %s", matrix[i].short_name, value);
			try_everywhere(i, written);
		}
	}
}

/* Every row of a table is in the matrix, or is a heading, or is answered at once. */
TEST(test_every_row)
{
	for (size_t c = 0; commands[c]; c++) {
		const struct option_row *row = commands[c]->rows;
		size_t nr = 0, want = 2; /* --help and --version */

		for (size_t i = 0; i < ARRAY_SIZE(matrix); i++) {
			if (!(matrix[i].of & 1U << c))
				continue;
			want++;
			row = option_row(commands[c], matrix[i].name ? matrix[i].name : "k");
			assert_non_null(row);
			assert_int_equal(row->short_name, matrix[i].short_name);
		}
		for (row = commands[c]->rows; row->help; row++)
			nr += row->short_name || row->long_name;
		assert_int_equal(nr, want);
		assert_true(row - commands[c]->rows < MAX_OPTIONS);
	}
}

/* A row excludes only options of the same command. */
TEST(test_conflicts_exist)
{
	char names[128], *save;

	for (size_t c = 0; commands[c]; c++) {
		for (const struct option_row *row = commands[c]->rows; row->help; row++) {
			snprintf(names, sizeof(names), "%s", row->not_with ? row->not_with : "");
			for (char *name = strtok_r(names, " ", &save); name;
			     name = strtok_r(NULL, " ", &save))
				assert_non_null(option_row(commands[c], name));
		}
	}
}

TEST(test_foreign_options)
{
	bad("record --list -o f", "--list does not apply to record (only to bench)\n");
	bad("report -d 1 f",
	    "--duration does not apply to report (only to tracing, record, top, export)\n");
	bad("report --dur=1 f",
	    "--duration does not apply to report (only to tracing, record, top, export)\n");
	bad("report -Td1 f", "--duration does not apply to report");
	bad("--force", "--force does not apply to tracing (only to record, diff, trend, bench)\n");
	bad("teardowns --force", "--force does not apply to tracing");
	bad("--fa x", "--fail-on does not apply to tracing (only to diff, bench)");
	bad("report --a f", /* attach or alpha */
	    "unknown option '--a' (see memdestroy-trace report --help)\n");
	bad("diff -x a b", "unknown option '-x' (see memdestroy-trace diff --help)\n");
	/* Abbreviations keep working. */
	good("--f json --q --a kprobe --bu 1M");
	assert_true(opts.show.format == FORMAT_JSON && opts.quiet &&
		    opts.trace.attach == ATTACH_KPROBE);
	good("bench --l --quic");
	assert_true(opts.list && opts.quick);
}

TEST(test_commands_come_first)
{
	bad("-e report", "unexpected argument 'report' (it has to come first)");
	bad("teardowns record", "unexpected argument 'record' (it has to come first)");
	bad("-q diff a b", "unexpected argument 'diff' (it has to come first)");
	bad("-- bench", "unexpected argument 'bench' (it has to come first)");
	bad("tracing", "unknown command 'tracing' (see memdestroy-trace --help)");
	bad_words("", "Report rec", "unknown command '%s': did you mean 're");
	bad("report -n 1 teardowns f", "unexpected argument 'teardowns' (it has to follow 'report';"
				       " a file of that name is ./teardowns)");
	bad("diff a teardowns b", "unexpected argument 'teardowns' (it has to follow 'diff';");
	good("report teardowns ./teardowns");
	/* Commands do not persist in the next parse. */
	good("");
	assert_ptr_equal(opts.command, &trace_command);
	assert_true(opts.nr_files[DIFF_BASE] == 0 && !opts.view_given);
}

TEST(test_record)
{
	good("record -o f");
	assert_ptr_equal(opts.command, &record_command);
	assert_int_equal(opts.show.view, VIEW_BOTH);
	assert_true(opts.show.identity);
	assert_false(opts.force || opts.quiet);
	assert_string_equal(opts.output, "f");
	assert_null(opts.run_argv);
	assert_int_equal(opts.show.nr_by, 0);
	assert_int_equal(opts.trace.buffer_bytes, 0);
	assert_true(opts.trace.stuck_ns == 10 * NSEC_PER_SEC && opts.trace.duration_ns == 0);

	good("record -qkd 5 --stuck 0 --buffer 1M --force --output=f --");
	assert_null(opts.run_argv);
	assert_true(opts.trace.duration_ns == 5 * NSEC_PER_SEC && opts.trace.stuck_ns == 0 &&
		    opts.force);
	assert_true(opts.quiet && opts.trace.attach == ATTACH_KPROBE &&
		    opts.trace.buffer_bytes == 1 << 20);
}

/* All arguments after the command's name belong to it, options too. */
TEST(test_record_command)
{
	good("record -o f make -j4 -o x --foo");
	assert_string_equal(opts.output, "f");
	assert_string_equal(opts.run_argv[0], "make");
	assert_string_equal(opts.run_argv[1], "-j4");
	assert_string_equal(opts.run_argv[4], "--foo");
	assert_null(opts.run_argv[5]);
	good("record -o f -- --odd -- x");
	assert_string_equal(opts.run_argv[0], "--odd");
	assert_string_equal(opts.run_argv[1], "--");
	assert_null(opts.run_argv[3]);
	good("record -o f ~");
	assert_string_equal(opts.run_argv[0], "");
	good("record -o f report"); /* a command like any other */
	assert_string_equal(opts.run_argv[0], "report");

	bad("record", "record needs --output FILE, such as -o run.mdt\n");
	bad("record -q", "record needs --output FILE, such as -o run.mdt\n");
	bad("record make -o f", "needs --output FILE before the command, such as -o run.mdt\n");
	bad("record -- -o f", "record needs --output FILE before the command, such as");
	bad("record -o", "option '--output' needs a value (FILE)");
	bad("record -o ~", "--output: the name of the file is empty");
	bad("record -o -", "--output: a recording cannot be written to standard output");
	bad("record -o f -o g", "'--output' given twice, with 'f' and with 'g'");
	bad("record -o f -qv", "--quiet cannot be combined with --verbose");
	bad("record -o f -k --attach fentry", "-k cannot be combined with --attach fentry");
}

TEST(test_report)
{
	good("report a");
	assert_ptr_equal(opts.command, &report_command);
	assert_int_equal(opts.show.view, VIEW_BOTH);
	assert_false(opts.view_given);
	assert_int_equal(opts.nr_files[DIFF_BASE], 1);
	assert_int_equal(opts.nr_files[DIFF_NEW], 0);
	assert_string_equal(opts.files[DIFF_BASE][0], "a");
	assert_int_equal(opts.show.nr_by, 2);
	assert_int_equal(opts.show.by[0], KEY_CALLER);

	good("report a -n 3 b --by host,scenario,id -- -c");
	assert_int_equal(opts.nr_files[DIFF_BASE], 3);
	assert_string_equal(opts.files[DIFF_BASE][1], "b");
	assert_string_equal(opts.files[DIFF_BASE][2], "-c");
	assert_int_equal(opts.show.by[0], KEY_HOST);
	assert_int_equal(opts.show.by[1], KEY_SCENARIO);
	assert_true(opts.show.identity && opts.show.top == 3);
	good("report --by host a");
	assert_false(opts.show.identity); /* a host needs no identities */
	good("report -i 1 -T a");
	good("report -e -f csv --identity a b");
	good("report -f markdown a");
	good("report -H a");

	bad("report", "report needs a recording, such as run.mdt (see record)\n");
	bad("report teardowns", "report needs a recording");
	bad("report ~", "the name of a recording is empty");
	bad("report -i 1 a b", "--interval needs a single recording\n");
	bad("report -i 0 a", "--interval: '0' is too short");
	bad("report --by foo a",
	    "(one of caller, alloc, comm, cpu, type, name, id, released_by, "
	    "released_pid, cgroup, unit, pod, container, memcg, host, scenario)");
	bad("report calls -f perfetto a", "--format: 'perfetto' does not apply to calls (see: "
					  "memdestroy-trace report teardowns)\n");
	bad("report --identity a", "--identity needs --events");
	bad("report -e -n 1 a", "--events cannot be combined with --top");
	bad("report -e -f markdown a", "--events cannot be combined with --format markdown");
}

TEST(test_report_of_teardowns)
{
	good("report teardowns a b");
	assert_int_equal(opts.show.view, VIEW_TEARDOWNS);
	assert_true(opts.view_given && opts.show.identity);
	assert_int_equal(opts.nr_files[DIFF_BASE], 2);
	assert_int_equal(opts.show.nr_by, 0);
	good("report teardowns -f folded a");
	good("report teardowns -f perfetto a b");
	good("report teardowns -f markdown a");
	good("report teardowns --timeline --sort wait a");
	good("report teardowns --by scenario,host a");
	bad("report teardowns --by cpu a", "--by: 'cpu' does not apply to teardowns");
	bad("report teardowns --by foo a", "(one of type, name, id, released_by, released_pid, "
					   "cgroup, unit, pod, container, memcg, host, scenario)");
	bad("report teardowns -H a", "--histogram does not apply to teardowns");
	bad("report teardowns --timeline -f markdown a",
	    "--timeline cannot be combined with --format markdown");
	bad("report teardowns -f folded -n 1 a", "--top cannot be combined with --format folded");
	bad("report teardowns --sort p50 a", "--sort: 'p50' does not apply to teardowns without");
}

static void many(char *line, size_t size, const char *first, size_t nr)
{
	size_t len = snprintf(line, size, "%s", first);

	for (size_t i = 0; i < nr; i++)
		len += snprintf(line + len, size - len, " f");
	assert_true(len < size);
}

TEST(test_many_files)
{
	static char line[8192];

	many(line, sizeof(line), "report", MAX_FILES);
	good(line);
	assert_int_equal(opts.nr_files[DIFF_BASE], MAX_FILES);
	many(line, sizeof(line), "report", MAX_FILES + 1);
	bad(line, "'f' is one recording too many (at most 1024)");
	many(line, sizeof(line), "diff --base a --new", MAX_FILES);
	good(line);
	assert_int_equal(opts.nr_files[DIFF_NEW], MAX_FILES);
	many(line, sizeof(line), "diff --new a --base", MAX_FILES + 1);
	bad(line, "'f' is one recording too many (at most 1024)");
	many(line, sizeof(line), "diff", MAX_FILES + 1);
	bad(line, "'f' is one recording too many");
	many(line, sizeof(line), "diff --new a --base", MAX_FILES);
	strcat(line, " --base x");
	bad(line, "'x' is one recording too many");
}

TEST(test_bench)
{
	good("bench");
	assert_ptr_equal(opts.command, &bench_command);
	assert_int_equal(opts.show.view, VIEW_BOTH);
	assert_true(opts.show.identity);
	assert_false(opts.list || opts.quick || opts.force);
	assert_null(opts.scenarios);
	assert_null(opts.output);
	assert_int_equal(opts.nr_scenarios, 0);
	assert_int_equal(opts.show.nr_by, 0);
	assert_int_equal(opts.trace.buffer_bytes, 0);

	good("bench type=hash -o f lpm --force -f markdown -k -- -x");
	assert_int_equal(opts.nr_scenarios, 3);
	assert_string_equal(opts.scenarios[0], "type=hash");
	assert_string_equal(opts.scenarios[1], "lpm");
	assert_string_equal(opts.scenarios[2], "-x");
	assert_string_equal(opts.output, "f");
	assert_true(opts.show.format == FORMAT_MARKDOWN && opts.force);
	good("bench --list --quick");
	assert_true(opts.list && opts.quick);

	bad("bench -o -", "--output: a recording cannot be written to standard output");
	bad("bench -f folded",
	    "--format: 'folded' does not apply to bench (one of table, json, csv, "
	    "markdown)");
	bad("bench --quick x", "--quick applies to the standard scenarios only, not to 'x'");
	good("bench --against a --against b --fail-on p50>10 --bisect --within-run");
	assert_int_equal(opts.nr_files[DIFF_BASE], 2);
	assert_string_equal(opts.files[DIFF_BASE][1], "b");
	assert_true(opts.bisect && opts.diff.within_run && opts.diff.nr_limits == 1);
	bad("bench --against a x", "--against measures the scenarios of the base, not 'x'");
	bad("bench --against a --quick", "--against cannot be combined with --quick");
	bad("bench --against a --bisect", "--bisect needs --fail-on\n");
	bad("bench --against a --fail-on p50>1 --bisect -o f",
	    "--bisect cannot be combined with --output");
	bad("bench --alpha 0.1", "--alpha needs --against\n");
	bad("bench --list x", "--list applies to the standard scenarios only, not to 'x'");
}

/* A bisection takes 1 to 127 for "bad", or for a commit to skip. */
TEST(test_bad_status)
{
	char *bad_bench[] = {"memdestroy-trace", "bench", "--bisect", "-Z", NULL};
	char *abbreviated[] = {"memdestroy-trace", "bench", "-Z", "--bis", NULL};
	char *misspelled[] = {"memdestroy-trace", "bnech", "--bisect", NULL};
	char *traces[] = {"memdestroy-trace", "calls", "--bisect", NULL};
	char *report[] = {"memdestroy-trace", "report", "run.mdt", "--bisect", NULL};
	char *record[] = {"memdestroy-trace", "record", "--foo", "--", "git", "--bisect", NULL};
	char *words[] = {"memdestroy-trace", "bench", "-Z", "--", "--bisect", NULL};
	char *other[] = {"memdestroy-trace", "bench", "--bi-sect", "--b", "--bisects", NULL};

	assert_int_equal(options_bad_status(4, bad_bench), 128);
	assert_int_equal(options_bad_status(4, abbreviated), 128);
	assert_int_equal(options_bad_status(3, misspelled), 128);
	assert_int_equal(options_bad_status(3, traces), 2);
	assert_int_equal(options_bad_status(4, report), 2);
	assert_int_equal(options_bad_status(6, record), 2);
	assert_int_equal(options_bad_status(5, words), 2);
	assert_int_equal(options_bad_status(1, words), 2);
	assert_int_equal(options_bad_status(5, other), 2);
}

TEST(test_check)
{
	good("check");
	assert_ptr_equal(opts.command, &check_command);
	assert_int_equal(opts.show.format, FORMAT_TABLE);
	assert_null(opts.check_kernel);
	assert_null(opts.check_btf);
	assert_null(opts.check_kallsyms);
	good("check --kernel a --kallsyms b -f json");
	assert_string_equal(opts.check_kernel, "a");
	assert_string_equal(opts.check_kallsyms, "b");
	assert_int_equal(opts.show.format, FORMAT_JSON);
	good("check --btf c");
	assert_string_equal(opts.check_btf, "c");

	bad("check --kernel a --btf b", "--kernel cannot be combined with --btf");
	bad("check --kallsyms a", "--kallsyms needs --kernel or --btf");
	bad("check --btf=", "--btf: the name of the file is empty");
	bad("check -f markdown",
	    "--format: 'markdown' does not apply to check (one of table, json)");
	bad("check a", "unexpected argument 'a' (see --kernel");
	bad("check teardowns", "unexpected argument 'teardowns'");
}

TEST(test_top)
{
	good("top");
	assert_ptr_equal(opts.command, &top_command);
	assert_true(opts.show.interval_ns == NSEC_PER_SEC && opts.trace.duration_ns == 0);
	assert_int_equal(opts.show.nr_by, 2);
	good("top teardowns -i 1m30s -n 3");
	assert_true(opts.show.view == VIEW_TEARDOWNS && opts.show.interval_ns == 90 * NSEC_PER_SEC);
	bad("top -e", "--events does not apply to top (only to tracing, report)");
	bad("top -f perfetto", "--format: 'perfetto' does not apply to top (one of table, json, ");
	good("top a");
	assert_true(opts.show.recorded && opts.show.interval_ns == NSEC_PER_SEC && !opts.speed);
	good("top --speed 0.5 --by host a");
	assert_true(opts.speed == 0.5);
	bad("top --speed 2", "--speed needs a recording\n");
	bad("top --speed 1e9 a", "--speed: '1e9' is not a number from 0.001 to 1000000");
	bad("top a b", "top needs a single recording\n");
	bad("top -d 1 a", "--duration cannot be combined with a recording\n");
	bad("top --by host", "--by: 'host' applies to recordings only\n");
}

TEST(test_live_has_no_recordings)
{
	bad("--by host", "--by: 'host' applies to recordings only\n");
	bad("--by type,scenario", "--by: 'scenario' applies to recordings only\n");
	bad("teardowns --by host", "--by: 'host' applies to recordings only");
	bad("teardowns --by foo",
	    "(one of type, name, id, released_by, released_pid, cgroup, unit, pod, container, memcg)\n");
	bad("--by foo", "released_pid, cgroup, unit, pod, container, memcg)\n");
	good("-f markdown");
	good("teardowns -f markdown -n 3 -i 1");
	bad("-f markdown -H", "--histogram cannot be combined with --format markdown");
	bad("-f markdown -e", "--events cannot be combined with --format markdown");
}

TEST_MAIN(NULL, NULL)
