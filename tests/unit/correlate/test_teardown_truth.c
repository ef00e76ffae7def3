// SPDX-License-Identifier: GPL-2.0-only
/*
 * Simulates the records of a kernel that frees maps: complete, cut off, and with some missing. All
 * reports must be true, and every record must be accounted for.
 */
#include "support/correlated.h"

#define NR_MAPS	   4000
#define NR_WORKERS 4
#define NR_USED	   16 /* addresses, and allocators' memory, that are used again and again */
#define NR_BEFORE  20

/* The true history of a map. */
struct truth {
	enum outcome outcome;
	__u64 key, ts_ns, latency_ns;
	__u64 queued_ns; /* only with OUTCOME_DEFERRED, as the next two */
	__u64 deferred_free_ns, freed_ns;
};

struct map {
	__u64 addr;
	__u32 id, worker;
	bool before; /* released before the run */
	__u64 released_ns, queued_ns, start_ns, end_ns;
	__u32 nr_destroys;
	struct truth destroy[2];
	__u32 reported;
	/* By its id: call events, and how many its teardown says it has. */
	__u32 calls, in_teardown;
	bool has_teardown;
};

struct sent {
	__u64 ts_ns;
	__u64 nth;
	enum hook hook; /* where it may be lost */
	union record rec;
};

struct kernel {
	struct map maps[NR_MAPS];
	struct sent *sent;
	size_t nr, room;
	__u64 worker_ns[NR_WORKERS], addr_ns[NR_USED], key_ns[NR_USED]; /* in use until then */
	bool used_again;    /* are addresses and memory? */
	bool destroys_lost; /* by play() */
};

static __u64 sum_of_destroys(const struct map *map)
{
	__u64 sum = 0;
	__u32 i;

	for (i = 0; i < map->nr_destroys; i++)
		sum += map->destroy[i].latency_ns;
	return sum;
}

static __u64 deferred_of(const struct map *map)
{
	__u64 last = map->end_ns;
	__u32 i;

	for (i = 0; i < map->nr_destroys; i++)
		if (map->destroy[i].outcome == OUTCOME_DEFERRED && map->destroy[i].freed_ns > last)
			last = map->destroy[i].freed_ns;
	return last - map->end_ns;
}

/* A known figure is right; a sum with missing parts is at most the true one. */
static void check_known(__u64 reported, __u64 truth, bool parts_missing)
{
	if (reported == UNKNOWN_NS)
		return;
	if (parts_missing)
		assert_true(reported <= truth);
	else
		assert_int_equal(reported, truth);
}

static void check_destroys(const struct teardown *teardown, const struct map *map)
{
	__u32 i;

	assert_int_equal(teardown->nr_destroys, map->nr_destroys);
	for (i = 0; i < map->nr_destroys; i++) {
		const struct destroy *reported = &teardown->destroy[i];
		enum outcome truth = map->destroy[i].outcome;

		assert_int_equal(reported->ts_ns, map->destroy[i].ts_ns);
		check_known(reported->latency_ns, map->destroy[i].latency_ns, false);
		if (reported->outcome == OUTCOME_UNKNOWN)
			continue;
		assert_int_equal(reported->outcome == OUTCOME_PENDING ? OUTCOME_DEFERRED
								      : reported->outcome,
				 truth);
		check_known(reported->freed_ns, map->destroy[i].freed_ns, false);
	}
}

static void check_truth(struct stream *stream, const struct teardown *teardown)
{
	struct kernel *kernel = stream->ctx;
	struct map *map = &kernel->maps[teardown->map.flags];
	const __u64 *phase = teardown->phase;
	bool some = kernel->destroys_lost;

	if (teardown->map.identity.map_id) {
		struct map *shown = &kernel->maps[teardown->map.identity.map_id - 1];

		shown->in_teardown = teardown->nr_destroys;
		shown->has_teardown = true;
	}
	if (teardown->run.start_ns == UNKNOWN_NS) /* only its end was seen */
		return;
	assert_int_equal(map->reported++, 0);
	assert_int_equal(teardown->map.address, map->addr);
	if (teardown->map.identity.map_id)
		assert_int_equal(teardown->map.identity.map_id, map->id);
	check_known(teardown->queued_ns, map->queued_ns, false);
	check_known(phase[PHASE_WAIT], map->start_ns - map->released_ns, false);
	check_known(phase[PHASE_FREE], map->end_ns - map->start_ns, false);
	check_known(phase[PHASE_DESTROY], sum_of_destroys(map), some);
	check_known(phase[PHASE_DEFERRED], deferred_of(map), some);
	check_known(phase[PHASE_TOTAL], map->end_ns - map->released_ns + deferred_of(map), some);
	/* In progress, or without its end: some calls are still to come. */
	if (!some && phase[PHASE_FREE] != UNKNOWN_NS)
		check_destroys(teardown, map);
}

