// SPDX-License-Identifier: GPL-2.0-only
/* Gathers the metrics of a run from its events. */
#include <stdlib.h>
#include <string.h>

#include "model/hooks.h"
#include "model/ledger_figures.h"
#include "model/map_type.h"
#include "output/metrics/exposition.h"
#include "output/metrics/metrics.h"
#include "output/metrics/stuck_set.h"
#include "util/text.h"

#define OTHER	"other"
#define UNKNOWN "unknown"
#define NONE	"none"

#define LASTING 3 /* counts in a row */

struct counts {
	struct ledger calls;
	struct teardown_counts teardowns;
};

struct gatherer {
	const struct metrics_options *opts;
	struct owners *owners;	       /* NULL: not wanted */
	struct stuck_set *stuck;       /* those that have been counted */
	struct pending_metrics left;   /* teardowns that the end of the run has cut */
	struct counts recent[LASTING]; /* the last counts of a running trace */
	unsigned int nr_recent;	       /* so far */
	struct metrics now;	       /* without the owners */
};

/* Names as Kubernetes and Prometheus have none: there, "pod" is the one that is scraped. */
const char *const owner_labels[NR_KEYS] = {
	[KEY_NAME] = "map_name", [KEY_RELEASED_BY] = "released_by",
	[KEY_CGROUP] = "cgroup", [KEY_UNIT] = "unit",
	[KEY_POD] = "pod_uid",	 [KEY_CONTAINER] = "container_id",
};

static struct owners *make_owners(const struct metrics_options *opts)
{
	char other[256] = "";

	for (enum key key = 0; key < NR_KEYS; key++)
		if (opts->labels & 1U << key)
			labels_add(other, sizeof(other), owner_labels[key], OTHER);
	return owners_new(opts->label_limit, other);
}

struct gatherer *gatherer_new(const struct metrics_options *opts)
{
	struct gatherer *gatherer = calloc(1, sizeof(*gatherer));

	if (!gatherer)
		return NULL;
	gatherer->opts = opts;
	gatherer->now.pending.since_ns = gatherer->left.since_ns = UNKNOWN_NS;
	gatherer->now.by_owner = opts->labels;
	gatherer->stuck = stuck_set_new();
	if (opts->labels)
		gatherer->owners = make_owners(opts);
	if (gatherer->stuck && (gatherer->owners || !opts->labels))
		return gatherer;
	gatherer_free(gatherer);
	return NULL;
}

void gatherer_free(struct gatherer *gatherer)
{
	if (!gatherer)
		return;
	owners_free(gatherer->owners);
	stuck_set_free(gatherer->stuck);
	free(gatherer);
}

/* Series, which all begin with their name */

/*
 * Finds or adds the series of a name among *nr, of max. The first one is for all that find no
 * place.
 */
static void *find_series(void *series, size_t size, size_t max, size_t *nr, const char *name)
{
	char *at = series;

	if (!*nr)
		strcpy(at + size * (*nr)++, OTHER);
	for (size_t i = 0; i < *nr; i++)
		if (!strncmp(at + size * i, name, SERIES_NAME - 1))
			return at + size * i;
	if (*nr == max)
		return series;
	at += size * (*nr)++;
	strncpy(at, name, SERIES_NAME - 1);
	return at;
}

