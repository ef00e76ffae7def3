/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the BPF programs know of an architecture: its registers, and where the return address is.
 * For another architecture, add a block here, and its name as libbpf has it to ARCH in the
 * Makefile.
 *
 * struct pt_regs, or what it begins with (arch/<arch>/include/uapi/asm/ptrace.h, which never
 * changes and so is not RELOCATED by CO-RE): the registers that libbpf's bpf_tracing.h reads.
 *
 * LINK_REGISTER(ctx): the register that holds the return address at a function's entry; not defined
 * where that is on the stack. PT_REGS_RET() of libbpf 1.1 is wrong for s390 and powerpc.
 *
 * FRAME_*: the trampoline's frame from a fentry program's ctx upwards, in words (see caller.bpf.h).
 * FRAME_WORDS words from FRAME_WORDS_START on may hold the caller; the argument is word 0.
 * FRAME_HAS_FUNC: an address in the function always precedes the caller.
 */
#pragma once

#define RELOCATED __attribute__((preserve_access_index))

#if defined(__TARGET_ARCH_x86)

struct pt_regs {
	unsigned long bp;
	unsigned long ax;
	unsigned long cx;
	unsigned long dx;
	unsigned long si;
	unsigned long di;
	unsigned long ip;
	unsigned long sp;
} RELOCATED;

/*
 * Argument, return value's slot (anything at entry), saved frame pointer register (anything), an
 * address in the function (not where the trampoline is jumped to, as on 7.3), caller.
 */
#define FRAME_WORDS_START 3
#define FRAME_WORDS	  3
#define FRAME_HAS_FUNC	  false

#elif defined(__TARGET_ARCH_s390)

struct pt_regs {
};

typedef struct {
	unsigned long mask;
	unsigned long addr;
} psw_t;

typedef struct {
	unsigned long args[1];
	psw_t psw;
	unsigned long gprs[16];
} user_pt_regs;

#define LINK_REGISTER(ctx) (__PT_REGS_CAST(ctx)->gprs[14])

/* Not looked at: Debian's kernels have no trampolines there. */
#define FRAME_WORDS_START  1
#define FRAME_WORDS	   0
#define FRAME_HAS_FUNC	   false

#elif defined(__TARGET_ARCH_powerpc)

struct pt_regs {
	unsigned long gpr[32];
	unsigned long nip;
	unsigned long link;
} RELOCATED;

#define LINK_REGISTER(ctx) ((ctx)->link)

/*
 * Argument, return value's slot, two callee-saved registers (anything), an address in the function,
 * one in its stub or nothing, back chain, condition register, caller.
 */
#define FRAME_WORDS_START  8
#define FRAME_WORDS	   1
#define FRAME_HAS_FUNC	   false

#else /* arm64, riscv, arm */

#if defined(__TARGET_ARCH_arm)
struct pt_regs {
	unsigned long uregs[18];
} RELOCATED;
#elif defined(__TARGET_ARCH_arm64)
struct pt_regs {
};

struct user_pt_regs {
	__u64 regs[31];
	__u64 sp;
	__u64 pc;
};
#else
struct pt_regs {
};

struct user_regs_struct {
	unsigned long pc;
	unsigned long ra;
	unsigned long sp, gp, tp, t0, t1, t2, s0, s1;
	unsigned long a0;
	unsigned long a1;
};
#endif

#define LINK_REGISTER(ctx) PT_REGS_RET(ctx)

/*
 * arm64: argument, return value's slot, two callee-saved registers, frame pointer, an address in
 * the function, frame pointer, caller. riscv: argument, two slots of the return value, frame
 * pointer, an address in the function, frame pointer, caller.
 */
#define FRAME_WORDS_START  2
#define FRAME_WORDS	   8
#define FRAME_HAS_FUNC	   true

#endif
