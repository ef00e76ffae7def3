// SPDX-License-Identifier: GPL-2.0-only
/*
 * Adds teardowns up as stacks: to their totals, with unknown phases, with names that look like
 * frames or weights, with more stacks than are kept.
 */
#include <errno.h>

#include "support/written.h"
#include "output/folded.h"
#include "util/macros.h"

#define START 5000000000ULL

static const struct teardown plain = {
	.run.start_ns = START,
	.run.latency_ns = 1000,
	.map.identity =
		{
			.map_id = 7,
			.released_ns = START - 20,
			.released_by = {.known = true, .task.comm = "agent"},
			.closed_by = {.known = true, .task.comm = "closer"},
		},
	.map.type = 1,
	.map.known = CALL_MAP | CALL_NAME,
	.map.name = "events",
	.run.worker.comm = "kworker/0:1",
	.phase = {20, 1000, 700, 5000, 6020},
	.nr_destroys = 2,
	.destroy =
		{
			{.ts_ns = START, .latency_ns = 300, .alloc = ALLOC_PCPU_MA},
			{.ts_ns = START + 300, .latency_ns = 400, .alloc = ALLOC_MA},
		},
};

#define DEFERRED "agent;hash;events;deferred 5000\n"
#define FREE	 "agent;hash;events;free 300\n"
#define MA	 "agent;hash;events;free;bpf_mem_alloc_destroy (ma) 400\n"
#define PCPU_MA	 "agent;hash;events;free;bpf_mem_alloc_destroy (pcpu_ma) 300\n"
#define WAIT	 "agent;hash;events;wait 20\n"

static struct folded *folded;

static void renew(size_t max_stacks)
{
	folded_free(folded);
	folded = folded_new(max_stacks, false);
	assert_non_null(folded);
}

static void add(const struct teardown *teardown)
{
	assert_int_equal(folded_add(folded, teardown), 0);
}

/* The output, valid until the next call. */
static const char *written(void)
{
	FILE *out = out_open();

	assert_int_equal(folded_write(folded, out), 0);
	return out_close(out);
}

static const char *folded_of(const struct teardown *teardown)
{
	renew(FOLDED_MAX_STACKS);
	add(teardown);
	return written();
}

/* The sum of the weights, which follow the last blank of each line. */
static __u64 sum_of(const char *text)
{
	__u64 sum = 0;
	const char *eol, *blank;

	for (; *text; text = eol + 1) {
		eol = strchr(text, '\n');
		assert_non_null(eol);
		blank = memrchr(text, ' ', eol - text);
		assert_non_null(blank);
		sum += strtoull(blank + 1, NULL, 10);
	}
	return sum;
}

TEST(weights_add_up_to_the_total)
{
	struct teardown teardown = plain;
	enum phase phase;
	int i;

	assert_string_equal(folded_of(&plain), DEFERRED FREE MA PCPU_MA WAIT);
	assert_int_equal(sum_of(written()), plain.phase[PHASE_TOTAL]);

	for (i = 1; i < 1000; i++)
		add(&plain);
	assert_int_equal(sum_of(written()), 1000 * plain.phase[PHASE_TOTAL]);
	check_has(written(), "agent;hash;events;free 300000\n");

	strcpy(teardown.map.name, "other");
	add(&teardown);
	assert_int_equal(sum_of(written()), 1001 * plain.phase[PHASE_TOTAL]);
	check_has(written(), "agent;hash;other;free 300\n");
	for (phase = 0; phase < PHASE_TOTAL; phase++)
		assert_int_equal(folded_unknown(folded, phase), 0);
}

/* The task that released the map; if that was a kernel thread, the one that closed it. */
TEST(releasing_task)
{
	struct teardown teardown = plain;

	teardown.map.identity.by_kernel = true;
	check_begins(folded_of(&teardown), "closer;hash;events;");
	teardown.map.identity.closed_by.known = false;
	check_begins(folded_of(&teardown), "agent;hash;events;");
	teardown.map.identity.released_by.known = false;
	check_begins(folded_of(&teardown), "[unknown task];hash;events;");
}

