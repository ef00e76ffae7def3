// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parses command lines: the arguments of an input end with NULs or newlines. Whatever they are, the
 * program runs, shows its help, or says in one line what is wrong.
 */
#include "bench/scenario.h"
#include "fuzz.h"
#include "util/macros.h"

#define MAX_WORDS 40

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fuzz_init();
	return 0;
}

/* The scenarios of "bench" are words until it runs. */
static void parse_scenarios(int argc, char **argv)
{
	FILE *real = stderr, *null = fopen("/dev/null", "w");
	struct scenario list[MAX_WORDS];
	int nr = 0;

	assert_non_null(null);
	stderr = null;
	for (int i = 2; i < argc; i++)
		nr += !scenario_parse(&list[nr], argv[i]);
	scenario_name_maps(list, nr);
	stderr = real;
	fclose(null);
}

int LLVMFuzzerTestOneInput(const __u8 *data, size_t size)
{
	static char text[4096];
	char *argv[MAX_WORDS + 1] = {"memdestroy-trace"}, *word = text;
	struct said said;
	int argc = 1;

	if (size >= sizeof(text))
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	while (word < text + size && argc < MAX_WORDS) {
		argv[argc++] = word;
		word += strcspn(word, "\n");
		*word++ = '\0';
	}
	said = run_command(argc, argv, false);
	if (said.status == EXIT_DONE && argc > 1 && !strcmp(argv[1], "bench"))
		parse_scenarios(argc, argv);
	said_free(&said);
	return 0;
}
