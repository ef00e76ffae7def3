// SPDX-License-Identifier: GPL-2.0-only
/* Releases maps in functions of known names, and by the exit of a process. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "maps.h"
#include "process.h"
#include "workload.h"

#define NAMED_FUNCTION static __attribute__((noinline, noclone)) void

/* A function that calls nothing else would have no frame of its own. */
static inline __attribute__((always_inline)) void need_frame(void)
{
	asm volatile("" : : "r"(__builtin_frame_address(0)));
}

/* The wrapper in libc need not have a frame, and its caller would be missing in the stack. */
static inline __attribute__((always_inline)) void close_here(int fd)
{
#ifdef __x86_64__
	long result = 3; /* close */

	asm volatile("syscall" : "+a"(result) : "D"(fd) : "rcx", "r11", "memory");
#else
	close(fd);
#endif
	asm volatile("" ::: "memory"); /* nothing may be the last call of a function */
}

NAMED_FUNCTION us_drop_inner(int fd)
{
	need_frame();
	close_here(fd);
}

NAMED_FUNCTION us_drop_outer(int fd)
{
	need_frame();
	us_drop_inner(fd);
	asm volatile("");
}

static int make_map(const char *name)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, name, 4, 4, 1, NULL);

	if (fd < 0)
		fatal(-fd, "cannot create %s", name);
	printf("{\"kind\":\"user_stack\",\"map_name\":\"%s\"}\n", name);
	return fd;
}

/* Closes the map in the functions above, or leaves that to its exit. */
static void release_in_child(const char *name, bool at_exit)
{
	pid_t child = fork_child();

	if (!child) {
		int fd = make_map(name);

		if (!at_exit)
			us_drop_outer(fd);
		fflush(stdout);
		_exit(0);
	}
	wait_for_child(child);
}

void user_stack_run(unsigned int seconds)
{
	us_drop_outer(make_map("us_live"));
	release_in_child("us_gone", false);
	release_in_child("us_exit", true);
	sleep(seconds);
}
