// SPDX-License-Identifier: GPL-2.0-only
/* The verdict on kernels of all kinds, from facts alone. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "check/verdict.h"
#include "support/test.h"

static struct facts facts;

/* A machine without any lack, as root. */
static void good_machine(void)
{
	facts_init(&facts);
	facts.live = true;
	snprintf(facts.release, sizeof(facts.release), "9.8.7");
	facts.btf = facts.symbols = facts.kprobes = ANSWER_YES;
	facts.allocator = ANSWER_YES;
	facts.hidden = ANSWER_NO;
	facts.lockdown = LOCKDOWN_NONE;
	facts.kptr_restrict = 1;
	for (int i = 0; i < NR_FEATURES; i++)
		facts.features[i] = ANSWER_YES;
	for (int i = 0; i < NR_CAPABILITIES; i++)
		facts.capabilities[i] = ANSWER_YES;
	for (enum hook hook = 0; hook < NR_HOOKS; hook++) {
		struct hook_facts *found = &facts.hooks[hook];

		found->symbol = found->type = ANSWER_YES;
		found->tried[ATTACH_FENTRY].made = found->tried[ATTACH_KPROBE].made = true;
		found->seen = 1;
	}
	facts.tried[ATTACH_FENTRY].made = facts.tried[ATTACH_KPROBE].made = true;
	facts.freed = true;
}

/* Makes all attempts of a mode end with err. */
static void all_end(enum attach_mode mode, int err)
{
	facts.tried[mode].err = err;
	for (enum hook hook = 0; hook < NR_HOOKS; hook++)
		facts.hooks[hook].tried[mode].err = err;
}

/* An image of a kernel without any lack: BTF only. */
static void good_image(void)
{
	facts_init(&facts);
	facts.btf = facts.allocator = facts.kprobes = ANSWER_YES;
	for (enum hook hook = 0; hook < NR_HOOKS; hook++)
		facts.hooks[hook].type = ANSWER_YES;
	for (int i = 0; i < NR_FEATURES; i++)
		facts.features[i] = ANSWER_YES;
}

static void assert_verdict(enum traceable traceable, enum attach_mode attach, const char *reason)
{
	struct verdict verdict;

	verdict_make(&verdict, &facts);
	if (!strstr(verdict.reason, reason))
		fail_msg("'%s' is not in: %s", reason, verdict.reason);
	assert_null(strchr(verdict.reason, '\n'));
	assert_int_equal(verdict.traceable, traceable);
	assert_int_equal(verdict.attach, attach);
}

static bool lacks(const char *what)
{
	struct verdict verdict;

	verdict_make(&verdict, &facts);
	assert_true(verdict.lacks_known);
	for (size_t i = 0; i < verdict.nr_lacks; i++)
		if (strstr(verdict.lacks[i].what, what))
			return true;
	return false;
}

TEST(test_tried)
{
	struct verdict verdict;

	good_machine();
	assert_verdict(TRACEABLE_YES, ATTACH_FENTRY, "fentry/fexit programs were attached");
	verdict_make(&verdict, &facts);
	assert_int_equal(verdict.nr_lacks, 0);
	all_end(ATTACH_FENTRY, -524);
	assert_verdict(
		TRACEABLE_YES, ATTACH_KPROBE,
		"kprobe/kretprobe programs were attached and saw a test map being freed; "
		"fentry/fexit programs, the first choice, could not be attached: not supported");
	all_end(ATTACH_KPROBE, -ENOENT);
	assert_verdict(TRACEABLE_NO, ATTACH_AUTO, "not supported; No such file");
	facts.kprobes = ANSWER_NO;
	assert_verdict(TRACEABLE_NO, ATTACH_AUTO, "not supported; this kernel has no kprobes");
}

/* A limit of the process is no property of the kernel. */
TEST(test_lack_of_resources)
{
	static const int errors[] = {-ENOMEM, -EMFILE, -ENFILE};

	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		good_machine();
		all_end(ATTACH_FENTRY, errors[i]);
		all_end(ATTACH_KPROBE, errors[i]);
		assert_verdict(TRACEABLE_UNKNOWN, ATTACH_AUTO, strerror(-errors[i]));
	}
}

