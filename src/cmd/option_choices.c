// SPDX-License-Identifier: GPL-2.0-only
/* Holds the known sets that values of options are chosen from, and finds values in them. */
#include <string.h>

#include "analysis/diff.h"
#include "cmd/option_choices.h"
#include "model/hooks.h"
#include "model/teardown.h"
#include "output/metrics/metrics.h"
#include "util/diag.h"
#include "util/macros.h"
#include "util/suggest.h"

#define BIT(name)    (1U << (name))
#define BEFORE(name) (BIT(name) - 1)

const char *const format_names[] = {
	[FORMAT_TABLE] = "table",	[FORMAT_JSON] = "json",	    [FORMAT_CSV] = "csv",
	[FORMAT_PERFETTO] = "perfetto", [FORMAT_FOLDED] = "folded", [FORMAT_MARKDOWN] = "markdown",
	[FORMAT_HTML] = "html",		[FORMAT_JUNIT] = "junit",   [FORMAT_KTAP] = "ktap",
	[FORMAT_MAIL] = "mail",
};
_Static_assert(ARRAY_SIZE(format_names) == NR_FORMATS, "a name for every format");

static const char *const color_names[] = {
	[COLOR_AUTO] = "auto",
	[COLOR_ALWAYS] = "always",
	[COLOR_NEVER] = "never",
};
_Static_assert(ARRAY_SIZE(color_names) == NR_COLOR_WHENS, "a name for each");

/* Viewers show single teardowns. */
static unsigned int offered_formats(const struct command *command, enum view view)
{
	unsigned int of_teardowns = BIT(FORMAT_PERFETTO) | BIT(FORMAT_FOLDED);

	return command->formats & (view == VIEW_CALLS ? ~of_teardowns : ~0U);
}

static unsigned int offered_sorts(const struct command *command, enum view view)
{
	(void)command;
	if (view == VIEW_CALLS)
		return ~(BIT(SORT_WAIT) | BIT(SORT_FREE) | BIT(SORT_DESTROY) | BIT(SORT_DEFERRED) |
			 BIT(SORT_HELD) | BIT(SORT_CPU) | BIT(SORT_RUNQUEUE) | BIT(SORT_GRACE) |
			 BIT(SORT_BYTES));
	return view == VIEW_TEARDOWNS ? ~BIT(SORT_EMPTY) : ~0U;
}

static unsigned int offered_keys(const struct command *command, enum view view)
{
	bool reads = command->take_words; /* recordings */

	return (view == VIEW_TEARDOWNS ? ~BEFORE(KEY_TYPE)
		: view == VIEW_CALLS   ? ~BIT(KEY_MEMCG)
				       : ~0U) &
	       (reads ? ~0U : BEFORE(KEY_HOST));
}

static unsigned int offered_labels(const struct command *command, enum view view)
{
	unsigned int offered = 0;

	(void)command;
	(void)view;
	for (enum key key = 0; key < NR_KEYS; key++)
		offered |= owner_labels[key] ? BIT(key) : 0;
	return offered;
}

static unsigned int offered_phases(const struct command *command, enum view view)
{
	(void)command;
	return view == VIEW_CALLS ? BIT(PHASE_DESTROY) : ~0U;
}

static unsigned int offered_measures(const struct command *command, enum view view)
{
	(void)command;
	return view == VIEW_CALLS ? BIT(MEASURE_TIME) : ~0U;
}

#define CHOICES(of_names, name, ...)                                                               \
	{                                                                                          \
		.what = name, .names = of_names, .nr = ARRAY_SIZE(of_names), __VA_ARGS__           \
	}

const struct choices attach_choices = CHOICES(attach_mode_names, "mode", .has_default = true);
const struct choices format_choices =
	CHOICES(format_names, "format", .has_default = true, .offered = offered_formats);
const struct choices sort_choices =
	CHOICES(sort_names, "key", .has_default = true, .offered = offered_sorts);
const struct choices key_choices = CHOICES(key_names, "key", .list = true, .offered = offered_keys);
const struct choices label_choices =
	CHOICES(key_names, "label", .list = true, .offered = offered_labels);
const struct choices phase_choices =
	CHOICES(phase_names, "phase", .list = true, .offered = offered_phases);
const struct choices measure_choices =
	CHOICES(measure_names, "measure", .has_default = true, .offered = offered_measures);
const struct choices metric_choices = CHOICES(metric_names, "metric");
const struct choices color_choices = CHOICES(color_names, "setting", .has_default = true);

unsigned int choices_offered(const struct choices *choices, const struct command *command,
			     enum view view)
{
	unsigned int all = BIT(choices->nr) - 1;

	return choices->offered ? choices->offered(command, view) & all : all;
}

struct choice_list choices_list(const struct choices *choices, unsigned int offered)
{
	struct choice_list list = {""};

	for (size_t i = 0; i < choices->nr; i++)
		if (offered & BIT(i))
			options_list(list.text, sizeof(list.text), "", choices->names[i]);
	return list;
}

/* Choices that do not fit are left out. */
static void append(struct choice_list *list, const char *text)
{
	size_t len = strlen(list->text);

	while (*text && len < sizeof(list->text) - 1)
		list->text[len++] = *text++;
	list->text[len] = '\0';
}

/* Of the first name in a list */
static void mark_default(struct choice_list *list)
{
	const struct choice_list whole = *list;
	size_t len = strcspn(whole.text, ",");

	list->text[len] = '\0';
	append(list, " (default)");
	append(list, whole.text + len);
}

struct choice_list choices_describe(const struct choices *choices, const struct command *command,
				    enum view view)
{
	static const struct {
		enum view view;
		const char *text;
	} views[] = {
		{VIEW_CALLS, "; for calls: also "},
		{VIEW_TEARDOWNS, "; for teardowns: also "},
	};
	bool apart = command->views && view == VIEW_BOTH;
	unsigned int common = choices_offered(choices, command, apart ? VIEW_CALLS : view), more;
	struct choice_list list = {""}, part;

	if (apart)
		common &= choices_offered(choices, command, VIEW_TEARDOWNS);
	part = choices_list(choices, common);
	if (choices->has_default)
		mark_default(&part);
	append(&list, part.text);
	for (size_t i = 0; apart && i < ARRAY_SIZE(views); i++) {
		more = choices_offered(choices, command, views[i].view) & ~common;
		if (!more)
			continue;
		append(&list, views[i].text);
		append(&list, choices_list(choices, more).text);
	}
	return list;
}

int choice_find(const struct options *opts, const char *option, const struct choices *choices,
		const char *text, size_t len)
{
	enum view view = opts->view_given ? opts->show.view : VIEW_BOTH;
	unsigned int offered = choices_offered(choices, opts->command, view);
	struct suggestion nearest = SUGGEST(text, len);
	char meant[SUGGESTION_SIZE];

	for (size_t i = 0; i < choices->nr; i++)
		if (strlen(choices->names[i]) == len && !memcmp(choices->names[i], text, len))
			return i;
	for (size_t i = 0; i < choices->nr; i++)
		if (offered & BIT(i))
			suggest_offer(&nearest, choices->names[i]);
	return diag_invalid("--%s: unknown %s '%.*s'%s (one of %s)", option, choices->what,
			    (int)len, text, suggest_text(&nearest, "", meant),
			    choices_list(choices, offered).text);
}
