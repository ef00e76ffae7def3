// SPDX-License-Identifier: GPL-2.0-only
/* Names the functions of stacks: of this process, of files that it has mapped, and of none. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/made_elf.h"
#include "support/test.h"
#include "model/map_info.h"
#include "trace/elf_symbols.h"
#include "trace/process_maps.h"
#include "trace/user_stacks.h"
#include "util/macros.h"

static struct user_stacks *stacks;
static __u64 start_stack;
static struct process_maps maps;

/* Two functions with known names, in this program. */
static __attribute__((noinline)) int inner_function(int number)
{
	return number * 3 + 1;
}

static __attribute__((noinline)) int outer_function(int number)
{
	return inner_function(number + 1) + 1;
}

static int open_stacks(void **state)
{
	FILE *file = fopen("/proc/self/stat", "re");
	char stat[1024] = "";

	(void)state;
	assert_non_null(file);
	assert_true(fread(stat, 1, sizeof(stat) - 1, file));
	fclose(file);
	start_stack = process_start_stack(stat);
	assert_int_equal(outer_function(1), 8);
	assert_int_equal(process_maps_read(&maps, getpid()), 0);
	stacks = user_stacks_new(10);
	return stacks ? 0 : -1;
}

static int close_stacks(void **state)
{
	(void)state;
	user_stacks_free(stacks);
	process_maps_free(&maps);
	return 0;
}

/* A blocking open() waits until the lease is broken, 45 s later. */
TEST(does_not_wait_for_a_lease)
{
	char path[] = "/tmp/leased.XXXXXX";
	int fd = mkstemp(path);

	signal(SIGIO, SIG_IGN); /* the kernel sends it to the owner of the lease */
	assert_true(fd >= 0);
	if (fcntl(fd, F_SETLEASE, F_WRLCK)) {
		assert_int_equal(unlink(path), 0);
		skip(); /* the file system has no leases */
	}
	alarm(20);
	assert_int_equal(process_open_file(getpid(), ROOT_OWN, path), -EAGAIN);
	alarm(0);
	assert_int_equal(unlink(path), 0);
	close(fd);
}

#define STACKS_TEST(name) TEST_BETWEEN(name, open_stacks, close_stacks)

static struct record_user_stack stack_of(__u32 pid, size_t nr)
{
	return (struct record_user_stack){
		.head = {.type = RECORD_USER_STACK, .arg = start_stack},
		.pid = pid,
		.size = nr * sizeof(struct user_frame),
	};
}

static struct user_frame address_frame(unsigned long address)
{
	return (struct user_frame){.status = USER_FRAME_ADDRESS, .at = address};
}

/* The same function by this program's build id. false: it has none. */
static bool build_id_frame(struct user_frame *frame, unsigned long address)
{
	const struct mapping *mapping = process_maps_find(&maps, address);
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	assert_non_null(mapping);
	*frame = (struct user_frame){
		.status = USER_FRAME_BUILD_ID,
		.at = address - mapping->start + mapping->offset,
	};
	assert_true(fd >= 0);
	if (!elf_build_id(fd, frame->build_id)) {
		close(fd);
		return false;
	}
	close(fd);
	return true;
}

static void check_starts(const char *text, const char *start)
{
	assert_non_null(text);
	if (strncmp(text, start, strlen(start)))
		fail_msg("'%s' does not begin with '%s'", text, start);
}

STACKS_TEST(addresses_of_a_running_process_are_named)
{
	struct record_user_stack stack = stack_of(getpid(), 3);
	const char *text, *second, *third;

	stack.frames[0] = address_frame((unsigned long)inner_function);
	stack.frames[1] = address_frame((unsigned long)outer_function + 2);
	stack.frames[2] = address_frame(8);
	text = user_stacks_text(stacks, &stack);
	check_starts(text, "inner_function+0x0 (/");
	second = strchr(text, '\n');
	check_starts(second, "\nouter_function+0x2 (/");
	third = strchr(second + 1, '\n');
	assert_string_equal(third, "\n0x8");
	/* The same one is not looked for again. */
	assert_ptr_equal(user_stacks_text(stacks, &stack), text);
}

