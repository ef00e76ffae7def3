// SPDX-License-Identifier: GPL-2.0-only
/* Command lines, good and bad. */
#include "model/glob.h"
#include "cmd/command.h"
#include "support/command_line.h"
#include "util/macros.h"

TEST(test_defaults)
{
	good("");
	assert_int_equal(opts.trace.attach, ATTACH_AUTO);
	assert_int_equal(opts.show.format, FORMAT_TABLE);
	assert_int_equal(opts.show.sort, SORT_TOTAL);
	assert_int_equal(opts.show.nr_by, 2);
	assert_int_equal(opts.show.by[0], KEY_CALLER);
	assert_int_equal(opts.show.by[1], KEY_TYPE);
	assert_int_equal(opts.trace.buffer_bytes, 0);
	assert_ptr_equal(opts.command, &trace_command);
	assert_int_equal(opts.show.view, VIEW_BOTH);
	assert_int_equal(opts.trace.view, VIEW_BOTH);
	assert_true(opts.show.identity && opts.trace.identity); /* teardowns need it */
	assert_false(opts.view_given || opts.trace.records || opts.force || opts.list ||
		     opts.quick);
	assert_false(opts.show.events || opts.show.histogram || opts.show.timestamp || opts.quiet ||
		     opts.verbose || opts.filter.no_empty || opts.show.timeline);
	assert_true(opts.trace.stuck_ns == 10 * NSEC_PER_SEC);
	assert_true(opts.show.interval_ns == 0 && opts.trace.duration_ns == 0 &&
		    opts.show.top == 0);
	assert_true(opts.filter.map_types == 0 && opts.filter.nr_callers == 0 &&
		    opts.filter.min_latency_ns == 0);
	assert_false(opts.filter.by_name);
	assert_null(opts.output);
}

TEST(test_all_of_a_table)
{
	good("--attach fentry -d 10 -i 0.5 -T --by cpu,caller,name,type,comm,alloc -H --sort p99 "
	     "-n 7 -f table -t hash -t lpm_trie --name a* --caller f --caller g.isra.0 "
	     "--min-latency 10us --no-empty --buffer 64K -o out -v");
	assert_int_equal(opts.trace.attach, ATTACH_FENTRY);
	assert_true(opts.trace.duration_ns == 10 * NSEC_PER_SEC);
	assert_true(opts.show.interval_ns == NSEC_PER_SEC / 2);
	assert_int_equal(opts.show.nr_by, 6);
	assert_int_equal(opts.show.by[0], KEY_CPU);
	assert_int_equal(opts.show.by[5], KEY_ALLOC);
	assert_int_equal(opts.show.sort, SORT_P99);
	assert_int_equal(opts.show.top, 7);
	assert_int_equal(opts.show.format, FORMAT_TABLE);
	assert_true(opts.filter.map_types == (1ULL << 1 | 1ULL << 11));
	assert_true(opts.filter.by_name);
	assert_true(name_filter_match(&opts.filter.names, "abc", NAME_LEN));
	assert_false(name_filter_match(&opts.filter.names, "bc", NAME_LEN));
	assert_int_equal(opts.filter.nr_callers, 2);
	assert_string_equal(opts.filter.callers[1], "g.isra.0");
	assert_true(opts.filter.min_latency_ns == 10000);
	assert_int_equal(opts.trace.buffer_bytes, 64 << 10);
	assert_string_equal(opts.output, "out");
	assert_true(opts.show.timestamp && opts.show.histogram && opts.filter.no_empty &&
		    opts.verbose);
	assert_false(opts.quiet || opts.show.events);
}

TEST(test_events)
{
	good("-e -f json");
	assert_int_equal(opts.show.format, FORMAT_JSON);
	good("-k -eqf csv --duration=2m");
	assert_int_equal(opts.trace.attach, ATTACH_KPROBE);
	assert_int_equal(opts.show.format, FORMAT_CSV);
	assert_true(opts.show.events && opts.quiet);
	assert_true(opts.trace.duration_ns == 120 * NSEC_PER_SEC);
}

