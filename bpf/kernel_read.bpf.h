/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads the first bytes of kernel structures whose address is only a number to the verifier.
 *
 * The programs are compiled three times: without READ_IN_PLACE, with it, and with ALL_THREADS too
 * (memdestroy_trace.bpf.c); the loader takes the variant that the kernel supports.
 */
#pragma once

#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "kernel_ids.h"

/* A function of the kernel that is not a helper. */
#define KERNEL_FUNC(type, name, id, ...) static type (*const name)(__VA_ARGS__) = (void *)(id)

/*
 * READ_STRUCT(name, size, addr) declares name, a pointer to the first size bytes of the structure
 * at addr, and name_ok, whether they could be read. The bytes are copied or, where the kernel
 * allows it, read in place, which is cheaper: then name_ok is always true, and unreadable bytes are
 * 0.
 *
 * The verifier wants a type for a read in place. struct pt_regs holds only words, so that any
 * number can be read out of it.
 */
#ifdef READ_IN_PLACE

/* kernel/bpf/helpers.c, since 6.2 (a35b9af4ec2c); has no instructions of its own. */
KERNEL_FUNC(void *, bpf_rdonly_cast, KERNEL_ID_RDONLY_CAST, const void *obj, __u32 btf_id);

#define READ_STRUCT(name, size, addr)                                                              \
	enum { name##_size = (size) };                                                             \
	const void *name = bpf_rdonly_cast((void *)(addr), KERNEL_ID_PT_REGS);                     \
	const bool name##_ok = true
#else

#define READ_STRUCT(name, size, addr)                                                              \
	enum { name##_size = (size) };                                                             \
	__u8 name##_bytes[size] __attribute__((aligned(8)));                                       \
	const void *name = name##_bytes;                                                           \
	const bool name##_ok = !bpf_probe_read_kernel(name##_bytes, name##_size, (void *)(addr))
#endif

/*
 * A member of what READ_STRUCT() read, at the running kernel's offset; 0 if it lies behind that.
 * The kernel removes the test, because only one side of it can be reached: the assembly makes sure
 * that the other has an instruction of its own.
 */
#define STRUCT_FIELD(name, type, field)                                                            \
	({                                                                                         \
		__u64 __word;                                                                      \
		__u32 __off = bpf_core_field_offset(type, field);                                  \
		if (__off <= name##_size - sizeof(((type *)0)->field))                             \
			__word = (__u64) * (typeof(((type *)0)->field) *)((name) + __off);         \
		else                                                                               \
			asm volatile("%0 = 0" : "=r"(__word));                                     \
		(typeof(((type *)0)->field))__word;                                                \
	})

/* Argument n of a fentry or fexit program, as a number: ctx[n] is a pointer to the verifier. */
static __always_inline __u64 number_of_arg(__u64 *ctx, int n)
{
	__u64 value = 0;

	bpf_probe_read_kernel(&value, sizeof(value), &ctx[n]);
	return value;
}