/* Attached programs that do not run are as good as none. */
TEST(test_silenced)
{
	good_machine();
	facts.silence[ATTACH_KPROBE] = "kprobes are off";
	assert_verdict(TRACEABLE_YES, ATTACH_FENTRY, "fentry/fexit programs were attached");
	assert_true(lacks("--attach kprobe"));
	facts.silence[ATTACH_FENTRY] = "ftrace is off";
	facts.hooks[HOOK_DESTROY].seen = 0;
	facts.freed = false;
	assert_verdict(TRACEABLE_NO, ATTACH_AUTO, "nothing can be seen: ftrace is off");
	facts.silence[ATTACH_KPROBE] = NULL;
	facts.hooks[HOOK_DESTROY].seen = 2;
	assert_verdict(TRACEABLE_YES, ATTACH_KPROBE,
		       "kprobe/kretprobe programs were attached and saw a test map being freed; "
		       "fentry/fexit programs, the first choice, see nothing: ftrace is off");
}

/* A kernel built without kprobes. */
TEST(test_without_kprobes)
{
	struct attachable kprobe;
	good_machine();
	facts.kprobes = ANSWER_NO;
	all_end(ATTACH_KPROBE, -ENOENT);
	assert_verdict(TRACEABLE_YES, ATTACH_FENTRY, "fentry/fexit programs were attached");
	assert_true(lacks("--attach kprobe"));
	/* Without kprobes, the count of their misses is not lacking. */
	facts.features[FEATURE_KPROBE_MISS] = ANSWER_NO;
	assert_false(lacks("how many calls were missed"));
	/* The function's symbol alone would allow a kprobe. */
	facts.hooks[HOOK_DESTROY].tried[ATTACH_KPROBE].made = false;
	kprobe = hook_attachable(&facts, HOOK_DESTROY, ATTACH_KPROBE);
	assert_int_equal(kprobe.answer, ANSWER_NO);
	assert_int_equal(kprobe.means, MEANS_CONFIG);
	good_image();
	facts.kprobes = ANSWER_NO;
	assert_verdict(
		TRACEABLE_YES, ATTACH_FENTRY,
		"fentry/fexit programs can be attached: BTF has the function's type (not tried)");
	facts.hooks[HOOK_DESTROY].type = ANSWER_NO;
	facts.hooks[HOOK_DESTROY].symbol = ANSWER_YES;
	assert_verdict(TRACEABLE_NO, ATTACH_AUTO, "there are no kprobes");
}

TEST(test_ruled_out)
{
	struct verdict verdict;

	good_machine();
	facts.hooks[HOOK_DESTROY].symbol = ANSWER_NO;
	facts.btf = ANSWER_NO; /* the message names the main cause */
	assert_verdict(TRACEABLE_NO, ATTACH_AUTO,
		       "Linux 9.8.7 has no bpf_mem_alloc_destroy(): 6.1 or later is needed");
	good_machine();
	facts.btf = ANSWER_NO;
	assert_verdict(TRACEABLE_NO, ATTACH_AUTO, "CONFIG_DEBUG_INFO_BTF");
	good_machine();
	strcpy(facts.lacking, "worker.current_func");
	assert_verdict(TRACEABLE_YES, ATTACH_FENTRY,
		       "fentry/fexit programs were attached"); /* was tried */
	all_end(ATTACH_FENTRY, -EINVAL);
	all_end(ATTACH_KPROBE, -EINVAL);
	assert_verdict(TRACEABLE_NO, ATTACH_AUTO, "has no worker.current_func");
	/* Also as root, and with any error. */
	good_machine();
	facts.lockdown = LOCKDOWN_CONFIDENTIALITY;
	all_end(ATTACH_FENTRY, -EINVAL);
	all_end(ATTACH_KPROBE, -EINVAL);
	assert_verdict(TRACEABLE_FORBIDDEN, ATTACH_AUTO, "lockdown=confidentiality");
	verdict_make(&verdict, &facts);
	assert_false(verdict.lacks_known);
	good_machine();
	facts.lockdown = LOCKDOWN_INTEGRITY;
	assert_verdict(TRACEABLE_YES, ATTACH_FENTRY, "fentry/fexit programs were attached");
	/* Without a compiler, only some programs run. */
	facts.compiler_lack = "no compiler";
	assert_verdict(TRACEABLE_YES, ATTACH_FENTRY, "fentry/fexit programs were attached");
	all_end(ATTACH_FENTRY, -EINVAL);
	all_end(ATTACH_KPROBE, -EINVAL);
	assert_verdict(TRACEABLE_NO, ATTACH_AUTO, "Linux 9.8.7 has no compiler");
	all_end(ATTACH_FENTRY, -EPERM);
	assert_verdict(TRACEABLE_FORBIDDEN, ATTACH_AUTO, "although CAP_BPF");
}