TEST(test_repeated)
{
	good("-d 5 -d 5 -e -e -f json --format json -k -k --attach kprobe");
	good("--caller f --caller f --type hash --type hash");
	assert_int_equal(opts.filter.nr_callers, 1);
	good("--caller a --caller b --caller c --caller d --caller e --caller f --caller g "
	     "--caller h --caller a");
	assert_int_equal(opts.filter.nr_callers, 8);
	bad("--caller a --caller b --caller c --caller d --caller e --caller f --caller g "
	    "--caller h --caller i",
	    "--caller: 'i' is one too many (at most 8)");
	bad("-f json --format csv", "'--format' given twice, with 'json' and with 'csv'");
	bad("--by caller --by type", "'--by' given twice");
	bad("-d 1 -d 2", "'--duration' given twice");
}

TEST(test_choices)
{
	bad("--attach ~", "--attach: unknown mode '' (one of auto, fentry, kprobe)");
	bad("--attach uprobe", "unknown mode 'uprobe': did you mean 'kprobe'? (one of auto, ");
	bad("-f xml", "--format: unknown format 'xml' (one of table, json, csv, perfetto, folded, "
		      "markdown, html)");
	bad("-f JSON", "unknown format 'JSON'");
	bad_words("-f", "js jsonx", "unknown format 'js");
	bad("--sort foo",
	    "--sort: unknown key 'foo' (one of total, count, empty, min, mean, p50, "
	    "p90, p99, max, wait, free, destroy, deferred, held, cpu, runqueue, grace, bytes, key)");
	bad("--by foo", "--by: unknown key 'foo' (one of caller, alloc, comm, cpu, type, name, id, "
			"released_by, released_pid, cgroup, unit, pod, container, memcg)");
	bad_words("--by", "~ , caller, ,caller caller,,type", "--by: unknown key ''");
	bad("--by %caller", "--by: unknown key ' caller'");
	bad_words("--by", "cpu,type,cpu cpu,type,alloc,name,comm,caller,cpu",
		  "--by: key 'cpu' given twice");
	bad("--by caller,alloc,comm,cpu,type,name,id,released_by,released_pid,cgroup,caller",
	    "--by: key 'caller' given twice");
}

TEST(test_numbers)
{
	bad_words("--top", "-1 +1 1e3 ~ %1 1% 1x 0x1 1.5 1K 99999999999999999999999999x",
		  "is not a number of rows (0: all)");
	bad("-n 18446744073709551616", "--top: '18446744073709551616' is too large a number");
	bad("-n 99999999999999999999999999", "too large a number");
	good("-n 18446744073709551615");
	assert_true(opts.show.top == UINT64_MAX);
}

TEST(test_buffer)
{
	static const struct {
		const char *line;
		size_t bytes;
	} sizes[] = {
		{"--buffer 1M", 1 << 20}, {"--buffer 1048577", 2 << 20},
		{"--buffer 3m", 4 << 20}, {"--buffer 1073741824", 1 << 30},
		{"--buffer 1G", 1 << 30},
	};

	good("--buffer 1");
	assert_int_equal(opts.trace.buffer_bytes, sysconf(_SC_PAGESIZE));
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		good(sizes[i].line);
		assert_int_equal(opts.trace.buffer_bytes, sizes[i].bytes);
	}
	bad("--buffer 1073741825", "--buffer: '1073741825' is too large (at most 1G)");
	bad_words("--buffer", "2G 18446744073709551617 18014398509481985K 17179869185G",
		  "too large (at most 1G)");
	bad("--buffer 0", "--buffer: '0' is not a size (such as 65536, 512K, 4M, 1G)");
	bad_words("--buffer", "0K -1 ~ K 4MB 4T 4% 1.5M %4M", "is not a size");
}

