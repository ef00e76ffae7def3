/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared by the fuzz targets: taking values from the input, and catching the output of a command.
 *
 * A target defines LLVMFuzzerTestOneInput() and may define LLVMFuzzerInitialize(), as libFuzzer
 * calls them. A finding is a crash, a report of a sanitizer, or a failed assertion of cmocka, which
 * aborts outside a test.
 */
#pragma once

#include <endian.h>

#include "cmd/command.h"
#include "support/json.h"
#include "util/diag.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const __u8 *data, size_t size);

/* The input that is left. Behind its end are zeroes. */
struct input {
	const __u8 *at;
	size_t left;
};

/* Takes up to so many bytes. Returns how many there were. */
static inline size_t take(struct input *input, void *to, size_t size)
{
	size_t len = size < input->left ? size : input->left;

	memset(to, 0, size);
	if (len)
		memcpy(to, input->at, len);
	input->at += len;
	input->left -= len;
	return len;
}

static inline __u64 take_number(struct input *input, size_t bytes)
{
	__u64 number = 0;

	take(input, &number, bytes);
	return le64toh(number);
}

static inline void fuzz_init(void)
{
	setenv("CMOCKA_TEST_ABORT", "1", 1);
}

/* The output of a command on stdout and stderr; to be freed with said_free(). */
struct said {
	char *out, *err;
	size_t out_len, err_len;
	int status;
};

/* Text that a terminal shows and no more. */
static inline void check_text(const char *text, size_t len)
{
	assert_int_equal(strlen(text), len);
	if (strpbrk(text, "\x1b\r\t\x7f"))
		fail_msg("control characters: %s", text);
}

/*
 * Parses a command line and, with "run", runs its command. One that fails says why; bad usage is
 * one line.
 */
static inline struct said run_command(int argc, char **argv, bool run)
{
	static struct options opts;
	FILE *real_out = stdout, *real_err = stderr;
	struct said said = {};
	enum options_result result;

	stdout = open_memstream(&said.out, &said.out_len);
	stderr = open_memstream(&said.err, &said.err_len);
	diag_init(false, false);
	result = options_parse(&opts, argc, argv);
	said.status = result == OPTIONS_BAD ? EXIT_USAGE : EXIT_DONE;
	if (result == OPTIONS_RUN && run) {
		diag_init(opts.quiet, opts.verbose);
		said.status = opts.command->run(&opts);
	}
	fclose(stdout);
	fclose(stderr);
	stdout = real_out;
	stderr = real_err;

	check_text(said.err, said.err_len);
	if (said.status == EXIT_USAGE)
		assert_ptr_equal(strchr(said.err, '\n'), said.err + said.err_len - 1);
	/* The verdict of check may be that nothing is known. */
	if (said.status == EXIT_FAILED && !said.out_len)
		assert_non_null(strstr(said.err, "memdestroy-trace: "));
	return said;
}

static inline void said_free(struct said *said)
{
	free(said->out);
	free(said->err);
}
