// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes teardowns as a trace: Chrome's JSON trace event format.
 *
 * What viewers make of the format decides how it is used here:
 * - An arrow's ends ("s", "f") belong to the slice that is open on their track at their time; of
 *   events at one time, the order in the file decides. So they follow their slice at once, and
 *   have its start's time.
 * - An arrow belongs to slices, not to instants, which is why a release is a slice without length.
 * - What has a local id ("id2") is shown below its process, else far from it.
 * - Perfetto takes no surrogate pairs for what they are: text is written as UTF-8, not as \uXXXX.
 * - Times are microseconds. They are written digit by digit, as a double would round them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/map_type.h"
#include "output/columns/get.h"
#include "output/json_line.h"
#include "output/perfetto.h"
#include "output/table_cell.h"
#include "util/hash.h"
#include "util/outfile.h"
#include "util/text.h"

/* No tid is greater: the kernel's PID_MAX_LIMIT. */
#define TID_LIMIT (4U << 20)
#define LABEL_LEN 512

/* What a reclaim and its teardown have in common. */
struct link_key {
	__u64 map;
	__u64 destroy_ns;
	__u64 alloc; /* as wide as the others, so that there is no padding to compare */
};

/* Where an event is: on which track, and when. */
struct place {
	__u32 pid;
	__u32 tid;
	__u64 ts_ns;
};

/* A reclaim in the trace, of which the teardown is not. */
struct link {
	struct link_key key;
	struct place place;
	bool refused;
	UT_hash_handle hh;
};

struct perfetto {
	FILE *out;
	__u64 origin_ns;
	const char *separator; /* before the next event */
	__u64 last_id;	       /* of arrows and waits */
	struct link *links;    /* the oldest first */
	/*
	 * Threads and processes that have their name in the trace: of each tid the process that it
	 * was last seen in, as tids are used again; of each pid itself. Zero pages cost nothing.
	 */
	__u32 threads[TID_LIMIT];
	__u32 processes[TID_LIMIT];
};

/* An event of the format; which members it has depends on its phase. */
struct event {
	char phase[2];
	const char *category;
	const char *name; /* any bytes */
	struct place place;
	__u64 dur_ns;
	__u64 id;
	/* Its arguments: those of the columns that JSON lines have, or else none. */
	const struct column *columns;
	const void *object;
};

/* Events */

static void put_key(struct json_writer *json, const char *name)
{
	json_key(json, name, strlen(name));
}

/* Without control characters: viewers' parsers differ in what they make of their escapes. */
static void put_text(struct json_writer *json, const char *name, const char *text)
{
	char safe[CELL_SIZE];

	put_key(json, name);
	json_string(json, safe, text_printable(safe, sizeof(safe), text, strlen(text)));
}

static void put_args(struct json_writer *json, const struct event *event)
{
	const struct column *column;
	struct value value;

	put_key(json, "args");
	json_begin_object(json);
	for (column = event->columns; column->name; column++) {
		if (!*column->name || !strcmp(column->name, "type"))
			continue;
		if (column->kind == VALUE_TEXT && column->get(column, event->object, &value)) {
			put_text(json, column->name, value.text);
			continue;
		}
		put_key(json, column->name);
		json_column(json, column, event->object);
	}
	json_end_object(json);
}

static void put_us(struct json_writer *json, const char *name, bool negative, __u64 ns)
{
	put_key(json, name);
	json_printf(json, "%s%llu.%03llu", negative ? "-" : "", ns / 1000, ns % 1000);
}

static void put_id(struct json_writer *json, const char *name, __u64 id)
{
	put_key(json, name);
	json_printf(json, "\"0x%llx\"", id);
}

/* The members that only some phases have. */
static void put_phase_members(struct json_writer *json, const struct event *event)
{
	switch (*event->phase) {
	case 'X':
		put_us(json, "dur", false, event->dur_ns);
		break;
	case 'i':
		put_text(json, "s", "t");
		break;
	case 'b':
	case 'e':
		put_key(json, "id2");
		json_begin_object(json);
		put_id(json, "local", event->id);
		json_end_object(json);
		break;
	case 's':
		put_id(json, "id", event->id);
		break;
	case 'f':
		put_id(json, "id", event->id);
		put_text(json, "bp", "e");
		break;
	}
}

static int put_event(struct perfetto *perfetto, const struct event *event)
{
	__u64 ts_ns = event->place.ts_ns, origin_ns = perfetto->origin_ns;
	struct json_writer json = {.out = perfetto->out, .utf8 = true, .digits = 17};
	bool before = ts_ns < origin_ns;

	fputs(perfetto->separator, perfetto->out);
	perfetto->separator = ",\n";
	json_begin_object(&json);
	put_text(&json, "ph", event->phase);
	put_text(&json, "name", event->name);
	put_key(&json, "pid");
	json_u64(&json, event->place.pid);
	put_key(&json, "tid");
	json_u64(&json, event->place.tid);
	if (event->category) {
		put_text(&json, "cat", event->category);
		put_us(&json, "ts", before, before ? origin_ns - ts_ns : ts_ns - origin_ns);
		put_phase_members(&json, event);
	}
	if (event->columns)
		put_args(&json, event);
	json_end_object(&json);
	return stream_error(perfetto->out);
}