static void count_call(struct stream *stream, const struct call *call)
{
	struct kernel *kernel = stream->ctx;

	if (call->map.identity.map_id)
		kernel->maps[call->map.identity.map_id - 1].calls++;
}

static union record *send(struct kernel *kernel, enum hook lost_at, __u8 type, __u8 hook, __u32 tid,
			  __u64 ts_ns)
{
	struct sent *sent;

	if (kernel->nr == kernel->room) {
		kernel->room = kernel->room ? 2 * kernel->room : 1024;
		kernel->sent = realloc(kernel->sent, kernel->room * sizeof(*sent));
		assert_non_null(kernel->sent);
	}
	sent = &kernel->sent[kernel->nr];
	*sent = (struct sent){.ts_ns = ts_ns, .nth = kernel->nr++, .hook = lost_at};
	sent->rec.head.type = type;
	sent->rec.head.hook = hook;
	sent->rec.head.tid = tid;
	sent->rec.head.ts_ns = ts_ns;
	sent->rec.head.size = type == RECORD_RELEASE ? sizeof(sent->rec.release)
			      : type == RECORD_ENTRY ? sizeof(sent->rec.call)
						     : sizeof(sent->rec.head);
	return &sent->rec;
}

static void send_releases(struct kernel *kernel, const struct map *map)
{
	__u64 copies = 1 + below(3);
	union record *rec;

	if (!map->before && below(2)) { /* another task closed it earlier */
		rec = send(kernel, HOOK_RELEASE, RECORD_RELEASE, HOOK_RELEASE, 600,
			   map->released_ns - 1);
		rec->release.map_id = map->id;
		rec->head.map = map->addr;
	}
	if (!map->before) {
		rec = send(kernel, HOOK_PUT, RECORD_RELEASE, HOOK_PUT, 601, map->released_ns);
		rec->release.map_id = below(2) ? map->id : 0;
		rec->release.flags = RELEASE_LAST | (below(2) ? RELEASE_KERNEL : 0);
		rec->head.map = map->addr;
		if (!kernel->used_again || rec->release.flags & RELEASE_KERNEL)
			rec->release.map_id = map->id;
	}
	while (copies--)
		send(kernel, HOOK_QUEUE, RECORD_QUEUE, HOOK_FREE, 601, map->queued_ns)->head.map =
			map->addr;
}

static void send_destroy(struct kernel *kernel, const struct map *map, const struct truth *destroy)
{
	__u64 copies = 1 + below(3);
	static __u32 tid = 10000; /* a worker of its own for each deferred free */
	union record *rec;

	rec = send(kernel, HOOK_DESTROY, RECORD_ENTRY, HOOK_DESTROY, map->worker, destroy->ts_ns);
	rec->call.flags = CALL_EMPTY_KNOWN | (destroy->outcome == OUTCOME_EMPTY ? CALL_EMPTY : 0);
	rec->call.key = destroy->key;
	rec->head.arg = destroy->ts_ns; /* different for each */
	rec->head.map = below(4) ? map->addr : 0;
	rec = send(kernel, HOOK_DESTROY, RECORD_RETURN, HOOK_DESTROY, map->worker,
		   destroy->ts_ns + destroy->latency_ns);
	rec->head.arg = destroy->ts_ns;
	if (destroy->outcome != OUTCOME_DEFERRED)
		return;
	while (copies--)
		send(kernel, HOOK_QUEUE, RECORD_QUEUE, HOOK_DEFERRED_FREE, map->worker,
		     destroy->queued_ns)
			->head.arg = destroy->key;
	rec = send(kernel, HOOK_DEFERRED_FREE, RECORD_ENTRY, HOOK_DEFERRED_FREE, ++tid,
		   destroy->deferred_free_ns);
	rec->call.key = destroy->key;
	send(kernel, HOOK_DEFERRED_FREE, RECORD_RETURN, HOOK_DEFERRED_FREE, tid, destroy->freed_ns);
}

