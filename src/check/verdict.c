// SPDX-License-Identifier: GPL-2.0-only
/* Concludes from facts whether, how and with which losses a kernel can be traced. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "check/verdict.h"
#include "model/hooks.h"
#include "model/ledger.h"
#include "trace/kernel_features.h"
#include "trace/probe_failure.h"

#define KERNEL_ENOTSUPP 524 /* the kernel's own error, which user space sees at times */

const char *const means_names[NR_MEANS] = {
	[MEANS_TRIED] = "tried",   [MEANS_LISTED] = "listed", [MEANS_LOCKDOWN] = "lockdown",
	[MEANS_CONFIG] = "config", [MEANS_UNSAFE] = "unsafe", [MEANS_BTF] = "BTF",
	[MEANS_SYMBOL] = "symbol",
};

/* Hooks */

enum answer hook_present(const struct facts *facts, enum hook hook)
{
	const struct hook_facts *found = &facts->hooks[hook];

	if (found->symbol != ANSWER_UNKNOWN)
		return found->symbol;
	if (found->type == ANSWER_YES)
		return ANSWER_YES;
	/* BTF may lack a function's type, but not the type of this function's argument. */
	if (hook == HOOK_DESTROY && facts->allocator == ANSWER_NO)
		return ANSWER_NO;
	return ANSWER_UNKNOWN;
}

const char *hook_symbol(const struct facts *facts, enum hook hook)
{
	const struct hook_facts *found = &facts->hooks[hook];

	if (found->symbol != ANSWER_YES || hook_info[hook].tracepoint)
		return NULL;
	return *found->as ? found->as : hook_info[hook].function;
}

enum answer caller_can_call(const struct facts *facts, const struct map_owner *owner, int nth)
{
	enum answer there = facts->callers[owner - map_owners][nth];
	enum answer calls = map_allocators_caller(&facts->allocators, owner->callers[nth]);

	if (hook_present(facts, HOOK_DESTROY) == ANSWER_NO || there == ANSWER_NO ||
	    calls == ANSWER_NO)
		return ANSWER_NO;
	return there == ANSWER_YES && calls == ANSWER_YES ? ANSWER_YES : ANSWER_UNKNOWN;
}

static bool is_refusal(int err)
{
	return err == -EPERM || err == -EACCES;
}

/* The kernel looks for the name in BTF among its symbols. */
static bool names_differ(const struct hook_facts *found)
{
	return found->symbol == ANSWER_YES && found->type == ANSWER_YES &&
	       strcmp(found->as, found->type_as);
}

static struct attachable fentry_attachable(const struct facts *facts,
					   const struct hook_facts *found)
{
	if (found->type == ANSWER_NO || names_differ(found) || facts->compiler == ANSWER_NO ||
	    facts->direct == ANSWER_NO)
		return (struct attachable){ANSWER_NO, MEANS_BTF};
	if (found->listed != ANSWER_UNKNOWN)
		return (struct attachable){found->listed, MEANS_LISTED};
	if (found->type == ANSWER_YES)
		return (struct attachable){ANSWER_YES, MEANS_BTF};
	return (struct attachable){ANSWER_UNKNOWN, MEANS_NONE};
}

static struct attachable kprobe_attachable(const struct facts *facts,
					   const struct hook_facts *found)
{
	if (facts->lockdown == LOCKDOWN_CONFIDENTIALITY)
		return (struct attachable){ANSWER_NO, MEANS_LOCKDOWN};
	if (facts->kprobes == ANSWER_NO)
		return (struct attachable){ANSWER_NO, MEANS_CONFIG};
	if (facts->kprobe_danger)
		return (struct attachable){ANSWER_NO, MEANS_UNSAFE};
	if (found->forbidden == ANSWER_YES)
		return (struct attachable){ANSWER_NO, MEANS_LISTED};
	if (facts->kprobes != ANSWER_YES)
		return (struct attachable){ANSWER_UNKNOWN, MEANS_NONE};
	if (found->symbol == ANSWER_YES)
		return (struct attachable){ANSWER_YES, MEANS_SYMBOL};
	if (found->type == ANSWER_YES)
		return (struct attachable){ANSWER_YES, MEANS_BTF};
	return (struct attachable){ANSWER_UNKNOWN, MEANS_NONE};
}

struct attachable hook_attachable(const struct facts *facts, enum hook hook, enum attach_mode mode)
{
	const struct hook_facts *found = &facts->hooks[hook];
	const struct attempt *tried = &found->tried[mode];