/* Names of threads and processes */

/* Whether this is something new. pid is kept inverted, so that what is 0 is nobody's. */
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
		{"name", NULL, "", VALUE_TEXT, .get = get_string},
		{},
	};
	const struct event event = {
		.phase = "M",
		.name = what,
		.place = {.pid = pid, .tid = tid},
		.columns = columns,
		.object = &name,
	};

	return put_event(perfetto, &event);
}

/* A process has its first thread's name; what another thread is called tells of that one only. */
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
	/* viewers take offence at an empty one */
	const char *comm = *task->comm ? task->comm : "(no name)";
	int err;

	if (!note(perfetto->threads, task->tid, task->pid))
		return 0;
	err = name_process(perfetto, task->pid, task->tid, comm);
	return err ? err : put_name(perfetto, "thread_name", task->pid, task->tid, comm);
}

/* Arrows */

/* from and to: where the slices begin that it leads from and to. */
static int put_arrow(struct perfetto *perfetto, const char *name, const struct place *from,
		     const struct place *to)
{
	struct event end = {
		.phase = "s",
		.category = "flow",
		.name = name,
		.place = *from,
		.id = ++perfetto->last_id,
	};
	int err = put_event(perfetto, &end);

	if (err)
		return err;
	*end.phase = 'f';
	end.place = *to;
	return put_event(perfetto, &end);
}

static void drop_link(struct perfetto *perfetto, struct link *link)
{
	HASH_DEL(perfetto->links, link);
	free(link);
}

/* Remembers where a reclaim is, until its teardown comes. */
static int add_link(struct perfetto *perfetto, const struct deferred_free *reclaim,
		    const struct place *place)
{
	struct link *link;

	if (HASH_COUNT(perfetto->links) >= PERFETTO_MAX_RECLAIMS)
		drop_link(perfetto, perfetto->links);

	link = calloc(1, sizeof(*link));
	if (!link)
		return -ENOMEM;
	link->key.map = reclaim->map.address;
	link->key.destroy_ns = reclaim->destroy_ns;
	link->key.alloc = reclaim->alloc;
	link->place = *place;
	HASH_ADD(hh, perfetto->links, key, sizeof(link->key), link);
	if (link->refused) {
		free(link);
		return -ENOMEM;
	}
	return 0;
}

/* The arrow to what a destroy call left, if that has been seen. from: the destroy call's slice. */
static int put_link(struct perfetto *perfetto, const struct teardown *teardown,
		    const struct destroy *destroy, const struct place *from)
{
	const struct link_key key = {
		.map = teardown->map.address,
		.destroy_ns = destroy->ts_ns,
		.alloc = destroy->alloc,
	};
	struct place to;
	struct link *link;

	HASH_FIND(hh, perfetto->links, &key, sizeof(key), link);
	if (!link)
		return 0;
	to = link->place;
	drop_link(perfetto, link);
	return put_arrow(perfetto, "deferred", from, &to);
}

/* What is written of reclaims */

static const char *map_name(const struct map_info *map)
{
	if (!map_has_name(map))
		return "?";
	return *map->name ? map->name : "\"\"";
}

/* A slice on a worker's track; of an unknown length, an instant. */
static struct event worker_event(const struct task *worker, __u64 ts_ns, __u64 dur_ns)
{
	return (struct event){
		.phase = {dur_ns == UNKNOWN_NS ? 'i' : 'X'},
		.place = {.pid = worker->pid, .tid = worker->tid, .ts_ns = ts_ns},
		.dur_ns = dur_ns,
	};
}

int perfetto_reclaim(struct perfetto *perfetto, const struct deferred_free *reclaim)
{
	const struct worker_run *run = &reclaim->run;
	struct event event = worker_event(&run->worker, run->start_ns, run->latency_ns);
	char name[LABEL_LEN];
	int err;

	errno = 0;
	if (run->start_ns == UNKNOWN_NS)
		return 0;
	err = name_thread(perfetto, &run->worker);
	if (err)
		return err;

	snprintf(name, sizeof(name), "reclaim %s of %s", alloc_name(reclaim->alloc),
		 map_name(&reclaim->map));
	event.category = "reclaim";
	event.name = name;
	event.columns = deferred_free_columns;
	event.object = reclaim;
	err = put_event(perfetto, &event);
	if (err || *event.phase != 'X' || reclaim->destroy_ns == UNKNOWN_NS)
		return err;
	return add_link(perfetto, reclaim, &event.place);
}

