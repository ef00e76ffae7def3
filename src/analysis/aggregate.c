// SPDX-License-Identifier: GPL-2.0-only
/* Adds up calls or teardowns in rows, one for each combination of keys, in a hash table. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/aggregate.h"
#include "util/hash.h"

struct node {
	struct row row; /* first: every row is that of a node */
	__u64 rank;	/* the figure it is sorted by; 0: unknown */
	bool refused;
	UT_hash_handle hh;
	size_t keys_len;
	unsigned char keys[];
};

struct aggregate {
	enum key by[NR_KEYS];
	size_t nr_by;
	size_t max_rows;
	bool keeps_samples;
	enum measure measure; /* of samples */
	bool by_cgroup, by_memcg;
	struct node *nodes; /* uthash's head */
	struct node *last;  /* found last; NULL: none yet */
	struct node *other;
	const struct row **sorted; /* of the last aggregate_sort() */
};

static void figures_free(struct row *row)
{
	hist_free(&row->latency);
	for (enum phase phase = 0; row->phases && phase < NR_PHASES; phase++)
		if (phase != PHASE_TOTAL)
			hist_free(phase_hist(row->phases, phase));
	free(row->phases);
	for (int i = 0; row->samples && i < NR_PHASES; i++)
		samples_free(&row->samples[i]);
	free(row->samples);
}

static void node_free(struct node *node)
{
	if (!node)
		return;
	figures_free(&node->row);
	free((char *)node->row.key.caller.name);
	free(node);
}

static struct node *node_new(const struct row_key_bytes *keys, const struct row_source *source)
{
	struct node *node = calloc(1, sizeof(*node) + keys->len);

	if (!node)
		return NULL;

	node->row.key = (struct row_key){
		.caller = *source->caller,
		.map = *source->map,
		.alloc = source->alloc,
		.cpu = source->cpu,
		.memcg_id = source->memcg_id,
		.memcg = source->memcg,
	};
	memcpy(node->row.key.comm, source->task->comm, NAME_LEN);
	node->keys_len = keys->len;
	memcpy(node->keys, keys->at, keys->len);
	if (!source->caller->name)
		return node;
	/* A copy, so that rows outlive the symbols they name. */
	node->row.key.caller.name = strndup(source->caller->name, CALLER_LEN - 1);
	if (node->row.key.caller.name)
		return node;
	node_free(node);
	return NULL;
}

struct aggregate *aggregate_new(const enum key *by, size_t nr_by, size_t max_rows)
{
	struct aggregate *aggregate = calloc(1, sizeof(*aggregate));

	if (!aggregate)
		return NULL;

	/* Allocated early: it is needed when memory is short. */
	aggregate->other = calloc(1, sizeof(*aggregate->other));
	if (!aggregate->other) {
		free(aggregate);
		return NULL;
	}
	aggregate->other->row.other = true;
	aggregate->nr_by = nr_by;
	if (nr_by)
		memcpy(aggregate->by, by, nr_by * sizeof(*by));
	for (size_t i = 0; i < nr_by; i++) {
		aggregate->by_cgroup |= by[i] == KEY_CGROUP;
		aggregate->by_memcg |= by[i] == KEY_MEMCG;
	}
	aggregate->max_rows = max_rows;
	return aggregate;
}

void aggregate_keep_samples(struct aggregate *aggregate, enum measure measure)
{
	aggregate->keeps_samples = true;
	aggregate->measure = measure;
}

/* The figures of a call or of a teardown. */
struct sample {
	const struct teardown *teardown; /* NULL: a call */
	__u64 latency_ns;		 /* for a teardown, its total; UNKNOWN_NS if empty */
	bool empty;
	__u64 phase[NR_PHASES]; /* UNKNOWN_NS */
};

static struct sample sample_of_call(const struct call *call)
{
	struct sample sample = {.empty = call_has(call, CALL_EMPTY_KNOWN | CALL_EMPTY)};

