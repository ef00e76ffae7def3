// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes what a shell completes, from the tables of options: generate bash|zsh|fish. The functions
 * that use it are in the file of that shell beside this one; the build joins both.
 *
 * A context is a command and its view as words: "", "calls", "report teardowns". In each, the user
 * may type options, their values, arguments, and words that lead on to another context.
 */
#include <stdio.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "bench/scenario.h"
#include "cmd/command.h"
#include "cmd/option_choices.h"
#include "cmd/option_values.h"
#include "model/map_allocators.h"
#include "util/macros.h"

#define MAX_TYPE 64 /* that --type takes */

struct context {
	char words[48];
	const struct command *command;
	enum view view; /* VIEW_BOTH: none was chosen */
	char next[256]; /* words that may follow */
};

/* Names of values, each followed by a space. */
struct values {
	const char *kind; /* none, word, list, recording, file, command; "": takes no value */
	char names[4096];
};

static void add_name(char *names, size_t size, const char *name)
{
	size_t len = strlen(names);

	snprintf(names + len, size - len, "%s%s", len ? " " : "", name);
}

static void add_types(struct values *values)
{
	for (__u32 type = 1; type < MAX_TYPE; type++) {
		const char *name = libbpf_bpf_map_type_str(type);

		if (name)
			add_name(values->names, sizeof(values->names), name);
	}
}

/* Those known; others can be typed. */
static void add_callers(struct values *values)
{
	for (size_t i = 0; i < NR_MAP_OWNERS; i++)
		for (size_t nth = 0; map_owners[i].callers[nth]; nth++)
			add_name(values->names, sizeof(values->names), map_owners[i].callers[nth]);
}

/* The values of an option. */
static struct values values_of(const struct context *context, const struct option_row *row)
{
	struct values values = {.kind = "none"};
	unsigned int offered;

	if (!row->metavar) {
		values.kind = "";
	} else if (row->choices && row->parse != option_fail_on) {
		values.kind = row->choices->list ? "list" : "word";
		offered = choices_offered(row->choices, context->command, context->view);
		for (size_t i = 0; i < row->choices->nr; i++)
			if (offered & 1U << i)
				add_name(values.names, sizeof(values.names),
					 row->choices->names[i]);
	} else if (row->parse == option_type) {
		values.kind = "word";
		add_types(&values);
	} else if (row->parse == option_caller) {
		values.kind = "word";
		add_callers(&values);
	} else if (row->recording) {
		values.kind = "recording";
	} else if (!strcmp(row->metavar, "FILE") || !strcmp(row->metavar, "IMAGE")) {
		values.kind = "file";
	}
	return values;
}

/* The arguments that are no options. */
static struct values arguments_of(const struct context *context)
{
	struct values values = {.kind = "none"};
	const struct scenario *list;
	size_t nr;

	if (context->command->take_words == option_files)
		values.kind = "recording";
	if (context->command == &record_command)
		values.kind = "command";
	if (context->command != &bench_command)
		return values;
	values.kind = "word";
	list = scenario_standard(false, &nr);
	for (size_t i = 0; i < nr; i++)
		add_name(values.names, sizeof(values.names), list[i].name);
	return values;
}

/* The beginning of an option's help, as its description. */
static const char *description(const struct option_row *row)
{
	static char text[128];

	snprintf(text, sizeof(text), "%.*s", (int)strcspn(row->help, ":;(%"), row->help);
	for (size_t len = strlen(text); len && text[len - 1] == ' '; len--)
		text[len - 1] = '\0';
	return text;
}

/* Prints a text with a backslash before each of some characters. */
static void put_escaped(const char *text, const char *special)
{
	for (; *text; text++) {
		if (strchr(special, *text))
			putchar('\\');
		putchar(*text);
	}
}

