// SPDX-License-Identifier: GPL-2.0-only
/* Why programs could not be attached, in both modes. */
#include <errno.h>

#include "support/messages.h"
#include "trace/probe_failure.h"
#include "util/macros.h"

static const struct failure {
	enum attach_mode mode;
	int err, fentry_err;
	enum traceable traceable;
	const char *message;
} failures[] = {
	{ATTACH_FENTRY, -ESRCH, 0, TRACEABLE_NO,
	 "cannot attach fentry/fexit to bpf_mem_alloc_destroy(): No such process"},
	{ATTACH_KPROBE, -ESRCH, -524, TRACEABLE_NO,
	 "cannot attach kprobe/kretprobe to bpf_mem_alloc_destroy(): No such process; "
	 "nor fentry/fexit: not supported"},
	/* A lack of anything that may be there another time is no lack of the kernel. */
	{ATTACH_KPROBE, -ESRCH, -EUSERS, TRACEABLE_YES,
	 "cannot trace bpf_mem_alloc_destroy() by kprobe/kretprobe: No such process; "
	 "nor fentry/fexit: others have attached all the programs"},
	{ATTACH_KPROBE, -ENOSPC, -ESRCH, TRACEABLE_YES,
	 "by kprobe/kretprobe: No space left on device; nor fentry/fexit: No such process"},
	{ATTACH_FENTRY, -EUSERS, 0, TRACEABLE_YES, "by fentry/fexit: others have attached"},
};

static void report(void *ctx)
{
	const struct failure *failure = ctx;

	assert_int_equal(probe_report_failure(failure->mode, failure->err, failure->fentry_err),
			 failure->traceable);
}

TEST(every_mode_gives_its_reason)
{
	for (size_t i = 0; i < ARRAY_SIZE(failures); i++)
		check_one_line(said(report, (void *)&failures[i]), failures[i].message);
}

TEST_MAIN(NULL, NULL)
