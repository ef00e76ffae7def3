// SPDX-License-Identifier: GPL-2.0-only
/* Writes the metrics of a run, all families of them. Docs: docs/fleet.md */
#include <string.h>

#include "model/hooks.h"
#include "model/ledger_figures.h"
#include "output/metrics/render.h"
#include "util/macros.h"
#include "util/text.h"

/* Names have at most SERIES_NAME bytes. */
struct labels {
	char text[1024];
};

static struct labels label(const char *name, const char *value)
{
	struct labels labels = {""};

	labels_add(labels.text, sizeof(labels.text), name, value);
	return labels;
}

static struct labels two_labels(const char *name, const char *value, const char *name2,
				const char *value2)
{
	struct labels labels = label(name, value);

	labels_add(labels.text, sizeof(labels.text), name2, value2);
	return labels;
}

/* About the run */

static void write_run(struct exposition *to, const struct metrics *metrics)
{
	char labels[LABELS_SIZE] = "";

	exposition_family(to, METRIC_INFO, "memdestroy_build", NULL,
			  "The version of memdestroy-trace; always 1.");
	exposition_number(to, label("version", VERSION).text, 1);
	exposition_family(to, METRIC_INFO, "memdestroy_run", NULL,
			  "The traced kernel, how its functions are hooked, and whether the run is "
			  "live; always 1.");
	labels_add(labels, sizeof(labels), "attach", metrics->attach);
	labels_add(labels, sizeof(labels), "kernel", metrics->kernel);
	labels_add(labels, sizeof(labels), "machine", metrics->machine);
	labels_add(labels, sizeof(labels), "source", metrics->recorded ? "recording" : "live");
	exposition_number(to, labels, 1);
	exposition_family(to, METRIC_GAUGE, "memdestroy_start_time_seconds", "seconds",
			  "When the run began, since 1970.");
	exposition_seconds(to, "", metrics->start_realtime_ns);
	exposition_family(
		to, METRIC_GAUGE, "memdestroy_blind", NULL,
		"Whether events may have gone unseen (1), so that other figures are too low.");
	exposition_number(to, "", metrics->blind);
}

/* Teardowns */

static void write_types(struct exposition *to, const struct metrics *metrics)
{
	const struct type_metrics *types = metrics->types, *end = types + metrics->nr_types, *type;

	exposition_family(to, METRIC_COUNTER, "memdestroy_teardowns", NULL,
			  "Complete teardowns of BPF maps.");
	for (type = types; type < end; type++)
		exposition_number(to, label("map_type", type->name).text, type->teardowns);
	exposition_family(to, METRIC_COUNTER, "memdestroy_freed_bytes", "bytes",
			  "Lower bound of the memory that complete teardowns gave back, of maps "
			  "whose size is known. Includes memory that RCU frees later, unseen.");
	for (type = types; type < end; type++)
		exposition_number(to, label("map_type", type->name).text, type->bytes);
	exposition_family(to, METRIC_COUNTER, "memdestroy_unsized_teardowns", NULL,
			  "Complete teardowns of maps whose size is not known.");
	for (type = types; type < end; type++)
		exposition_number(to, label("map_type", type->name).text, type->unsized);
	exposition_family(to, METRIC_COUNTER, "memdestroy_inexact_teardowns", NULL,
			  "Complete teardowns of maps whose known size is a lower bound.");
	for (type = types; type < end; type++)
		exposition_number(to, label("map_type", type->name).text, type->inexact);
	exposition_family(to, METRIC_HISTOGRAM, "memdestroy_teardown_phase_seconds", "seconds",
			  "Time that complete teardowns spent in a phase. The total is wait, free "
			  "and deferred; destroy is part of free.");
	for (type = types; type < end; type++)
		for (enum phase phase = 0; phase < NR_PHASES; phase++)
			if (type->phase[phase].count)
				exposition_buckets(to,
						   two_labels("map_type", type->name, "phase",
							      phase_names[phase])
							   .text,
						   &type->phase[phase]);
}