static void bash_context(const struct context *context)
{
	const struct values arguments = arguments_of(context);

	printf("\t'%s')\n\t\tnext='%s'\n\t\targuments='%s'\n\t\targument_names='%s'\n\t\toptions='",
	       context->words, context->next, arguments.kind, arguments.names);
	for (const struct option_row *row = context->command->rows; row->help; row++) {
		if (!option_applies(row, context->view))
			continue;
		if (row->short_name)
			printf("-%c ", row->short_name);
		if (row->long_name)
			printf("--%s ", row->long_name);
	}
	printf("'\n\t\t;;\n");
}

static void bash_values(const struct context *context)
{
	for (const struct option_row *row = context->command->rows; row->help; row++) {
		const struct values values = values_of(context, row);

		if (!*values.kind || !option_applies(row, context->view))
			continue;
		putchar('\t');
		if (row->short_name)
			printf("'%s -%c'", context->words, row->short_name);
		if (row->long_name)
			printf("%s'%s --%s'", row->short_name ? " | " : "", context->words,
			       row->long_name);
		printf(") kind=%s names='%s' ;;\n", values.kind, values.names);
	}
}

static void zsh_action(const struct values *values, const char *metavar)
{
	if (!strcmp(values->kind, "list"))
		printf("_values -s , %s %s", metavar, values->names);
	else if (!strcmp(values->kind, "word"))
		printf("(%s)", values->names);
	else if (!strcmp(values->kind, "recording"))
		printf("_memdestroy_trace_recordings");
	else if (!strcmp(values->kind, "file"))
		printf("_files");
	else if (!strcmp(values->kind, "command"))
		printf("_normal -p memdestroy-trace");
	else
		printf(" ");
}

static void zsh_option(const struct context *context, const struct option_row *row,
		       const char *name, const char *end)
{
	const struct values values = values_of(context, row);
	char metavar[32];

	snprintf(metavar, sizeof(metavar), "%.*s", (int)strcspn(row->metavar ?: "", "["),
		 row->metavar ?: "");
	printf("\t\t\t'%s%s%s[", row->repeatable ? "*" : "", name, row->metavar ? end : "");
	for (const char *c = description(row); *c; c++)
		printf(*c == '\'' ? "'\\''" : strchr("[]:", *c) ? "\\%c" : "%c", *c);
	putchar(']');
	if (row->metavar) {
		printf(":%s:", metavar);
		zsh_action(&values, metavar);
	}
	puts("'");
}

static void zsh_context(const struct context *context)
{
	const struct values arguments = arguments_of(context);
	char name[40];

	printf("\t'%s')\n\t\tnext=(%s)\n\t\tspecs=(\n", context->words, context->next);
	for (const struct option_row *row = context->command->rows; row->help; row++) {
		if (!option_applies(row, context->view))
			continue;
		snprintf(name, sizeof(name), "-%c", row->short_name);
		if (row->short_name)
			zsh_option(context, row, name, "+");
		snprintf(name, sizeof(name), "--%s", row->long_name ?: "");
		if (row->long_name)
			zsh_option(context, row, name, "=");
	}
	if (strcmp(arguments.kind, "none")) {
		printf("\t\t\t'*:%s:",
		       !strcmp(arguments.kind, "command") ? ":command" : arguments.kind);
		zsh_action(&arguments, "");
		puts("'");
	}
	printf("\t\t)\n\t\t;;\n");
}

static void fish_values(const struct values *values)
{
	if (!strcmp(values->kind, "list"))
		printf(" -x -a '(__memdestroy_trace_list %s)'", values->names);
	else if (!strcmp(values->kind, "word"))
		printf(" -x -a '%s'", values->names);
	else if (!strcmp(values->kind, "recording"))
		printf(" -x -a '(__memdestroy_trace_recordings)'");
	else if (!strcmp(values->kind, "file"))
		printf(" -r -F");
	else
		printf(" -x");
}