/* Memory that is free at from_ns, for an allocator that has it until until_ns. */
static __u64 key_for(struct kernel *kernel, __u64 from_ns, __u64 until_ns)
{
	static __u64 fresh = 1ULL << 40;
	__u64 slot = below(NR_USED);

	if (!kernel->used_again || kernel->key_ns[slot] >= from_ns)
		return ++fresh;
	kernel->key_ns[slot] = until_ns;
	return slot + 1;
}

static void make_destroy(struct kernel *kernel, struct truth *destroy, __u64 ts_ns)
{
	static const enum outcome outcomes[] = {OUTCOME_EMPTY, OUTCOME_DIRECT, OUTCOME_DEFERRED};
	__u64 given_back; /* from here on another allocator may have the memory */

	destroy->outcome = outcomes[below(3)];
	destroy->ts_ns = ts_ns;
	destroy->latency_ns = 10 + below(below(4) ? 100 : 5000);
	given_back = ts_ns + below(10);
	if (destroy->outcome == OUTCOME_EMPTY)
		return;
	if (destroy->outcome == OUTCOME_DEFERRED) {
		destroy->queued_ns = ts_ns + 1 + below(5);
		/* Sometimes before the destroy call returns. */
		destroy->deferred_free_ns = destroy->queued_ns + 1 + below(below(2) ? 5 : 1000);
		destroy->freed_ns = destroy->deferred_free_ns + 1 + below(below(2) ? 5 : 1000);
		given_back = destroy->deferred_free_ns +
			     below(destroy->freed_ns - destroy->deferred_free_ns);
	}
	destroy->key = key_for(kernel, ts_ns, given_back);
}

static void make_map(struct kernel *kernel, __u32 nth)
{
	struct map *map = &kernel->maps[nth];
	__u64 worker = below(NR_WORKERS), slot = below(NR_USED), now;
	union record *rec;
	__u32 i;

	now = kernel->worker_ns[worker];
	if (kernel->used_again && kernel->addr_ns[slot] > now)
		now = kernel->addr_ns[slot];
	map->worker = worker + 1;
	map->addr = kernel->used_again ? (slot + 1) << 12 : (nth + 1ULL) << 12;
	map->id = nth + 1;
	map->before = nth < NR_BEFORE;
	map->released_ns = now + 2 + below(100);
	map->queued_ns = map->released_ns + 1 + below(100);
	map->start_ns = now = map->queued_ns + 1 + below(100);
	map->nr_destroys = below(3);
	for (i = 0; i < map->nr_destroys; i++) {
		now += 1 + below(50);
		make_destroy(kernel, &map->destroy[i], now);
		now += map->destroy[i].latency_ns;
	}
	map->end_ns = now + 1 + below(200);
	kernel->worker_ns[worker] = map->end_ns;
	kernel->addr_ns[slot] = map->end_ns;

	send_releases(kernel, map);
	rec = send(kernel, HOOK_FREE, RECORD_ENTRY, HOOK_FREE, map->worker, map->start_ns);
	rec->head.map = map->addr;
	rec->call.map_flags = nth;
	rec->call.flags = CALL_MAP;
	rec->call.entries = nth;
	for (i = 0; i < map->nr_destroys; i++)
		send_destroy(kernel, map, &map->destroy[i]);
	rec = send(kernel, HOOK_FREE, RECORD_RETURN, HOOK_FREE, map->worker, map->end_ns);
	rec->head.map = map->addr;
}

static int by_time(const void *left, const void *right)
{
	const struct sent *a = left, *b = right;

	if (a->ts_ns != b->ts_ns)
		return a->ts_ns < b->ts_ns ? -1 : 1;
	return (a->nth > b->nth) - (a->nth < b->nth);
}

static struct kernel *kernel_run(__u64 seed, bool used_again)
{
	struct kernel *kernel = calloc(1, sizeof(*kernel));
	__u32 i;

	assert_non_null(kernel);
	state64 = seed;
	kernel->used_again = used_again;
	for (i = 0; i < NR_MAPS; i++)
		make_map(kernel, i);
	qsort(kernel->sent, kernel->nr, sizeof(*kernel->sent), by_time);
	return kernel;
}

static void kernel_free(struct kernel *kernel)
{
	free(kernel->sent);
	free(kernel);
}