#define FIND_SERIES(now, list, max, name)                                                          \
	find_series((now)->list, sizeof(*(now)->list), max, &(now)->nr_##list, name)

/* The run */

/*
 * Prometheus sees no increase in a series that begins above 0: those that alerts go by begin here.
 */
static void begin_series(struct metrics *now)
{
	FIND_SERIES(now, types, MAX_TYPE_SERIES, OTHER);
	FIND_SERIES(now, callers, MAX_CALLER_SERIES, OTHER);
	for (enum hook hook = 0; hook < NR_CALL_HOOKS; hook++)
		FIND_SERIES(now, stuck, MAX_STUCK_SERIES, hook_info[hook].function);
	FIND_SERIES(now, stuck, MAX_STUCK_SERIES, phase_names[PHASE_WAIT]);
	FIND_SERIES(now, stuck, MAX_STUCK_SERIES, phase_names[PHASE_DEFERRED]);
}

void gatherer_begin(struct gatherer *gatherer, const struct run_info *run_info, bool recorded)
{
	struct metrics *now = &gatherer->now;

	memcpy(now->attach, run_info->attach, sizeof(now->attach));
	memcpy(now->kernel, run_info->kernel_release, sizeof(now->kernel));
	memcpy(now->machine, run_info->machine, sizeof(now->machine));
	now->start_realtime_ns = run_info->start_realtime_ns;
	now->recorded = recorded;
	begin_series(now);
}

/* Calls */

static int add_call(void *ctx, const struct call *call)
{
	struct gatherer *gatherer = ctx;
	const char *name = call->caller.name ?: UNKNOWN;
	struct caller_metrics *caller =
		FIND_SERIES(&gatherer->now, callers, MAX_CALLER_SERIES, name);

	caller->calls++;
	if (call_has(call, CALL_EMPTY_KNOWN | CALL_EMPTY))
		caller->empty++;
	else if (call->latency_ns != UNKNOWN_NS)
		buckets_add(&caller->latency, call->latency_ns);
	return 0;
}

/* Teardowns */

/* An unknown value differs from one that is known to be none. */
static const char *owner_value(enum key key, const struct map_info *map)
{
	const struct releaser *releaser = identity_releaser(&map->identity);
	const struct cgroup *cgroup = releaser ? releaser->cgroup : NULL;
	const char *text = NULL;

	if (key == KEY_NAME)
		return map_has_name(map) ? *map->name ? map->name : NONE : UNKNOWN;
	if (key == KEY_RELEASED_BY)
		return releaser ? releaser->task.comm : UNKNOWN;
	if (!cgroup)
		return UNKNOWN;
	switch (key) {
	case KEY_CGROUP:
		text = cgroup->path;
		break;
	case KEY_UNIT:
		text = cgroup->unit;
		break;
	case KEY_POD:
		text = cgroup->pod_uid;
		break;
	default:
		text = cgroup->container_id;
	}
	return text ?: NONE;
}

static int add_owner(struct gatherer *gatherer, const struct teardown *teardown, __u64 bytes)
{
	struct owner_counts counts = {.teardowns = 1, .bytes = bytes};
	char labels[LABELS_SIZE] = "";
	int err;

	if (teardown->phase[PHASE_TOTAL] != UNKNOWN_NS)
		counts.total_ns = teardown->phase[PHASE_TOTAL];
	for (enum key key = 0; key < NR_KEYS; key++)
		if (gatherer->opts->labels & 1U << key)
			labels_add(labels, sizeof(labels), owner_labels[key],
				   owner_value(key, &teardown->map));
	err = owners_add(gatherer->owners, labels, &counts);
	/* A live run goes on without memory: the teardown is one of "other". */
	return gatherer->now.recorded ? err : 0;
}

static void add_to_pending(struct pending_metrics *to, const struct pending *pending)
{
	__u64 since_ns = pending_since_ns(pending);

	to->teardowns[pending->phase]++;
	if (pending->teardown && map_memory_known(&pending->teardown->memory))
		to->bytes += pending->teardown->memory.bytes;
	else
		to->unsized++;
	to->undated += since_ns == UNKNOWN_NS;
	if (since_ns < to->since_ns) /* UNKNOWN_NS is the greatest */
		to->since_ns = since_ns;
}

static int add_teardown(void *ctx, const struct teardown *teardown)
{
	struct gatherer *gatherer = ctx;
	const struct map_info *map = &teardown->map;
	const char *name = map_has_type(map) ? map_type_name(map->type) : UNKNOWN;
	bool sized = map_memory_known(&teardown->memory);
	struct type_metrics *type;
	const struct pending pending = {
		.map = map,
		.phase = teardown->running ? PHASE_FREE : PHASE_DEFERRED,
		.since_ns = UNKNOWN_NS,
		.teardown = teardown,
	};

	if (teardown_owes_memory(teardown)) {
		add_to_pending(&gatherer->left, &pending);
		return 0;
	}
	type = FIND_SERIES(&gatherer->now, types, MAX_TYPE_SERIES, name);
	type->teardowns++;
	type->bytes += sized ? teardown->memory.bytes : 0;
	type->unsized += !sized;
	type->inexact += sized && !map_memory_exact(&teardown->memory);
	for (enum phase phase = 0; phase < NR_PHASES; phase++)
		if (teardown_has_phase(teardown, phase) && teardown->phase[phase] != UNKNOWN_NS)
			buckets_add(&type->phase[phase], teardown->phase[phase]);
	return gatherer->owners ? add_owner(gatherer, teardown, sized ? teardown->memory.bytes : 0)
				: 0;
}

static int add_stuck(void *ctx, const struct stuck *stuck)
{
	struct gatherer *gatherer = ctx;
	struct stuck_metrics *series =
		FIND_SERIES(&gatherer->now, stuck, MAX_STUCK_SERIES, stuck->where);

	if (stuck_set_add(gatherer->stuck, stuck, series - gatherer->now.stuck))
		series->reports++;
	return 0;
}

struct event_sink gatherer_sink(struct gatherer *gatherer)
{
	static const struct event_sink_ops ops = {
		.call = add_call,
		.teardown = add_teardown,
		.stuck = add_stuck,
	};

	return (struct event_sink){.ops = &ops, .ctx = gatherer};
}

/* The ledger */

/* Calls in progress count as "entry_only" while a return may have been missed, and later do not. */
static void keep_highest(const struct figure *figures, void *to, const void *from)
{
	for (; figures->name; figures++) {
		__u64 old = figure_get(figures, to), new = figure_get(figures, from);

		if (!figure_counts(figures) || !figure_known(old) || !figure_known(new) ||
		    new > old)
			figure_set(figures, to, new);
	}
}

static void lower_missed(const struct figure *figures, void *to, const void *from)
{
	for (; figures->name; figures++) {
		__u64 old = figure_get(figures, to), new = figure_get(figures, from);

		if (strstr(figures->name, "missed") && figure_known(old) && figure_known(new) &&
		    new < old)
			figure_set(figures, to, new);
	}
}

/*
 * Misses are worked out, and a program that is preempted in the middle of a call makes them too
 * high for a moment. Counters keep their highest value, so only a rise that lasts may count.
 */
static void only_lasting_misses(struct gatherer *gatherer, struct counts *counts)
{
	unsigned int nr;

	gatherer->recent[gatherer->nr_recent++ % LASTING] = *counts;
	nr = gatherer->nr_recent < LASTING ? gatherer->nr_recent : LASTING;
	for (unsigned int i = 0; i < nr; i++) {
		const struct counts *recent = &gatherer->recent[i];

		lower_missed(ledger_figures, &counts->calls, &recent->calls);
		lower_missed(teardown_ledger_figures, &counts->teardowns.ledger,
			     &recent->teardowns.ledger);
		for (enum hook hook = 0; hook < NR_HOOKS; hook++)
			lower_missed(hook_figures, &counts->teardowns.hooks[hook],
				     &recent->teardowns.hooks[hook]);
	}
}

/* Of counts alone: function and attachment are those of after. */
static struct hook_counts highest_of_hook(const struct hook_counts *before,
					  const struct hook_counts *after)
{
	struct hook_counts hook = *before;

	keep_highest(hook_figures, &hook, after);
	hook.function = after->function;
	hook.attached = after->attached;
	hook.returns = after->returns;
	hook_counts_clear_unused(&hook);
	return hook;
}

void gatherer_count(struct gatherer *gatherer, const struct ledger *ledger,
		    const struct teardown_counts *counts, const char *blind, bool running)
{
	struct metrics *now = &gatherer->now;
	struct ledger *calls = &now->ledger;
	struct teardown_ledger *teardowns = &now->counts.ledger;
	struct counts new = {.calls = *ledger, .teardowns = *counts};

	if (running)
		only_lasting_misses(gatherer, &new);
	keep_highest(ledger_figures, calls, &new.calls);
	keep_highest(teardown_ledger_figures, teardowns, &new.teardowns.ledger);
	for (enum hook hook = 0; hook < NR_HOOKS; hook++)
		now->counts.hooks[hook] =
			highest_of_hook(&now->counts.hooks[hook], &new.teardowns.hooks[hook]);
	calls->still_running = ledger->still_running;
	calls->still_stuck = ledger->still_stuck;
	calls->buffer_bytes = ledger->buffer_bytes;
	calls->maps_freed = ledger->maps_freed;
	teardowns->running = counts->ledger.running;
	teardowns->waiting = counts->ledger.waiting;
	teardowns->pending = counts->ledger.pending;
	now->blind = *blind;
}

/* Pending */

void gatherer_begin_pending(struct gatherer *gatherer)
{
	gatherer->now.pending = (struct pending_metrics){.since_ns = UNKNOWN_NS};
}

void gatherer_add_pending(void *ctx, const struct pending *pending)
{
	struct gatherer *gatherer = ctx;

	add_to_pending(&gatherer->now.pending, pending);
}

void gatherer_end_pending(struct gatherer *gatherer, bool waits_known, __u64 now_ns)
{
	struct pending_metrics *pending = &gatherer->now.pending;

	pending->waits_known = waits_known;
	pending->oldest_ns = pending->since_ns < now_ns ? now_ns - pending->since_ns : 0;
}

void gatherer_end_run(struct gatherer *gatherer, __u64 end_ns)
{
	struct pending_metrics *left = &gatherer->left;
	__u64 oldest_ns = left->since_ns < end_ns ? end_ns - left->since_ns : 0;

	if (end_ns == UNKNOWN_NS)
		left->undated += left->since_ns != UNKNOWN_NS;
	else if (oldest_ns > left->oldest_ns)
		left->oldest_ns = oldest_ns;
	left->since_ns = UNKNOWN_NS;
}

void gatherer_end(struct gatherer *gatherer)
{
	struct pending_metrics *pending = &gatherer->now.pending;
	__u64 waiting = gatherer->now.counts.ledger.waiting;

	*pending = gatherer->left;
	pending->waits_known = figure_known(waiting);
	if (!pending->waits_known)
		return;
	pending->teardowns[PHASE_WAIT] = waiting;
	pending->unsized += waiting;
	pending->undated += waiting;
}

void gatherer_age(struct gatherer *gatherer)
{
	if (gatherer->owners)
		owners_age(gatherer->owners);
}

/* Copies */

/* With the labels behind them. */
static void copy_owners(struct metrics *copy, const struct owner_series *list, size_t nr)
{
	char *text = (char *)(copy->owners + nr);

	for (size_t i = 0; i < nr; i++) {
		copy->owners[i] = (struct owner_series){text, list[i].counts};
		text = stpcpy(text, list[i].labels) + 1;
	}
	copy->nr_owners = nr;
}

struct metrics *gatherer_copy(const struct gatherer *gatherer)
{
	size_t nr = gatherer->owners ? owners_nr(gatherer->owners) + 1 : 0, size = 0;
	struct owner_series *list = calloc(nr + 1, sizeof(*list));
	struct metrics *copy;

	if (!list)
		return NULL;
	if (nr) {
		owners_list(gatherer->owners, list);
		list[nr - 1] = gatherer->now.recorded ? owners_other_at_end(gatherer->owners)
						      : owners_other(gatherer->owners);
	}
	for (size_t i = 0; i < nr; i++)
		size += strlen(list[i].labels) + 1;
	copy = malloc(sizeof(*copy) + nr * sizeof(*list) + size);
	if (copy) {
		*copy = gatherer->now;
		if (nr)
			copy->folded = list[nr - 1].counts.teardowns -
				       owners_called_other(gatherer->owners);
		copy_owners(copy, list, nr);
	}
	free(list);
	return copy;
}