TEST(test_times)
{
	good("-d 250ms -i 1ms --min-latency 0ns");
	assert_true(opts.trace.duration_ns == 250000000 && opts.show.interval_ns == 1000000);
	bad("-d 0", "--duration: '0' is too short (at least 1ns)");
	bad("-d 0.0h", "--duration: '0.0h' is too short (at least 1ns)");
	bad_words("-d", "-1 1e3 ~ %1 1%s nan", "' is not a time (such as 10, 0.5, 200ms, 1h30m)");
	bad("-d 99999999999999999999", "--duration: '99999999999999999999' is too long a time");
	bad("-d 300000h -i 9999999h", "--interval: '9999999h' is too long a time");
	bad_words("-i", "0 999us", "' is too short (at least 1ms)");
	bad("-i x", "--interval: 'x' is not a time");
	bad_words("--min-latency", "10 ~ 0.1ns", "' is not a time (such as 250ns, 10us, 1.5ms");
	good("-d 1h30m -i 1d --min-latency 1ms500us --stuck 2m30s");
	assert_true(opts.trace.duration_ns == 5400 * NSEC_PER_SEC &&
		    opts.show.interval_ns == 86400 * NSEC_PER_SEC &&
		    opts.filter.min_latency_ns == 1500000 &&
		    opts.trace.stuck_ns == 150 * NSEC_PER_SEC);
	bad("-d 30m1h", "--duration: '30m1h' is not a time: larger units come first, as in 1h30m");
	bad("-i 1m1m", "--interval: '1m1m' is not a time: a unit is given twice");
	bad("--min-latency 1s30", "--min-latency: '1s30' is not a time (such as ");
	bad("--stuck 106752d", "--stuck: '106752d' is too long a time");
	good("--stuck 0");
	assert_true(opts.trace.stuck_ns == 0);
	good("--stuck 1.5");
	assert_true(opts.trace.stuck_ns == 3 * NSEC_PER_SEC / 2);
	good("--stuck=250ms -e");
	assert_true(opts.trace.stuck_ns == NSEC_PER_SEC / 4);
	bad_words("--stuck", "never -1 ~", "' is not a time (such as 10, 0.5, 200ms, 1h30m)");
	bad("--stuck 9999999h", "--stuck: '9999999h' is too long a time");
	bad("--stuck 1 --stuck 2", "option '--stuck' given twice, with '1' and with '2'");
	bad("--stuck", "option '--stuck' needs a value (SEC)");
}

TEST(test_map_types)
{
	good("-t percpu_hash -ttask_storage --type=type_63");
	assert_true(opts.filter.map_types == (1ULL << 5 | 1ULL << 29 | 1ULL << 63));
	bad("-t foo", "--type: unknown map type 'foo' (as bpftool names them: hash, ");
	bad("-t ~", "--type: unknown map type ''");
	bad("-t hash,lpm_trie", "unknown map type 'hash,lpm_trie'");
	bad("-t unspec", "unknown map type 'unspec'");
	bad("-t type_64", "--type: 'type_64' is type 64, and only types below 64");
}

TEST(test_names)
{
	good("--name ~");
	assert_true(opts.filter.by_name && name_filter_match(&opts.filter.names, "", NAME_LEN));
	assert_false(name_filter_match(&opts.filter.names, "a", NAME_LEN));
	good("--name [a-z]*_v?_ct_long_1");
	good("--name 123456789012345");
	bad("--name 1234567890123456", "--name: '1234567890123456' matches no map: the kernel's "
				       "names have at most 15 bytes");
	bad("--name ????????????????????????????????????????????????????????????????????????????",
	    "matches no map");
	bad("--name [", "--name: '[' is not a pattern (of *, ?, [abc], [a-z], [!a] and \\)");
	bad("--name a\\", "is not a pattern");
	bad_words("--caller", "~ a%b htab_map_free+0x1c", "' is not the name of a function");
	bad("-o ~", "--output: the name of the file is empty");
	good("-o -");
	assert_null(opts.output);
}

TEST(test_conflicts)
{
	bad("-e -H", "--events cannot be combined with --histogram");
	bad("--by type -e", "--events cannot be combined with --by");
	bad("-e --sort total", "--events cannot be combined with --sort");
	bad("-n 1 -e", "--events cannot be combined with --top");
	bad("-e -i 1", "--events cannot be combined with --interval");
	bad("-qv", "--quiet cannot be combined with --verbose");
	bad("-f csv -H", "--histogram cannot be combined with --format csv");
	bad("-k --attach fentry", "-k cannot be combined with --attach fentry");
	bad("--attach auto -k", "-k cannot be combined with --attach auto");
	bad("-H -f json", "--histogram cannot be combined with --format json");
	good("-e -T -f csv -d 1 --buffer 1M --no-empty");
}

