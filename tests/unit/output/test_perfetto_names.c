// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads traces back: whose threads and processes there are, and names nobody should have.
 */
#include "support/traced.h"

static void pid_0_has_its_name(void **state)
{
	struct deferred_free reclaim = left;

	(void)state;
	reclaim.run.worker.pid = 0;
	begin(ORIGIN);
	add_reclaim(&reclaim);
	reclaim.run.worker.tid = 0;
	add_reclaim(&reclaim);
	add_reclaim(&reclaim);
	end();
	assert_int_equal(count('M', "thread_name"), 2);
	assert_int_equal(count('M', "process_name"), 2);
	forget();
}

static void each_has_its_names_once(void **state)
{
	struct teardown teardown = plain;
	const char *name;

	(void)state;
	begin(ORIGIN);
	add_reclaim(&left);
	add(&teardown);
	add(&teardown);
	add_reclaim(&left);
	/* The first thread comes after another one of its process. */
	teardown.map.identity.released_by.task.tid = 200;
	strcpy(teardown.map.identity.released_by.task.comm, "main");
	add(&teardown);
	/* Ids are used again, and this is none of any kernel's. */
	teardown.map.identity.released_by.task.pid = TASK;
	teardown.map.identity.released_by.task.tid = TASK;
	strcpy(teardown.map.identity.released_by.task.comm, "reuser");
	add(&teardown);
	teardown.map.identity.released_by.task.tid = ~0U;
	teardown.map.identity.released_by.task.comm[0] = '\0';
	add(&teardown);
	end();
	assert_int_equal(count('M', "thread_name"), 6);
	assert_int_equal(count('M', "process_name"), 5);

	name = find(NULL, 'M', "process_name");
	assert_string_equal(member(json_find(name, "args"), "name"), "kworker/u8:2");
	assert_non_null(strstr(text, "\"process_name\",\"pid\":200,\"tid\":201,"
				     "\"args\":{\"name\":\"agent (thread 201)\"}"));
	assert_non_null(strstr(text, "\"process_name\",\"pid\":200,\"tid\":200,"
				     "\"args\":{\"name\":\"main\"}"));
	assert_non_null(strstr(text, "\"thread_name\",\"pid\":200,\"tid\":201,"
				     "\"args\":{\"name\":\"agent\"}"));
	assert_non_null(strstr(text, "\"process_name\",\"pid\":201,\"tid\":201,"
				     "\"args\":{\"name\":\"reuser\"}"));
	assert_non_null(strstr(text, "\"thread_name\",\"pid\":201,\"tid\":4294967295,"
				     "\"args\":{\"name\":\"(no name)\"}"));
	forget();
}

/* Valid UTF-8 as it is, which not all readers take as \u; the rest as \xNN; and valid JSON. */
static void hostile_names(void **state)
{
	struct teardown teardown = plain;
	int byte;
	char *c;

	(void)state;
	strcpy(teardown.map.name, "\"a,\n\033[2J\x7f\xff\\'");
	strcpy(teardown.run.worker.comm, "gr\xc3\xbc\xc3\x9f\xf0\x9f\x98\x80");
	strcpy(teardown.map.identity.released_by.task.comm, "</script>");
	trace_of(&teardown);
	only('X', "free \\\"a,\\\\x0a\\\\x1b[2J\\\\x7f\\\\xff\\\\' (hash id 7)");
	assert_non_null(strstr(text, "{\"name\":\"gr\xc3\xbc\xc3\x9f\xf0\x9f\x98\x80\"}"));
	assert_null(strstr(text, "\\u"));
	forget();

	for (byte = 1; byte < 256; byte++) {
		memset(teardown.map.name, byte, NAME_LEN - 1);
		memset(teardown.run.worker.comm, byte, NAME_LEN - 1);
		memset(teardown.map.identity.released_by.task.comm, byte, NAME_LEN - 1);
		memset(teardown.map.identity.closed_by.task.comm, byte, NAME_LEN - 1);
		trace_of(&teardown);
		assert_int_equal(count('X', "free "), 1);
		for (c = text; *c; c++)
			if (*c != '\n')
				assert_in_range(*c, ' ', '~');
		forget();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pid_0_has_its_name),
		cmocka_unit_test(each_has_its_names_once),
		cmocka_unit_test(hostile_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