TEST(unknown_maps)
{
	struct teardown teardown = plain;

	teardown.map.known = CALL_MAP;
	check_begins(folded_of(&teardown), "agent;hash;[unknown name];");
	teardown.map.known = 0;
	check_begins(folded_of(&teardown), "agent;[unknown type];[unknown name];");

	/* A frame is never empty. */
	teardown = plain;
	teardown.map.name[0] = '\0';
	teardown.map.identity.released_by.task.comm[0] = '\0';
	check_begins(folded_of(&teardown), "[no name];hash;[no name];");

	teardown = plain;
	teardown.destroy[0].alloc = ALLOC_UNKNOWN;
	teardown.destroy[1].alloc = NR_ALLOC_MEMBERS;
	check_has(folded_of(&teardown), ";bpf_mem_alloc_destroy (unknown) 700\n");
}

static void check_unknown(const struct teardown *teardown, const char *stacks,
			  const __u64 unknown[PHASE_TOTAL])
{
	enum phase phase;

	assert_string_equal(folded_of(teardown), stacks);
	for (phase = 0; phase < PHASE_TOTAL; phase++)
		assert_int_equal(folded_unknown(folded, phase), unknown[phase]);
}

TEST(unknown_phases_add_nothing)
{
	struct teardown teardown = plain;

	teardown.phase[PHASE_WAIT] = UNKNOWN_NS;
	teardown.phase[PHASE_TOTAL] = UNKNOWN_NS;
	check_unknown(&teardown, DEFERRED FREE MA PCPU_MA, (__u64[PHASE_TOTAL]){1, 0, 0, 0});

	/* Completed destroy calls of a running worker count. */
	teardown = plain;
	teardown.running = true;
	teardown.run.latency_ns = UNKNOWN_NS;
	teardown.phase[PHASE_FREE] = UNKNOWN_NS;
	teardown.phase[PHASE_DESTROY] = UNKNOWN_NS;
	teardown.phase[PHASE_DEFERRED] = UNKNOWN_NS;
	teardown.phase[PHASE_TOTAL] = UNKNOWN_NS;
	teardown.destroy[0].latency_ns = UNKNOWN_NS;
	check_unknown(&teardown, MA WAIT, (__u64[PHASE_TOTAL]){0, 1, 1, 1});

	/* Without all destroy calls, the rest of the worker's time is unknown. */
	teardown = plain;
	teardown.phase[PHASE_DESTROY] = UNKNOWN_NS;
	teardown.nr_destroys = MAX_DESTROYS + 1;
	check_unknown(&teardown, DEFERRED MA PCPU_MA WAIT, (__u64[PHASE_TOTAL]){0, 1, 1, 0});

	/* Also if they took longer than the worker. */
	teardown = plain;
	teardown.phase[PHASE_DESTROY] = 2000;
	check_unknown(&teardown, DEFERRED MA PCPU_MA WAIT, (__u64[PHASE_TOTAL]){0, 1, 0, 0});

	memset(teardown.phase, 0xff, sizeof(teardown.phase));
	teardown.nr_destroys = 0;
	check_unknown(&teardown, "", (__u64[PHASE_TOTAL]){1, 1, 1, 1});
}

TEST(edge_values)
{
	struct teardown teardown = plain;

	/* A phase of 0 ns has no line. */
	memset(teardown.phase, 0, sizeof(teardown.phase));
	teardown.nr_destroys = 0;
	check_unknown(&teardown, "", (__u64[PHASE_TOTAL]){0, 0, 0, 0});

	/* The worker spent all of its time in destroy calls. */
	teardown = plain;
	teardown.phase[PHASE_FREE] = 700;
	assert_null(strstr(folded_of(&teardown), ";free "));

	/* Sums saturate. */
	memset(teardown.phase, 0, sizeof(teardown.phase));
	teardown.phase[PHASE_WAIT] = UNKNOWN_NS - 1;
	teardown.nr_destroys = 0;
	assert_string_equal(folded_of(&teardown), "agent;hash;events;wait 18446744073709551614\n");
	add(&teardown);
	assert_string_equal(written(), "agent;hash;events;wait 18446744073709551615\n");
}

