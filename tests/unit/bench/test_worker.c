// SPDX-License-Identifier: GPL-2.0-only
/*
 * The process that makes maps, as far as it works without rights: it answers, survives signals to
 * its parent, is reported when it is gone, and ends on request.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/bpf.h>

#include "bench/fill.h"
#include "bench/worker.h"
#include "support/test.h"
#include "util/macros.h"

#define SOON_MS 20000

/* Both fail before they create a map. */
static const struct scenario list[] = {
	{.name = "no such type",
	 .map_name = "bench_0",
	 .map_type = BPF_MAP_TYPE_QUEUE,
	 .entries = 1,
	 .value_size = 8,
	 .threads = 1,
	 .maps = 1,
	 .runs = 1},
	{.name = "too large",
	 .map_name = "bench_1",
	 .map_type = BPF_MAP_TYPE_HASH,
	 .entries = 10000000,
	 .value_size = 65536,
	 .threads = 64,
	 .maps = 10000,
	 .runs = 1,
	 .max_entries = 10000000},
};

static struct worker worker;

static int start(void **state)
{
	(void)state;
	return worker_start(&worker, list, 2);
}

/* No child is left. */
static int stop(void **state)
{
	(void)state;
	worker_stop(&worker);
	return waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD;
}

#define TEST_WORKER(name) TEST_BETWEEN(name, start, stop)

/* The only child; it is not waited for. */
static pid_t child(void)
{
	siginfo_t info = {};
	char path[64];
	FILE *file;
	int pid = 0;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
	file = fopen(path, "re");
	if (!file)
		skip();
	assert_int_equal(fscanf(file, "%d", &pid), 1);
	fclose(file);
	assert_int_equal(waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT), 0);
	assert_int_equal(info.si_pid, 0);
	return pid;
}

static void wait_for_answer(void)
{
	struct pollfd poll_fd = {.fd = worker.fd, .events = POLLIN};

	assert_int_equal(poll(&poll_fd, 1, SOON_MS), 1);
}

static void check_answer(size_t index, bool warm_up, int want)
{
	size_t answered;
	int err;

	assert_int_equal(worker_read_answer(&worker, &answered, &err), -EAGAIN);
	assert_int_equal(worker_run(&worker, index, warm_up), 0);
	wait_for_answer();
	assert_int_equal(worker_read_answer(&worker, &answered, &err), 0);
	assert_int_equal(answered, index);
	assert_int_equal(err, want);
}

TEST_WORKER(every_order_is_answered)
{
	child();
	check_answer(1, true, -ENOMEM);
	check_answer(0, false, -EOPNOTSUPP);
	check_answer(1, false, -ENOMEM);
}

TEST_WORKER(signals_are_left_to_the_parent)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
	pid_t pid = child();

	check_answer(0, true, -EOPNOTSUPP); /* wait until it runs */
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		kill(pid, signals[i]);
	check_answer(0, true, -EOPNOTSUPP);
}

TEST_WORKER(its_death_is_noticed)
{
	size_t index;
	int err;

	kill(child(), SIGKILL);
	wait_for_answer();
	assert_int_equal(worker_read_answer(&worker, &index, &err), -EPIPE);
	assert_int_equal(worker_run(&worker, 0, false), -EPIPE);
}

TEST_WORKER(one_that_hangs_is_ended)
{
	kill(child(), SIGSTOP);
}

/* Undoes fill_key() with KEYS_SPREAD: the multiplier's inverse modulo 2^32 is one modulo 2^N, too.
 */
static __u32 index_of(const struct map_limits *type, const __u32 key[2])
{
	static const __u32 bits[] = {32, 30, 28, 24};
	__u32 inverse = 244002641U, prefix = ntohl(key[1]), sort = 0;

	if (type->map_type != BPF_MAP_TYPE_LPM_TRIE)
		return key[0] * inverse;
	while (bits[sort] != key[0])
		assert_in_range(++sort, 1, ARRAY_SIZE(bits) - 1);
	prefix >>= 32 - key[0];
	return (prefix * inverse & (~0U >> (32 - key[0]))) * 4 + sort;
}

/* No two keys are the same, since the index can be had back from each. */
static void check_keys(const struct map_limits *type, __u32 nr)
{
	for (__u32 i = 0; i < nr; i++) {
		__u32 key[2] = {0};

		fill_key(type, KEYS_SPREAD, i, key);
		if (index_of(type, key) != i)
			fail_msg("key %u is that of %u", i, index_of(type, key));
		if (type->map_type == BPF_MAP_TYPE_LPM_TRIE &&
		    ntohl(key[1]) & ((1ULL << (32 - key[0])) - 1))
			fail_msg("prefix %u has bits beyond its length", i);
	}
}

/* Equal keys would leave a map with fewer entries. Prefixes have no bits beyond their length. */
TEST(no_two_keys_are_the_same)
{
	check_keys(map_limits_find(BPF_MAP_TYPE_HASH), 1000000);
	check_keys(map_limits_find(BPF_MAP_TYPE_LPM_TRIE), 10000000);
}

/* As the kernel's own benchmark of tries has them: whole addresses, in the CPU's byte order. */
TEST(dense_keys_are_numbers)
{
	__u32 key[2];

	fill_key(map_limits_find(BPF_MAP_TYPE_LPM_TRIE), KEYS_DENSE, 9999, key);
	assert_int_equal(key[0], 32);
	assert_int_equal(key[1], 9999);
	fill_key(map_limits_find(BPF_MAP_TYPE_HASH), KEYS_DENSE, 63, key);
	assert_int_equal(key[0], 63);
}

/* An array has no keys but its indices. */
TEST(arrays_take_indices)
{
	__u32 key[2];

	fill_key(map_limits_find(BPF_MAP_TYPE_ARRAY), KEYS_SPREAD, 7, key);
	assert_int_equal(key[0], 7);
	fill_key(map_limits_find(BPF_MAP_TYPE_ARRAY_OF_MAPS), KEYS_SPREAD, 7, key);
	assert_int_equal(key[0], 7);
}

TEST_MAIN(NULL, NULL)
