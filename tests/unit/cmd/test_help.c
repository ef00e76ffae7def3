// SPDX-License-Identifier: GPL-2.0-only
/* The help of every command and view: its options, its width, its examples. */
#include "cmd/command.h"
#include "support/command_line.h"
#include "util/macros.h"

static const char *const with_views[] = {"", "top", "report", "diff"};
static const char *const without_views[] = {"record", "bench", "check"};

/* The output of a command line on stdout; valid until the next call. */
static const char *printed(const char *line)
{
	static char *text;
	FILE *real = stdout;
	size_t size;

	free(text);
	stdout = open_memstream(&text, &size);
	assert_non_null(stdout);
	if (parse(line) != OPTIONS_DONE || *messages) {
		stdout = real;
		fail_msg("'%s' shows no help: %s", line, messages);
	}
	fclose(stdout);
	stdout = real;
	return text;
}

static bool lists(const char *help, const char *option)
{
	char listed[64];

	snprintf(listed, sizeof(listed), " %s ", option);
	return strstr(help, listed);
}

/* Runs each on the help of every command and view: "diff teardowns". */
static void for_each_help(void (*each)(const char *words))
{
	static const char *const views[] = {"", " calls", " teardowns"};
	char words[64];

	for (size_t i = 0; i < ARRAY_SIZE(with_views); i++) {
		for (size_t v = 0; v < ARRAY_SIZE(views); v++) {
			snprintf(words, sizeof(words), "%s%s", with_views[i], views[v]);
			each(words);
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(without_views); i++)
		each(without_views[i]);
}

static void check_spellings(const char *words)
{
	char line[80], *first;

	snprintf(line, sizeof(line), "%s --help", words);
	first = strdup(printed(line));
	snprintf(line, sizeof(line), "help %s", words);
	assert_string_equal(printed(line), first);
	snprintf(line, sizeof(line), "%s -h", words);
	assert_string_equal(printed(line), first);
	free(first);
}

TEST(test_spellings)
{
	for_each_help(check_spellings);
	assert_non_null(strstr(printed("help --help"), "Usage: memdestroy-trace [OPTION]..."));
	bad("help nonsense", "unknown command 'nonsense' (see memdestroy-trace --help)\n");
	bad("help diff x", "unexpected argument 'x' (see memdestroy-trace diff --help)\n");
	bad("-d 1 help", "unexpected argument 'help' (it has to come first)");
}

static void check_width(const char *words)
{
	char line[80];
	const char *help;

	snprintf(line, sizeof(line), "help %s", words);
	for (help = printed(line); *help; help += strcspn(help, "\n") + 1)
		if (strcspn(help, "\n") > 80)
			fail_msg("'%s': a line of %zu columns", line, strcspn(help, "\n"));
}

TEST(test_width)
{
	for_each_help(check_width);
}

/* Each view lists its own options only; without a view, those of one are marked. */
TEST(test_options_of_views)
{
	const char *help = printed("help calls");

	assert_true(lists(help, "--caller") && lists(help, "--histogram") &&
		    lists(help, "--identity") && lists(help, "--by"));
	assert_false(lists(help, "--timeline") || strstr(help, "perfetto") ||
		     strstr(help, "deferred") || strstr(help, "teardown "));
	help = printed("help teardowns");
	assert_true(lists(help, "--timeline") && strstr(help, "perfetto") && lists(help, "--by"));
	assert_false(lists(help, "--caller") || lists(help, "--histogram") ||
		     lists(help, "--no-empty") || lists(help, "--identity") ||
		     strstr(help, "comm, cpu") || strstr(help, "for teardowns"));
	help = printed("help");
	assert_true(lists(help, "--caller") && lists(help, "--timeline"));
	assert_non_null(strstr(help, "for calls: draw the distribution"));
	assert_non_null(strstr(help, "for teardowns: draw the phases"));
	help = printed("help top");
	assert_false(lists(help, "--events") || strstr(help, "perfetto"));
}

/* Parses the command of an example, without its quotes and what a pipe takes. */
static void try_example(const char *example)
{
	char line[256], *end = line;

	for (; *example && *example != '\n' && *example != '|'; example++)
		if (*example != '\'')
			*end++ = *example;
	*end = '\0';
	good(line);
}

/* A "\\" at the end of a line: the next one goes on. */
static void join_lines(char *text)
{
	char *end;

	while ((end = strstr(text, "\\\n")))
		memset(end, ' ', 2);
}

static void check_examples(const char *words)
{
	static const char program[] = "  memdestroy-trace";
	char line[80], *copy, *help;
	size_t nr = 0;

	snprintf(line, sizeof(line), "help %s", words);
	copy = strdup(printed(line));
	join_lines(copy);
	for (help = strstr(copy, "\nEXAMPLES:\n") + 1; *help; help += strcspn(help, "\n") + 1) {
		if (strncmp(help, program, strlen(program)))
			continue;
		try_example(help + strlen(program));
		nr++;
	}
	if (!nr)
		fail_msg("'%s': no example", line);
	free(copy);
}

TEST(test_examples)
{
	for_each_help(check_examples);
}

/* Recordings have one extension in all examples. */
static void check_extension(const char *words)
{
	char line[80];
	const char *help;

	snprintf(line, sizeof(line), "help %s", words);
	help = printed(line);
	assert_null(strstr(help, ".db"));
	assert_null(strstr(help, ".mdtr"));
}

TEST(test_extension)
{
	for_each_help(check_extension);
}

TEST_MAIN(NULL, NULL)