static void write_pending(struct exposition *to, const struct pending_metrics *pending)
{
	static const enum phase phases[] = {PHASE_WAIT, PHASE_FREE, PHASE_DEFERRED};

	exposition_family(to, METRIC_GAUGE, "memdestroy_pending_teardowns", NULL,
			  "Maps released whose memory is not all given back, by the phase in "
			  "progress.");
	for (size_t i = 0; i < ARRAY_SIZE(phases); i++)
		if (phases[i] != PHASE_WAIT || pending->waits_known)
			exposition_number(to, label("phase", phase_names[phases[i]]).text,
					  pending->teardowns[phases[i]]);
	exposition_family(to, METRIC_GAUGE, "memdestroy_pending_bytes", "bytes",
			  "Lower bound of the memory of these maps, where the size is known: "
			  "once a worker has started.");
	exposition_number(to, "", pending->bytes);
	exposition_family(to, METRIC_GAUGE, "memdestroy_pending_unsized_teardowns", NULL,
			  "Maps among these whose size is not known.");
	exposition_number(to, "", pending->unsized);
	exposition_family(
		to, METRIC_GAUGE, "memdestroy_oldest_pending_seconds", "seconds",
		"Time since the oldest of these maps was released; 0: there is none. Left "
		"out if the age of one is not known.");
	if (!pending->undated)
		exposition_seconds(to, "", pending->oldest_ns);
}

static void write_owners(struct exposition *to, const struct metrics *metrics)
{
	const struct owner_series *owners = metrics->owners, *end = owners + metrics->nr_owners,
				  *owner;

	exposition_family(to, METRIC_COUNTER, "memdestroy_owner_teardowns", NULL,
			  "Complete teardowns by the labels of --label.");
	for (owner = owners; owner < end; owner++)
		exposition_number(to, owner->labels, owner->counts.teardowns);
	exposition_family(to, METRIC_COUNTER, "memdestroy_owner_freed_bytes", "bytes",
			  "Lower bound of the memory that these teardowns gave back, of maps "
			  "whose size is known.");
	for (owner = owners; owner < end; owner++)
		exposition_number(to, owner->labels, owner->counts.bytes);
	exposition_family(to, METRIC_COUNTER, "memdestroy_owner_teardown_seconds", "seconds",
			  "Time of these teardowns, from the release to the last free.");
	for (owner = owners; owner < end; owner++)
		exposition_seconds(to, owner->labels, owner->counts.total_ns);
	exposition_family(to, METRIC_COUNTER, "memdestroy_owner_folded_teardowns", NULL,
			  "Teardowns counted as \"other\" because of --label-limit.");
	exposition_number(to, "", metrics->folded);
}

/* Calls */

static void write_callers(struct exposition *to, const struct metrics *metrics)
{
	const struct caller_metrics *callers = metrics->callers,
				    *end = callers + metrics->nr_callers, *caller;

	exposition_family(to, METRIC_COUNTER, "memdestroy_destroy_calls", NULL,
			  "Calls of bpf_mem_alloc_destroy() by the calling function.");
	for (caller = callers; caller < end; caller++)
		exposition_number(to, label("caller", caller->name).text, caller->calls);
	exposition_family(to, METRIC_COUNTER, "memdestroy_empty_destroy_calls", NULL,
			  "Calls among these on an unused allocator, which have no time.");
	for (caller = callers; caller < end; caller++)
		exposition_number(to, label("caller", caller->name).text, caller->empty);
	exposition_family(to, METRIC_HISTOGRAM, "memdestroy_destroy_call_seconds", "seconds",
			  "Time of calls of bpf_mem_alloc_destroy() by the calling function.");
	for (caller = callers; caller < end; caller++)
		if (caller->latency.count)
			exposition_buckets(to, label("caller", caller->name).text,
					   &caller->latency);
}

static void write_stuck(struct exposition *to, const struct metrics *metrics)
{
	exposition_family(
		to, METRIC_COUNTER, "memdestroy_stuck_reports", NULL,
		"Calls and phases of teardowns that took longer than --stuck, each counted "
		"once, by the function or phase.");
	for (size_t i = 0; i < metrics->nr_stuck; i++)
		exposition_number(to, label("where", metrics->stuck[i].name).text,
				  metrics->stuck[i].reports);
}

