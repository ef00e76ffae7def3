/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The commands: each has a file with its function, its table of options and its help.
 */
#pragma once

#include "cmd/exit_status.h"
#include "cmd/options.h"

#define MAX_OPTIONS 48 /* of a command */

struct choices;

/* The help of a command with views: if none was chosen, and of each. Others have the first. */
enum { HELP_ALL, HELP_CALLS, HELP_TEARDOWNS, NR_HELPS };

/*
 * The views that an option applies to: both at once, either one, or this one. Without a view on the
 * command line, an option of one view chooses it, and OF_EITHER chooses calls.
 */
enum option_view { OF_BOTH, OF_EITHER, OF_CALLS, OF_TEARDOWNS };

/* Times in seconds may have a unit instead. */
enum option_unit { UNIT_NONE, UNIT_SECONDS, UNIT_REQUIRED };

/* An option, or with no name, a heading of --help. */
struct option_row {
	char short_name;       /* 0: none */
	const char *long_name; /* NULL: none */
	const char *metavar;   /* NULL: takes no value */
	/* One sentence, wrapped when printed; %s in it are the choices. NULL: the end of a table.
	 */
	const char *help;
	/* Stores the value. Returns 0, -errno once the error is reported, or OPTION_DONE. */
	int (*parse)(struct options *opts, const char *value);
	/*
	 * Without a parse function: the offset of the member of struct options to set. It is a bool
	 * if there is no metavar, a __u64 in ns if there is a unit, else the name of a file.
	 */
	size_t member;
	enum option_unit unit;
	const char *least;	       /* of times; NULL: 0 */
	bool repeatable;	       /* otherwise, giving two different values is an error */
	const struct choices *choices; /* the values; NULL: not of a known set */
	bool recording;		       /* the value is the file of one; for completion */

	/* The default, in the help of each view; NULL: the text says it. */
	const char *usual[NR_HELPS];

	/* Restrictions. */
	enum option_view view;
	bool live;		  /* of live tracing: not with a recording to replay */
	unsigned int not_formats; /* bit N: enum format N */
	const char *not_with;	  /* long names of options, separated by spaces; NULL: none */
	const char *needs;	  /* the same; those that the command has must be given, too */
};

#define OPTION_DONE 1 /* the option has done all that the user asks for */

struct command {
	const char *name; /* on the command line; NULL for tracing, the default */
	int (*run)(const struct options *opts); /* returns the exit status */

	const struct option_row *rows;
	unsigned int formats;	  /* bit N: enum format N is offered */
	enum view view;		  /* the default */
	bool views;		  /* another one may be named after the command */
	const char *getopt_flags; /* "+": options end at the first argument; "-": arguments
				     come in order with the options; NULL: neither */
	/*
	 * Takes the arguments that are no options, one or more; argv ends with NULL. Returns 0 or
	 * -errno; errors are already reported. NULL: there are none.
	 */
	int (*take_words)(struct options *opts, int argc, char **argv);
	/* Completes opts after all arguments. Returns like take_words. NULL: nothing to do. */
	int (*finish)(struct options *opts);

	/* --help: before the options, and after them. A view without its own has the first. */
	struct help {
		const char *head;
		const char *examples;
	} help[NR_HELPS];
	const char *statuses; /* the exit statuses besides 0, 1 and 2; NULL: none */
};

extern const struct command trace_command, record_command, report_command, diff_command,
	bench_command, check_command, top_command, trend_command, export_command;

extern const struct command *const commands[]; /* NULL at its end; the default comes first */

/* "--duration", or "-k" without a long name. */
struct option_name {
	char text[32];
};
struct option_name option_name(const struct option_row *row);

/* A command's option by its long name, or its short one if that is the only one. NULL: none. */
const struct option_row *option_row(const struct command *command, const char *name);

/* Whether an option applies to this view. */
static inline bool option_applies(const struct option_row *row, enum view view)
{
	if (row->view == OF_BOTH || row->view == OF_EITHER || view == VIEW_BOTH)
		return true;
	return (row->view == OF_TEARDOWNS) == (view == VIEW_TEARDOWNS);
}

/* Appends a name to a list in a buffer of this size: "--all, --any". */
void options_list(char *list, size_t size, const char *dashes, const char *name);

/* The words behind the program's name: "", " diff", " report teardowns". */
struct command_words {
	char text[32];
};
struct command_words command_words(const struct options *opts);

/* How messages name it. */
static inline const char *command_title(const struct command *command)
{
	return command->name ? command->name : "tracing";
}

/* Answer on stdout, which the caller flushes and checks. Return OPTION_DONE; there is no value. */
int option_help(struct options *opts, const char *value);
int option_version(struct options *opts, const char *value);

/*
 * Checks that options that were given do not contradict each other, once *opts is complete. given:
 * by the index of the command's rows, the value, "" for an option that takes none, NULL for one
 * that was not given. Returns 0 or -EINVAL; errors are already reported.
 */
int options_check(const struct options *opts, const char *const *given);