/* --identity, or a key that needs it, turns identities on. */
TEST(test_identity)
{
	static const char *const keys[] = {"id",   "released_by", "released_pid", "cgroup",
					   "unit", "pod",	  "container"};
	char line[64];

	good("--identity -e");
	assert_true(opts.show.identity);
	/* Rows take identities from their keys. */
	bad("--identity", "--identity needs --events");
	bad("--identity --by id", "--identity needs --events");
	bad("-f html --identity", "--identity needs --events");
	bad("teardowns -e --identity", "--identity does not apply to teardowns");
	good("--identity -e -f json");
	assert_true(opts.show.identity && opts.show.events);
	good("--by caller,alloc,comm,cpu,type,name");
	assert_false(opts.show.identity);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		snprintf(line, sizeof(line), "--by type,%s", keys[i]);
		good(line);
		assert_true(opts.show.identity);
		assert_int_equal(opts.show.by[1], KEY_ID + i);
	}
	good("--by container,pod,unit,cgroup,released_pid,released_by,id,name,type,cpu,comm,alloc,caller -H");
	assert_int_equal(opts.show.nr_by, KEY_MEMCG);
	for (size_t i = 0; i < KEY_MEMCG; i++)
		assert_int_equal(opts.show.by[i], KEY_MEMCG - 1 - i);
	bad("--by memcg", "--by: 'memcg' does not apply to calls");
	good("teardowns --by memcg,type");
	assert_int_equal(opts.show.by[0], KEY_MEMCG);
	good("--pid 7");
	assert_true(opts.show.identity && opts.trace.identity);
	assert_int_equal(opts.show.view, VIEW_BOTH);
	good("calls");
	assert_false(opts.trace.identity);
	bad("--identity=yes", "option '--identity' takes no value");
}

/* Filters by the map's id and who released it */
TEST(test_releaser)
{
	const struct releaser_filter *by = &opts.filter.releaser;

	good("calls -p 1 --pid 4294967295 --id 7 --comm a* --cgroup /a --unit x.service --pod u* "
	     "--container 01* --container b");
	assert_int_equal(by->pids.nr, 2);
	assert_int_equal(by->pids.number[1], 4294967295);
	assert_int_equal(by->ids.number[0], 7);
	assert_string_equal(by->comms.text[0], "a*");
	assert_string_equal(by->cgroups.text[0], "/a");
	assert_string_equal(by->units.text[0], "x.service");
	assert_string_equal(by->pods.text[0], "u*");
	assert_int_equal(by->containers.nr, 2);
	assert_string_equal(by->containers.text[1], "b");
	assert_true(opts.show.identity && opts.trace.identity);
	bad("--pid 0", "--pid: '0' is not the id of a process");
	bad("--pid 4294967296", "--pid: '4294967296' is not the id of a process");
	bad("--pid 99999999999999999999999", "is not the id of a process");
	bad("--pid -1", "--pid: '-1' is not the id of a process");
	bad("--pid 1x", "--pid: '1x' is not the id of a process");
	bad("--id x", "--id: 'x' is not the id of a map");
	bad("--cgroup a", "--cgroup: 'a' is not a path from the root of the hierarchy");
	bad("--id 1 --id 2 --id 3 --id 4 --id 5 --id 6 --id 7 --id 8 --id 9 --id 10 --id 11 "
	    "--id 12 --id 13 --id 14 --id 15 --id 16 --id 17",
	    "--id: '17' is one too many (at most 16)");
}