/* powerpc: kprobes would corrupt the kernel and are not tried. */
TEST(test_unsafe)
{
	struct attachable kprobe;
	good_machine();
	facts.kprobe_danger = "kprobes break it";
	facts.tried[ATTACH_KPROBE].made = false;
	for (enum hook hook = 0; hook < NR_HOOKS; hook++)
		facts.hooks[hook].tried[ATTACH_KPROBE].made = false;
	assert_verdict(TRACEABLE_YES, ATTACH_FENTRY, "fentry/fexit programs were attached");
	assert_true(lacks("--attach kprobe"));
	kprobe = hook_attachable(&facts, HOOK_DESTROY, ATTACH_KPROBE);
	assert_int_equal(kprobe.answer, ANSWER_NO);
	assert_string_equal(means_names[kprobe.means], "unsafe");
	all_end(ATTACH_FENTRY, -EINVAL);
	assert_verdict(TRACEABLE_NO, ATTACH_AUTO, "; kprobes break it");
}

TEST(test_refused)
{
	enum answer *held;
	good_machine();
	held = facts.capabilities;
	all_end(ATTACH_FENTRY, -EPERM);
	/* A run does not try kprobes then. */
	assert_verdict(TRACEABLE_FORBIDDEN, ATTACH_AUTO, "although CAP_BPF and CAP_PERFMON");
	all_end(ATTACH_KPROBE, -EPERM);
	for (int i = 0; i < NR_CAPABILITIES; i++)
		held[i] = ANSWER_NO;
	assert_verdict(TRACEABLE_FORBIDDEN, ATTACH_AUTO, "CAP_BPF and CAP_PERFMON missing");
	held[CAPABILITY_PERFMON] = ANSWER_YES;
	assert_verdict(TRACEABLE_FORBIDDEN, ATTACH_AUTO, "CAP_BPF missing");
	held[CAPABILITY_PERFMON] = ANSWER_NO;
	held[CAPABILITY_BPF] = ANSWER_YES;
	assert_verdict(TRACEABLE_FORBIDDEN, ATTACH_AUTO, "CAP_PERFMON missing");
	facts.root = true;
	assert_verdict(TRACEABLE_FORBIDDEN, ATTACH_AUTO, "missing, although it runs as root");
	/* In a user namespace, all capabilities seem to be held. */
	for (int i = 0; i < NR_CAPABILITIES; i++)
		held[i] = ANSWER_YES;
	facts.filtered = true;
	assert_verdict(TRACEABLE_FORBIDDEN, ATTACH_AUTO, "held: the seccomp filter of a container");
	facts.user_namespace = true;
	assert_verdict(TRACEABLE_FORBIDDEN, ATTACH_AUTO, "in a user namespace, whose capabilities");
	/* Without symbols nothing is tried. */
	facts.symbols = ANSWER_UNKNOWN;
	facts.tried[ATTACH_FENTRY].made = facts.hooks[HOOK_DESTROY].tried[ATTACH_FENTRY].made =
		false;
	assert_verdict(TRACEABLE_FORBIDDEN, ATTACH_AUTO, "in a user namespace, whose capabilities");
	facts.symbols = ANSWER_YES;
	/* Facts that need more rights are not reported as lacking. */
	assert_false(lacks("teardowns"));
	facts.hidden = ANSWER_YES;
	assert_true(lacks("names of callers"));
}