/* lossy: bit N: some records of hook N are lost. early: stop this many records before the end. */
static void play(struct stream *stream, struct kernel *kernel, __u32 lossy, size_t early)
{
	size_t i;

	stream_open(stream, 1000);
	stream->call = count_call;
	stream->teardown = check_truth;
	stream->ctx = kernel;
	kernel->destroys_lost = lossy & 1U << HOOK_DESTROY;
	for (i = 0; i < kernel->nr - early; i++) {
		const struct sent *sent = &kernel->sent[i];

		if (lossy & 1U << sent->hook && !below(20))
			stream->lost[sent->hook] = true;
		else
			stream_add(stream, &sent->rec, sent->rec.head.size);
	}
	correlator_flush(stream->correlator);
	assert_int_equal(stream->bad, 0);
}

static __u64 in_truth(const struct kernel *kernel, enum outcome outcome)
{
	__u64 nr = 0;
	__u32 i, j;

	for (i = NR_BEFORE; i < NR_MAPS; i++)
		for (j = 0; j < kernel->maps[i].nr_destroys; j++)
			nr += kernel->maps[i].destroy[j].outcome == outcome;
	return nr;
}

/* Without losses, everything is known and true. */
TEST(whole_stream)
{
	struct teardown_ledger ledger;
	struct stream stream;
	struct kernel *kernel = kernel_run(1, true);
	__u32 i;

	play(&stream, kernel, 0, 0);
	ledger = adds_up(&stream);
	assert_int_equal(ledger.completed, NR_MAPS);
	assert_int_equal(ledger.before, NR_BEFORE);
	assert_int_equal(ledger.no_release, 0);
	assert_int_equal(ledger.undecided, 0);
	assert_int_equal(ledger.pending, 0);
	assert_int_equal(ledger.strays, 0);
	assert_int_equal(ledger.waiting, 0);
	for (i = 0; i < NR_MAPS; i++)
		assert_int_equal(kernel->maps[i].reported, !kernel->maps[i].before);
	assert_int_equal(stream.outcomes[OUTCOME_EMPTY], in_truth(kernel, OUTCOME_EMPTY));
	assert_int_equal(stream.outcomes[OUTCOME_DIRECT], in_truth(kernel, OUTCOME_DIRECT));
	assert_int_equal(stream.outcomes[OUTCOME_DEFERRED], in_truth(kernel, OUTCOME_DEFERRED));
	stream_close(&stream);
	kernel_free(kernel);
}

/* The run may end at any record; incomplete teardowns are not reported as complete. */
TEST(stream_that_ends_early)
{
	struct kernel *kernel = kernel_run(2, true);
	struct teardown_ledger ledger;
	struct stream stream;
	size_t early;
	__u32 i;

	for (early = 1; early < 60; early++) {
		for (i = 0; i < NR_MAPS; i++)
			kernel->maps[i].reported = 0;
		play(&stream, kernel, 0, early);
		ledger = adds_up(&stream);
		assert_int_equal(ledger.start_only, 0);
		assert_int_equal(ledger.strays, 0);
		stream_close(&stream);
	}
	kernel_free(kernel);
}

/* With any losses, all reports are true. */
TEST(stream_with_losses)
{
	const __u32 all = (1U << NR_HOOKS) - 1;
	struct teardown_ledger ledger;
	struct stream stream;
	enum hook hook;

	for (hook = 0; hook <= NR_HOOKS; hook++) {
		struct kernel *kernel = kernel_run(10 + hook, false);
		__u32 i;

		play(&stream, kernel, hook < NR_HOOKS ? 1U << hook : all & ~(1U << HOOK_DESTROY),
		     1000);
		ledger = adds_up(&stream);
		assert_true(ledger.completed > NR_MAPS / 2);
		for (i = 0; i < NR_MAPS && hook < NR_HOOKS; i++)
			if (kernel->maps[i].has_teardown)
				assert_int_equal(kernel->maps[i].calls,
						 kernel->maps[i].in_teardown);
		stream_close(&stream);
		kernel_free(kernel);
	}
	for (hook = 0; hook < 10; hook++) {
		struct kernel *kernel = kernel_run(100 + hook, false);

		play(&stream, kernel, all, 1000);
		adds_up(&stream);
		stream_close(&stream);
		kernel_free(kernel);
	}
}

TEST_MAIN(NULL, NULL)