TEST(test_teardowns)
{
	good("teardowns");
	assert_int_equal(opts.show.view, VIEW_TEARDOWNS);
	assert_true(opts.show.identity);
	assert_int_equal(opts.show.nr_by, 0);
	assert_int_equal(opts.show.sort, SORT_TOTAL);
	assert_true(opts.trace.stuck_ns == 10 * NSEC_PER_SEC);
	assert_false(opts.show.events || opts.show.timeline || opts.show.histogram);

	good("teardowns -k -d 10 -i 1 -T --by type,name,id,released_by,released_pid,cgroup "
	     "--sort deferred -n 3 -f csv -t hash --name a* --min-latency 1ms --stuck 2 "
	     "--buffer 1M -o out -v");
	assert_int_equal(opts.show.view, VIEW_TEARDOWNS);
	assert_int_equal(opts.trace.attach, ATTACH_KPROBE);
	assert_int_equal(opts.show.nr_by, 6);
	assert_int_equal(opts.show.by[0], KEY_TYPE);
	assert_int_equal(opts.show.by[5], KEY_CGROUP);
	assert_int_equal(opts.show.sort, SORT_DEFERRED);
	assert_true(opts.filter.map_types == 1ULL << 1 && opts.filter.min_latency_ns == 1000000);
	assert_true(opts.trace.stuck_ns == 2 * NSEC_PER_SEC &&
		    opts.show.interval_ns == NSEC_PER_SEC);
	assert_int_equal(opts.show.top, 3);
	good("teardowns -eqf json");
	assert_true(opts.show.events && opts.quiet);
	good("teardowns --timeline -n 10 -i 1 --sort wait");
	assert_true(opts.show.timeline);

	good("calls");
	assert_true(opts.show.view == VIEW_CALLS && opts.view_given && !opts.show.identity);

	/* The view comes first, and once; the rest is parsed as usual. */
	bad("-e teardowns", "unexpected argument 'teardowns' (it has to come first)");
	bad("-- teardowns", "unexpected argument 'teardowns' (it has to come first)");
	bad("teardowns teardowns", "unexpected argument 'teardowns'");
	bad("teardowns calls", "unexpected argument 'calls'");
	bad("teardowns x", "unexpected argument 'x' (see memdestroy-trace teardowns --help)\n");
	bad("teardowns --foo", "unknown option '--foo' (see memdestroy-trace teardowns --help)");
	bad("teardowns -d", "option '--duration' needs a value (SEC)");
	good("teardowns --");
	assert_int_equal(opts.show.view, VIEW_TEARDOWNS);
	/* The view does not persist in the next parse. */
	good("-e");
	assert_int_equal(opts.show.view, VIEW_CALLS);
	assert_false(opts.show.identity);
}

/* Formats for other viewers are for whole runs of teardowns only. */
TEST(test_formats_for_viewers)
{
	static const char *const formats[] = {"perfetto", "folded"};

	for (size_t i = 0; i < 2; i++) {
		char line[64], message[128];

		snprintf(line, sizeof(line), "teardowns -d 1 -t hash -o out -f %s", formats[i]);
		good(line);
		assert_int_equal(opts.show.format, FORMAT_PERFETTO + i);
		snprintf(line, sizeof(line), "teardowns -f %s", formats[i]);
		snprintf(message, sizeof(message), "%%s cannot be combined with --format %s\n",
			 formats[i]);
		bad_words(line, "--events --by=name --sort=total --top=1 --interval=1 --timeline",
			  message);
	}
	bad_words("calls -f", "perfetto folded",
		  "--format: '%s' does not apply to calls (see: memdestroy-trace teardowns)");
	bad_words("teardowns --timeline -f", "json csv",
		  "--timeline cannot be combined with --format %s");
	bad("teardowns --timeline --by name", "--timeline cannot be combined with --by");
	bad("teardowns --timeline -e", "--events cannot be combined with --timeline");
	good("teardowns --timeline -f table");
}

TEST(test_unknown)
{
	bad_words("", "--foo --foo=bar", "unknown option '--foo' (see memdestroy-trace --help)\n");
	bad_words("", "-x -Tx", "unknown option '-x' (see memdestroy-trace --help)\n");
	bad("-d 1 --foo", "unknown option '--foo' (see");
	bad("surplus --foo", "unknown command 'surplus' (see");
	bad("-:", "unknown option '-:' (see");
	bad("-?", "unknown option '-?' (see");
	bad("-\xff", "unknown option '-\\xff' (see");
	bad("--=x", "unknown option '--' (see");
	bad("--t 1", "ambiguous option '--t' (one of --type, --timestamp, --top, --timeline)");
	bad("--by", "option '--by' needs a value (KEY[,KEY...])");
	bad_words("", "-d -Td", "option '--duration' needs a value (SEC)");
	bad("--events=yes", "option '--events' takes no value");
	bad("--help=x", "option '--help' takes no value");
	bad("--no-empty=", "option '--no-empty' takes no value");
	bad("surplus", "unknown command 'surplus' (see memdestroy-trace --help)\n");
	bad("-d 1 surplus -T", "unexpected argument 'surplus' (see");
	bad("-- -d", "unexpected argument '-d' (see");
	bad("-", "unknown command '-' (see");
	bad("~", "unknown command '' (see");
	good("--dur 1 --hist");
	assert_true(opts.show.histogram);
	good("-T --");
}