/* A symbol exists and probes can be attached, but no call is seen. */
TEST(test_inlined)
{
	good_machine();
	facts.hooks[HOOK_DESTROY].seen = 0;
	assert_verdict(TRACEABLE_NO, ATTACH_AUTO, "the compiler inlined it");
	/* Proof requires that the map was seen freed and no program was skipped meanwhile. */
	facts.missed = true;
	assert_verdict(TRACEABLE_YES, ATTACH_FENTRY, "but no test map was seen being freed");
	facts.missed = facts.freed = false;
	assert_verdict(TRACEABLE_YES, ATTACH_FENTRY, "but no test map was seen being freed");
}

TEST(test_files)
{
	good_image();
	assert_verdict(TRACEABLE_YES, ATTACH_FENTRY, "BTF has the function's type");
	/* Debian's s390x */
	facts.compiler = ANSWER_NO;
	assert_verdict(TRACEABLE_YES, ATTACH_KPROBE, "no compiler for BPF programs");
	facts.compiler = ANSWER_YES;
	/* 6.1 on arm64, 6.12 on ppc64le */
	facts.direct = ANSWER_NO;
	assert_verdict(TRACEABLE_YES, ATTACH_KPROBE, "DIRECT_CALLS");
	facts.kprobes = ANSWER_UNKNOWN;
	assert_verdict(TRACEABLE_UNKNOWN, ATTACH_AUTO, "not known (try --kallsyms FILE)");
	facts.kprobes = ANSWER_YES;
	facts.direct = ANSWER_UNKNOWN;
	/* A missing type proves that the function is missing only if its argument has none either.
	 */
	facts.hooks[HOOK_DESTROY].type = ANSWER_NO;
	assert_verdict(TRACEABLE_UNKNOWN, ATTACH_AUTO, "try --kallsyms FILE");
	facts.symbols = facts.hooks[HOOK_DESTROY].symbol = ANSWER_YES;
	assert_verdict(TRACEABLE_YES, ATTACH_KPROBE,
		       "kprobe/kretprobe programs can be attached (not tried)");
	facts.kprobes = ANSWER_UNKNOWN;
	assert_verdict(TRACEABLE_UNKNOWN, ATTACH_AUTO, "whether there are kprobes is not known");
	facts.hooks[HOOK_DESTROY].symbol = ANSWER_NO;
	assert_verdict(TRACEABLE_NO, ATTACH_AUTO, "this kernel has no bpf_mem_alloc");
	facts.symbols = facts.hooks[HOOK_DESTROY].symbol = ANSWER_UNKNOWN;
	facts.allocator = ANSWER_NO;
	assert_verdict(TRACEABLE_NO, ATTACH_AUTO, "this kernel has no bpf_mem_alloc");
	/* Calls can be traced without the members that teardowns need. */
	good_image();
	assert_false(lacks("teardowns"));
	strcpy(facts.teardowns_lacking, "file.private_data");
	assert_verdict(TRACEABLE_YES, ATTACH_FENTRY, "BTF has the function's type");
	assert_true(lacks("teardowns, --identity, record and bench"));
	facts_init(&facts);
	facts.btf = ANSWER_NO;
	assert_verdict(TRACEABLE_NO, ATTACH_AUTO,
		       "this kernel has no BTF: a kernel with CONFIG_DEBUG_INFO_BTF is needed");
}