TEST(hostile_names)
{
	struct teardown teardown = plain;
	const char *text;
	int byte;

	/* Names with frames, a line and a weight in them. */
	strcpy(teardown.map.name, "a;b c\n\xff 9 ");
	strcpy(teardown.map.identity.released_by.task.comm, ";\033[2J\"\\'");
	check_has(folded_of(&teardown),
		  "\\x3b\\x1b\\x5b2J\"\\';hash;a\\x3bb c\\x0a\\xff 9 ;wait 20\n");
	assert_int_equal(sum_of(folded_of(&teardown)), plain.phase[PHASE_TOTAL]);

	/* Names like the tool's own frames. */
	strcpy(teardown.map.name, "[unknown name]");
	strcpy(teardown.map.identity.released_by.task.comm, "[other]");
	check_has(folded_of(&teardown), "\\x5bother];hash;\\x5bunknown name];wait 20\n");

	/* Marks that colour a frame, and begin a comment. */
	strcpy(teardown.map.name, "x_[k]");
	strcpy(teardown.map.identity.released_by.task.comm, "#x#");
	check_begins(folded_of(&teardown), "\\x23x#;hash;x_\\x5bk];");

	strcpy(teardown.map.name, "gr\xc3\xbc\xc3\x9f\xf0\x9f\x98\x80");
	check_has(folded_of(&teardown), ";gr\xc3\xbc\xc3\x9f\xf0\x9f\x98\x80;wait");

	for (byte = 1; byte < 256; byte++) {
		memset(teardown.map.name, byte, NAME_LEN - 1);
		memset(teardown.map.identity.released_by.task.comm, byte, NAME_LEN - 1);
		text = folded_of(&teardown);
		assert_int_equal(printable_lines(text), 5);
		assert_int_equal(occurrences(text, ";"), 5 * 3 + 2);
		assert_int_equal(sum_of(text), plain.phase[PHASE_TOTAL]);
	}
}

/* By bytes: capitals, small letters, UTF-8. */
TEST(sorted_by_bytes)
{
	static const char *const names[] = {"b", "\xc3\xbc", "B", "a", "ab", "[", "~"};
	struct teardown teardown = plain;
	char last[256] = "", line[256];
	const char *text, *eol;
	size_t i, nr = 0;

	renew(100);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		strcpy(teardown.map.name, names[i]);
		strcpy(teardown.map.identity.released_by.task.comm, names[i]);
		add(&teardown);
	}
	for (text = written(); *text; text = eol + 1, nr++) {
		eol = strchr(text, '\n');
		snprintf(line, sizeof(line), "%.*s", (int)(eol - text), text);
		*strrchr(line, ' ') = '\0';
		assert_true(strcmp(last, line) < 0);
		strcpy(last, line);
	}
	assert_int_equal(nr, 5 * 7);
}

TEST(too_many_stacks)
{
	struct teardown teardown = plain;
	const char *text;
	int i;

	renew(7);
	for (i = 0; i < 100; i++) {
		snprintf(teardown.map.name, NAME_LEN, "map%d", i);
		snprintf(teardown.map.identity.released_by.task.comm, NAME_LEN, "%s",
			 i ? "zebra" : "Aardvark");
		add(&teardown);
	}
	/* Existing stacks still grow. */
	strcpy(teardown.map.name, "map0");
	strcpy(teardown.map.identity.released_by.task.comm, "Aardvark");
	add(&teardown);
	text = written();
	assert_int_equal(sum_of(text), 101 * plain.phase[PHASE_TOTAL]);
	check_has(text, "Aardvark;hash;map0;wait 40\n");
	/* In its place: after capitals, before small letters. */
	check_has(text, "Aardvark;hash;map0;wait 40\n[other] ");
	check_has(strstr(text, "[other] "), "\nzebra;hash;map1;");

	renew(0);
	add(&plain);
	assert_string_equal(written(), "[other] 6020\n");

	/* After all others. */
	renew(1);
	strcpy(teardown.map.identity.released_by.task.comm, "A");
	add(&teardown);
	assert_string_equal(written(), "A;hash;map0;wait 20\n[other] 6000\n");
}

