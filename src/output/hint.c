// SPDX-License-Identifier: GPL-2.0-only
/*
 * Words why nothing was seen: by the filters, the kernel's types and the ledgers.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/hooks.h"
#include "model/ledger_figures.h"
#include "model/map_type.h"
#include "output/hint.h"
#include "trace/kernel_features.h"
#include "util/diag.h"
#include "util/macros.h"
#include "util/text.h"

#define MAX_TYPE 64 /* of filters */

/* A message while it is made. */
struct hint {
	FILE *why; /* "no map was freed" */
	FILE *try; /* "a longer run"; nothing: no advice */
	char *why_text, *try_text;
	size_t why_size, try_size;
};

static int hint_open(struct hint *hint)
{
	*hint = (struct hint){};
	hint->why = open_memstream(&hint->why_text, &hint->why_size);
	hint->try = open_memstream(&hint->try_text, &hint->try_size);
	if (hint->why && hint->try)
		return 0;
	if (hint->why)
		fclose(hint->why);
	if (hint->try)
		fclose(hint->try);
	free(hint->why_text);
	free(hint->try_text);
	return -ENOMEM;
}

/* Whether there is something to say. The texts are to be freed with hint_free(). */
static bool hint_end(struct hint *hint)
{
	int err = text_memory_end(hint->why, &hint->why_text);

	return !text_memory_end(hint->try, &hint->try_text) && !err && *hint->why_text;
}

static void hint_free(struct hint *hint)
{
	free(hint->why_text);
	free(hint->try_text);
}

/* Filters by type */

static bool wants_type(const struct filter *filter, __u32 type)
{
	return filter->map_types & 1ULL << type;
}

/* "array and lpm_trie", or with "-t " before each. */
static void put_types(FILE *out, const struct filter *filter, const char *before, const char *gap)
{
	const char *next = "";

	for (__u32 type = 0; type < MAX_TYPE; type++) {
		if (!wants_type(filter, type))
			continue;
		fprintf(out, "%s%s%s", next, before, map_type_name(type));
		next = gap;
	}
}

/* Is this the answer for each of the wanted types? */
static bool all_types(const struct hint_facts *facts,
		      enum answer (*ask)(const struct map_allocators *kernel, __u32 type),
		      enum answer wanted)
{
	for (__u32 type = 0; type < MAX_TYPE; type++)
		if (wants_type(facts->filter, type) && ask(facts->kernel, type) != wanted)
			return false;
	return facts->filter->map_types;
}

static void try_teardowns(struct hint *hint, const struct hint_facts *facts, bool of_types)
{
	if (facts->both_views) {
		if (!facts->teardowns || facts->teardowns->shown)
			fputs("see the teardowns", hint->try);
		return;
	}
	fprintf(hint->try, "try 'memdestroy-trace %steardowns%s", facts->recorded ? "report " : "",
		of_types ? " " : "");
	if (of_types)
		put_types(hint->try, facts->filter, "-t ", " ");
	fprintf(hint->try, "%s'", facts->recorded ? " FILE" : "");
}

/* The owner of all wanted types; NULL: there are several. */
static const struct map_owner *owner_of_types(const struct filter *filter)
{
	const struct map_owner *owner = NULL, *next;

	for (__u32 type = 0; type < MAX_TYPE; type++) {
		if (!wants_type(filter, type))
			continue;
		next = map_owner_of_type(type);
		if (!next || (owner && owner != next))
			return NULL;
		owner = next;
	}
	return owner;
}

static void explain_types(struct hint *hint, const struct hint_facts *facts)
{
	const struct map_owner *owner = owner_of_types(facts->filter);

	put_types(hint->why, facts->filter, "", " and ");
	fprintf(hint->why, " maps do not call " TRACED_FUNCTION "() on this kernel%s%s",
		owner ? ", only " : "", owner ? owner->kernels : "");
	try_teardowns(hint, facts, true);
}

/* Filters by caller */

static bool no_caller_can(const struct hint_facts *facts)
{
	const struct filter *filter = facts->filter;

	for (size_t i = 0; i < filter->nr_callers; i++)
		if (map_allocators_caller(facts->kernel, filter->callers[i]) != ANSWER_NO)
			return false;
	return filter->nr_callers;
}

static bool no_caller_is_known(const struct filter *filter)
{
	for (size_t i = 0; i < filter->nr_callers; i++)
		if (map_owner_of_caller(filter->callers[i]))
			return false;
	return filter->nr_callers;
}