/* Surer means take precedence. */
TEST(test_means)
{
	struct hook_facts *put = &facts.hooks[HOOK_PUT];

#define ASSERT_ATTACHABLE(mode, yes, by)                                                           \
	do {                                                                                       \
		struct attachable found = hook_attachable(&facts, HOOK_PUT, mode);                 \
		assert_int_equal(found.answer, yes);                                               \
		assert_int_equal(found.means, by);                                                 \
	} while (0)
	good_image();
	ASSERT_ATTACHABLE(ATTACH_FENTRY, ANSWER_YES, MEANS_BTF);
	ASSERT_ATTACHABLE(ATTACH_KPROBE, ANSWER_YES, MEANS_BTF);
	put->symbol = ANSWER_YES;
	ASSERT_ATTACHABLE(ATTACH_KPROBE, ANSWER_YES, MEANS_SYMBOL);
	put->listed = ANSWER_NO;
	put->forbidden = ANSWER_YES;
	ASSERT_ATTACHABLE(ATTACH_FENTRY, ANSWER_NO, MEANS_LISTED);
	ASSERT_ATTACHABLE(ATTACH_KPROBE, ANSWER_NO, MEANS_LISTED);
	put->tried[ATTACH_FENTRY] = put->tried[ATTACH_KPROBE] = (struct attempt){.made = true};
	ASSERT_ATTACHABLE(ATTACH_FENTRY, ANSWER_YES, MEANS_TRIED);
	ASSERT_ATTACHABLE(ATTACH_KPROBE, ANSWER_YES, MEANS_TRIED);
	put->tried[ATTACH_FENTRY].err = -EINVAL;
	ASSERT_ATTACHABLE(ATTACH_FENTRY, ANSWER_NO, MEANS_TRIED);
	put->tried[ATTACH_FENTRY].err = -EPERM; /* applies to this process, not to the hook */
	ASSERT_ATTACHABLE(ATTACH_FENTRY, ANSWER_NO, MEANS_LISTED);
	/* Under lockdown, the refusal of a kprobe applies to all processes. */
	put->tried[ATTACH_KPROBE].err = -EPERM;
	facts.lockdown = LOCKDOWN_CONFIDENTIALITY;
	ASSERT_ATTACHABLE(ATTACH_KPROBE, ANSWER_NO, MEANS_LOCKDOWN);
	put->symbol = ANSWER_NO;
	ASSERT_ATTACHABLE(ATTACH_FENTRY, ANSWER_NO, MEANS_SYMBOL);
	facts_init(&facts);
	ASSERT_ATTACHABLE(ATTACH_FENTRY, ANSWER_UNKNOWN, MEANS_NONE);
	ASSERT_ATTACHABLE(ATTACH_KPROBE, ANSWER_UNKNOWN, MEANS_NONE);
}

TEST(test_lacks)
{
	static const char *const by_feature[NR_FEATURES] = {
		[FEATURE_ELEM_COUNT] = "entries of preallocated",
		[FEATURE_PERCPU] = "per-CPU objects",
		[FEATURE_KPROBE_MISS] = "how many calls were missed",
	};
	for (int i = 0; i < NR_FEATURES; i++) {
		if (!by_feature[i])
			continue;
		good_machine();
		assert_false(lacks(by_feature[i]));
		facts.features[i] = ANSWER_UNKNOWN;
		assert_false(lacks(by_feature[i]));
		facts.features[i] = ANSWER_NO;
		assert_true(lacks(by_feature[i]));
	}
	/* One of the two is enough. */
	good_machine();
	facts.features[FEATURE_PREEMPT] = ANSWER_NO;
	assert_false(lacks("except by closing"));
	facts.features[FEATURE_PREEMPT_ADDR] = ANSWER_NO;
	assert_true(lacks("except by closing"));

	good_machine();
	facts.hooks[HOOK_DEFERRED_FREE].symbol = ANSWER_NO;
	assert_true(lacks("the end of deferred frees"));
	assert_false(lacks("free, destroy and total"));
	/* A failure of the other mode is no lack. */
	good_machine();
	facts.hooks[HOOK_FREE].tried[ATTACH_KPROBE].err = -EINVAL;
	assert_false(lacks("free, destroy and total"));
	facts.hooks[HOOK_FREE].tried[ATTACH_FENTRY].err = -EINVAL;
	facts.tried[ATTACH_FENTRY].err = -EINVAL;
	assert_true(lacks("free, destroy and total"));
	assert_true(lacks("record and bench"));
}

TEST_MAIN(NULL, NULL)
