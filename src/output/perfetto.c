// SPDX-License-Identifier: GPL-2.0-only
/*
 * Turns teardowns into the events of a trace.
 *
 * The events are such that viewers show them well:
 * - An arrow's ends ("s", "f") belong to the slice that is open on their track at their time; for
 *   events of the same time, the order in the file decides. So each end follows its slice at once,
 *   and has the time of its start.
 * - Arrows lead to slices only, so a release is a slice without length.
 * - Waits have a local id ("id2"), so that viewers show them below their process.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "output/columns/get.h"
#include "output/perfetto.h"
#include "output/table_cell.h"
#include "output/trace_event.h"
#include "util/hash.h"
#include "util/text.h"

/* No tid is greater: the kernel's PID_MAX_LIMIT. */
#define TID_LIMIT (4U << 20)
#define LABEL_LEN 512

/* Shared by a deferred free and its teardown. */
struct link_key {
	__u64 map;
	__u64 destroy_ns;
	__u64 alloc; /* as wide as the others, so that there is no padding to compare */
};

/* A deferred free in the trace whose teardown has not come yet. */
struct link {
	struct link_key key;
	struct trace_place place;
	bool refused;
	UT_hash_handle hh;
};

struct perfetto {
	struct trace_file trace;
	__u64 last_id;	    /* of arrows and waits */
	struct link *links; /* the oldest first */
	/*
	 * Threads and processes with a name in the trace: for each tid its last process, as tids
	 * are used again; for each pid itself. Pages of zeros cost no memory.
	 */
	__u32 threads[TID_LIMIT];
	__u32 processes[TID_LIMIT];
};

/* Names of threads and processes */

/* Whether this is new. Pids are kept inverted, so that 0 means none. */
static bool note(__u32 seen[TID_LIMIT], __u32 id, __u32 pid)
{
	bool same = id < TID_LIMIT && seen[id] == ~pid;

	if (id < TID_LIMIT)
		seen[id] = ~pid;
	return !same;
}

static int put_name(struct perfetto *perfetto, const char *what, __u32 pid, __u32 tid,
		    const char *name)
{
	static const struct column columns[] = {
		{"name", NULL, VALUE_TEXT, .get = get_string},
		{},
	};
	const struct trace_event event = {
		.phase = "M",
		.name = what,
		.place = {.pid = pid, .tid = tid},
		.columns = columns,
		.object = &name,
	};

	return trace_put(&perfetto->trace, &event);
}

/* A process has the name of its first thread, or until that is seen, of another thread. */
static int name_process(struct perfetto *perfetto, __u32 pid, __u32 tid, const char *comm)
{
	char name[LABEL_LEN];

	if (!note(perfetto->processes, pid, pid) && pid != tid)
		return 0;
	snprintf(name, sizeof(name), pid == tid ? "%s" : "%s (thread %u)", comm, tid);
	return put_name(perfetto, "process_name", pid, tid, name);
}

static int name_thread(struct perfetto *perfetto, const struct task *task)
{
	/* viewers reject an empty one */
	const char *comm = *task->comm ? task->comm : task->tid ? "(no name)" : "(unknown task)";
	int err;

	if (!note(perfetto->threads, task->tid, task->pid))
		return 0;
	err = name_process(perfetto, task->pid, task->tid, comm);
	return err ? err : put_name(perfetto, "thread_name", task->pid, task->tid, comm);
}

/* Arrows */

/* from, to: the starts of its two slices. */
static int put_arrow(struct perfetto *perfetto, const char *name, const struct trace_place *from,
		     const struct trace_place *to)
{
	struct trace_event end = {
		.phase = "s",
		.category = "flow",
		.name = name,
		.place = *from,
		.id = ++perfetto->last_id,
	};
	int err = trace_put(&perfetto->trace, &end);

	if (err)
		return err;
	*end.phase = 'f';
	end.place = *to;
	return trace_put(&perfetto->trace, &end);
}

static void drop_link(struct perfetto *perfetto, struct link *link)
{
	HASH_DEL(perfetto->links, link);
	free(link);
}

/* Keeps the place of a deferred free until its teardown comes. */
static int add_link(struct perfetto *perfetto, const struct deferred_free *deferred,
		    const struct trace_place *place)
{
	struct link *link;

	if (HASH_COUNT(perfetto->links) >= PERFETTO_MAX_DEFERRED)
		drop_link(perfetto, perfetto->links);

	link = calloc(1, sizeof(*link));
	if (!link)
		return -ENOMEM;
	link->key.map = deferred->map.address;
	link->key.destroy_ns = deferred->destroy_ns;
	link->key.alloc = deferred->alloc;
	link->place = *place;
	HASH_ADD(hh, perfetto->links, key, sizeof(link->key), link);
	if (link->refused) {
		free(link);
		return -ENOMEM;
	}
	return 0;
}

