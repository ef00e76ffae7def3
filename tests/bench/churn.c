// SPDX-License-Identifier: GPL-2.0-only
/*
 * A long run by made-up records: every map has a name of its own and is released by a task and in a
 * cgroup that never come again. Shows the memory of correlator, recording, table and metrics
 * meanwhile, and fails if it is more than a recorder may hold, less the records that wait, or still
 * grows.
 *
 * usage: churn [MAPS]      1,000,000, as in 10 hours of 100,000 maps, tasks and cgroups an hour
 *        churn MAPS FILE   and leaves one recording of all
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analysis/aggregate.h"
#include "correlate/correlator.h"
#include "output/metrics/metrics.h"
#include "recording/writer.h"
#include "util/macros.h"

#define LIMIT_KB  (32 << 10) /* of 64 MB, the other half is records */
#define ROWS	  4096
#define OWNERS	  200
#define PER_FILE  20000 /* maps, as of a recording that is rotated */
#define NR_LOOKS  10
#define ADDRESSES 4096 /* of maps: slabs use them again */

struct churn {
	struct correlator *correlator;
	struct aggregate *aggregate;
	struct gatherer *gatherer;
	struct event_sink metrics; /* of the gatherer */
	struct writer *writer;
	const char *path;
	bool rotates;
	unsigned long long calls, teardowns, without_path;
};

static void die(const char *what)
{
	fprintf(stderr, "churn: %s\n", what);
	exit(1);
}

static void count_hook(void *ctx, enum hook hook, struct hook_counts *counts)
{
	(void)ctx, (void)hook;
	*counts = (struct hook_counts){.attached = true};
}

static int take_call(void *ctx, const struct call *call)
{
	struct churn *churn = ctx;

	churn->calls++;
	return writer_call(churn->writer, call)
		       ?: aggregate_add(churn->aggregate, call)
		       ?: churn->metrics.ops->call(churn->metrics.ctx, call);
}

static int take_teardown(void *ctx, const struct teardown *teardown)
{
	struct churn *churn = ctx;
	const struct releaser *by = &teardown->map.identity.released_by;

	churn->teardowns++;
	churn->without_path += !by->cgroup || by->cgroup->id != by->cgroup_id;
	return writer_teardown(churn->writer, teardown)
		       ?: churn->metrics.ops->teardown(churn->metrics.ctx, teardown);
}

static void begin_file(struct churn *churn)
{
	struct run_info run_info = {};

	run_info_now(&run_info, 0, NULL, false);
	if (writer_create(&churn->writer, churn->path, true, &run_info))
		exit(1);
}

static void end_file(struct churn *churn)
{
	const struct moment end = clock_moment();

	if (writer_end(churn->writer, &end))
		exit(1);
	writer_close(churn->writer);
}

static void add(struct churn *churn, void *rec, size_t size)
{
	((struct record_head *)rec)->size = size;
	if (correlator_add(churn->correlator, rec, size))
		die("a record is refused");
}

static void add_cgroup(struct churn *churn, __u64 id)
{
	static struct record_cgroup rec;
	char *end = rec.names;

	rec.head = (struct record_head){.type = RECORD_CGROUP, .arg = id};
	end += sprintf(end, "cri-containerd-%064llx.scope", id) + 1;
	end += sprintf(end, "kubepods-besteffort-pod%08llx_0123_4567_89ab_0123456789ab.slice", id) +
	       1;
	end += sprintf(end, "kubepods-besteffort.slice") + 1;
	end += sprintf(end, "kubepods.slice") + 1;
	rec.depth = 4;
	rec.len = end - rec.names;
	add(churn, &rec, sizeof(rec));
}