	if (found->symbol == ANSWER_NO)
		return (struct attachable){ANSWER_NO, MEANS_SYMBOL};
	/* A refusal only applies to this process. */
	if (tried->made && !is_refusal(tried->err))
		return (struct attachable){tried->err ? ANSWER_NO : ANSWER_YES, MEANS_TRIED};
	/* A tracepoint only needs its type, in either mode. */
	if (hook == HOOK_QUEUE && found->type != ANSWER_UNKNOWN)
		return (struct attachable){found->type, MEANS_BTF};
	if (hook == HOOK_QUEUE)
		return (struct attachable){ANSWER_UNKNOWN, MEANS_NONE};
	return mode == ATTACH_FENTRY ? fentry_attachable(facts, found)
				     : kprobe_attachable(facts, found);
}

/* The verdict */

__attribute__((format(printf, 3, 4))) static void
conclude(struct verdict *verdict, enum traceable traceable, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(verdict->reason, sizeof(verdict->reason), fmt, args);
	va_end(args);
	verdict->traceable = traceable;
}

static const char *error_name(int err)
{
	return err == -KERNEL_ENOTSUPP ? "not supported" : strerror(-err);
}

static bool holds(const struct facts *facts, enum capability capability)
{
	return facts->capabilities[capability] == ANSWER_YES;
}

static void conclude_refused(struct verdict *verdict, const struct facts *facts)
{
	const struct privileges held = {
		.bpf = holds(facts, CAPABILITY_BPF),
		.perfmon = holds(facts, CAPABILITY_PERFMON),
		.admin = holds(facts, CAPABILITY_ADMIN),
		.root = facts->root,
		.user_namespace = facts->user_namespace,
		.filtered = facts->filtered,
	};

	conclude(verdict, TRACEABLE_FORBIDDEN, "%s", privileges_refusal(&held));
}

/* Programs were attached, whatever else was found. */
static bool works(const struct facts *facts)
{
	const struct attempt *tried = facts->hooks[HOOK_DESTROY].tried;

	return facts->silence[ATTACH_FENTRY] ||
	       (tried[ATTACH_FENTRY].made && !tried[ATTACH_FENTRY].err) ||
	       (tried[ATTACH_KPROBE].made && !tried[ATTACH_KPROBE].err);
}

/* Concludes if the cause is known better than by the error of attaching. */
static bool ruled_out(struct verdict *verdict, const struct facts *facts)
{
	char kernel[160] = "this kernel"; /* a file may not say which */

	if (*facts->release)
		snprintf(kernel, sizeof(kernel), "Linux %s", facts->release);
	if (hook_present(facts, HOOK_DESTROY) == ANSWER_NO &&
	    facts->hooks[HOOK_DESTROY].part == ANSWER_YES)
		conclude(verdict, TRACEABLE_NO,
			 "%s has only parts of " TRACED_FUNCTION
			 "(): the compiler inlined the rest",
			 kernel);
	else if (hook_present(facts, HOOK_DESTROY) == ANSWER_NO)
		conclude(verdict, TRACEABLE_NO,
			 "%s has no " TRACED_FUNCTION "(): 6.1 or later is needed", kernel);
	else if (facts->btf == ANSWER_NO)
		conclude(verdict, TRACEABLE_NO,
			 "%s has no %s: a kernel with CONFIG_DEBUG_INFO_BTF is needed", kernel,
			 facts->live ? "readable " KERNEL_BTF : "BTF");
	else if (facts->live && facts->btf == ANSWER_UNKNOWN)
		conclude(verdict, TRACEABLE_UNKNOWN, NO_SYSFS);
	else if (works(facts))
		return false;
	else if (*facts->lacking)
		conclude(verdict, TRACEABLE_NO, "%s has no %s, which the programs need", kernel,
			 facts->lacking);
	else if (facts->lockdown == LOCKDOWN_CONFIDENTIALITY)
		conclude(verdict, TRACEABLE_FORBIDDEN,
			 "the kernel is locked down (lockdown=confidentiality): nobody may read "
			 "its memory");
	else if (facts->live && !facts->tried[ATTACH_FENTRY].made && facts->symbols != ANSWER_YES)
		conclude_refused(verdict, facts); /* the kernel's symbols could not be read */
	else if (facts->compiler_lack && !is_refusal(facts->tried[ATTACH_FENTRY].err))
		conclude(verdict, TRACEABLE_NO, "%s has %s", kernel, facts->compiler_lack);
	else
		return false;
	return true;
}

static const char *without_kprobe(const struct facts *facts)
{
	return facts->kprobes == ANSWER_NO ? "this kernel has no kprobes"
	       : facts->kprobe_danger
		       ? facts->kprobe_danger
		       : error_name(facts->hooks[HOOK_DESTROY].tried[ATTACH_KPROBE].err);
}