/* The arrow from a destroy call's slice to its deferred free, if that was seen. */
static int put_link(struct perfetto *perfetto, const struct teardown *teardown,
		    const struct destroy *destroy, const struct trace_place *from)
{
	const struct link_key key = {
		.map = teardown->map.address,
		.destroy_ns = destroy->ts_ns,
		.alloc = destroy->alloc,
	};
	struct trace_place to;
	struct link *link;

	HASH_FIND(hh, perfetto->links, &key, sizeof(key), link);
	if (!link)
		return 0;
	to = link->place;
	drop_link(perfetto, link);
	return put_arrow(perfetto, "deferred", from, &to);
}

/* Deferred frees */

/* A slice on a worker's track; an instant if its length is unknown. */
static struct trace_event worker_event(const struct task *worker, __u64 ts_ns, __u64 dur_ns)
{
	return (struct trace_event){
		.phase = {dur_ns == UNKNOWN_NS ? 'i' : 'X'},
		.place = {.pid = worker->pid, .tid = worker->tid, .ts_ns = ts_ns},
		.dur_ns = dur_ns,
	};
}

int perfetto_deferred_free(struct perfetto *perfetto, const struct deferred_free *deferred)
{
	const struct worker_run *run = &deferred->run;
	struct trace_event event = worker_event(&run->worker, run->start_ns, run->latency_ns);
	char name[LABEL_LEN];
	int err;

	errno = 0;
	if (run->start_ns == UNKNOWN_NS)
		return 0;
	err = name_thread(perfetto, &run->worker);
	if (err)
		return err;

	snprintf(name, sizeof(name), "reclaim %s of %s", alloc_name(deferred->alloc),
		 table_cell_map_name(&deferred->map));
	event.category = "reclaim";
	event.name = name;
	event.columns = deferred_free_columns;
	event.object = deferred;
	err = trace_put(&perfetto->trace, &event);
	if (err || *event.phase != 'X' || deferred->destroy_ns == UNKNOWN_NS)
		return err;
	return add_link(perfetto, deferred, &event.place);
}

/* Teardowns */

/* "VERB NAME (TYPE id N)" */
static void map_label(char label[LABEL_LEN], const char *verb, const struct map_info *map)
{
	char id[16] = "?";

	if (map->identity.map_id)
		snprintf(id, sizeof(id), "%u", map->identity.map_id);
	snprintf(label, LABEL_LEN, "%s %s (%s id %s)", verb, table_cell_map_name(map),
		 table_cell_map_type(map), id);
}

static bool release_known(const struct identity *identity)
{
	return identity->released_by.known && identity->released_ns != UNKNOWN_NS;
}

static struct trace_place release_place(const struct identity *identity)
{
	return (struct trace_place){
		.pid = identity->released_by.task.pid,
		.tid = identity->released_by.task.tid,
		.ts_ns = identity->released_ns,
	};
}

static int put_release(struct perfetto *perfetto, const struct teardown *teardown)
{
	const struct identity *identity = &teardown->map.identity;
	char label[LABEL_LEN];
	struct trace_event event = {
		.phase = "X",
		.category = "release",
		.name = label,
		.place = release_place(identity),
		.columns = teardown_columns,
		.object = teardown,
	};
	int err = name_thread(perfetto, &identity->released_by.task);

	if (err)
		return err;
	map_label(label, "release", &teardown->map);
	return trace_put(&perfetto->trace, &event);
}

static bool wait_known(const struct teardown *teardown)
{
	__u64 released = teardown->map.identity.released_ns, start = teardown->run.start_ns;

	return released != UNKNOWN_NS && released <= start && start != UNKNOWN_NS;
}

/* Waits overlap, so they are no slices. With an unknown task they belong to the worker. */
static int put_span(struct perfetto *perfetto, const struct teardown *teardown,
		    const struct releaser *by, const char *category, const __u64 ends[2])
{
	const struct task *task = by->known ? &by->task : &teardown->run.worker;
	char name[LABEL_LEN];
	struct trace_event event = {
		.phase = "b",
		.category = category,
		.name = name,
		.place.pid = task->pid,
		.place.tid = task->tid,
		.place.ts_ns = ends[0],
		.id = ++perfetto->last_id,
	};
	int err;

	snprintf(name, sizeof(name), "%s of %s", category, table_cell_map_name(&teardown->map));
	err = trace_put(&perfetto->trace, &event);
	if (err)
		return err;
	*event.phase = 'e';
	event.place.ts_ns = ends[1];
	return trace_put(&perfetto->trace, &event);
}