static void fish_context(const struct context *context)
{
	const struct values arguments = arguments_of(context);

	if (*context->next)
		printf("complete -c memdestroy-trace -n '__memdestroy_trace_at \"%s\"' -a '%s'\n",
		       context->words, context->next);
	for (const struct option_row *row = context->command->rows; row->help; row++) {
		const struct values values = values_of(context, row);

		if ((!row->short_name && !row->long_name) || !option_applies(row, context->view))
			continue;
		printf("complete -c memdestroy-trace -n '__memdestroy_trace_in \"%s\"'",
		       context->words);
		if (row->short_name)
			printf(" -s %c", row->short_name);
		if (row->long_name)
			printf(" -l %s", row->long_name);
		if (*values.kind)
			fish_values(&values);
		printf(" -d '");
		put_escaped(description(row), "'\\");
		puts("'");
	}
	if (!strcmp(arguments.kind, "none") || !strcmp(arguments.kind, "command"))
		return;
	printf("complete -c memdestroy-trace -n '__memdestroy_trace_in \"%s\"'", context->words);
	fish_values(&arguments);
	putchar('\n');
}

static void for_each_context(void (*print)(const struct context *context))
{
	static const struct {
		enum view view;
		const char *name;
	} views[] = {{VIEW_BOTH, ""}, {VIEW_CALLS, "calls"}, {VIEW_TEARDOWNS, "teardowns"}};

	for (const struct command *const *command = commands; *command; command++) {
		const char *name = (*command)->name ?: "";

		for (size_t i = 0; i < ((*command)->views ? ARRAY_SIZE(views) : 1); i++) {
			struct context context = {.command = *command, .view = views[i].view};

			snprintf(context.words, sizeof(context.words), "%s%s%s", name,
				 *name && i ? " " : "", views[i].name);
			if (!i && (*command)->views)
				strcpy(context.next, "calls teardowns");
			for (size_t c = 1; !i && !*name && commands[c]; c++)
				add_name(context.next, sizeof(context.next), commands[c]->name);
			if (!i && !*name)
				add_name(context.next, sizeof(context.next), "help");
			print(&context);
		}
	}
}

static void fish_commands(const char *name, bool without_views)
{
	printf("set -g __memdestroy_trace_%s", name);
	for (const struct command *const *command = commands + 1; *command; command++)
		if (!without_views || !(*command)->views)
			printf(" %s", (*command)->name);
	putchar('\n');
}

/* The options of record that take a value; its command begins behind them. */
static void fish_record_values(void)
{
	printf("set -g __memdestroy_trace_record_values");
	for (const struct option_row *row = record_command.rows; row->help; row++) {
		if (!row->metavar)
			continue;
		if (row->short_name)
			printf(" -%c", row->short_name);
		if (row->long_name)
			printf(" --%s", row->long_name);
	}
	putchar('\n');
}

/* A function that sets variables by its arguments. */
static void function(const char *name, const char *arguments,
		     void (*print)(const struct context *context))
{
	printf("\n_memdestroy_trace_%s() # %s\n{\n\tcase $1 in\n", name, arguments);
	for_each_context(print);
	printf("\t*) return 1 ;;\n\tesac\n}\n");
}

int main(int argc, char **argv)
{
	const char *shell = argc == 2 ? argv[1] : "";

	if (!strcmp(shell, "bash")) {
		function("context", "CONTEXT", bash_context);
		function("values", "'CONTEXT OPTION'", bash_values);
	} else if (!strcmp(shell, "zsh")) {
		function("context", "CONTEXT", zsh_context);
		/* zsh runs the file as the function of its name. */
		printf("\n[[ $funcstack[1] != _memdestroy-trace ]] || _memdestroy_trace\n");
	} else if (!strcmp(shell, "fish")) {
		fish_commands("commands", false);
		fish_commands("without_views", true);
		fish_record_values();
		for_each_context(fish_context);
	} else {
		fprintf(stderr, "usage: generate bash|zsh|fish\n");
		return 2;
	}
	return fflush(stdout) || ferror(stdout);
}
