// SPDX-License-Identifier: GPL-2.0-only
/*
 * All programs, each a wrapper of the handler in the header named by what it handles. Programs are
 * named after attach type and hook, as src/model/hooks.c has it.
 *
 * Programs are short, and none wakes the reader while records flow (it polls): while a program is
 * preempted, the kernel skips it for every other call on that CPU (see PROGS_PER_HOOK in event.h).
 */
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "caller.bpf.h"
#include "destroy.bpf.h"
#include "event.h"
#include "free.bpf.h"
#include "holder.bpf.h"
#include "kernel_read.bpf.h"
#include "release.bpf.h"
#include "witness.bpf.h"
#include "worker_time.bpf.h"

char LICENSE[] SEC("license") = "GPL";

#define PROGRAM(section, name, nth_of_side, handler)                                               \
	SEC(section) int name(__u64 *ctx)                                                          \
	{                                                                                          \
		const int nth = nth_of_side;                                                       \
		return handler;                                                                    \
	}

/*
 * The programs of a hook side: "name" where it is the only one; elsewhere "name_1", and two more
 * that only ask whether the event is handled and otherwise continue in "name_1". Its cookie is that
 * of the program that the kernel called: nth.
 *
 * So "name_1" runs several times at once on a CPU, on whose stack its variables must be. From 6.13
 * kernels give programs stacks per CPU, unless they make tail calls (check_max_stack_depth(),
 * kernel/bpf/verifier.c): it has one that is never reached.
 */