/* What is written of teardowns */

/* "VERB NAME (TYPE id N)" */
static void map_label(char label[LABEL_LEN], const char *verb, const struct map_info *map)
{
	const char *type = map_has_type(map) ? map_type_name(map->type) : "?";
	char id[16] = "?";

	if (map->identity.map_id)
		snprintf(id, sizeof(id), "%u", map->identity.map_id);
	snprintf(label, LABEL_LEN, "%s %s (%s id %s)", verb, map_name(map), type, id);
}

static bool release_known(const struct identity *identity)
{
	return identity->released_by.known && identity->released_ns != UNKNOWN_NS;
}

static struct place release_place(const struct identity *identity)
{
	return (struct place){
		.pid = identity->released_by.task.pid,
		.tid = identity->released_by.task.tid,
		.ts_ns = identity->released_ns,
	};
}

static int put_release(struct perfetto *perfetto, const struct teardown *teardown)
{
	const struct identity *identity = &teardown->map.identity;
	char label[LABEL_LEN];
	struct event event = {
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
	return put_event(perfetto, &event);
}

static bool wait_known(const struct teardown *teardown)
{
	__u64 released = teardown->map.identity.released_ns, start = teardown->run.start_ns;

	return released != UNKNOWN_NS && released <= start && start != UNKNOWN_NS;
}

/* Waits overlap, so that they are no slices of a thread. Nobody's is shown at the worker's. */
static int put_wait(struct perfetto *perfetto, const struct teardown *teardown)
{
	const struct identity *identity = &teardown->map.identity;
	const struct task *task =
		identity->released_by.known ? &identity->released_by.task : &teardown->run.worker;
	char name[LABEL_LEN];
	struct event event = {
		.phase = "b",
		.category = "wait",
		.name = name,
		.place.pid = task->pid,
		.place.tid = task->tid,
		.place.ts_ns = identity->released_ns,
		.id = ++perfetto->last_id,
	};
	int err;

	snprintf(name, sizeof(name), "wait of %s", map_name(&teardown->map));
	err = put_event(perfetto, &event);
	if (err)
		return err;
	*event.phase = 'e';
	event.place.ts_ns = teardown->run.start_ns;
	return put_event(perfetto, &event);
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
	{"alloc", NULL, "", VALUE_TEXT, .get = get_destroy_alloc},
	{"outcome", NULL, "", VALUE_TEXT, .get = get_outcome},
	{"freed_ns", NULL, "", VALUE_TIME, .get = get_u64,
	 .at = offsetof(struct destroy, freed_ns)},
	{},
};

static int put_destroy(struct perfetto *perfetto, const struct teardown *teardown,
		       const struct destroy *destroy)
{
	struct event event =
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
	err = put_event(perfetto, &event);
	if (err || *event.phase != 'X')
		return err;
	return put_link(perfetto, teardown, destroy, &event.place);
}

static int put_free(struct perfetto *perfetto, const struct teardown *teardown)
{
	const struct worker_run *run = &teardown->run;
	const struct identity *identity = &teardown->map.identity;
	struct event event = worker_event(&run->worker, run->start_ns, run->latency_ns);
	char label[LABEL_LEN];
	struct place from;
	int err;

	map_label(label, "free", &teardown->map);
	event.category = "free";
	event.name = label;
	if (teardown->running)
		*event.phase = 'B'; /* without an end, it lasts as long as the trace */
	event.columns = teardown_columns;
	event.object = teardown;
	err = put_event(perfetto, &event);
	if (err || *event.phase == 'i' || !release_known(identity) || !wait_known(teardown))
		return err;
	from = release_place(identity);
	return put_arrow(perfetto, "released", &from, &event.place);
}

/* What happened from when a worker began. */
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
	if (release_known(&teardown->map.identity))
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
	new->out = out;
	new->origin_ns = origin_ns;
	new->separator = "\n";

	errno = 0;
	fprintf(out,
		"{\"metadata\":{\"tool\":\"memdestroy-trace " VERSION
		"\",\"clock\":\"CLOCK_MONOTONIC\",\"origin_ns\":%llu},\"traceEvents\":[",
		origin_ns);
	err = stream_error(out);
	if (err)
		free(new);
	else
		*perfetto = new;
	return err;
}

int perfetto_end(struct perfetto *perfetto)
{
	errno = 0;
	fputs("\n]}\n", perfetto->out);
	return stream_flush(perfetto->out);
}

void perfetto_free(struct perfetto *perfetto)
{
	if (!perfetto)
		return;

	while (perfetto->links)
		drop_link(perfetto, perfetto->links);
	free(perfetto);
}