/* The longest names, all escaped, are whole. */
TEST(long_names)
{
	struct teardown teardown = plain;
	char name[4 * NAME_LEN], wanted[512];
	int i;

	for (i = 0; i < NAME_LEN - 1; i++)
		strcpy(name + 4 * i, "\\xff");
	memset(teardown.map.name, 0xff, NAME_LEN - 1);
	memset(teardown.map.identity.released_by.task.comm, 0xff, NAME_LEN - 1);
	teardown.map.type = 4000000000U;
	teardown.destroy[1].alloc = ALLOC_STORAGE_MA;
	snprintf(wanted, sizeof(wanted),
		 "%s;type_4000000000;%s;free;bpf_mem_alloc_destroy (storage_ma) 400\n", name, name);
	check_has(folded_of(&teardown), wanted);
}

TEST(write_errors)
{
	FILE *full = full_disk();

	renew(1);
	assert_int_equal(folded_write(folded, full), 0); /* there is nothing to write */
	add(&plain);
	assert_int_equal(folded_write(folded, full), -ENOSPC);
	assert_int_equal(folded_write(folded, full), -EIO);
	clearerr(full);
	setvbuf(full, NULL, _IONBF, 0);
	assert_int_equal(folded_write(folded, full), -ENOSPC);
	fclose(full);
}

static const char *with_stack(const char *stack, __u8 close_flags)
{
	struct teardown teardown = plain;

	teardown.phase[PHASE_WAIT] = 20;
	teardown.phase[PHASE_FREE] = teardown.phase[PHASE_DESTROY] = 0;
	teardown.phase[PHASE_DEFERRED] = 0;
	teardown.nr_destroys = 0;
	teardown.map.identity.user_stack = stack;
	teardown.map.identity.close_flags = close_flags;
	folded_free(folded);
	folded = folded_new(FOLDED_MAX_STACKS, true);
	assert_non_null(folded);
	add(&teardown);
	return written();
}

TEST(user_stacks_are_frames_outermost_first)
{
	char longest[USER_STACK_TEXT];

	assert_string_equal(
		with_stack("drop+0x1c (/usr/lib/libc++.so.6)\nmain+0x2 (/a b)", CLOSE_KNOWN),
		"agent;main;drop;hash;events;wait 20\n");
	assert_string_equal(with_stack("operator+(int)+0x1 (/a+0x2)\n/lib/a++.so+0x10\n0x7f00", 0),
			    "agent;0x7f00;/lib/a++.so;operator+(int);hash;events;wait 20\n");
	assert_string_equal(with_stack("[vdso]+0x10\n[other] f+0x1 (/a)\n+0x1", 0),
			    "agent;+0x1;\\x5bother] f;[vdso];hash;events;wait 20\n");
	assert_string_equal(with_stack("a;b+0x1 (/c)", 0), "agent;a\\x3bb;hash;events;wait 20\n");
	assert_string_equal(with_stack(NULL, CLOSE_KNOWN | CLOSE_AT_EXIT),
			    "agent;[closed at exit];hash;events;wait 20\n");
	assert_string_equal(with_stack(NULL, CLOSE_KNOWN),
			    "agent;[user stack unknown];hash;events;wait 20\n");
	/* As long as can be, all of it escaped */
	memset(longest, ';', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(strlen(with_stack(longest, 0)),
			 strlen("agent;;hash;events;wait 20\n") + 4 * (sizeof(longest) - 1));
}

static int forget(void **state)
{
	(void)state;
	folded_free(folded);
	return 0;
}

TEST_MAIN(NULL, forget)
