/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who called: the return address of the traced call, never one of the tracing machinery.
 */
#ifndef CALLER_BPF_H
#define CALLER_BPF_H

/*
 * Words of a trampoline's frame that are looked at, see struct frame, and whether the caller stands
 * behind an address in the function, always. The register that holds the return address when a
 * function is entered (bpf_tracing.h of libbpf 1.1 has PT_REGS_RET() wrong for two of these).
 */
#if defined(__TARGET_ARCH_x86)
#define FRAME_WORDS_START 3
#define NR_FRAME_WORDS	  3
#define FRAME_HAS_FUNC	  false
#elif defined(__TARGET_ARCH_s390)
#define FRAME_WORDS_START  1
#define NR_FRAME_WORDS	   0
#define FRAME_HAS_FUNC	   false
#define LINK_REGISTER(ctx) (__PT_REGS_CAST(ctx)->gprs[14])
#elif defined(__TARGET_ARCH_powerpc)
#define FRAME_WORDS_START  8
#define NR_FRAME_WORDS	   1
#define FRAME_HAS_FUNC	   false
#define LINK_REGISTER(ctx) ((ctx)->link)
#else
#define FRAME_WORDS_START  2
#define NR_FRAME_WORDS	   8
#define FRAME_HAS_FUNC	   true
#define LINK_REGISTER(ctx) PT_REGS_RET(ctx)
#endif
#define NR_STACK_WORDS 16 /* frames that are unwound */

/* Where symbols are hidden, code within this distance of the function is taken for kernel text. */
#define TEXT_REACH (1ULL << 30)

/* How far into the function its call of the trampoline returns to, at most. */
#define IN_FUNC 64

/* Without a branch, at each of which the verifier has two paths to follow. 1 or 0. */
static __always_inline __u32 within(__u64 addr, __u64 start, __u64 end)
{
	__u64 offset = addr - start, size = end - start;

	return ((offset - size) & ~offset) >> 63; /* no size is too large for a sign */
}

static __always_inline bool is_caller(__u64 addr)
{
	__u32 elsewhere = within(addr, config.func_start, config.func_end), i;

	for (i = 0; i < NR_TRAMPOLINES; i++)
		elsewhere |= within(addr, config.trampolines[i][0], config.trampolines[i][1]);
	return within(addr, config.text_start, config.text_end) > elsewhere;
}

/*
 * The slow way, for when something else sits on the return address, such as another tool's
 * kretprobe, which the kernel's unwinder knows to see through.
 *
 * It fails (-EFAULT) while another task that unwinds is preempted on this CPU: the kernel has one
 * buffer for each. Then the return tries again.
 *
 * To the verifier, bpf_get_stack() only reads its buffer in a fentry program (MEM_RDONLY in
 * bpf_get_stack_proto_raw_tp, kernel/trace/bpf_trace.c). A buffer that it knows to be zero is then
 * taken to stay so, and the search for removed: seen on 6.16. So it is filled with what the
 * verifier does not know.
 */
static __noinline __u64 caller_by_unwinding(void *ctx)
{
	__u64 stack[NR_STACK_WORDS];
	long size;
	int i;

	if (bpf_probe_read_kernel(stack, sizeof(stack), ctx))
		return 0;
	size = bpf_get_stack(ctx, stack, sizeof(stack), 0);
	for (i = 0; i < NR_STACK_WORDS; i++) {
		if (size < (i + 1) * (long)sizeof(stack[0]))
			break;
		if (is_caller(stack[i]))
			return stack[i];
	}
	return 0;
}

/*
 * A fentry or fexit program's ctx lies in the trampoline's frame, below the function's return
 * address (arch_prepare_bpf_trampoline() in arch/<arch>/net/bpf_jit_comp.c). From ctx upwards:
 *
 * x86: the argument, the return value's slot (anything, at entry), the caller's frame pointer or
 * whatever else it keeps in that register, an address in the function (not where the trampoline is
 * jumped to, as on 7.3), the caller.
 * arm64: the argument, the return value's slot, two callee-saved registers, frame pointer, an
 * address in the function, frame pointer, the caller.
 * riscv: the argument, two slots of the return value, frame pointer, an address in the function,
 * frame pointer, the caller.
 * s390: not looked at; Debian's kernels have no trampolines there to see it on.
 * powerpc: the argument, the return value's slot, two callee-saved registers (anything), an address
 * in the function, one in its stub or nothing, back chain, condition register, the caller.
 *
 * That layout is promised by nobody, so what is found is checked.
 */
struct frame {
	__u64 arg;
	__u64 skipped[FRAME_WORDS_START - 1];
	__u64 words[NR_FRAME_WORDS];
};

/* Could that be the caller? Without symbols, nearness has to do. */
static __always_inline bool may_be_caller(__u64 addr, __u64 func)
{
	return config.text_start ? is_caller(addr) : addr - (func - TEXT_REACH) < 2 * TEXT_REACH;
}

/* The caller; *ma is set to the argument, as a plain number: ctx[0] is a pointer to the verifier.
 */
static __always_inline __u64 caller_of_fentry(__u64 *ctx, __u64 *ma)
{
	__u64 func = bpf_get_func_ip(ctx);
	bool at_return = !FRAME_HAS_FUNC;
	const struct frame *frame;
	__u64 word;
	int i;

	HEAD(head, sizeof(*frame), ctx);
	*ma = 0;
	if (!head_read)
		return 0;
	frame = head;
	*ma = frame->arg;
	for (i = 0; i < NR_FRAME_WORDS; i++) {
		word = frame->words[i];
		if (word - func < IN_FUNC)
			at_return = true;
		else if (at_return && may_be_caller(word, func))
			return word;
	}
	return config.text_start ? caller_by_unwinding(ctx) : 0;
}

/*
 * Where the return address is in a register, the unwinder looks for it on the stack, and what it
 * finds there is the caller's caller. Something else in that register is for the return to see
 * through.
 */
static __always_inline __u64 caller_of_kprobe(struct pt_regs *ctx)
{
	__u64 addr;

#ifdef LINK_REGISTER
	addr = LINK_REGISTER(ctx);
#else
	if (bpf_probe_read_kernel(&addr, sizeof(addr), (void *)PT_REGS_SP(ctx)))
		return 0;
#endif
	if (!config.text_start || is_caller(addr))
		return addr;
#ifdef LINK_REGISTER
	return 0;
#else
	return caller_by_unwinding(ctx);
#endif
}

/*
 * In a kretprobe the argument is gone, but the saved instruction pointer is where the call returns
 * to; unless something else sits there too, which is for the entry to see through.
 */
static __always_inline __u64 caller_of_kretprobe(struct pt_regs *ctx)
{
	__u64 addr = PT_REGS_IP(ctx);

	return !config.text_start || is_caller(addr) ? addr : 0;
}

#endif
