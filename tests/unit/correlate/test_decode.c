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
	[RECORD_FREED] = sizeof(struct record_freed), /* not of destroy calls */
};

static union record whole(__u8 type, __u8 hook)
{
	union record rec;

	memset(&rec, 'x', sizeof(rec));
	rec.head.type = type;
	rec.head.hook = hook;
	rec.head.size = sizes[type];
	if (type == RECORD_ENTRY) {
		rec.call.alloc = ALLOC_PCPU_MA;
		rec.call.rcu_left = RCU_LEFT_SOME;
	}
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

TEST(takes_whole_frees)
{
	union record rec = whole(RECORD_FREED, HOOK_FREE), out;

	for (rec.head.hook = 0; rec.head.hook < NR_HOOKS; rec.head.hook++)
		assert_int_equal(decode_record(&rec, sizeof(rec.freed), &out),
				 rec.head.hook == HOOK_FREE || rec.head.hook == HOOK_DEFERRED_FREE
					 ? 0
					 : -EBADMSG);
	rec.head.hook = HOOK_FREE;
	assert_int_equal(decode_record(&rec, sizeof(rec.freed), &out), 0);
	assert_memory_equal(&out, &rec, sizeof(rec.freed));
	assert_int_equal(decode_record(&rec, sizeof(rec.freed) - 1, &out), -EBADMSG);
	rec.head.size = sizeof(rec.freed) - 8;
	assert_int_equal(decode_record(&rec, sizeof(rec.freed), &out), -EBADMSG);
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
					 hook < NR_CALL_HOOKS || (types[i] == RECORD_QUEUE &&
								  hook == HOOK_PROG_PUT)
						 ? 0
						 : -EBADMSG);
		}
	}
}

TEST(unknown_numbers_are_unknown)
{
	union record rec = whole(RECORD_ENTRY, HOOK_DESTROY), out;

	rec.call.alloc = NR_ALLOC_MEMBERS;
	rec.call.rcu_left = NR_RCU_LEFT;
	assert_int_equal(decode_record(&rec, sizeof(rec), &out), 0);
	assert_int_equal(out.call.alloc, ALLOC_UNKNOWN);
	assert_int_equal(out.call.rcu_left, RCU_LEFT_UNKNOWN);
}

/* Names from the inside out, with their NULs */
static struct record_cgroup cgroup(__u32 depth, const char *names, __u32 len)
{
	struct record_cgroup rec = {
		.head = {.type = RECORD_CGROUP, .size = sizeof(rec), .arg = 7},
		.depth = depth,
		.len = len,
	};

	memset(rec.names, 'x', sizeof(rec.names));
	memcpy(rec.names, names, len);
	return rec;
}

#define CGROUP(depth, names) cgroup(depth, names, sizeof(names)) /* has one more NUL */

TEST(takes_paths_of_cgroups)
{
	struct record_cgroup rec = CGROUP(2, "cron.service\0system.slice");
	char path[CGROUP_PATH_SIZE];
	union record out;
	__u64 id = 0;

	assert_int_equal(decode_record(&rec, sizeof(rec), &out), -EBADMSG);
	assert_int_equal(decode_cgroup(&rec, sizeof(rec), &id, path), 0);
	assert_int_equal(id, 7);
	assert_string_equal(path, "/system.slice/cron.service");
	rec = cgroup(0, "", 0);
	assert_int_equal(decode_cgroup(&rec, sizeof(rec), &id, path), 0);
	assert_string_equal(path, "/");
	/* As long as can be */
	rec = cgroup(1, "", 0);
	rec.len = sizeof(rec.names);
	rec.names[sizeof(rec.names) - 1] = '\0';
	assert_int_equal(decode_cgroup(&rec, sizeof(rec), &id, path), 0);
	assert_int_equal(strlen(path), sizeof(rec.names));
	assert_int_equal(decode_cgroup(&rec, sizeof(rec) - 1, &id, path), -EBADMSG);
}

TEST(refuses_damaged_paths)
{
	const struct record_cgroup damaged[] = {
		CGROUP(1, "a\0b"), CGROUP(3, "a\0b"),	CGROUP(2, "a\0"),
		CGROUP(1, "a/b"),  CGROUP(1, ""),	cgroup(1, "a", 1),
		cgroup(1, "", 0),  cgroup(~0U, "a", 2), cgroup(0, "a", 2),
	};
	struct record_cgroup rec = CGROUP(1, "a");
	char path[CGROUP_PATH_SIZE];
	__u64 id;

	for (size_t i = 0; i < sizeof(damaged) / sizeof(*damaged); i++)
		assert_int_equal(decode_cgroup(&damaged[i], sizeof(damaged[i]), &id, path),
				 -EBADMSG);
	rec.len = sizeof(rec.names) + 1;
	assert_int_equal(decode_cgroup(&rec, sizeof(rec), &id, path), -EBADMSG);
	rec = CGROUP(1, "a");
	rec.head.size--;
	assert_int_equal(decode_cgroup(&rec, sizeof(rec), &id, path), -EBADMSG);
	rec = CGROUP(1, "a");
	rec.head.type = RECORD_RELEASE;
	assert_int_equal(decode_cgroup(&rec, sizeof(rec), &id, path), -EBADMSG);
}

TEST(takes_user_stacks_up_to_the_first_frame_that_is_none)
{
	struct record_user_stack rec = {
		.head = {.type = RECORD_USER_STACK, .size = sizeof(rec)},
		.size = 4 * sizeof(struct user_frame),
		.frames = {{.status = USER_FRAME_BUILD_ID},
			   {.status = USER_FRAME_ADDRESS},
			   {.status = 3}},
	};
	struct record_user_stack out;

	assert_int_equal(decode_user_stack(&rec, sizeof(rec), &out), 0);
	assert_int_equal(out.size, 2 * sizeof(struct user_frame));
	rec.size = sizeof(struct user_frame) + 1;
	assert_int_equal(decode_user_stack(&rec, sizeof(rec), &out), 0);
	assert_int_equal(out.size, sizeof(struct user_frame));
	for (size_t i = 0; i < USER_STACK_DEPTH; i++)
		rec.frames[i].status = USER_FRAME_ADDRESS;
	rec.size = sizeof(rec.frames);
	assert_int_equal(decode_user_stack(&rec, sizeof(rec), &out), 0);
	assert_int_equal(out.size, sizeof(rec.frames));
	rec.size++;
	assert_int_equal(decode_user_stack(&rec, sizeof(rec), &out), -EBADMSG);
	rec.size = 0;
	assert_int_equal(decode_user_stack(&rec, sizeof(rec) - 1, &out), -EBADMSG);
	rec.head.type = RECORD_CGROUP;
	assert_int_equal(decode_user_stack(&rec, sizeof(rec), &out), -EBADMSG);
}

TEST_MAIN(NULL, NULL)
