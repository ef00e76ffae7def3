// SPDX-License-Identifier: GPL-2.0-only
/* Accepts only whole records of a known type. */
#include <errno.h>

#include "support/test.h"
#include "correlate/decode.h"

static const __u16 sizes[] = {
	[RECORD_ENTRY] = sizeof(struct record_call),
	[RECORD_RETURN] = sizeof(struct record_head),
	[RECORD_RETURN_FULL] = sizeof(struct record_call),
	[RECORD_RELEASE] = sizeof(struct record_release),
	[RECORD_QUEUE] = sizeof(struct record_head),
	[RECORD_CALL] = sizeof(struct record_call),
};

static union record whole(__u8 type, __u8 hook)
{
	union record rec;

	memset(&rec, 'x', sizeof(rec));
	rec.head.type = type;
	rec.head.hook = hook;
	rec.head.size = sizes[type];
	if (type == RECORD_ENTRY)
		rec.call.alloc = ALLOC_PCPU_MA;
	return rec;
}

TEST(takes_whole_records)
{
	union record rec = whole(RECORD_ENTRY, HOOK_DESTROY), out;

	assert_int_equal(decode_record(&rec, sizeof(rec.call), &out), 0);
	assert_memory_equal(&out, &rec, offsetof(struct record_call, map_name));
	assert_int_equal(strlen(out.call.map_name), NAME_LEN - 1);
	assert_int_equal(strlen(out.call.comm), NAME_LEN - 1);
	/* The ring buffer rounds sizes up. */
	assert_int_equal(decode_record(&rec, sizeof(rec.call) + 4, &out), 0);
	rec = whole(RECORD_RETURN, HOOK_DESTROY);
	assert_int_equal(decode_record(&rec, sizeof(rec.head), &out), 0);
	assert_int_equal(out.head.caller, rec.head.caller);
	assert_int_equal(out.call.comm[0], 0);
}

TEST(takes_whole_releases)
{
	union record rec = whole(RECORD_RELEASE, HOOK_PUT), out;
	__u8 hook;

	/* Its names are at other offsets, and nothing is read as a call's. */
	rec.release.map_name[3] = '\0';
	for (hook = HOOK_PUT; hook <= HOOK_RELEASE; hook++) {
		rec.head.hook = hook;
		assert_int_equal(decode_record(&rec, sizeof(rec.release), &out), 0);
		assert_memory_equal(&out, &rec, offsetof(struct record_release, map_name));
		assert_string_equal(out.release.map_name, "xxx");
		assert_int_equal(strlen(out.release.comm), NAME_LEN - 1);
	}
	rec = whole(RECORD_RELEASE, HOOK_PUT);
	assert_int_equal(decode_record(&rec, sizeof(rec.release) + 8, &out), 0);
	assert_int_equal(strlen(out.release.map_name), NAME_LEN - 1);
	/* Members that only a call's record has are 0. */
	assert_int_equal(((char *)&out)[sizeof(rec.release)], 0);
}

TEST(takes_heads_of_queued_work)
{
	union record rec = whole(RECORD_QUEUE, HOOK_DEFERRED_FREE), out;
	size_t i;

	assert_int_equal(decode_record(&rec, sizeof(rec.head), &out), 0);
	assert_memory_equal(&out.head, &rec.head, sizeof(rec.head));
	for (i = sizeof(rec.head); i < sizeof(out); i++)
		assert_int_equal(((char *)&out)[i], 0);
}

TEST(refuses_every_shorter_size)
{
	const union record made[] = {whole(RECORD_ENTRY, HOOK_DESTROY),
				     whole(RECORD_RELEASE, HOOK_PUT),
				     whole(RECORD_QUEUE, HOOK_FREE)};
	union record out;
	size_t size, i;

	for (i = 0; i < 3; i++) {
		for (size = 0; size < made[i].head.size; size++) {
			void *copy =
				malloc(size ? size : 1); /* the sanitizer detects reads beyond it */

			memcpy(copy, &made[i], size);
			assert_int_equal(decode_record(copy, size, &out), -EBADMSG);
			free(copy);
		}
	}
}

TEST(refuses_unknown_kinds_and_sizes)
{
	union record rec = whole(RECORD_ENTRY, HOOK_DESTROY), out;
	unsigned int type, size;

	for (type = 0; type < 256; type++) {
		for (size = 0; size < 256; size++) {
			bool known = type && type <= RECORD_CALL && size == sizes[type];

			rec.head.type = type;
			rec.head.size = size;
			assert_int_equal(decode_record(&rec, sizeof(rec), &out),
					 known ? 0 : -EBADMSG);
		}
	}
}

/* Entries and returns come only from hooks with two sides, queued work only from its hook. */
TEST(refuses_points_without_sides)
{
	static const __u8 types[] = {RECORD_ENTRY, RECORD_RETURN, RECORD_RETURN_FULL, RECORD_QUEUE};
	union record rec = whole(RECORD_ENTRY, HOOK_DESTROY), out;
	unsigned int hook;
	size_t i;

	for (i = 0; i < sizeof(types); i++) {
		rec.head.type = types[i];
		rec.head.size = sizes[types[i]];
		for (hook = 0; hook < 256; hook++) {
			rec.head.hook = hook;
			assert_int_equal(decode_record(&rec, sizeof(rec), &out),
					 hook < NR_CALL_HOOKS ? 0 : -EBADMSG);
		}
	}
}

TEST(unknown_allocator_is_unknown)
{
	union record rec = whole(RECORD_ENTRY, HOOK_DESTROY), out;

	rec.call.alloc = NR_ALLOC_MEMBERS;
	assert_int_equal(decode_record(&rec, sizeof(rec), &out), 0);
	assert_int_equal(out.call.alloc, ALLOC_UNKNOWN);
}

TEST_MAIN(NULL, NULL)
