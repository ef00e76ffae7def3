// SPDX-License-Identifier: GPL-2.0-only
/* Only whole records of a known kind get through. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "decode.h"

static struct record_call whole(void)
{
	struct record_call rec;

	memset(&rec, 'x', sizeof(rec));
	rec.head.type = RECORD_ENTRY;
	rec.head.size = sizeof(rec);
	rec.alloc = ALLOC_PCPU_MA;
	return rec;
}

static void takes_whole_records(void **state)
{
	struct record_call rec = whole(), out;

	(void)state;
	assert_int_equal(decode_record(&rec, sizeof(rec), &out), 0);
	assert_memory_equal(&out, &rec, offsetof(struct record_call, map_name));
	assert_int_equal(strlen(out.map_name), NAME_LEN - 1);
	assert_int_equal(strlen(out.comm), NAME_LEN - 1);
	/* The ring buffer rounds sizes up. */
	assert_int_equal(decode_record(&rec, sizeof(rec) + 4, &out), 0);
	rec.head.type = RECORD_RETURN;
	rec.head.size = sizeof(rec.head);
	assert_int_equal(decode_record(&rec, sizeof(rec.head), &out), 0);
	assert_int_equal(out.head.caller, rec.head.caller);
	assert_int_equal(out.comm[0], 0);
}

static void refuses_every_shorter_size(void **state)
{
	struct record_call rec = whole(), out;
	size_t size;

	(void)state;
	for (size = 0; size < sizeof(rec); size++) {
		void *copy = malloc(size ? size : 1); /* so that reading beyond it is noticed */

		memcpy(copy, &rec, size);
		assert_int_equal(decode_record(copy, size, &out), -EBADMSG);
		free(copy);
	}
}

static void refuses_unknown_kinds_and_sizes(void **state)
{
	struct record_call rec = whole(), out;

	(void)state;
	rec.head.type = 0;
	assert_int_equal(decode_record(&rec, sizeof(rec), &out), -EBADMSG);
	rec.head.type = RECORD_RETURN_FULL + 1;
	assert_int_equal(decode_record(&rec, sizeof(rec), &out), -EBADMSG);
	rec.head.type = RECORD_ENTRY;
	rec.head.size = sizeof(rec) - 8;
	assert_int_equal(decode_record(&rec, sizeof(rec), &out), -EBADMSG);
	rec.head.type = RECORD_RETURN;
	rec.head.size = sizeof(rec);
	assert_int_equal(decode_record(&rec, sizeof(rec), &out), -EBADMSG);
}

static void unknown_allocator_is_unknown(void **state)
{
	struct record_call rec = whole(), out;

	(void)state;
	rec.alloc = NR_ALLOC_MEMBERS;
	assert_int_equal(decode_record(&rec, sizeof(rec), &out), 0);
	assert_int_equal(out.alloc, ALLOC_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_whole_records),
		cmocka_unit_test(refuses_every_shorter_size),
		cmocka_unit_test(refuses_unknown_kinds_and_sizes),
		cmocka_unit_test(unknown_allocator_is_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