#define PROGRAMS(section, name, handled, handler)                                                  \
	PROGRAM(section, name, 0, handler)                                                         \
	struct {                                                                                   \
		__uint(type, BPF_MAP_TYPE_PROG_ARRAY);                                             \
		__uint(max_entries, 1);                                                            \
		__type(key, __u32);                                                                \
		__type(value, __u32);                                                              \
	} memdestr_##name SEC(".maps");                                                            \
	SEC(section) int name##_1(__u64 *ctx)                                                      \
	{                                                                                          \
		const __u64 nth = bpf_get_attach_cookie(ctx);                                      \
		if (nth >= PROGS_PER_HOOK) {                                                       \
			bpf_tail_call_static(ctx, &memdestr_##name, 0);                            \
			return 0;                                                                  \
		}                                                                                  \
		return handler;                                                                    \
	}                                                                                          \
	COPY(section, name##_2, 1, memdestr_##name, handled)                                       \
	COPY(section, name##_3, 2, memdestr_##name, handled)

/* If the tail call fails, the event counts as missed. */
#define COPY(section, name, nth_of_side, to, handled)                                              \
	SEC(section) int name(__u64 *ctx)                                                          \
	{                                                                                          \
		const int nth = nth_of_side;                                                       \
		if (stage == STAGE_ATTACHING || !(handled))                                        \
			bpf_tail_call_static(ctx, &to, 0);                                         \
		return 0;                                                                          \
	}

#define KPROBE(section, name, handler)                                                             \
	SEC(section) int name(struct pt_regs *ctx)                                                 \
	{                                                                                          \
		const int nth = 0;                                                                 \
		(void)ctx; /* a handler of returns may not need it */                              \
		return handler;                                                                    \
	}

#define ENTRY(hook)  PROG(hook, HOOK_ENTRY, nth)
#define RETURN(hook) PROG(hook, HOOK_RETURN, nth)

PROGRAMS("fentry/bpf_mem_alloc_destroy", fentry_destroy,
	 destroy_is_handled(ctx, false, ENTRY(HOOK_DESTROY)),
	 handle_destroy_entry(ctx, false, ENTRY(HOOK_DESTROY)))
PROGRAMS("fexit/bpf_mem_alloc_destroy", fexit_destroy,
	 destroy_is_handled(ctx, true, RETURN(HOOK_DESTROY)),
	 handle_destroy_return(ctx, false, RETURN(HOOK_DESTROY)))
KPROBE("kprobe/bpf_mem_alloc_destroy", kprobe_destroy,
       handle_destroy_entry(ctx, true, ENTRY(HOOK_DESTROY)))
KPROBE("kretprobe/bpf_mem_alloc_destroy", kretprobe_destroy,
       handle_destroy_return(ctx, true, RETURN(HOOK_DESTROY)))

PROGRAMS("fentry/bpf_map_free_deferred", fentry_free,
	 free_is_handled(number_of_arg(ctx, 0), HOOK_FREE, false, ENTRY(HOOK_FREE)),
	 handle_free_entry(number_of_arg(ctx, 0), HOOK_FREE, ENTRY(HOOK_FREE)))
PROGRAMS("fexit/bpf_map_free_deferred", fexit_free,
	 free_is_handled(number_of_arg(ctx, 0), HOOK_FREE, true, RETURN(HOOK_FREE)),
	 handle_free_return(number_of_arg(ctx, 0), HOOK_FREE, RETURN(HOOK_FREE)))
KPROBE("kprobe/bpf_map_free_deferred", kprobe_free,
       handle_free_entry(PT_REGS_PARM1(ctx), HOOK_FREE, ENTRY(HOOK_FREE)))
KPROBE("kretprobe/bpf_map_free_deferred", kretprobe_free,
       handle_free_return(0, HOOK_FREE, RETURN(HOOK_FREE)))

PROGRAMS("fentry/free_mem_alloc_deferred", fentry_deferred_free,
	 free_is_handled(number_of_arg(ctx, 0), HOOK_DEFERRED_FREE, false,
			 ENTRY(HOOK_DEFERRED_FREE)),
	 handle_free_entry(number_of_arg(ctx, 0), HOOK_DEFERRED_FREE, ENTRY(HOOK_DEFERRED_FREE)))
PROGRAMS("fexit/free_mem_alloc_deferred", fexit_deferred_free,
	 free_is_handled(number_of_arg(ctx, 0), HOOK_DEFERRED_FREE, true,
			 RETURN(HOOK_DEFERRED_FREE)),
	 handle_free_return(number_of_arg(ctx, 0), HOOK_DEFERRED_FREE, RETURN(HOOK_DEFERRED_FREE)))
KPROBE("kprobe/free_mem_alloc_deferred", kprobe_deferred_free,
       handle_free_entry(PT_REGS_PARM1(ctx), HOOK_DEFERRED_FREE, ENTRY(HOOK_DEFERRED_FREE)))
KPROBE("kretprobe/free_mem_alloc_deferred", kretprobe_deferred_free,
       handle_free_return(0, HOOK_DEFERRED_FREE, RETURN(HOOK_DEFERRED_FREE)))

PROGRAMS("fentry/bpf_map_put", fentry_put,
	 event_is_handled(HOOK_PUT, ENTRY(HOOK_PUT), number_of_arg(ctx, 0)),
	 handle_release(number_of_arg(ctx, 0), HOOK_PUT, ENTRY(HOOK_PUT)))
KPROBE("kprobe/bpf_map_put", kprobe_put,
       handle_release(PT_REGS_PARM1(ctx), HOOK_PUT, ENTRY(HOOK_PUT)))

PROGRAMS("fentry/bpf_map_put_with_uref", fentry_put_uref,
	 event_is_handled(HOOK_PUT_UREF, ENTRY(HOOK_PUT_UREF), number_of_arg(ctx, 0)),
	 handle_release(number_of_arg(ctx, 0), HOOK_PUT_UREF, ENTRY(HOOK_PUT_UREF)))
KPROBE("kprobe/bpf_map_put_with_uref", kprobe_put_uref,
       handle_release(PT_REGS_PARM1(ctx), HOOK_PUT_UREF, ENTRY(HOOK_PUT_UREF)))

/* The second argument is the file. */
PROGRAMS("fentry/bpf_map_release", fentry_release,
	 event_is_handled(HOOK_RELEASE, ENTRY(HOOK_RELEASE), map_of_file(number_of_arg(ctx, 1))),
	 handle_release(map_of_file(number_of_arg(ctx, 1)), HOOK_RELEASE, ENTRY(HOOK_RELEASE)))
KPROBE("kprobe/bpf_map_release", kprobe_release,
       handle_release(map_of_file(PT_REGS_PARM2(ctx)), HOOK_RELEASE, ENTRY(HOOK_RELEASE)))

PROGRAMS("fentry/bpf_prog_put_deferred", fentry_prog_put,
	 event_is_handled(HOOK_PROG_PUT, ENTRY(HOOK_PROG_PUT), number_of_arg(ctx, 0)),
	 handle_prog_put(number_of_arg(ctx, 0), ENTRY(HOOK_PROG_PUT)))
KPROBE("kprobe/bpf_prog_put_deferred", kprobe_prog_put,
       handle_prog_put(PT_REGS_PARM1(ctx), ENTRY(HOOK_PROG_PUT)))

PROGRAMS("fentry/bpf_link_free", fentry_link_free,
	 event_is_handled(HOOK_LINK_FREE, ENTRY(HOOK_LINK_FREE), number_of_arg(ctx, 0)),
	 handle_link_free(number_of_arg(ctx, 0), ENTRY(HOOK_LINK_FREE)))
KPROBE("kprobe/bpf_link_free", kprobe_link_free,
       handle_link_free(PT_REGS_PARM1(ctx), ENTRY(HOOK_LINK_FREE)))

PROGRAMS("fentry/bpf_destroy_inode", fentry_pin_free,
	 event_is_handled(HOOK_PIN_FREE, ENTRY(HOOK_PIN_FREE), number_of_arg(ctx, 0)),
	 handle_pin_free(number_of_arg(ctx, 0), ENTRY(HOOK_PIN_FREE)))
KPROBE("kprobe/bpf_destroy_inode", kprobe_pin_free,
       handle_pin_free(PT_REGS_PARM1(ctx), ENTRY(HOOK_PIN_FREE)))

PROGRAMS("fentry/bpf_map_fd_put_ptr", fentry_inner_put,
	 event_is_handled(HOOK_INNER_PUT, ENTRY(HOOK_INNER_PUT), number_of_arg(ctx, 1)),
	 handle_inner_put(number_of_arg(ctx, 0), number_of_arg(ctx, 1), ENTRY(HOOK_INNER_PUT)))
KPROBE("kprobe/bpf_map_fd_put_ptr", kprobe_inner_put,
       handle_inner_put(PT_REGS_PARM1(ctx), PT_REGS_PARM2(ctx), ENTRY(HOOK_INNER_PUT)))

/* Whole programs: those of tracepoints have cookies only from 6.10. */
#define QUEUE(name, nth_of_side)                                                                   \
	PROGRAM("tp_btf/workqueue_queue_work", name, nth_of_side,                                  \
		handle_queue((struct work_struct *)ctx[2], ENTRY(HOOK_QUEUE)))

QUEUE(tp_queue, 0)
QUEUE(tp_queue_2, 1)
QUEUE(tp_queue_3, 2)

/* One program for each side: few calls are of a worker that frees, and these programs are short. */
#define GRACE_PROGRAMS(name, function)                                                             \
	SEC("fentry/" #function) int fentry_##function(void *ctx __attribute__((unused)))          \
	{                                                                                          \
		return handle_grace_entry(GRACE_##name);                                           \
	}                                                                                          \
	SEC("fexit/" #function) int fexit_##function(void *ctx __attribute__((unused)))            \
	{                                                                                          \
		return handle_grace_return(GRACE_##name);                                          \
	}

GRACE_FUNCTIONS(GRACE_PROGRAMS)

/* One program for all of these functions: its cookie is the number of the function. */
#define GRACE_KPROBE(section, name, handler)                                                       \
	SEC(section) int name(struct pt_regs *ctx)                                                 \
	{                                                                                          \
		return handler(bpf_get_attach_cookie(ctx));                                        \
	}

GRACE_KPROBE("kprobe/grace", kprobe_grace, handle_grace_entry)
GRACE_KPROBE("kretprobe/grace", kretprobe_grace, handle_grace_return)
GRACE_KPROBE("kprobe.multi/grace", multi_grace, handle_grace_entry)
GRACE_KPROBE("kretprobe.multi/grace", multiret_grace, handle_grace_return)

/* The clock of all records. In a time namespace, that of the loader differs. */
SEC("syscall")
int read_clock(__u64 *now_ns)
{
	*now_ns = bpf_ktime_get_ns();
	return 0;
}

/* For teardowns only. The loader runs it once and finds the sizes here. */
struct kernel_sizes kernel_sizes;

#define READ_SIZE(name) kernel_sizes.of[SIZE_##name] = bpf_core_type_size(struct name);

SEC("syscall")
int read_sizes(void *ctx __attribute__((unused)))
{
	KERNEL_STRUCTS(READ_SIZE)
	if (bpf_core_field_exists(struct bpf_htab, map_locked))
		kernel_sizes.of[SIZE_HTAB_LOCKS] = bpf_core_field_size(struct bpf_htab, map_locked);
	return 0;
}

/* Without BTF, so that a kernel that lacks the tracepoints still loads the other programs. */
SEC("raw_tp/workqueue_execute_start")
int work_start(void *ctx __attribute__((unused)))
{
	return handle_work_start();
}

SEC("raw_tp/workqueue_execute_end")
int work_end(__u64 *ctx)
{
	return handle_work_end(ctx[1]);
}

/*
 * The loader sets "wanted", reads the iterator, and finds the answer in the other members, except
 * "clear", which it sets itself.
 */
struct task_stack task_stack;

/*
 * Whether the thread is in a function with a kretprobe, of any tracer. If it runs, the kernel gives
 * no stack, and until 6.10 (5120d167e21c) it warns: rethook_find_ret_addr(),
 * kernel/trace/rethook.c.
 */
static __always_inline bool in_kretprobe(struct task_struct *task)
{
	return bpf_core_field_exists(task->rethooks.first) && task->rethooks.first;
}

static __attribute__((noinline)) void fill_stack(struct task_struct *task)
{
	__u64 func = 0;

	task_stack.sleeps = task->__state != 0;
	task_stack.size = 0;
	if (task_stack.sleeps || !in_kretprobe(task))
		task_stack.size = bpf_get_task_stack(task, task_stack.ip, sizeof(task_stack.ip), 0);
	task_stack.start_ns = task->start_time;
	task_stack.worker = (task->flags & PF_WQ_WORKER) != 0;
	task_stack.work = work_of_task(task, &func);
	task_stack.map = task_stack.work ? map_of_work(task_stack.work) : 0;
	task_stack.found = task->pid;
}

#ifdef ALL_THREADS
/* kernel/bpf/helpers.c, since 6.2 (3f0e6f2b41d3) */
KERNEL_FUNC(struct task_struct *, bpf_task_from_pid, KERNEL_ID_TASK_FROM_PID, __s32 pid);
KERNEL_FUNC(void, bpf_task_release, KERNEL_ID_TASK_RELEASE, struct task_struct *task);

/* For a reader in a PID namespace, the iterator has no tasks outside of it. */
static __always_inline void find_stack(void)
{
	struct task_struct *task = bpf_task_from_pid(task_stack.wanted);

	task_stack.all = true;
	if (!task)
		return;
	fill_stack(task);
	bpf_task_release(task);
}
#endif

/* Created while the loader has its privileges; reading it needs none. */
SEC("iter/task")
int dump_stack(__u64 *ctx)
{
	/* struct bpf_iter__task (kernel/bpf/task_iter.c) is the same on all kernels. */
	struct task_struct *task = (struct task_struct *)ctx[1];

	if (!task) {
#ifdef ALL_THREADS
		if (task_stack.found != task_stack.wanted)
			find_stack();
#endif
		return 0;
	}
	/* kthreadd, which no PID namespace but the first one has. */
	if (task->pid == 2 && task->flags & PF_KTHREAD)
		task_stack.all = true;
	if ((__u32)task->pid == task_stack.wanted)
		fill_stack(task);
	return 0;
}
