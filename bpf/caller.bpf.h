/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The caller: the return address of the traced call, never one inside the tracing machinery.
 *
 * vmlinux/arch.h has the differences between architectures.
 */
#pragma once

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "config.bpf.h"
#include "event.h"
#include "kernel_read.bpf.h"

#define STACK_WORDS 16 /* frames to unwind at most */

/* Where symbols are hidden, code within this distance of the function counts as kernel text. */
#define TEXT_REACH (1ULL << 30)

/* The function's call of the trampoline returns to an address within this many bytes of it. */
#define IN_FUNC 64

/* 1 or 0, without a branch: at each branch the verifier has two paths to follow. */
static __always_inline __u32 within(__u64 addr, __u64 start, __u64 end)
{
	__u64 offset = addr - start, size = end - start;

	return ((offset - size) & ~offset) >> 63; /* sizes leave the sign bit free */
}

static __always_inline bool is_caller(__u64 addr)
{
	__u32 elsewhere = within(addr, config.func_start, config.func_end), i;

	for (i = 0; i < NR_TRAMPOLINES; i++)
		elsewhere |= within(addr, config.trampolines[i][0], config.trampolines[i][1]);
	return within(addr, config.text_start, config.text_end) > elsewhere;
}

/* Callers that were found; the few that there are come again and again. */
#define NR_KNOWN_CALLERS 16

__u64 known_callers[NR_KNOWN_CALLERS];

static __always_inline bool is_known_caller(__u64 addr)
{
	__u64 *known = &known_callers[(addr ^ addr >> 4) % NR_KNOWN_CALLERS];

	if (!addr) /* as entries are that are not known yet */
		return false;
	if (*known == addr)
		return true;
	if (!is_caller(addr))
		return false;
	*known = addr;
	return true;
}

/*
 * The slow way, for when something else replaced the return address, such as another tool's
 * kretprobe, which the kernel's unwinder sees through.
 *
 * bpf_get_stack() fails (-EFAULT) while another task that unwinds is preempted on this CPU: both
 * use the CPU's one buffer. The return tries again.
 *
 * To the verifier, bpf_get_stack() only reads its buffer in a fentry program (MEM_RDONLY in
 * bpf_get_stack_proto_raw_tp, kernel/trace/bpf_trace.c). It takes a buffer of zeroes to stay so and
 * removes the search (6.16), so the buffer is filled with bytes the verifier does not know.
 */
static __noinline __u64 caller_by_unwinding(void *ctx)
{
	__u64 stack[STACK_WORDS];
	long size;
	int i;

	if (bpf_probe_read_kernel(stack, sizeof(stack), ctx))
		return 0;
	size = bpf_get_stack(ctx, stack, sizeof(stack), 0);
	for (i = 0; i < STACK_WORDS; i++) {
		if (size < (i + 1) * (long)sizeof(stack[0]))
			break;
		if (is_caller(stack[i]))
			return stack[i];
	}
	return 0;
}

/*
 * A fentry or fexit program's ctx lies in the trampoline's frame, below the function's return
 * address (arch_prepare_bpf_trampoline() in arch/<arch>/net/bpf_jit_comp.c). No kernel promises the
 * layout, so each word is checked.
 */
struct trampoline_frame {
	__u64 skipped[FRAME_WORDS_START];
	__u64 words[FRAME_WORDS];
};

/* Without symbols, code near the function counts. */
static __always_inline bool may_be_caller(__u64 addr, __u64 func)
{
	return config.text_start ? is_known_caller(addr)
				 : addr - (func - TEXT_REACH) < 2 * TEXT_REACH;
}

static __always_inline __u64 caller_of_fentry(__u64 *ctx)
{
	__u64 func = bpf_get_func_ip(ctx);
	bool at_return = !FRAME_HAS_FUNC;
	const struct trampoline_frame *frame;
	__u64 word;
	int i;

	READ_STRUCT(bytes, sizeof(*frame), ctx);
	if (!bytes_ok)
		return 0;
	frame = bytes;
	for (i = 0; i < FRAME_WORDS; i++) {
		word = frame->words[i];
		if (word - func < IN_FUNC)
			at_return = true;
		else if (at_return && may_be_caller(word, func))
			return word;
	}
	return config.text_start ? caller_by_unwinding(ctx) : 0;
}

/*
 * Where a register holds the return address, the unwinder would search the stack and find the
 * caller's caller. If something else is in the register, the return sees through it.
 */
static __always_inline __u64 caller_of_kprobe(struct pt_regs *ctx)
{
	__u64 addr;

#ifdef LINK_REGISTER
	addr = LINK_REGISTER(ctx);
#else
	READ_STRUCT(top, sizeof(addr), PT_REGS_SP(ctx));
	if (!top_ok)
		return 0;
	addr = *(__u64 *)top;
#endif
	if (!config.text_start || is_known_caller(addr))
		return addr;
#ifdef LINK_REGISTER
	return 0;
#else
	return caller_by_unwinding(ctx);
#endif
}

/*
 * In a kretprobe the argument is gone, but the saved instruction pointer is the return address. If
 * something else replaced that too, the entry sees through it.
 */
static __always_inline __u64 caller_of_kretprobe(struct pt_regs *ctx)
{
	__u64 addr = PT_REGS_IP(ctx);

	return !config.text_start || is_known_caller(addr) ? addr : 0;
}