	for (int i = 0; i < NR_PHASES; i++)
		sample.phase[i] = UNKNOWN_NS;
	sample.latency_ns = sample.empty ? UNKNOWN_NS : call->latency_ns;
	sample.phase[PHASE_DESTROY] = sample.latency_ns;
	return sample;
}

static struct sample sample_of_teardown(const struct teardown *teardown)
{
	struct sample sample = {
		.teardown = teardown,
		.latency_ns = teardown->phase[PHASE_TOTAL],
	};

	for (enum phase phase = 0; phase < NR_PHASES; phase++)
		sample.phase[phase] =
			teardown_has_phase(teardown, phase) ? teardown->phase[phase] : UNKNOWN_NS;
	return sample;
}

static int reserve(struct hist *hist, __u64 ns)
{
	return ns == UNKNOWN_NS ? 0 : hist_reserve(hist, ns);
}

/* Allocates what the histograms need, so that nothing fails later. */
static int row_reserve(struct row *row, const struct sample *sample)
{
	int err = reserve(&row->latency, sample->latency_ns);

	if (!sample->teardown || err)
		return err;
	if (!row->phases)
		row->phases = calloc(1, sizeof(*row->phases));
	if (!row->phases)
		return -ENOMEM;
	for (enum phase phase = 0; phase < NR_PHASES && !err; phase++)
		if (phase != PHASE_TOTAL)
			err = reserve(phase_hist(row->phases, phase), sample->phase[phase]);
	return err;
}

/* The value to keep; UNKNOWN_NS: none. */
static __u64 measured(const struct sample *sample, enum measure measure, enum phase phase)
{
	__u64 count;

	if (measure == MEASURE_TIME)
		return sample->phase[phase];
	if (phase != PHASE_FREE || !sample->teardown ||
	    !teardown_count(sample->teardown, measure, &count))
		return UNKNOWN_NS;
	return count;
}

/* Keeps all of the samples, or none. */
static int row_keep(struct row *row, const struct sample *sample, enum measure measure)
{
	__u64 values[NR_PHASES];
	int err = 0, i;

	for (i = 0; i < NR_PHASES; i++)
		values[i] = measured(sample, measure, i);

	if (!row->samples)
		row->samples = calloc(NR_PHASES, sizeof(*row->samples));
	if (!row->samples)
		return -ENOMEM;
	for (i = 0; i < NR_PHASES && !err; i++)
		if (values[i] != UNKNOWN_NS)
			err = samples_add(&row->samples[i], values[i]);
	if (!err)
		return 0;
	/* The last one was not added. */
	for (i -= 2; i >= 0; i--)
		row->samples[i].nr -= values[i] != UNKNOWN_NS;
	return err;
}

static void memory_add(struct row_phases *phases, const struct map_memory *memory)
{
	if (!map_memory_known(memory))
		return;
	phases->bytes += memory->bytes;
	phases->measured++;
	phases->exact += map_memory_exact(memory);
}

static void phases_add(struct row_phases *phases, const struct sample *sample)
{
	__u64 entries = sample->teardown->entries, free_ns = sample->phase[PHASE_FREE];
	const struct worker_time *time = &sample->teardown->run.time;

	for (enum phase phase = 0; phase < NR_PHASES; phase++)
		if (phase != PHASE_TOTAL && sample->phase[phase] != UNKNOWN_NS)
			hist_add(phase_hist(phases, phase), sample->phase[phase]);
	worker_time_add(&phases->time, time);
	for (int i = 0; i < NR_CPU_COUNTERS; i++)
		phases->with_events[i] += !!(time->known & TIME_EVENTS_KNOWN(i));
	memory_add(phases, &sample->teardown->memory);
	phases->destroyers += teardown_has_phase(sample->teardown, PHASE_DESTROY);
	if (entries != ENTRIES_UNKNOWN && free_ns != UNKNOWN_NS) {
		phases->entries += entries;
		phases->counted++;
		phases->counted_ns += free_ns;
	}
}