/* The ledger */

/* What is so now, and may be less later. */
static bool is_state(const struct figure *figure)
{
	static const char *const states[] = {"still_running", "still_stuck", "running", "waiting",
					     "pending"};

	for (size_t i = 0; i < ARRAY_SIZE(states); i++)
		if (!strcmp(figure->name, states[i]))
			return true;
	return false;
}

typedef bool figure_fn(const struct figure *figure);

static bool is_counter(const struct figure *figure)
{
	return figure_counts(figure) && !is_state(figure);
}

static bool is_bytes(const struct figure *figure)
{
	return figure->kind == FIGURE_AMOUNT;
}

static void write_figures(struct exposition *to, const char *ledger, const struct figure *figures,
			  const void *values, figure_fn *is_wanted)
{
	for (; figures->name; figures++) {
		__u64 value = figure_get(figures, values);

		if (is_wanted(figures) && figure_known(value))
			exposition_number(
				to, two_labels("ledger", ledger, "reason", figures->name).text,
				value);
	}
}

static void write_ledgers(struct exposition *to, const struct metrics *metrics,
			  figure_fn *is_wanted)
{
	write_figures(to, "calls", ledger_figures, &metrics->ledger, is_wanted);
	write_figures(to, "teardowns", teardown_ledger_figures, &metrics->counts.ledger, is_wanted);
}

static void write_hooks(struct exposition *to, const struct hook_counts *hooks)
{
	exposition_family(
		to, METRIC_COUNTER, "memdestroy_hook_events", NULL,
		"Events at a hook in the kernel: seen, taken as a record, lost because the "
		"ring buffer was full, missed because the kernel skipped the program.");
	for (enum hook hook = 0; hook < NR_HOOKS; hook++)
		for (const struct figure *figure = hook_figures; figure->name; figure++)
			if (hooks[hook].attached && figure_known(figure_get(figure, &hooks[hook])))
				exposition_number(to,
						  two_labels("hook", hook_info[hook].name, "reason",
							     figure->name)
							  .text,
						  figure_get(figure, &hooks[hook]));
}

static void write_ledger(struct exposition *to, const struct metrics *metrics)
{
	exposition_family(to, METRIC_COUNTER, "memdestroy_ledger", NULL,
			  "The ledgers of calls and teardowns: what was seen, missed and lost. "
			  "Figures that are not known are left out.");
	write_ledgers(to, metrics, is_counter);
	exposition_family(to, METRIC_GAUGE, "memdestroy_ledger_state", NULL,
			  "Figures of the ledgers that can go down.");
	write_ledgers(to, metrics, is_state);
	exposition_family(to, METRIC_GAUGE, "memdestroy_ledger_bytes", "bytes",
			  "Figures of the ledgers that are bytes.");
	write_ledgers(to, metrics, is_bytes);
	write_hooks(to, metrics->counts.hooks);
	if (figure_known(metrics->ledger.maps_freed)) {
		exposition_family(to, METRIC_COUNTER, "memdestroy_kernel_freed_maps", NULL,
				  "Maps that the kernel began to free, by an independent count.");
		exposition_number(to, "", metrics->ledger.maps_freed);
	}
	if (metrics->ledger.buffer_bytes) {
		exposition_family(to, METRIC_GAUGE, "memdestroy_ring_buffer_bytes", "bytes",
				  "Size of the ring buffer.");
		exposition_number(to, "", metrics->ledger.buffer_bytes);
	}
}

void metrics_write(FILE *out, enum metrics_format format, const struct metrics *metrics)
{
	struct exposition to = {.out = out, .format = format};

	write_run(&to, metrics);
	write_types(&to, metrics);
	write_pending(&to, &metrics->pending);
	if (metrics->by_owner)
		write_owners(&to, metrics);
	write_callers(&to, metrics);
	write_stuck(&to, metrics);
	write_ledger(&to, metrics);
	exposition_end(&to);
}

char *metrics_text(enum metrics_format format, const struct metrics *metrics, size_t *len)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, len);

	if (!out)
		return NULL;
	metrics_write(out, format, metrics);
	return text_memory_end(out, &text) ? NULL : text;
}
