// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sends records of teardowns of every kind, whole, damaged and in random order, all the way from
 * bytes to output: nothing may break, and every teardown must be accounted for.
 */
#include <stdio.h>

#include "output/teardown_view.h"
#include "support/correlated.h"
#include "support/json.h"
#include "support/messages.h"
#include "util/macros.h"

#define NR_RECORDS 200000

/* Of every kind, with few threads, maps and allocators so that they meet. */
static size_t make_record(union record *rec, __u64 nth)
{
	static const __u8 types[] = {RECORD_ENTRY,   RECORD_ENTRY,	 RECORD_RETURN,
				     RECORD_RETURN,  RECORD_RETURN_FULL, RECORD_RELEASE,
				     RECORD_RELEASE, RECORD_QUEUE,	 RECORD_CALL};
	__u8 *bytes = (__u8 *)rec;
	size_t i;

	for (i = 0; i < sizeof(*rec); i++)
		bytes[i] = random64();
	rec->head.type = types[below(sizeof(types))];
	rec->head.hook = below(NR_CALL_HOOKS);
	rec->head.tid = below(6);
	rec->head.ts_ns = 10 * nth + below(10);
	rec->head.arg = below(6);
	rec->head.map = below(6);
	rec->head.caller = 0;
	if (rec->head.type == RECORD_RELEASE) {
		rec->head.size = sizeof(rec->release);
		rec->release.map_id = below(4);
		rec->release.flags = below(8);
	} else {
		rec->head.size = rec->head.type == RECORD_RETURN || rec->head.type == RECORD_QUEUE
					 ? sizeof(rec->head)
					 : sizeof(rec->call);
		rec->call.key = below(6);
		rec->call.returned_ns = rec->head.ts_ns + below(100);
		rec->call.map_type = below(40);
	}
	if (!below(16)) /* damage */
		bytes[below(offsetof(struct record_head, ts_ns))] = random64();
	return below(16) ? sizeof(*rec) : below(sizeof(*rec));
}

/* The views of them, each in a file of its own. */
static const struct view_options views[] = {
	{.events = true, .format = FORMAT_JSON},
	{.events = true, .format = FORMAT_CSV},
	{.events = true, .format = FORMAT_TABLE},
	{.format = FORMAT_TABLE, .sort = SORT_DEFERRED, .top = 10},
	{.format = FORMAT_TABLE, .timeline = true, .sort = SORT_KEY},
	{.format = FORMAT_JSON,
	 .by = {KEY_TYPE, KEY_NAME, KEY_ID, KEY_RELEASED_BY, KEY_RELEASED_PID, KEY_CGROUP},
	 .nr_by = 6,
	 .sort = SORT_WAIT},
	{.format = FORMAT_PERFETTO},
	{.format = FORMAT_FOLDED},
};

static const struct filter all, some_types = {.map_types = 0xffff};

#define NR_VIEWS (ARRAY_SIZE(views))

struct shown {
	struct teardown_view *view;
	FILE *file;
	char *text;
	size_t len;
	int err;
};

static void show_teardown(struct stream *stream, const struct teardown *teardown)
{
	struct shown *shown = stream->ctx;
	size_t i;

	for (i = 0; i < NR_VIEWS && stream->nr % 16 == 0; i++)
		assert_int_equal(teardown_view_teardown(shown[i].view, shown[i].file, teardown), 0);
}

static void show_deferred_free(struct stream *stream, const struct deferred_free *deferred)
{
	struct shown *shown = stream->ctx;
	size_t i;

	for (i = 0; i < NR_VIEWS && stream->nr_deferred_frees % 16 == 0; i++)
		assert_int_equal(
			teardown_view_deferred_free(shown[i].view, shown[i].file, deferred), 0);
}

static void show_begin(struct shown shown[NR_VIEWS])
{
	size_t i;

	for (i = 0; i < NR_VIEWS; i++) {
		shown[i].view =
			teardown_view_new(&views[i], views[i].timeline ? &some_types : &all);
		shown[i].file = open_memstream(&shown[i].text, &shown[i].len);
		assert_non_null(shown[i].view);
		assert_non_null(shown[i].file);
		assert_int_equal(teardown_view_begin(shown[i].view, shown[i].file, 0), 0);
	}
}

/* Text formats hold printable characters only. */
static void check_lines(const struct shown *shown, enum format format)
{
	if (format == FORMAT_JSON || format == FORMAT_PERFETTO)
		json_check_lines(shown->text);
	else
		assert_null(strpbrk(shown->text, "\x1b\r\t\x7f"));
}

static void end_views(void *arg)
{
	struct shown *shown = arg;

	for (size_t i = 0; i < NR_VIEWS; i++)
		shown[i].err = teardown_view_end(shown[i].view, shown[i].file, 0);
}

static void show_end(struct shown shown[NR_VIEWS])
{
	size_t i;

	assert_non_null(strstr(said(end_views, shown), "stacks lack the "));
	for (i = 0; i < NR_VIEWS; i++) {
		assert_int_equal(shown[i].err, 0);
		assert_int_equal(fclose(shown[i].file), 0);
		teardown_view_free(shown[i].view);
		assert_true(shown[i].len > 1000);
		check_lines(&shown[i], views[i].format);
		free(shown[i].text);
	}
}

TEST(records_in_no_order)
{
	struct shown shown[NR_VIEWS];
	struct teardown_ledger ledger;
	struct stream stream;
	int i, pass;

	for (pass = 0; pass < 2; pass++) {
		state64 = 0x9e3779b97f4a7c15 + pass;
		stream_open(&stream, 4); /* fewer than there are maps */
		stream.teardown = show_teardown;
		stream.deferred_free = show_deferred_free;
		stream.ctx = shown;
		show_begin(shown);
		stream.lost[HOOK_PUT] = pass;
		for (i = 0; i < NR_RECORDS; i++) {
			union record made;
			size_t size = make_record(&made, i);
			void *exact =
				malloc(size ? size : 1); /* the sanitizer detects reads beyond it */

			memcpy(exact, &made, size);
			stream_add(&stream, exact, size);
			free(exact);
			if (i < 100 || below(1000))
				continue;
			stream.lost[HOOK_QUEUE] = below(2);
			correlator_find_stuck(stream.correlator, &(struct correlator_search){
									 .now_ns = 10ULL * i,
									 .limit_ns = below(1000),
									 .at_end = below(2),
								 });
		}
		correlator_flush(stream.correlator);
		ledger = adds_up(&stream);
		assert_true(stream.bad > NR_RECORDS / 100 && stream.bad < NR_RECORDS / 4);
		assert_true(stream.nr_stuck > 20);
		assert_true(ledger.completed > 1000 && ledger.start_only > 1000);
		assert_true(ledger.end_only > 1000 && ledger.running > 0);
		assert_true(ledger.reclaimed > 100 && ledger.pending > 10);
		assert_true(ledger.undecided > 100 && ledger.strays > 100);
		assert_true(ledger.forgotten > 100 && ledger.no_release > 100);
		assert_true(ledger.waiting <= 4);
		stream_close(&stream);
		show_end(shown);
	}
}

TEST_MAIN(NULL, NULL)