static int sample_add(const struct aggregate *aggregate, struct row *row,
		      const struct sample *sample)
{
	int err = row_reserve(row, sample);

	if (!err && aggregate->keeps_samples)
		err = row_keep(row, sample, aggregate->measure);
	if (err)
		return err;

	if (sample->teardown)
		phases_add(row->phases, sample);
	row->count++;
	if (sample->empty)
		row->empty++;
	else if (sample->latency_ns == UNKNOWN_NS)
		row->unmeasured++;
	else
		hist_add(&row->latency, sample->latency_ns);
	return 0;
}

/* A new row gets into the table only with its first call: no row is ever empty. */
static int node_add(struct aggregate *aggregate, const struct row_key_bytes *keys,
		    const struct row_source *source, const struct sample *sample)
{
	struct node *node = node_new(keys, source);
	int err = node ? sample_add(aggregate, &node->row, sample) : -ENOMEM;

	if (!err) {
		HASH_ADD_KEYPTR(hh, aggregate->nodes, node->keys, node->keys_len, node);
		if (node->refused)
			err = -ENOMEM;
	}
	if (err)
		node_free(node);
	return err;
}

static __u64 cgroup_id(const struct map_info *map)
{
	const struct releaser *releaser = identity_releaser(&map->identity);

	return releaser ? releaser->cgroup_id : 0;
}

/* NULL: there is none yet. The calls of a teardown follow each other, and mostly have one row. */
static struct node *find_node(struct aggregate *aggregate, const struct row_key_bytes *keys)
{
	struct node *node = aggregate->last;

	if (node && node->keys_len == keys->len && !memcmp(node->keys, keys->at, keys->len))
		return node;
	HASH_FIND(hh, aggregate->nodes, keys->at, keys->len, node);
	if (node)
		aggregate->last = node;
	return node;
}

static int add(struct aggregate *aggregate, const struct row_source *source,
	       const struct sample *sample)
{
	struct row_key_bytes keys;
	struct node *node;

	row_key_read(&keys, aggregate->by, aggregate->nr_by, source);
	node = find_node(aggregate, &keys);
	if (!node && HASH_COUNT(aggregate->nodes) < aggregate->max_rows)
		return node_add(aggregate, &keys, source, sample);
	if (node && aggregate->by_cgroup)
		node->row.several_cgroups |=
			cgroup_id(&node->row.key.map) != cgroup_id(source->map);
	if (node && aggregate->by_memcg)
		node->row.several_memcgs |= node->row.key.memcg_id != source->memcg_id;
	return sample_add(aggregate, node ? &node->row : &aggregate->other->row, sample);
}

int aggregate_add(struct aggregate *aggregate, const struct call *call)
{
	const struct row_source source = {
		.caller = &call->caller,
		.map = &call->map,
		.task = &call->task,
		.alloc = call->alloc,
		.cpu = call->cpu,
	};
	const struct sample sample = sample_of_call(call);

	return add(aggregate, &source, &sample);
}

int aggregate_add_teardown(struct aggregate *aggregate, const struct teardown *teardown)
{
	static const struct caller no_caller;
	const struct row_source source = {
		.caller = &no_caller,
		.map = &teardown->map,
		.task = &teardown->run.worker,
		.memcg_id = teardown->memcg_id,
		.memcg = teardown->memcg,
	};
	const struct sample sample = sample_of_teardown(teardown);

	return add(aggregate, &source, &sample);
}

__u64 aggregate_overflow(const struct aggregate *aggregate)
{
	return aggregate->other->row.count;
}

static __u64 hist_figure(const struct hist *hist, enum sort sort)
{
	switch (sort) {
	case SORT_MIN:
		return hist->min_ns;
	case SORT_MEAN:
		return hist_mean(hist);
	case SORT_P50:
		return hist_percentile(hist, 50);
	case SORT_P90:
		return hist_percentile(hist, 90);
	case SORT_P99:
		return hist_percentile(hist, 99);
	case SORT_MAX:
		return hist->max_ns;
	default:
		return hist->total_ns;
	}
}

