// SPDX-License-Identifier: GPL-2.0-only
/*
 * Turns options and kernel symbols into the settings of the BPF programs.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "model/hooks.h"
#include "model/map_allocators.h"
#include "trace/bpf_config.h"
#include "util/diag.h"
#include "util/suggest.h"

#define CPU_BUFFER (512UL << 10)
#define MIN_BUFFER (1UL << 20)
#define MAX_BUFFER (16UL << 20)

/* Leaves *addr as it is if the function is not there. */
static void find_function(const struct ksyms *ksyms, enum hook hook, __u64 *addr)
{
	const char *symbol = ksyms_symbol(ksyms, hook_info[hook].function);

	if (symbol)
		ksyms_address(ksyms, symbol, addr);
}

static void config_symbols(struct config *config, const struct ksyms *ksyms)
{
	/* kretprobes (the name differs between kernels); the function graph tracer and fprobes */
	static const char *const trampolines[NR_TRAMPOLINES][2] = {
		{"arch_rethook_trampoline", "__kretprobe_trampoline"},
		{"return_to_handler", NULL},
	};
	const char *symbol;
	size_t i;

	if (ksyms_hidden(ksyms))
		return;
	if (ksyms_address(ksyms, "_stext", &config->text_start) ||
	    ksyms_address(ksyms, "_etext", &config->text_end))
		config->text_start = config->text_end = 0;
	symbol = ksyms_symbol(ksyms, TRACED_FUNCTION);
	if (symbol)
		ksyms_range(ksyms, symbol, &config->func_start, &config->func_end);
	for (i = 0; i < NR_TRAMPOLINES; i++) {
		__u64 *range = config->trampolines[i];

		if (ksyms_range(ksyms, trampolines[i][0], &range[0], &range[1]) &&
		    trampolines[i][1])
			ksyms_range(ksyms, trampolines[i][1], &range[0], &range[1]);
	}
	find_function(ksyms, HOOK_FREE, &config->map_free_deferred);
	find_function(ksyms, HOOK_DEFERRED_FREE, &config->free_mem_alloc_deferred);
	ksyms_address(ksyms, "bpf_prog_free_deferred", &config->prog_free_deferred);
	ksyms_address(ksyms, "__preempt_count", &config->preempt_count);
	ksyms_address(ksyms, "pcpu_hot", &config->pcpu_hot);
}

/* A caller that is not there, which may be mistyped. */
static int report_unknown_caller(const char *name)
{
	struct suggestion nearest = SUGGEST(name, strlen(name));
	char meant[SUGGESTION_SIZE];

	for (size_t i = 0; i < NR_MAP_OWNERS; i++)
		for (size_t nth = 0; map_owners[i].callers[nth]; nth++)
			suggest_offer(&nearest, map_owners[i].callers[nth]);
	return diag_invalid("--caller: this kernel has no function '%s'%s", name,
			    suggest_text(&nearest, "", meant));
}

static int config_filters(struct config *config, const struct filter *filter,
			  const struct ksyms *ksyms)
{
	size_t i;

	config->map_types = filter->map_types;
	config->min_latency_ns = filter->min_latency_ns;
	config->no_empty = filter->no_empty;
	config->by_name = filter->by_name;
	for (i = 0; i < filter->nr_callers; i++) {
		__u64(*ranges)[2] = config->callers + config->nr_callers;
		size_t room = MAX_CALLER_RANGES - config->nr_callers, found;

		if (ksyms_hidden(ksyms))
			return diag_invalid(
				"--caller: kernel symbols are hidden here (see kernel.kptr_restrict)");
		found = ksyms_ranges(ksyms, filter->callers[i], ranges, room);
		if (!found)
			return report_unknown_caller(filter->callers[i]);
		if (found > room)
			return diag_invalid("--caller: the functions have more than %d parts here",
					    MAX_CALLER_RANGES);
		config->nr_callers += found;
	}
	config->filters = config->map_types || config->min_latency_ns || config->no_empty ||
			  config->by_name || config->nr_callers;
	return 0;
}

static __u32 hooks_wanted(const struct trace_options *opts)
{
	const bool wanted[] = {
		[USE_CALLS] = true,
		[USE_TEARDOWNS] = opts->view != VIEW_CALLS,
		[USE_IDENTITY] = opts->identity,
	};
	__u32 hooks = 0;

	for (enum hook hook = 0; hook < NR_HOOKS; hook++)
		if (wanted[hook_info[hook].use])
			hooks |= 1U << hook;
	return hooks;
}

/*
 * Room for what each CPU writes between two polls of the reader (see ring_reader.c). Keep it small:
 * the ring is mapped twice, so it counts twice in RSS.
 */
static size_t default_buffer(void)
{
	long nr_cpus = sysconf(_SC_NPROCESSORS_ONLN);
	size_t bytes = MIN_BUFFER;

	while (bytes < MAX_BUFFER && (long)(bytes / CPU_BUFFER) < nr_cpus)
		bytes *= 2;
	return bytes;
}

int bpf_config_make(struct bpf_config *settings, const struct trace_options *opts,
		    const struct filter *filter, const struct ksyms *ksyms)
{
	memset(settings, 0, sizeof(*settings));
	settings->buffer_bytes = opts->buffer_bytes ?: default_buffer();
	settings->hooks = hooks_wanted(opts);
	settings->stacks = opts->stuck_ns;
	settings->config.user_stack = opts->user_stack;
	config_symbols(&settings->config, ksyms);
	/* User space filters teardowns, once they are complete. */
	if (opts->view != VIEW_CALLS)
		return 0;
	settings->names = filter->names;
	return config_filters(&settings->config, filter, ksyms);
}