static void conclude_tried(struct verdict *verdict, const struct facts *facts)
{
	const struct hook_facts *destroy = &facts->hooks[HOOK_DESTROY];
	const struct attempt *fentry = &destroy->tried[ATTACH_FENTRY];
	const struct attempt *kprobe = &destroy->tried[ATTACH_KPROBE];
	const char *seen = destroy->seen && destroy->seen != LEDGER_UNKNOWN
				   ? "were attached and saw a test map being freed"
				   : "were attached, but no test map was seen being freed";
	const char *silence = facts->silence[ATTACH_FENTRY] ?: facts->silence[ATTACH_KPROBE];
	bool by_fentry = !fentry->err && !facts->silence[ATTACH_FENTRY];
	bool kprobed = fentry->err != -EPERM && kprobe->made && !kprobe->err;
	bool by_kprobe = kprobed && !facts->silence[ATTACH_KPROBE];

	/* Attached, and not run although a map was freed? */
	if ((!fentry->err || kprobed) && facts->freed && !facts->missed && !destroy->seen) {
		conclude(verdict, TRACEABLE_NO,
			 "a map was freed, but no call of " TRACED_FUNCTION "() was seen: the "
			 "compiler inlined it");
	} else if (by_fentry) {
		verdict->attach = ATTACH_FENTRY;
		conclude(verdict, TRACEABLE_YES, "fentry/fexit programs %s", seen);
	} else if (by_kprobe) {
		verdict->attach = ATTACH_KPROBE;
		conclude(verdict, TRACEABLE_YES,
			 "kprobe/kretprobe programs %s; fentry/fexit programs, the first choice, "
			 "%s: %s",
			 seen, fentry->err ? "could not be attached" : "see nothing",
			 fentry->err ? error_name(fentry->err) : facts->silence[ATTACH_FENTRY]);
	} else if (silence) {
		conclude(verdict, TRACEABLE_NO, "nothing can be seen: %s", silence);
	} else if (is_refusal(fentry->err) || is_refusal(kprobe->err)) {
		conclude_refused(verdict, facts);
	} else if (probe_lacks_resource(fentry->err) || probe_lacks_resource(kprobe->err)) {
		conclude(verdict, TRACEABLE_UNKNOWN,
			 "this process lacks memory or files to try it: by fentry/fexit %s; by "
			 "kprobe/kretprobe %s",
			 error_name(fentry->err), without_kprobe(facts));
	} else {
		conclude(verdict, TRACEABLE_NO,
			 "neither fentry/fexit nor kprobe/kretprobe could be attached: %s; %s",
			 error_name(fentry->err), without_kprobe(facts));
	}
}

/* Why fentry cannot be used, if it was not tried. */
static const char *without_fentry(const struct facts *facts)
{
	return facts->hooks[HOOK_DESTROY].type == ANSWER_NO ? "BTF lacks the function's type"
	       : names_differ(&facts->hooks[HOOK_DESTROY])
		       ? "the function has another name in BTF than in the symbol table"
	       : facts->compiler == ANSWER_NO
		       ? "the kernel has no compiler for BPF programs (CONFIG_BPF_JIT)"
		       : "ftrace cannot call programs (CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS)";
}

/* Concludes from names, as nothing was tried. */
static void conclude_by_name(struct verdict *verdict, const struct facts *facts)
{
	enum answer fentry = hook_attachable(facts, HOOK_DESTROY, ATTACH_FENTRY).answer;
	enum answer kprobe = hook_attachable(facts, HOOK_DESTROY, ATTACH_KPROBE).answer;

	if (fentry == ANSWER_YES) {
		verdict->attach = ATTACH_FENTRY;
		conclude(
			verdict, TRACEABLE_YES,
			"fentry/fexit programs can be attached: BTF has the function's type (not tried)");
	} else if (fentry == ANSWER_NO && kprobe == ANSWER_YES) {
		verdict->attach = ATTACH_KPROBE;
		conclude(
			verdict, TRACEABLE_YES,
			"kprobe/kretprobe programs can be attached (not tried), but fentry/fexit programs, "
			"the first choice, cannot: %s",
			without_fentry(facts));
	} else if (fentry == ANSWER_NO && kprobe == ANSWER_NO) {
		conclude(verdict, TRACEABLE_NO,
			 "fentry/fexit programs cannot be attached: %s; nor can kprobe/kretprobe "
			 "programs: there are no kprobes",
			 without_fentry(facts));
	} else if (hook_present(facts, HOOK_DESTROY) == ANSWER_YES) {
		conclude(verdict, TRACEABLE_UNKNOWN,
			 "fentry/fexit programs cannot be attached: %s; whether there are kprobes "
			 "is not known%s",
			 without_fentry(facts),
			 facts->symbols == ANSWER_YES ? "" : " (try --kallsyms FILE)");
	} else {
		conclude(verdict, TRACEABLE_UNKNOWN,
			 "no file tells whether the function is there (try --kallsyms FILE)");
	}
}

