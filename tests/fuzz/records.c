// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sends records to the correlator as they come from the ring buffer: whole, damaged and in any
 * order. Each is an event or counted, and the ledger adds up.
 *
 * An input is a record after the other, each of some bytes; see make_record(). 0xfe begins a
 * cgroup's, and 0xff is a search for what is stuck.
 */
#include <endian.h>
#include <errno.h>

#include "fuzz.h"
#include "support/correlated.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fuzz_init();
	return 0;
}

/* Few threads, maps and allocators, so that they meet. */
static size_t make_record(struct input *input, __u64 *now_ns, union record *rec)
{
	static const __u16 sizes[] = {
		[RECORD_ENTRY] = sizeof(rec->call),	  [RECORD_RETURN] = sizeof(rec->head),
		[RECORD_RETURN_FULL] = sizeof(rec->call), [RECORD_RELEASE] = sizeof(rec->release),
		[RECORD_QUEUE] = sizeof(rec->head),	  [RECORD_CALL] = sizeof(rec->call),
	};
	__u8 kind = take_number(input, 1), who = take_number(input, 1),
	     what = take_number(input, 1), damage;

	*rec = (union record){};
	rec->head.type = 1 + kind % RECORD_CALL;
	rec->head.hook = (kind >> 3) % NR_CALL_HOOKS;
	rec->head.size = sizes[rec->head.type];
	*now_ns += kind & 32 ? take_number(input, 2) : 10;
	rec->head.ts_ns = *now_ns - (kind & 64 ? what % 16 : 0);
	rec->head.tid = who & 3;
	rec->head.map = (who >> 2) & 3;
	rec->head.arg = (who >> 4) & 3;
	if (rec->head.type == RECORD_RELEASE) {
		rec->release.map_id = what & 3;
		rec->release.flags = (what >> 2) & 15;
		rec->release.pid = 1 + (what >> 6);
	} else if (rec->head.size == sizeof(rec->call)) {
		rec->call.key = (who >> 4) & 7;
		rec->call.returned_ns = rec->head.ts_ns + what;
		rec->call.flags = what;
		rec->call.map_type = what % 40;
		rec->call.alloc = what % NR_ALLOC_MEMBERS;
		rec->call.rcu_left = (what >> 5) % (NR_RCU_LEFT + 1);
		rec->call.bytes_cached = what & 8 ? CACHED_UNKNOWN : what;
	}
	if (rec->head.type == RECORD_RETURN && rec->head.hook != HOOK_DESTROY && what & 1) {
		rec->head.type = RECORD_FREED;
		rec->head.size = sizeof(rec->freed);
		rec->freed.cpu_ns = what & 2 ? TIME_UNKNOWN : what;
		rec->freed.runqueue_ns = what & 4 ? TIME_UNKNOWN : 1ULL << (what >> 2);
		rec->freed.events[what % NR_CPU_COUNTERS] = what >> 1;
		rec->freed.grace_ns[what % NR_GRACES] = what & 8 ? TIME_UNKNOWN : 9;
	}
	if (kind < 240)
		return rec->head.size;
	damage = take_number(input, 1);
	if (damage & 64)
		((__u8 *)rec)[damage % offsetof(struct record_head, ts_ns)] = what;
	return damage & 128 ? damage % 64 : sizeof(*rec);
}

/* A cgroup's path, of the names in the input: with any bytes and lengths. */
static void send_cgroup(struct stream *stream, struct input *input)
{
	struct record_cgroup *rec = calloc(1, sizeof(*rec));
	__u8 len = take_number(input, 1);

	assert_non_null(rec);
	rec->head.type = RECORD_CGROUP;
	rec->head.size = sizeof(*rec);
	rec->head.arg = take_number(input, 1);
	rec->depth = take_number(input, 1) % 32;
	rec->len = len == 255 ? sizeof(rec->names) + 1 : len;
	for (__u8 i = 0; i < len; i++)
		rec->names[i] = take_number(input, 1);
	stream->bad += correlator_add(stream->correlator, rec, sizeof(*rec)) == -EBADMSG;
	free(rec);
}

static void send_record(struct stream *stream, struct input *input, __u64 *now_ns)
{
	union record rec;
	size_t size = make_record(input, now_ns, &rec);
	void *exact = malloc(size ? size : 1); /* the sanitizer sees a read beyond it */

	assert_non_null(exact);
	memcpy(exact, &rec, size);
	stream_add(stream, exact, size);
	free(exact);
}

static void search(struct stream *stream, struct input *input, __u64 now_ns)
{
	__u64 limit_ns = take_number(input, 1);
	const struct correlator_search search = {
		.now_ns = now_ns,
		.limit_ns = limit_ns >> 2,
		.at_end = limit_ns & 1,
	};

	correlator_find_stuck(stream->correlator, &search);
	correlator_waits(stream->correlator, now_ns - (limit_ns & 2));
}

int LLVMFuzzerTestOneInput(const __u8 *data, size_t size)
{
	struct input input = {data, size};
	__u64 now_ns = 1000;
	struct stream stream;
	__u8 lost = take_number(&input, 1);

	stream_open(&stream, 3); /* fewer than there are maps */
	stream.impossible = true;
	for (int hook = 0; hook < NR_HOOKS; hook++)
		stream.lost[hook] = lost & (1 << hook);
	while (input.left) {
		if (*input.at == 0xff) {
			input.at++;
			input.left--;
			search(&stream, &input, now_ns);
		} else if (*input.at == 0xfe) {
			input.at++;
			input.left--;
			send_cgroup(&stream, &input);
		} else {
			send_record(&stream, &input, &now_ns);
		}
	}
	correlator_flush(stream.correlator);
	adds_up(&stream);
	stream_close(&stream);
	return 0;
}