/* Latencies are off by one, because 0 means that none is known. */
static __u64 row_rank(const struct row *row, enum sort sort)
{
	const struct hist *hist = &row->latency;
	__u64 ns;

	if (sort == SORT_KEY)
		return 0;
	if (sort == SORT_COUNT)
		return row->count;
	if (sort == SORT_EMPTY)
		return row->empty;
	if (sort == SORT_BYTES)
		return row->phases ? row->phases->bytes : 0;
	if (sort_time_part(sort))
		return row->phases ? worker_time_part(&row->phases->time, sort_time_part(sort)) : 0;
	if (sort >= SORT_WAIT)
		hist = row->phases ? phase_hist(row->phases, sort_phase(sort)) : NULL;
	if (!hist || !hist->count)
		return 0;
	ns = hist_figure(hist, sort);
	return ns + (ns != ~0ULL);
}

bool row_has_phase(const struct row *row, enum phase phase)
{
	if (!row->phases)
		return row->count > row->empty;
	return (phase != PHASE_DESTROY && phase != PHASE_DEFERRED) || row->phases->destroyers;
}

__u64 row_uncounted(const struct row *row, enum measure measure)
{
	if (measure == MEASURE_TIME || !row)
		return 0;
	return row->count - (row->samples ? row->samples[PHASE_FREE].nr : 0);
}

int aggregate_compare_keys(const struct row *left, const struct row *right)
{
	const struct node *a = (const struct node *)left, *b = (const struct node *)right;
	int order;

	if (left->other != right->other)
		return left->other ? 1 : -1;
	order = memcmp(a->keys, b->keys, a->keys_len < b->keys_len ? a->keys_len : b->keys_len);
	return order ? order : (a->keys_len > b->keys_len) - (a->keys_len < b->keys_len);
}

const struct row *aggregate_find(const struct aggregate *aggregate, const struct row *like)
{
	const struct node *key = (const struct node *)like;
	struct node *node;

	if (like->other)
		return aggregate_overflow(aggregate) ? &aggregate->other->row : NULL;
	HASH_FIND(hh, aggregate->nodes, key->keys, key->keys_len, node);
	return node ? &node->row : NULL;
}

static int compare(const void *left, const void *right)
{
	const struct node *a = *(const struct node *const *)left;
	const struct node *b = *(const struct node *const *)right;

	if (a->rank != b->rank && !a->row.other && !b->row.other)
		return a->rank > b->rank ? -1 : 1;
	return aggregate_compare_keys(&a->row, &b->row);
}

int aggregate_sort(struct aggregate *aggregate, enum sort sort, __u64 top, struct rows *rows)
{
	size_t nr = HASH_COUNT(aggregate->nodes) + !!aggregate_overflow(aggregate), i = 0;
	/* One more, because an allocation of nothing may return NULL. */
	const struct row **sorted =
		reallocarray(aggregate->sorted, nr + 1, sizeof(*aggregate->sorted));
	struct node *node, *next;

	if (!sorted)
		return -ENOMEM;
	aggregate->sorted = sorted;

	HASH_ITER (hh, aggregate->nodes, node, next) {
		node->rank = row_rank(&node->row, sort);
		sorted[i++] = &node->row;
	}
	if (i < nr)
		sorted[i] = &aggregate->other->row;
	qsort(sorted, nr, sizeof(*sorted), compare);

	rows->by = aggregate->by;
	rows->nr_by = aggregate->nr_by;
	rows->row = sorted;
	rows->nr = top && top < nr ? top : nr;
	rows->left_out = nr - rows->nr;
	return 0;
}

void aggregate_reset(struct aggregate *aggregate)
{
	struct row *other = &aggregate->other->row;
	struct node *node, *next;

	HASH_ITER (hh, aggregate->nodes, node, next) {
		HASH_DEL(aggregate->nodes, node);
		node_free(node);
	}
	aggregate->last = NULL;
	figures_free(other);
	*other = (struct row){.key = other->key, .other = true};
}

void aggregate_free(struct aggregate *aggregate)
{
	if (!aggregate)
		return;

	aggregate_reset(aggregate);
	node_free(aggregate->other);
	free(aggregate->sorted);
	free(aggregate);
}