/* A call at the end of a function returns to the start of the next one. */
STACKS_TEST(return_addresses_are_of_the_function_that_calls)
{
	struct record_user_stack stack = stack_of(getpid(), 2);
	const char *text;

	stack.frames[0] = address_frame((unsigned long)inner_function);
	stack.frames[1] = address_frame((unsigned long)inner_function);
	text = strchr(user_stacks_text(stacks, &stack), '\n');
	assert_non_null(text);
	assert_int_not_equal(strncmp(text, "\ninner_function+0x0 ", 20), 0);
}

/* Only a process that runs the same program still has the addresses. */
STACKS_TEST(addresses_of_another_program_are_not_named)
{
	struct record_user_stack stack = stack_of(getpid(), 1);

	stack.head.arg++;
	stack.frames[0] = address_frame(0x123456);
	assert_string_equal(user_stacks_text(stacks, &stack), "0x123456");
	stack.frames[0] = address_frame((unsigned long)inner_function);
	check_starts(user_stacks_text(stacks, &stack), "0x");
}

/* The pid of a process that has ended, and has been waited for. */
static pid_t ended_process(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	return pid;
}

STACKS_TEST(files_that_were_seen_are_known_after_their_process)
{
	struct record_user_stack gone = stack_of(ended_process(), 1), mine = stack_of(getpid(), 1);

	gone.head.arg = 1;
	if (!build_id_frame(&gone.frames[0], (unsigned long)inner_function))
		skip();
	check_starts(user_stacks_text(stacks, &gone), "[build-id ");
	assert_ptr_equal(user_stacks_text(stacks, &gone), user_stacks_text(stacks, &gone));
	/* A process that has the file mapped names it also for others. */
	mine.frames[0] = gone.frames[0];
	check_starts(user_stacks_text(stacks, &mine), "inner_function+0x0 (/");
	check_starts(user_stacks_text(stacks, &gone), "inner_function+0x0 (/");
	assert_true(build_id_frame(&gone.frames[0], (unsigned long)outer_function));
	check_starts(user_stacks_text(stacks, &gone), "outer_function+0x0 (/");
}

/* A file that took the place of another one has another build id. */
STACKS_TEST(files_with_another_build_id_are_not_taken)
{
	struct record_user_stack stack = stack_of(getpid(), 1);
	char want[128];

	stack.frames[0] = (struct user_frame){
		.status = USER_FRAME_BUILD_ID, .build_id = {0xab}, .at = 0x1234};
	snprintf(want, sizeof(want), "[build-id ab%038d]+0x1234", 0);
	assert_string_equal(user_stacks_text(stacks, &stack), want);
}

/* Maps a file of code at a new path. NULL: not there. */
static void *map_file(char *path)
{
	struct made_elf file = made_elf();
	int fd = mkstemp(path);
	void *code;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, &file, sizeof(file)), sizeof(file));
	code = mmap(NULL, sizeof(file), PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	close(fd);
	return code == MAP_FAILED ? NULL : code;
}

STACKS_TEST(a_file_that_has_moved_is_found_again)
{
	const struct made_elf file = made_elf();
	struct record_user_stack stack = stack_of(getpid(), 1);
	char path[2][32] = {"/tmp/test_stacks.XXXXXX", "/tmp/test_stacks.XXXXXX"}, want[128];

	stack.frames[0] =
		(struct user_frame){.status = USER_FRAME_BUILD_ID, .at = TEXT_OFFSET + 0x10};
	memcpy(stack.frames[0].build_id, file.note.id, BUILD_ID_SIZE);
	for (int i = 0; i < 2; i++, stack.frames[0].at++) {
		void *code = map_file(path[i]);
		const char *text = code ? user_stacks_text(stacks, &stack) : NULL;

		unlink(path[i]);
		if (!code)
			skip();
		munmap(code, sizeof(file));
		snprintf(want, sizeof(want), "drop_map+0x1%d (%s)", i, path[i]);
		assert_string_equal(text, want);
	}
}

