// SPDX-License-Identifier: GPL-2.0-only
/* Evidence from a thread on a call whose return has no record. */
#include <errno.h>

#include "support/test.h"
#include "correlate/thread_state.h"

#define TID    11
#define WORK   0xffff888100001080
#define MAP    0xffff888100001000
#define CALLER 0xffffffff81000047

/* Entered at 1000; of a destroy call, the work is its worker's. */
static struct record_call entry_of(enum hook hook)
{
	return (struct record_call){
		.head = {.hook = hook,
			 .tid = TID,
			 .ts_ns = 1000,
			 .arg = hook == HOOK_DESTROY ? MAP + 8 : WORK,
			 .map = MAP,
			 .caller = hook == HOOK_DESTROY ? CALLER : 0},
	};
}

static const struct task_stack idle = {
	.found = TID,
	.worker = true,
	.sleeps = true,
	.clear = true,
	.size = 2 * sizeof(__u64),
	.ip = {0xffffffff81000100, 0xffffffff81000200},
};

static void expect(enum hook hook, const struct task_stack *thread, enum thread_state want)
{
	const struct record_call entry = entry_of(hook);

	assert_int_equal(thread_state_of(thread, &entry), want);
}

TEST(idle_worker)
{
	for (enum hook hook = 0; hook < NR_CALL_HOOKS; hook++)
		expect(hook, &idle, THREAD_RETURNED);
}

TEST(worker_runs_this_work)
{
	struct task_stack worker = idle;

	worker.work = WORK;
	worker.map = MAP;
	expect(HOOK_FREE, &worker, THREAD_IN_CALL);
	expect(HOOK_DEFERRED_FREE, &worker, THREAD_IN_CALL);
	/* It frees the map, and is in no destroy call any more. */
	expect(HOOK_DESTROY, &worker, THREAD_RETURNED);
	worker.ip[1] = CALLER;
	expect(HOOK_DESTROY, &worker, THREAD_IN_CALL);
}

TEST(worker_runs_other_work)
{
	struct task_stack worker = idle;

	worker.work = WORK + 0x1000;
	worker.map = MAP + 0x1000;
	worker.ip[1] = CALLER; /* the same kind of work */
	for (enum hook hook = 0; hook < NR_CALL_HOOKS; hook++)
		expect(hook, &worker, THREAD_RETURNED);
}

/* An unreliable state is no proof. */
TEST(stacks_that_prove_nothing)
{
	struct record_call entry = entry_of(HOOK_DESTROY);
	struct task_stack task = idle;

	task.worker = false;
	expect(HOOK_DESTROY, &task, THREAD_RETURNED);
	task.sleeps = false; /* it changed while it was read */
	expect(HOOK_DESTROY, &task, THREAD_UNKNOWN);
	task.sleeps = true;
	task.clear = false; /* a trampoline may stand in for the caller */
	expect(HOOK_DESTROY, &task, THREAD_UNKNOWN);
	task.size = -EFAULT;
	expect(HOOK_DESTROY, &task, THREAD_UNKNOWN);
	task = idle;
	task.worker = false;
	entry.head.caller = 0;
	assert_int_equal(thread_state_of(&task, &entry), THREAD_UNKNOWN);
}

TEST(thread_that_ended)
{
	struct task_stack none = {.all = true}, another = idle;

	expect(HOOK_DESTROY, &none, THREAD_RETURNED);
	none.all = false; /* another PID namespace's */
	expect(HOOK_DESTROY, &none, THREAD_UNKNOWN);

	/* Its number was given to another thread, which is in the same call. */
	another.worker = false;
	another.ip[0] = CALLER;
	another.start_ns = 1001;
	expect(HOOK_DESTROY, &another, THREAD_RETURNED);
	another.start_ns = 999;
	expect(HOOK_DESTROY, &another, THREAD_IN_CALL);
}

TEST_MAIN(NULL, NULL)
