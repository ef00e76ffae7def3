/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's memory, read at an address that is no more than a number to the verifier.
 */
#ifndef HEAD_BPF_H
#define HEAD_BPF_H

/* kernel/bpf/helpers.c, since 6.2 (a35b9af4ec2c); has no instructions of its own. */
extern void *bpf_rdonly_cast(const void *obj, __u32 btf_id) __ksym __weak;

/*
 * The first bytes of a structure: copied or, where the kernel lets its memory be read in place,
 * where they lie, which is cheaper. NULL if they cannot be copied; a read in place gives 0 instead.
 *
 * The verifier has to be told a type to read in place. Registers are nothing but words, so any
 * number can be read out of them.
 */
static __always_inline const void *head_of(void *copy, __u32 size, __u64 addr)
{
	if (config.read_in_place)
		return bpf_rdonly_cast((void *)addr, bpf_core_type_id_kernel(struct pt_regs));
	return bpf_probe_read_kernel(copy, size, (void *)addr) ? NULL : copy;
}

/* Declares name as a pointer to the first bytes at an address, see head_of(). */
#define HEAD(name, size, addr)                                                                     \
	__u8 name##_copy[size] __attribute__((aligned(8)));                                        \
	const void *name = head_of(name##_copy, size, (__u64)(addr))

#endif