static int put_wait(struct perfetto *perfetto, const struct teardown *teardown)
{
	const __u64 ends[2] = {teardown->map.identity.released_ns, teardown->run.start_ns};

	return put_span(perfetto, teardown, &teardown->map.identity.released_by, "wait", ends);
}

/* On the track of the task that closed the map. */
static int put_held(struct perfetto *perfetto, const struct teardown *teardown)
{
	const struct identity *identity = &teardown->map.identity;
	__u64 released = identity->released_ns, held = teardown->phase[PHASE_HELD];
	const __u64 ends[2] = {released - held, released};
	int err;

	if (!held || released == UNKNOWN_NS || held > released || !identity->closed_by.known)
		return 0;
	err = name_thread(perfetto, &identity->closed_by.task);
	return err ?: put_span(perfetto, teardown, &identity->closed_by, "held", ends);
}

static bool get_destroy_alloc(const struct column *column, const void *object, struct value *value)
{
	(void)column;
	value->text = alloc_name(((const struct destroy *)object)->alloc);
	return true;
}

static bool get_outcome(const struct column *column, const void *object, struct value *value)
{
	(void)column;
	value->text = outcome_name(((const struct destroy *)object)->outcome);
	return true;
}

static const struct column destroy_columns[] = {
	{"alloc", NULL, VALUE_TEXT, .get = get_destroy_alloc},
	{"outcome", NULL, VALUE_TEXT, .get = get_outcome},
	{"freed_ns", NULL, VALUE_TIME, .get = get_u64, .at = offsetof(struct destroy, freed_ns)},
	{},
};

static int put_destroy(struct perfetto *perfetto, const struct teardown *teardown,
		       const struct destroy *destroy)
{
	struct trace_event event =
		worker_event(&teardown->run.worker, destroy->ts_ns, destroy->latency_ns);
	char name[LABEL_LEN];
	int err;

	if (destroy->ts_ns == UNKNOWN_NS)
		return 0;
	snprintf(name, sizeof(name), "bpf_mem_alloc_destroy %s", alloc_name(destroy->alloc));
	event.category = "destroy";
	event.name = name;
	event.columns = destroy_columns;
	event.object = destroy;
	err = trace_put(&perfetto->trace, &event);
	if (err || *event.phase != 'X')
		return err;
	return put_link(perfetto, teardown, destroy, &event.place);
}

static int put_free(struct perfetto *perfetto, const struct teardown *teardown)
{
	const struct worker_run *run = &teardown->run;
	const struct identity *identity = &teardown->map.identity;
	struct trace_event event = worker_event(&run->worker, run->start_ns, run->latency_ns);
	char label[LABEL_LEN];
	struct trace_place from;
	int err;

	map_label(label, "free", &teardown->map);
	event.category = "free";
	event.name = label;
	if (teardown->running)
		*event.phase = 'B'; /* without an end, it lasts as long as the trace */
	event.columns = teardown_columns;
	event.object = teardown;
	err = trace_put(&perfetto->trace, &event);
	if (err || *event.phase == 'i' || !release_known(identity) || !wait_known(teardown))
		return err;
	from = release_place(identity);
	return put_arrow(perfetto, "released", &from, &event.place);
}

/* From the start of the worker on. */
static int put_worker_part(struct perfetto *perfetto, const struct teardown *teardown)
{
	int err = name_thread(perfetto, &teardown->run.worker);
	__u32 i;

	if (!err && wait_known(teardown))
		err = put_wait(perfetto, teardown);
	if (!err)
		err = put_free(perfetto, teardown);
	for (i = 0; i < teardown->nr_destroys && i < MAX_DESTROYS && !err; i++)
		err = put_destroy(perfetto, teardown, &teardown->destroy[i]);
	return err;
}

int perfetto_teardown(struct perfetto *perfetto, const struct teardown *teardown)
{
	int err = 0;

	errno = 0;
	err = put_held(perfetto, teardown);
	if (!err && release_known(&teardown->map.identity))
		err = put_release(perfetto, teardown);
	if (!err && teardown->run.start_ns != UNKNOWN_NS)
		err = put_worker_part(perfetto, teardown);
	return err;
}

/* The file */

int perfetto_begin(struct perfetto **perfetto, FILE *out, __u64 origin_ns)
{
	struct perfetto *new = calloc(1, sizeof(*new));
	int err;

	*perfetto = NULL;
	if (!new)
		return -ENOMEM;
	err = trace_begin(&new->trace, out, origin_ns);
	if (err)
		free(new);
	else
		*perfetto = new;
	return err;
}

int perfetto_end(struct perfetto *perfetto)
{
	return trace_end(&perfetto->trace);
}

void perfetto_free(struct perfetto *perfetto)
{
	if (!perfetto)
		return;

	while (perfetto->links)
		drop_link(perfetto, perfetto->links);
	free(perfetto);
}
