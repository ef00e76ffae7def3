// SPDX-License-Identifier: GPL-2.0-only
/*
 * Measures how many calls a second one core takes from the ring buffer to a row: decoding,
 * matching, looking up the caller's name, summing. The records are synthetic, with 64 tasks and 4
 * callers.
 *
 * usage: events [CALLS]     prints calls, seconds, calls a second, and the peak memory
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "analysis/aggregate.h"
#include "correlate/correlator.h"
#include "trace/ksyms.h"

#define NR_TASKS   64
#define NR_CALLERS 4
#define NR_SYMS	   100000
#define TEXT	   0xffffffff81000000ULL
#define SYM_SIZE   256

static struct ksyms *syms;
static unsigned long long taken;

static void count_hook(void *ctx, enum hook hook, struct hook_counts *counts)
{
	(void)ctx;
	*counts = (struct hook_counts){.attached = hook == HOOK_DESTROY};
}

static void name_caller(void *ctx, struct caller *caller)
{
	(void)ctx;
	caller->name = ksyms_find(syms, caller->address, &caller->offset);
}

static int take(void *ctx, const struct call *call)
{
	if (!call->caller.name || call->latency_ns == UNKNOWN_NS || aggregate_add(ctx, call))
		exit(1);
	taken++;
	return 0;
}

static void read_symbols(void)
{
	char path[] = "/tmp/symbols.XXXXXX";
	int fd = mkstemp(path), i;
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

	if (!file)
		exit(1);
	for (i = 0; i < NR_SYMS; i++)
		fprintf(file, "%llx T function_%d\n", TEXT + (unsigned long long)i * SYM_SIZE, i);
	fclose(file);
	if (ksyms_load(path, &syms))
		exit(1);
	remove(path);
}

static struct record_call record(unsigned int nth)
{
	struct record_call rec = {
		.head = {.hook = HOOK_DESTROY,
			 .tid = 1000 + nth % NR_TASKS,
			 .map = 0xffff888000000000ULL + nth * 256,
			 .arg = 0xffff888000000040ULL + nth * 256,
			 .caller = TEXT + (nth % NR_CALLERS * 9973 + 1) * SYM_SIZE + 17},
		.pid = 1000 + nth % NR_TASKS,
		.map_type = 1 + nth % 2,
		.key_size = 4,
		.value_size = 64,
		.max_entries = 1000,
		.flags = CALL_MAP | CALL_NAME | CALL_SIZES | CALL_EMPTY_KNOWN,
		.map_name = "connections",
		.comm = "kworker/0:1",
	};
	return rec;
}

static void add(struct correlator *correlator, struct record_call *rec, __u8 type, size_t size)
{
	rec->head.type = type;
	rec->head.size = size;
	if (correlator_add(correlator, rec, size))
		exit(1);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	unsigned long long calls = argc > 1 ? strtoull(argv[1], NULL, 10) : 5000000, nth;
	static const enum key by[] = {KEY_CALLER, KEY_TYPE};
	struct aggregate *aggregate = aggregate_new(by, 2, 4096);
	static const struct correlator_ops ops = {.count_hook = count_hook,
						  .name_caller = name_caller};
	static const struct correlator_options opts = {.view = VIEW_CALLS};
	static const struct event_sink_ops sink_ops = {.call = take};
	const struct event_sink sink = {&sink_ops, aggregate};
	struct correlator *correlator = correlator_new(&opts, &sink, &ops, NULL);
	struct record_call rec[1024];
	struct rusage usage;
	double start;

	if (!aggregate || !correlator)
		return 1;
	read_symbols();
	for (nth = 0; nth < 1024; nth++)
		rec[nth] = record(nth);
	start = now();
	for (nth = 0; nth < calls; nth++) {
		struct record_call *this = &rec[nth % 1024];

		this->head.ts_ns = 1000 * nth;
		this->returned_ns = this->head.ts_ns + 300 + nth % 4096;
		add(correlator, this, RECORD_CALL, sizeof(*this));
	}
	start = now() - start;
	getrusage(RUSAGE_SELF, &usage);
	printf("%llu calls in %.2f s: %.2f million a second; %ld kB\n", taken, start,
	       taken / start / 1e6, usage.ru_maxrss);
	correlator_free(correlator);
	aggregate_free(aggregate);
	ksyms_free(syms);
	return taken != calls;
}