static void put_callers(FILE *out, const struct filter *filter)
{
	for (size_t i = 0; i < filter->nr_callers; i++)
		fprintf(out, "%s%s()", i ? " and " : "", filter->callers[i]);
}

/* Those of this kernel: "known callers here: htab_map_free, htab_map_alloc" */
static void put_known_callers(FILE *out, const struct map_allocators *kernel)
{
	const char *gap = "known callers here: ";

	for (size_t i = 0; i < NR_MAP_OWNERS; i++)
		for (const char *const *caller = map_owners[i].callers; *caller; caller++)
			if (map_allocators_caller(kernel, *caller) == ANSWER_YES) {
				fprintf(out, "%s%s", gap, *caller);
				gap = ", ";
			}
}

static void explain_callers(struct hint *hint, const struct hint_facts *facts)
{
	const struct filter *filter = facts->filter;
	bool one = filter->nr_callers == 1;
	const struct map_owner *owner = one ? map_owner_of_caller(filter->callers[0]) : NULL;

	put_callers(hint->why, filter);
	fprintf(hint->why, " %s not call " TRACED_FUNCTION "() on this kernel%s%s",
		one ? "does" : "do", owner ? ", only " : "", owner ? owner->kernels : "");
	put_known_callers(hint->try, facts->kernel);
}

/* Explains why the filters can match nothing here. False: they can, or it is not known. */
static bool explain_kernel(struct hint *hint, const struct hint_facts *facts)
{
	if (all_types(facts, map_allocators_has_type, ANSWER_NO)) {
		fputs("this kernel has no ", hint->why);
		put_types(hint->why, facts->filter, "", " or ");
		fputs(" maps", hint->why);
		return true;
	}
	if (facts->view != VIEW_CALLS)
		return false;
	if (all_types(facts, map_allocators_type, ANSWER_NO))
		explain_types(hint, facts);
	else if (no_caller_can(facts))
		explain_callers(hint, facts);
	else
		return false;
	return true;
}

/* Events of the run */

/* "--type, --no-empty" */
static void put_filters(FILE *out, const struct filter *filter, enum view view)
{
	const struct {
		bool used;
		const char *name;
	} filters[] = {
		{filter->map_types, "--type"},
		{filter->by_name, "--name"},
		{view == VIEW_CALLS && filter->nr_callers, "--caller"},
		{filter->min_latency_ns, "--min-latency"},
		{view == VIEW_CALLS && filter->no_empty, "--no-empty"},
		{filter->releaser.ids.nr, "--id"},
		{filter->releaser.pids.nr, "--pid"},
		{filter->releaser.comms.nr, "--comm"},
		{filter->releaser.cgroups.nr, "--cgroup"},
		{filter->releaser.units.nr, "--unit"},
		{filter->releaser.pods.nr, "--pod"},
		{filter->releaser.containers.nr, "--container"},
	};
	const char *gap = "";

	for (size_t i = 0; i < ARRAY_SIZE(filters); i++) {
		if (!filters[i].used)
			continue;
		fprintf(out, "%s%s", gap, filters[i].name);
		gap = ", ";
	}
}

static bool is_some(__u64 figure)
{
	return figure && figure_known(figure);
}

static bool only_no_empty(const struct filter *filter)
{
	return filter->no_empty && !filter->map_types && !filter->by_name && !filter->nr_callers &&
	       !filter->min_latency_ns && !filter_by_releaser(filter);
}

static void explain_filtered(struct hint *hint, const struct hint_facts *facts, __u64 filtered,
			     const char *what)
{
	fprintf(hint->why, "%llu %s%s filtered out by ", filtered, what, filtered == 1 ? "" : "s");
	put_filters(hint->why, facts->filter, facts->view);
	if (facts->view != VIEW_CALLS)
		return;
	if (only_no_empty(facts->filter))
		fputs("their allocators were never used, as those of preallocated maps", hint->try);
	else if (no_caller_is_known(facts->filter))
		put_known_callers(hint->try, facts->kernel);
	else if (facts->filter->map_types)
		try_teardowns(hint, facts, true);
}

/* How many maps were freed, whether or not they called the function. */
static __u64 maps_freed(const struct hint_facts *facts)
{
	const struct teardown_ledger *l = facts->teardowns;
	__u64 freed;

	if (!facts->recorded)
		return facts->calls->maps_freed;
	if (!l)
		return LEDGER_UNKNOWN;
	freed = l->shown;
	figure_add(&freed, figure_known(l->filtered) ? l->filtered : 0);
	return freed;
}

