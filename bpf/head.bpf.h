/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's memory, read at an address that is no more than a number to the verifier.
 *
 * The programs are compiled in two ways, with READ_IN_PLACE and without, and the loader takes the
 * one that the kernel can do. A weak symbol in a single one would do but for libbpf: up to 1.1 at
 * least, it looks for a kernel function that the kernel's BTF lacks through all modules' BTF, and
 * fails where that is not permitted, which it is to CAP_SYS_ADMIN only.
 */
#ifndef HEAD_BPF_H
#define HEAD_BPF_H

/*
 * HEAD(name, size, addr) declares name, a pointer to the first bytes of a structure: copied or,
 * where the kernel lets its memory be read in place, where they lie, which is cheaper. name_read
 * tells if they could be copied; a read in place gives 0 instead, and is always said to have been
 * done.
 *
 * The verifier has to be told a type to read in place. Registers are nothing but words, so any
 * number can be read out of them.
 */
#ifdef READ_IN_PLACE

/* kernel/bpf/helpers.c, since 6.2 (a35b9af4ec2c); has no instructions of its own. */
extern void *bpf_rdonly_cast(const void *obj, __u32 btf_id) __ksym;

#define HEAD(name, size, addr)                                                                     \
	enum { name##_size = (size) };                                                             \
	const void *name =                                                                         \
		bpf_rdonly_cast((void *)(addr), bpf_core_type_id_kernel(struct pt_regs));          \
	const bool name##_read = true
#else

#define HEAD(name, size, addr)                                                                     \
	enum { name##_size = (size) };                                                             \
	__u8 name##_copy[size] __attribute__((aligned(8)));                                        \
	const void *name = name##_copy;                                                            \
	const bool name##_read = !bpf_probe_read_kernel(name##_copy, name##_size, (void *)(addr))
#endif

#endif
