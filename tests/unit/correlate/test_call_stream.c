// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sends records of every kind, whole, damaged and out of order, all the way from bytes to output:
 * nothing may break, and every record must be accounted for.
 */
#include "support/test.h"
#include "analysis/aggregate.h"
#include "correlate/correlator.h"
#include "correlate/decode.h"
#include "output/column.h"
#include "output/format.h"
#include "support/chance.h"

#define NR_RECORDS 200000
#define NR_THREADS 40 /* few, so that records meet */
#define MAX_ROWS   64 /* fewer than there are keys */

struct stream {
	struct aggregate *aggregate;
	FILE *out[3];
	__u64 calls;
};

static void name_caller(void *ctx, struct caller *caller)
{
	static const char *const names[] = {NULL, "htab_map_free", "trie_free"};

	(void)ctx;
	caller->name = names[caller->address % 3];
}

static void count_hook(void *ctx, enum hook hook, struct hook_counts *counts)
{
	(void)ctx;
	*counts = (struct hook_counts){.attached = hook == HOOK_DESTROY};
}

static int take(void *ctx, const struct call *call)
{
	struct stream *stream = ctx;
	int format;

	assert_int_equal(aggregate_add(stream->aggregate, call), 0);
	for (format = FORMAT_TABLE; format <= FORMAT_CSV; format++)
		if (stream->calls % 64 == 0)
			assert_int_equal(
				format_line(stream->out[format], format, call_columns, call, 0), 0);
	stream->calls++;
	return 0;
}

static size_t make_record(union record *rec)
{
	__u8 *bytes = (__u8 *)rec;
	size_t i;

	for (i = 0; i < sizeof(*rec); i++)
		bytes[i] = random64();
	rec->head.type = random64() % 4 ? RECORD_ENTRY + random64() % 3 : RECORD_CALL;
	rec->head.hook = HOOK_DESTROY;
	rec->head.size = rec->head.type == RECORD_RETURN ? sizeof(rec->head) : sizeof(rec->call);
	rec->head.tid = random64() % NR_THREADS;
	rec->head.ts_ns = random64() % 1000000;
	rec->head.arg = random64() % 2;
	rec->head.map = random64() % 2;
	rec->head.caller = random64() % 3;
	rec->call.map_type = random64() % 40;
	rec->call.returned_ns = rec->head.ts_ns + random64() % 1000;
	if (random64() % 16 == 0) /* damage */
		bytes[random64() % sizeof(rec->head)] = random64();
	return random64() % 16 ? sizeof(*rec) : random64() % sizeof(*rec);
}

static void assert_rows_account_for(struct aggregate *aggregate, __u64 calls)
{
	struct rows rows;
	__u64 count = 0;
	size_t i;

	assert_int_equal(aggregate_sort(aggregate, SORT_TOTAL, 0, &rows), 0);
	for (i = 0; i < rows.nr; i++) {
		const struct row *row = rows.row[i];

		count += row->count;
		assert_int_equal(row->count, row->empty + row->unmeasured + row->latency.count);
	}
	assert_int_equal(count, calls);
	assert_true(aggregate_overflow(aggregate) > 0);
}

TEST(every_record_is_accounted_for)
{
	static const enum key by[] = {KEY_CALLER, KEY_TYPE, KEY_ALLOC, KEY_COMM, KEY_NAME, KEY_CPU};
	static const struct correlator_ops ops = {.count_hook = count_hook,
						  .name_caller = name_caller};
	static const struct correlator_options opts = {.view = VIEW_CALLS};
	static const struct event_sink_ops sink_ops = {.call = take};
	struct stream stream = {.aggregate = aggregate_new(by, 6, MAX_ROWS)};
	const struct event_sink sink = {&sink_ops, &stream};
	struct correlator *correlator = correlator_new(&opts, &sink, &ops, &stream);
	__u64 entries = 0, returns = 0, wholes = 0, others = 0, bad = 0;
	struct teardown_counts counts;
	struct ledger ledger = {};
	struct rows rows;
	int i;

	state64 = 0x9e3779b97f4a7c15;
	for (i = 0; i < 3; i++)
		stream.out[i] = fopen("/dev/null", "w");
	for (i = 0; i < NR_RECORDS; i++) {
		union record made, rec;
		size_t size = make_record(&made);
		void *exact = malloc(size ? size : 1); /* the sanitizer detects reads beyond it */
		int err;

		memcpy(exact, &made, size);
		err = correlator_add(correlator, exact, size);
		bad += !!err;
		if (!err && !decode_record(exact, size, &rec)) {
			/* Made by damage; test_teardown_stream.c has more of these. */
			if (rec.head.type == RECORD_RELEASE || rec.head.type == RECORD_QUEUE)
				others++;
			else if (rec.head.type == RECORD_ENTRY)
				entries++;
			else if (rec.head.type == RECORD_CALL)
				wholes++;
			else
				returns++;
		}
		free(exact);
	}
	correlator_count(correlator, &ledger, &counts);
	assert_int_equal(ledger.bad_records, bad);
	assert_int_equal(entries + returns + wholes + others + bad, NR_RECORDS);
	assert_true(bad > NR_RECORDS / 100 && bad < NR_RECORDS / 4);
	assert_true(others < NR_RECORDS / 100);
	assert_true(ledger.completed > NR_RECORDS / 100);
	assert_int_equal(entries + wholes,
			 ledger.completed + ledger.entry_only + ledger.still_running);
	assert_int_equal(returns + wholes, ledger.completed + ledger.return_only);
	assert_int_equal(stream.calls, ledger.completed + ledger.entry_only + ledger.return_only);
	assert_rows_account_for(stream.aggregate, stream.calls);
	aggregate_sort(stream.aggregate, SORT_KEY, 0, &rows);
	for (i = 0; i < 3; i++) {
		assert_int_equal(
			format_rows(stream.out[i], i, &rows, false, INTERVAL_NONE, 0, NULL), 0);
		fclose(stream.out[i]);
	}
	correlator_free(correlator);
	aggregate_free(stream.aggregate);
}

TEST_MAIN(NULL, NULL)