/* The lacks of a run */

__attribute__((format(printf, 3, 4))) static void lack(struct verdict *verdict, const char *what,
						       const char *fmt, ...)
{
	struct lack *new = &verdict->lacks[verdict->nr_lacks];
	va_list args;

	if (verdict->nr_lacks == MAX_LACKS)
		return;
	verdict->nr_lacks++;
	new->what = what;
	va_start(args, fmt);
	vsnprintf(new->why, sizeof(new->why), fmt, args);
	va_end(args);
}

static void lack_hooks(struct verdict *verdict, const struct facts *facts)
{
	enum attach_mode mode = verdict->attach == ATTACH_KPROBE ? ATTACH_KPROBE : ATTACH_FENTRY;

	for (enum hook hook = HOOK_FREE; hook < HOOK_QUEUE; hook++) {
		bool absent = hook_present(facts, hook) == ANSWER_NO;

		if (hook_attachable(facts, hook, mode).answer != ANSWER_NO)
			continue;
		lack(verdict, hook_info[hook].missing, "%s %s", hook_info[hook].function,
		     absent ? "is not in the symbol table: inlined, or not in this kernel"
			    : "cannot be attached");
	}
	/* Queued work is identified by the address of its function. */
	if (facts->hidden == ANSWER_YES && facts->live)
		lack(verdict, hook_info[HOOK_QUEUE].missing, "addresses of symbols are hidden");
	else if (hook_attachable(facts, HOOK_QUEUE, mode).answer == ANSWER_NO)
		lack(verdict, hook_info[HOOK_QUEUE].missing, "the tracepoint %s cannot be attached",
		     hook_info[HOOK_QUEUE].function);
	if (*facts->teardowns_lacking && !facts->tried[mode].made)
		lack(verdict, "teardowns, --identity, record and bench",
		     "this kernel has no %s, which their programs read", facts->teardowns_lacking);
	/* Hooks that can be attached alone may fail in a run that needs them all. */
	if (facts->tried[mode].made && facts->tried[mode].err &&
	    !facts->hooks[HOOK_DESTROY].tried[mode].err)
		lack(verdict, "teardowns, --identity, record and bench by this mode",
		     "not all of their probes can be attached: %s",
		     error_name(facts->tried[mode].err));
}

static void lack_fields(struct verdict *verdict, const struct facts *facts)
{
	const enum answer *features = facts->features;

	if (facts->hidden == ANSWER_YES && facts->live)
		lack(verdict, "names of callers, which are shown as addresses, and --caller",
		     facts->capabilities[CAPABILITY_SYSLOG] == ANSWER_YES
			     ? "kernel.kptr_restrict is %d"
			     : "kernel.kptr_restrict is %d, and CAP_SYSLOG is not held",
		     facts->kptr_restrict);
	if (features[FEATURE_PREEMPT] == ANSWER_NO && features[FEATURE_PREEMPT_ADDR] == ANSWER_NO &&
	    facts->symbols == ANSWER_YES)
		lack(verdict, "who released a map, except by closing a file descriptor",
		     "the preempt count, which shows interrupts, was not found");
	if (features[FEATURE_ELEM_COUNT] == ANSWER_NO)
		lack(verdict, "entries of preallocated hash maps",
		     "this kernel does not count them");
	if (features[FEATURE_PERCPU] == ANSWER_NO)
		lack(verdict, "which allocators are for per-CPU objects",
		     "struct bpf_mem_alloc does not say");
	if (features[FEATURE_KPROBE_MISS] == ANSWER_NO && facts->kprobes != ANSWER_NO)
		lack(verdict, "with --attach kprobe, how many calls were missed",
		     "this kernel does not count missed kprobe programs");
	if (facts->silence[ATTACH_KPROBE])
		lack(verdict, "--attach kprobe", "%s", facts->silence[ATTACH_KPROBE]);
	if (facts->kprobes == ANSWER_NO || facts->kprobe_danger)
		lack(verdict, "--attach kprobe", "%s", without_kprobe(facts));
}

void verdict_make(struct verdict *verdict, const struct facts *facts)
{
	*verdict = (struct verdict){.attach = ATTACH_AUTO};
	if (ruled_out(verdict, facts))
		return;
	if (facts->hooks[HOOK_DESTROY].tried[ATTACH_FENTRY].made || facts->silence[ATTACH_FENTRY])
		conclude_tried(verdict, facts);
	else
		conclude_by_name(verdict, facts);
	verdict->lacks_known = verdict->traceable != TRACEABLE_NO;
	if (!verdict->lacks_known)
		return;
	lack_hooks(verdict, facts);
	lack_fields(verdict, facts);
}
