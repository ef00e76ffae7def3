// SPDX-License-Identifier: GPL-2.0-only
/* Kernel stacks as text: without the trampolines of programs, cut at a whole line. */
#include <unistd.h>

#include "support/test.h"
#include "trace/stack_text.h"
#include "util/macros.h"

static struct ksyms *ksyms;

static int load(void **state)
{
	static const char table[] = "ffffffff81001000 T _stext\n"
				    "ffffffff81002000 t rcu_barrier\n"
				    "ffffffff81003000 t free_map.llvm.7\n"
				    "ffffffff81004000 t bpf_trampoline_123\n"
				    "ffffffff81005000 t worker_thread\n"
				    "ffffffff81006000 t arch_rethook_trampoline\n"
				    "ffffffff81007000 T _etext\n";
	char path[] = "/tmp/test_stack_text.XXXXXX";
	int fd = mkstemp(path), err;

	(void)state;
	if (write(fd, table, strlen(table)) != (ssize_t)strlen(table))
		return -1;
	close(fd);
	err = ksyms_load(path, &ksyms);
	unlink(path);
	return err;
}

static int unload(void **state)
{
	(void)state;
	ksyms_free(ksyms);
	return 0;
}

#define AT(symbol, offset) (0xffffffff81000000ULL + (symbol)*0x1000 + (offset))

static void check_stack(const __u64 *ip, size_t nr, size_t size, const char *want)
{
	char text[256];

	stack_text(text, size, ksyms, ip, nr);
	assert_string_equal(text, want);
}

TEST(trampolines_are_left_out)
{
	static const __u64 fentry[] = {AT(2, 0x11a), AT(3, 0x64), AT(4, 0x4b), AT(3, 0x9),
				       AT(5, 1)};
	static const __u64 kretprobe[] = {AT(2, 1), AT(3, 0x64), AT(6, 0), AT(5, 1)};
	static const __u64 recursive[] = {AT(3, 0x64), AT(3, 0x70), AT(4, 0x4b), AT(5, 1),
					  AT(5, 2)};
	static const __u64 unnamed[] = {0xffffffffc0001234, AT(4, 1), AT(5, 1)};
	static const __u64 only[] = {AT(4, 1)};

	check_stack(fentry, ARRAY_SIZE(fentry), 256,
		    "rcu_barrier+0x11a\nfree_map.llvm.7+0x64\nworker_thread+0x1");
	check_stack(kretprobe, ARRAY_SIZE(kretprobe), 256,
		    "rcu_barrier+0x1\nfree_map.llvm.7+0x64\nworker_thread+0x1");
	check_stack(
		recursive, ARRAY_SIZE(recursive), 256,
		"free_map.llvm.7+0x64\nfree_map.llvm.7+0x70\nworker_thread+0x1\nworker_thread+0x2");
	check_stack(unnamed, ARRAY_SIZE(unnamed), 256, "0xffffffffc0001234\nworker_thread+0x1");
	check_stack(only, 1, 256, "");
	check_stack(only, 0, 256, "");
}

TEST(text_ends_with_a_whole_line)
{
	static const __u64 ip[] = {AT(2, 0x11a), AT(5, 1)};

	check_stack(ip, 2, 36, "rcu_barrier+0x11a\nworker_thread+0x1");
	check_stack(ip, 2, 35, "rcu_barrier+0x11a");
	check_stack(ip, 2, 17, "");
}

TEST_MAIN(load, unload)