/* One map from its release to the end of its teardown. */
static void add_map(struct churn *churn, unsigned long long nth)
{
	struct record_head head = {
		.hook = HOOK_FREE,
		.tid = 10 + nth % 64,
		.ts_ns = 1000000 + 10000 * nth,
		.map = 0xffff888000000000ULL + nth % ADDRESSES * 1024,
		.arg = 0xffff888000000040ULL + nth % ADDRESSES * 1024,
	};
	struct record_release release = {
		.head = head,
		.pid = 100 + nth,
		.map_id = 1 + nth,
		.cgroup_id = 1000 + nth,
		.map_type = 1,
		.flags = RELEASE_LAST,
	};
	struct record_call call = {
		.head = head,
		.map_type = 1,
		.flags = CALL_MAP | CALL_NAME | CALL_SIZES,
		.max_entries = nth,
		.entries = 5,
	};

	add_cgroup(churn, release.cgroup_id);
	release.head.type = RECORD_RELEASE;
	release.head.hook = HOOK_PUT;
	release.head.tid = 100 + nth;
	sprintf(release.map_name, "m%llu", nth % 1000000000);
	sprintf(release.comm, "t%llu", nth % 1000000000);
	add(churn, &release, sizeof(release));
	head.type = RECORD_QUEUE;
	add(churn, &head, sizeof(head));
	memcpy(call.map_name, release.map_name, sizeof(call.map_name));
	call.head.type = RECORD_ENTRY;
	call.head.ts_ns += 1000;
	add(churn, &call, sizeof(call));
	call.head.type = RECORD_CALL;
	call.head.hook = HOOK_DESTROY;
	call.head.ts_ns += 1000;
	call.key = 0;
	call.returned_ns = call.head.ts_ns + 500;
	add(churn, &call, sizeof(call));
	head = call.head;
	head.type = RECORD_RETURN;
	head.hook = HOOK_FREE;
	head.ts_ns += 1000;
	add(churn, &head, sizeof(head));
}

/* As a scrape would. */
static void check_metrics(const struct churn *churn)
{
	struct metrics *metrics = gatherer_copy(churn->gatherer);
	unsigned long long teardowns = 0;

	if (!metrics)
		die("no memory");
	for (size_t i = 0; i < metrics->nr_owners; i++)
		teardowns += metrics->owners[i].counts.teardowns;
	if (metrics->nr_owners > OWNERS + 1 || teardowns != churn->teardowns)
		die("owners do not add up");
	free(metrics);
}

static long resident_kb(void)
{
	FILE *file = fopen("/proc/self/statm", "r");
	long pages = 0;

	if (!file || fscanf(file, "%*d %ld", &pages) != 1)
		die("memory is unknown");
	fclose(file);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void run(struct churn *churn, unsigned long long maps)
{
	long kb[NR_LOOKS + 1] = {resident_kb()};

	for (unsigned long long nth = 0; nth < maps; nth++) {
		if (churn->rotates && nth && nth % PER_FILE == 0) {
			end_file(churn);
			begin_file(churn);
		}
		add_map(churn, nth);
		if (nth % 1000 == 999 && writer_commit(churn->writer))
			exit(1);
		if ((nth + 1) * NR_LOOKS % maps < NR_LOOKS) {
			int look = (nth + 1) * NR_LOOKS / maps;

			kb[look] = resident_kb();
			printf("%llu maps: %ld kB\n", nth + 1, kb[look]);
			check_metrics(churn);
		}
	}
	if (churn->calls != maps || churn->teardowns != maps)
		die("events are missing");
	if (churn->without_path)
		die("cgroups have no path");
	if (kb[NR_LOOKS] - kb[0] > LIMIT_KB)
		die("too much memory");
	if (maps >= 1000000 && kb[NR_LOOKS] > kb[NR_LOOKS / 2] + 1024)
		die("memory grows");
}

int main(int argc, char **argv)
{
	static const enum key by[] = {KEY_NAME, KEY_CGROUP, KEY_RELEASED_BY};
	static const struct correlator_ops ops = {.count_hook = count_hook};
	static const struct correlator_options opts = {.forgets_cgroups = true,
						       .view = VIEW_BOTH,
						       .identity = true,
						       .max_releases = 16384};
	static const struct event_sink_ops sink_ops = {.call = take_call,
						       .teardown = take_teardown};
	static const struct metrics_options metrics_opts = {
		.labels = 1U << KEY_NAME | 1U << KEY_CGROUP | 1U << KEY_RELEASED_BY,
		.label_limit = OWNERS};
	char path[] = "/tmp/churn.XXXXXX";
	struct churn churn = {.aggregate = aggregate_new(by, ARRAY_SIZE(by), ROWS),
			      .gatherer = gatherer_new(&metrics_opts),
			      .path = argc > 2 ? argv[2] : path,
			      .rotates = argc <= 2};
	const struct event_sink sink = {&sink_ops, &churn};
	int fd = churn.rotates ? mkstemp(path) : -1;

	churn.correlator = correlator_new(&opts, &sink, &ops, NULL);
	if ((churn.rotates && fd < 0) || !churn.aggregate || !churn.gatherer || !churn.correlator)
		die("cannot begin");
	churn.metrics = gatherer_sink(churn.gatherer);
	if (churn.rotates)
		close(fd);
	begin_file(&churn);
	run(&churn, argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000);
	end_file(&churn);
	if (churn.rotates)
		remove(path);
	correlator_free(churn.correlator);
	aggregate_free(churn.aggregate);
	gatherer_free(churn.gatherer);
	return 0;
}
