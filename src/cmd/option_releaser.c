// SPDX-License-Identifier: GPL-2.0-only
/* Reads the values of filters by the map's id and by who released it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/option_values.h"
#include "util/diag.h"
#include "util/macros.h"

#define TOO_MANY "--%s: '%s' is one too many (at most %d)"

/* Digits only, where strtoull() also takes blanks and signs. */
static int add_number(struct options *opts, struct wanted_numbers *wanted, const char *option,
		      const char *value, const char *what)
{
	__u64 number = strspn(value, "0123456789") == strlen(value) ? strtoull(value, NULL, 10) : 0;

	if (!number || number > UINT32_MAX)
		return diag_invalid("--%s: '%s' is not %s", option, value, what);
	if (wanted->nr == MAX_WANTED)
		return diag_invalid(TOO_MANY, option, value, MAX_WANTED);
	wanted->number[wanted->nr++] = number;
	opts->show.identity = true;
	return 0;
}

static int add_text(struct options *opts, struct wanted_texts *wanted, const char *option,
		    const char *value)
{
	if (!*value)
		return diag_invalid("--%s: the pattern is empty, and matches nothing", option);
	if (wanted->nr == MAX_WANTED)
		return diag_invalid(TOO_MANY, option, value, MAX_WANTED);
	wanted->text[wanted->nr++] = value;
	opts->show.identity = true;
	return 0;
}

int option_map_id(struct options *opts, const char *value)
{
	return add_number(opts, &opts->filter.releaser.ids, "id", value, "the id of a map");
}

int option_pid(struct options *opts, const char *value)
{
	return add_number(opts, &opts->filter.releaser.pids, "pid", value, "the id of a process");
}

int option_comm(struct options *opts, const char *value)
{
	return add_text(opts, &opts->filter.releaser.comms, "comm", value);
}

int option_cgroup(struct options *opts, const char *value)
{
	if (*value && *value != '/')
		return diag_invalid("--cgroup: '%s' is not a path from the root of the hierarchy"
				    " (such as /system.slice/cron.service)",
				    value);
	return add_text(opts, &opts->filter.releaser.cgroups, "cgroup", value);
}

int option_unit(struct options *opts, const char *value)
{
	return add_text(opts, &opts->filter.releaser.units, "unit", value);
}

int option_pod(struct options *opts, const char *value)
{
	return add_text(opts, &opts->filter.releaser.pods, "pod", value);
}

int option_container(struct options *opts, const char *value)
{
	return add_text(opts, &opts->filter.releaser.containers, "container", value);
}