static void explain_none_freed(struct hint *hint, const struct hint_facts *facts)
{
	fprintf(hint->why, "no map was freed during the run");
	if (!facts->recorded)
		fputs("maps are freed after their last user is gone; try a longer run, or run "
		      "'memdestroy-trace bench --quick' beside it",
		      hint->try);
}

static void explain_calls(struct hint *hint, const struct hint_facts *facts)
{
	const struct ledger *l = facts->calls;
	__u64 freed = maps_freed(facts);

	if (is_some(l->filtered)) {
		explain_filtered(hint, facts, l->filtered, "call");
	} else if (!figure_known(l->entered) || !figure_known(freed) || l->entered ||
		   is_some(l->missed_entry)) {
		fputs("none was seen", hint->why); /* warnings say why */
	} else if (!freed) {
		explain_none_freed(hint, facts);
	} else {
		fprintf(hint->why,
			"%llu map%s freed, of types that do not call " TRACED_FUNCTION "()", freed,
			freed == 1 ? " was" : "s were");
		try_teardowns(hint, facts, false);
	}
}

static void explain_teardowns(struct hint *hint, const struct hint_facts *facts)
{
	const struct teardown_ledger *l = facts->teardowns;
	__u64 freed = maps_freed(facts);

	if (l && is_some(l->filtered)) {
		explain_filtered(hint, facts, l->filtered, "map");
	} else if (l && is_some(l->before)) {
		fprintf(hint->why, "%llu map%s freed, but released before the run", l->before,
			l->before == 1 ? " was" : "s were");
		fputs("try a longer run", hint->try);
	} else if (l && is_some(l->waiting)) {
		fprintf(hint->why, "%llu map%s released, but not freed before the end", l->waiting,
			l->waiting == 1 ? " was" : "s were");
		fputs("try a longer run", hint->try);
	} else if (freed) {
		fputs("none was seen", hint->why);
	} else {
		explain_none_freed(hint, facts);
	}
}

static const char *subject(const struct hint_facts *facts)
{
	static const char *const subjects[] = {"calls", "teardowns", "calls, no teardowns"};

	return subjects[facts->view];
}

char *hint_text(const struct hint_facts *facts)
{
	char *text = NULL;
	struct hint hint;

	if (hint_open(&hint))
		return NULL;
	if (!explain_kernel(&hint, facts)) {
		if (facts->view == VIEW_CALLS)
			explain_calls(&hint, facts);
		else
			explain_teardowns(&hint, facts);
	}
	if (hint_end(&hint) && asprintf(&text, "no %s: %s%s%s", subject(facts), hint.why_text,
					*hint.try_text ? "\n" : "", hint.try_text) < 0)
		text = NULL;
	hint_free(&hint);
	return text;
}

void hint_warn(const struct hint_facts *facts)
{
	struct hint hint;
	bool found;

	if (hint_open(&hint))
		return;
	found = explain_kernel(&hint, facts);
	if (hint_end(&hint) && found)
		diag_warn("no %s will be seen: %s%s%s", subject(facts), hint.why_text,
			  *hint.try_text ? "; " : "", hint.try_text);
	hint_free(&hint);
}

void hint_warn_filtered(const struct filter *filter, enum view view, __u64 filtered,
			const char *path, size_t more)
{
	const struct hint_facts facts = {.view = view};
	char others[32] = "";
	struct hint hint;

	if (more)
		snprintf(others, sizeof(others), " and %zu more", more);
	if (hint_open(&hint))
		return;
	put_filters(hint.why, filter, view);
	if (hint_end(&hint))
		diag_warn("no %s in '%s'%s: %llu filtered out by %s", subject(&facts), path, others,
			  filtered, hint.why_text);
	hint_free(&hint);
}

void hint_warn_here(const struct filter *filter, enum view view)
{
	struct map_allocators kernel;
	const struct hint_facts facts = {
		.filter = filter,
		.view = view == VIEW_TEARDOWNS ? VIEW_TEARDOWNS : VIEW_CALLS,
		.both_views = view == VIEW_BOTH,
		.kernel = &kernel,
	};

	if (!filter->map_types && !filter->nr_callers)
		return;
	kernel_map_allocators(&kernel);
	hint_warn(&facts);
}
