/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one table of options: what parsing, the checks, --help and --usage know of each.
 */
#ifndef MEMDESTROY_CMD_OPTION_TABLE_H
#define MEMDESTROY_CMD_OPTION_TABLE_H

#include "cmd/options.h"

enum opt {
	OPT_BASE,
	OPT_NEW,
	OPT_KERNEL,
	OPT_BTF,
	OPT_KALLSYMS,
	OPT_LIST,
	OPT_QUICK,
	OPT_ATTACH,
	OPT_KPROBE,
	OPT_BUFFER,
	OPT_TYPE,
	OPT_NAME,
	OPT_CALLER,
	OPT_MIN_LATENCY,
	OPT_NO_EMPTY,
	OPT_DURATION,
	OPT_INTERVAL,
	OPT_TIMESTAMP,
	OPT_STUCK,
	OPT_BY,
	OPT_PHASE,
	OPT_ALPHA,
	OPT_FAIL_ON,
	OPT_SORT,
	OPT_TOP,
	OPT_HISTOGRAM,
	OPT_TIMELINE,
	OPT_EVENTS,
	OPT_IDENTITY,
	OPT_FORMAT,
	OPT_OUTPUT,
	OPT_FORCE,
	OPT_QUIET,
	OPT_VERBOSE,
	OPT_HELP,
	OPT_USAGE,
	OPT_VERSION,
	NR_OPTS,
};

/* A mask of actions is made of these. */
#define OF(action) (1U << (action))

#define MAX_UNLIKE 3

struct option_spec {
	unsigned int of;       /* mask of the actions it belongs to */
	unsigned int required; /* mask of those that cannot do without it */
	char short_name;       /* 0: none */
	const char *long_name; /* NULL: none */
	const char *metavar;   /* NULL: takes no value */
	const char *group;     /* heading in --help; options of a group stand together */
	const char *help;      /* one sentence, wrapped when printed */
	struct {
		unsigned int of;
		const char *help;
	} unlike[MAX_UNLIKE]; /* the actions in whose --help another sentence stands */
	bool repeatable;      /* else giving it again with another value is an error */
	/* 0, or a negative number once the error was reported; NULL: sets the flag below. */
	int (*parse)(struct options *opts, const char *value);
	size_t flag; /* offset of a bool in struct options */
};

extern const struct option_spec option_specs[NR_OPTS]; /* in the order of --help */

/* What was given on one command line. */
struct options_given {
	const char *value[NR_OPTS]; /* "" for an option that takes none; NULL: not given */
};

/* "--duration", or "-k" for an option with no long name, in a buffer of at least 32 bytes. */
const char *option_spec_name(const struct option_spec *spec, char *buf, size_t size);

/* As in messages: "record"; "tracing" for the one that has no word of its own. */
const char *action_name(enum action action);

#endif
