// SPDX-License-Identifier: GPL-2.0-only
/* Command lines: what is shown, with a view and without. */
#include "cmd/command.h"
#include "support/command_line.h"
#include "util/macros.h"

/* Without a view: what the options choose. */
TEST(test_implied_views)
{
	static const char *const both[] = {
		"-k",	       "-d 1",	    "--stuck 1",
		"--buffer 1M", /* live only */
		"-t hash",     "--name a*", "--min-latency 1ms",
		"-i 1",	       "-n 1",	    "-T",
		"-q",	       "-v",	    "-o a",
		"-f table",    "-f json",   "-f markdown",
	};
	static const char *const calls[] = {
		"--by type",  "--by id",       "--sort count", "--sort total",
		"-e",	      "-e --identity", "-H",	       "--caller f",
		"--no-empty", "-f csv",	       "-e -f csv",
	};
	static const char *const teardowns[] = {"--timeline", "--timeline --sort wait",
						"--sort free --timeline", "-f perfetto",
						"-f folded"};
	static const char *const starts[] = {"", "report a "};
	char line[64];

	for (size_t c = 0; c < ARRAY_SIZE(starts); c++) {
		for (size_t i = c ? 4 : 0; i < ARRAY_SIZE(both); i++) {
			snprintf(line, sizeof(line), "%s%s", starts[c], both[i]);
			good(line);
			assert_int_equal(opts.show.view, VIEW_BOTH);
			assert_int_equal(opts.trace.view, VIEW_BOTH);
			assert_true(opts.show.identity && opts.trace.identity);
		}
		for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
			snprintf(line, sizeof(line), "%s%s", starts[c], calls[i]);
			good(line);
			assert_int_equal(opts.show.view, VIEW_CALLS);
			assert_int_equal(opts.trace.view, VIEW_CALLS);
		}
		for (size_t i = 0; i < ARRAY_SIZE(teardowns); i++) {
			snprintf(line, sizeof(line), "%s%s", starts[c], teardowns[i]);
			good(line);
			assert_int_equal(opts.show.view, VIEW_TEARDOWNS);
			assert_true(opts.show.identity);
		}
	}
	good("calls -d 1 -n 3 -t hash -f markdown");
	assert_int_equal(opts.trace.view, VIEW_CALLS); /* no other hooks are loaded */
	assert_false(opts.show.identity || opts.trace.identity);
	bad("--timeline -H", "--histogram does not apply to teardowns\n");
	bad("-f perfetto --no-empty", "--no-empty does not apply to teardowns\n");
	bad("-f perfetto -n 1", "--top cannot be combined with --format perfetto\n");
	bad("--timeline --by type", "--timeline cannot be combined with --by\n");
	bad("--identity", "--identity needs --events");
}

/* Options for calls alone, and for teardowns alone. */
TEST(test_views)
{
	static const char *const of_phases[] = {"wait", "free", "destroy", "deferred"};
	char line[64];

	bad("teardowns --caller f", "--caller does not apply to teardowns");
	bad("teardowns --no-empty", "--no-empty does not apply to teardowns");
	bad("teardowns -H", "--histogram does not apply to teardowns");
	bad("calls --timeline",
	    "--timeline does not apply to calls (see: memdestroy-trace teardowns)\n");
	bad_words("teardowns --by", "caller alloc comm cpu",
		  "--by: '%s' does not apply to teardowns");
	bad("teardowns --by type,cpu", "--by: 'cpu' does not apply to teardowns");
	bad_words("--sort", "wait free destroy deferred",
		  "--sort: '%s' does not apply to calls (see: memdestroy-trace teardowns)\n");
	for (size_t i = 0; i < ARRAY_SIZE(of_phases); i++) {
		snprintf(line, sizeof(line), "teardowns --sort %s", of_phases[i]);
		good(line);
		assert_int_equal(opts.show.sort, SORT_WAIT + i);
	}
	bad_words("teardowns --sort", "count min mean p50 p90 p99 max",
		  "--sort: '%s' does not apply to teardowns without --by\n");
	good_words("teardowns --by name --sort",
		   "wait free destroy deferred count min mean p50 p90 p99 max key");
	bad_words("teardowns --sort", "empty", "--sort: '%s' does not apply to teardowns\n");
	bad_words("teardowns --by name --sort", "empty",
		  "--sort: '%s' does not apply to teardowns\n");
	good_words("teardowns --sort", "key total");
}

TEST_MAIN(NULL, NULL)