STACKS_TEST(further_stacks_are_unknown)
{
	struct record_user_stack stack = stack_of(getpid(), 1);

	for (int i = 0; i < 10; i++) {
		stack.frames[0] = address_frame(16 + i);
		assert_non_null(user_stacks_text(stacks, &stack));
	}
	stack.frames[0] = address_frame(64);
	assert_null(user_stacks_text(stacks, &stack));
	stack.frames[0] = address_frame(16);
	assert_string_equal(user_stacks_text(stacks, &stack), "0x10");
	stack.size = 0;
	assert_null(user_stacks_text(stacks, &stack));
}

STACKS_TEST(frames_that_do_not_fit_are_left_out)
{
	struct record_user_stack stack = stack_of(getpid(), USER_STACK_DEPTH);
	const char *text;

	for (size_t i = 0; i < USER_STACK_DEPTH; i++)
		stack.frames[i] = (struct user_frame){
			.status = USER_FRAME_BUILD_ID, .build_id = {i}, .at = ~0ULL};
	text = user_stacks_text(stacks, &stack);
	assert_non_null(text);
	assert_true(strlen(text) < USER_STACK_TEXT);
	check_starts(strrchr(text, '\n'), "\n[build-id ");
	assert_string_equal(text + strlen(text) - 16, "ffffffffffffffff");
}

/* /proc/PID */

TEST(lines_of_maps_are_read)
{
	char code[] = "55d0c0a00000-55d0c0a01000 r-xp 00001000 fe:01 1234     /usr/bin/a b\n";
	char data[] = "55d0c0a00000-55d0c0a01000 rw-p 00001000 fe:01 1234     /usr/bin/a\n";
	char none[] = "7ffd0000-7ffd1000 r-xp 00000000 00:00 0 \n";
	char other[] = "not a line";
	struct mapping mapping;

	assert_true(process_maps_parse(code, &mapping));
	assert_int_equal(mapping.start, 0x55d0c0a00000);
	assert_int_equal(mapping.end, 0x55d0c0a01000);
	assert_int_equal(mapping.offset, 0x1000);
	assert_string_equal(mapping.path, "/usr/bin/a b");
	assert_false(process_maps_parse(data, &mapping));
	assert_true(process_maps_parse(none, &mapping));
	assert_string_equal(mapping.path, "");
	assert_false(process_maps_parse(other, &mapping));
}

TEST(the_start_of_the_stack_is_behind_any_name)
{
	assert_int_equal(process_start_stack(
				 "7 (a ) b) (c) S 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 "
				 "22 23 24 25 26 27 140737488350000 29 30"),
			 140737488350000);
	assert_int_equal(process_start_stack("7 (a) S 4 5"), 0);
	assert_int_equal(process_start_stack(""), 0);
	assert_true(process_is(getpid(), start_stack));
	assert_false(process_is(getpid(), start_stack + 1));
	assert_false(process_is(getpid(), 0));
}

/* Devices, links and folders are not opened. */
TEST(only_regular_files_are_opened)
{
	static const char *const others[] = {"/dev/null", "/proc/self/exe", "/", "",
					     "bin",	  "/none"};
	int fd = process_open_file(getpid(), ROOT_OWN, "/etc/passwd");

	assert_true(fd >= 0);
	close(fd);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		assert_true(process_open_file(getpid(), ROOT_OWN, others[i]) < 0);
	assert_true(process_open_file(ended_process(), ROOT_PROCESS, "/etc/passwd") < 0);
}

TEST_MAIN(NULL, NULL)