/* Every word of a known set has its suggestion; a word that is near to none has none. */
TEST(test_suggestions)
{
	static const struct {
		const char *line, *message;
	} near[] = {
		{"recrod -o f", "unknown command 'recrod': did you mean 'record'? (see mem"},
		{"teardown", "unknown command 'teardown': did you mean 'teardowns'? (see mem"},
		{"call", "unknown command 'call': did you mean 'calls'? (see"},
		{"halp", "unknown command 'halp': did you mean 'help'? (see"},
		{"help dif", "unknown command 'dif': did you mean 'diff'? (see"},
		{"report teardwns f", "'teardwns' is neither a file nor a view: did you mean 'tea"},
		{"--foramt json", "unknown option '--foramt': did you mean '--format'? (see mem"},
		{"record --ouptut=f", "unknown option '--ouptut': did you mean '--output'? (see "
				      "memdestroy-trace record --help)\n"},
		{"teardowns --timelin3", "'--timelin3': did you mean '--timeline'? (see "
					 "memdestroy-trace teardowns --help)\n"},
		{"--by calller", "unknown key 'calller': did you mean 'caller'? (one of"},
		{"--by type,map_id", "unknown key 'map_id': did you mean 'id'? (one of"},
		{"--sort totl", "--sort: unknown key 'totl': did you mean 'total'? (one of"},
		{"-f jsno", "--format: unknown format 'jsno': did you mean 'json'? (one of"},
		{"-t lpm_tri", "unknown map type 'lpm_tri': did you mean 'lpm_trie'? (as"},
		{"--attach fexit", "unknown mode 'fexit'"},
		{"--attach kprobes", "unknown mode 'kprobes': did you mean 'kprobe'? (one of"},
		{"diff --phase defered a b", "unknown phase 'defered': did you mean 'deferred'?"},
		{"diff --fail-on men>1 a b", "unknown metric 'men': did you mean 'mean'? (one"},
		{"bench -f makdown", "'makdown': did you mean 'markdown'? (one of table, json, "},
	};

	for (size_t i = 0; i < ARRAY_SIZE(near); i++)
		bad(near[i].line, near[i].message);
}

/* Lists have what applies to the view. */
TEST(test_lists_of_views)
{
	bad("calls --sort foo",
	    "(one of total, count, empty, min, mean, p50, p90, p99, max, key)\n");
	bad("teardowns --sort foo",
	    "(one of total, count, min, mean, p50, p90, p99, max, wait, "
	    "free, destroy, deferred, held, cpu, runqueue, grace, bytes, key)\n");
	bad("calls -f foo", "(one of table, json, csv, markdown, html)\n");
	bad("teardowns -f foo", "(one of table, json, csv, perfetto, folded, markdown, html)\n");
	bad("teardowns --by foo",
	    "(one of type, name, id, released_by, released_pid, cgroup, unit, pod, container, memcg)\n");
	bad("bench -f foo", "(one of table, json, csv, markdown)\n");
	bad("check -f foo", "(one of table, json)\n");
	/* An option of the other view is not suggested. */
	bad("calls --timelin3", "unknown option '--timelin3' (see memdestroy-trace calls --help)");
}

TEST(test_verbose)
{
	good("");
	assert_int_equal(opts.verbose, 0);
	good("-v");
	assert_int_equal(opts.verbose, 1);
	good("-vv");
	assert_int_equal(opts.verbose, 2);
	good("-v --verbose");
	assert_int_equal(opts.verbose, 2);
}

/* For any bytes, the message stays one line of reasonable length. */
TEST(test_hostile_bytes)
{
	char line[1000];

	bad("--by a\nb\tc\033[2J", "unknown key 'a\\x0ab\\x09c\\x1b[2J' (one of");
	bad("--a\nb", "unknown option '--a\\x0ab'");
	memset(line, 'x', sizeof(line));
	memcpy(line, "--by=", 5);
	line[sizeof(line) - 1] = '\0';
	bad(line, "--by: unknown key 'xxxx");
	assert_true(strlen(messages) < 1100);
}

TEST_MAIN(NULL, NULL)
