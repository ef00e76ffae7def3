// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <string.h>

#include "check/verdict.h"
#include "model/ledger.h"
#include "trace/probe.h"

#define KERNEL_ENOTSUPP 524 /* the kernel's own "not supported", which gets out here and there */

const char *means_name(enum means means)
{
	static const char *const names[] = {
		[MEANS_NONE] = NULL,	       [MEANS_TRIED] = "tried",	  [MEANS_LISTED] = "listed",
		[MEANS_LOCKDOWN] = "lockdown", [MEANS_CONFIG] = "config", [MEANS_BTF] = "BTF",
		[MEANS_SYMBOL] = "symbol",     [MEANS_UNSAFE] = "unsafe",
	};

	return names[means];
}

/* Points */

enum answer point_present(const struct findings *findings, enum point point)
{
	const struct point_finding *found = &findings->points[point];

	if (found->symbol != ANSWER_UNKNOWN)
		return found->symbol;
	if (found->type == ANSWER_YES)
		return ANSWER_YES;
	/* There are functions without a type, but this one's argument is known to have one. */
	if (point == POINT_DESTROY && findings->allocator == ANSWER_NO)
		return ANSWER_NO;
	return ANSWER_UNKNOWN;
}

static bool is_refusal(int err)
{
	return err == -EPERM || err == -EACCES;
}

static enum answer because(enum means *means, enum means of, enum answer answer)
{
	*means = of;
	return answer;
}

static enum answer fentry_attachable(const struct findings *findings,
				     const struct point_finding *found, enum means *means)
{
	if (found->type == ANSWER_NO || findings->compiler == ANSWER_NO ||
	    findings->direct == ANSWER_NO)
		return because(means, MEANS_BTF, ANSWER_NO);
	if (found->listed != ANSWER_UNKNOWN)
		return because(means, MEANS_LISTED, found->listed);
	if (found->type == ANSWER_YES)
		return because(means, MEANS_BTF, ANSWER_YES);
	return because(means, MEANS_NONE, ANSWER_UNKNOWN);
}

static enum answer kprobe_attachable(const struct findings *findings,
				     const struct point_finding *found, enum means *means)
{
	if (findings->lockdown == LOCKDOWN_CONFIDENTIALITY)
		return because(means, MEANS_LOCKDOWN, ANSWER_NO);
	if (findings->kprobes == ANSWER_NO)
		return because(means, MEANS_CONFIG, ANSWER_NO);
	if (findings->kprobe_danger)
		return because(means, MEANS_UNSAFE, ANSWER_NO);
	if (found->forbidden == ANSWER_YES)
		return because(means, MEANS_LISTED, ANSWER_NO);
	if (findings->kprobes != ANSWER_YES)
		return because(means, MEANS_NONE, ANSWER_UNKNOWN);
	if (found->symbol == ANSWER_YES)
		return because(means, MEANS_SYMBOL, ANSWER_YES);
	if (found->type == ANSWER_YES)
		return because(means, MEANS_BTF, ANSWER_YES);
	return because(means, MEANS_NONE, ANSWER_UNKNOWN);
}

enum answer point_attachable(const struct findings *findings, enum point point,
			     enum attach_mode mode, enum means *means)
{
	const struct point_finding *found = &findings->points[point];
	const struct attempt *tried = &found->tried[mode];

	if (found->symbol == ANSWER_NO)
		return because(means, MEANS_SYMBOL, ANSWER_NO);
	/* What was refused might be had by others. */
	if (tried->made && !is_refusal(tried->err))
		return because(means, MEANS_TRIED, tried->err ? ANSWER_NO : ANSWER_YES);
	/* A tracepoint takes its type, whatever the mode. */
	if (point == POINT_QUEUE && found->type != ANSWER_UNKNOWN)
		return because(means, MEANS_BTF, found->type);
	if (point == POINT_QUEUE)
		return because(means, MEANS_NONE, ANSWER_UNKNOWN);
	return mode == ATTACH_FENTRY ? fentry_attachable(findings, found, means)
				     : kprobe_attachable(findings, found, means);
}

/* The verdict */

__attribute__((format(printf, 3, 4))) static void
conclude(struct verdict *verdict, enum exit_status status, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(verdict->reason, sizeof(verdict->reason), fmt, args);
	va_end(args);
	verdict->status = status;
}

/* "Linux 6.12.107"; what a file did not tell is "this kernel". */
static const char *kernel_name(const struct findings *findings, char *buf, size_t size)
{
	if (!*findings->release)
		return "this kernel";
	snprintf(buf, size, "Linux %s", findings->release);
	return buf;
}

static const char *error_name(int err)
{
	return err == -KERNEL_ENOTSUPP ? "not supported" : strerror(-err);
}

/* "CAP_BPF and CAP_PERFMON"; "" if both are held. */
static const char *missing_capabilities(const struct findings *findings)
{
	const enum answer *held = findings->capabilities;
	bool bpf = held[CAPABILITY_BPF] == ANSWER_NO,
	     perfmon = held[CAPABILITY_PERFMON] == ANSWER_NO;

	if (held[CAPABILITY_ADMIN] == ANSWER_YES)
		return "";
	return bpf && perfmon ? "CAP_BPF and CAP_PERFMON"
	       : bpf	      ? "CAP_BPF"
	       : perfmon      ? "CAP_PERFMON"
			      : "";
}

static void conclude_refused(struct verdict *verdict, const struct findings *findings)
{
	const char *missing = missing_capabilities(findings);

	if (*missing)
		conclude(verdict, EXIT_FORBIDDEN, "%s missing (or run it as root)", missing);
	else
		conclude(verdict, EXIT_FORBIDDEN,
			 "refused, although CAP_BPF and CAP_PERFMON are held: a container, "
			 "a security module or the kernel itself refuses");
}

/* Programs were attached: whatever else was found is not in the way of that. */
static bool works(const struct findings *findings)
{
	const struct attempt *tried = findings->points[POINT_DESTROY].tried;

	return (tried[ATTACH_FENTRY].made && !tried[ATTACH_FENTRY].err) ||
	       (tried[ATTACH_KPROBE].made && !tried[ATTACH_KPROBE].err);
}

/* What rules tracing out, and names the cause better than what attaching ends with. */
static bool ruled_out(struct verdict *verdict, const struct findings *findings)
{
	char buf[160];
	const char *kernel = kernel_name(findings, buf, sizeof(buf));

	if (point_present(findings, POINT_DESTROY) == ANSWER_NO)
		conclude(verdict, EXIT_UNTRACEABLE,
			 "%s has no " TRACED_FUNCTION "(): 6.1 or later is needed", kernel);
	else if (findings->btf == ANSWER_NO)
		conclude(verdict, EXIT_UNTRACEABLE,
			 "%s has no %s: a kernel with CONFIG_DEBUG_INFO_BTF is needed", kernel,
			 findings->live ? "readable " KERNEL_BTF : "BTF");
	else if (works(findings))
		return false;
	else if (*findings->lacking)
		conclude(verdict, EXIT_UNTRACEABLE,
			 "%s has no %s, which the programs cannot do without", kernel,
			 findings->lacking);
	else if (findings->lockdown == LOCKDOWN_CONFIDENTIALITY)
		conclude(verdict, EXIT_FORBIDDEN,
			 "the kernel is locked down (lockdown=confidentiality), and "
			 "lets nobody read its memory");
	else if (findings->compiler_lack && !is_refusal(findings->tried[ATTACH_FENTRY].err))
		conclude(verdict, EXIT_UNTRACEABLE, "%s has %s", kernel, findings->compiler_lack);
	else
		return false;
	return true;
}

/* A program that is attached, and was not run when it had to be. */
static bool unseen(const struct findings *findings)
{
	return findings->freed && !findings->missed && !findings->points[POINT_DESTROY].seen;
}

static const char *without_kprobe(const struct findings *findings)
{
	return findings->kprobes == ANSWER_NO ? "this kernel has no kprobes"
	       : findings->kprobe_danger
		       ? findings->kprobe_danger
		       : error_name(findings->points[POINT_DESTROY].tried[ATTACH_KPROBE].err);
}

static void conclude_tried(struct verdict *verdict, const struct findings *findings)
{
	const struct attempt *fentry = &findings->points[POINT_DESTROY].tried[ATTACH_FENTRY];
	const struct attempt *kprobe = &findings->points[POINT_DESTROY].tried[ATTACH_KPROBE];
	const char *seen = findings->points[POINT_DESTROY].seen != LEDGER_UNKNOWN &&
					   findings->points[POINT_DESTROY].seen
				   ? "attached, and saw a map go that was dropped to try"
				   : "attached, but not seen at work: no map was seen to go";
	bool taken = !fentry->err || (fentry->err != -EPERM && kprobe->made && !kprobe->err);

	if (taken && unseen(findings)) {
		conclude(verdict, EXIT_UNTRACEABLE,
			 "a map was freed, and " TRACED_FUNCTION "() not seen: the compiler put it "
			 "into its callers");
	} else if (!fentry->err) {
		verdict->attach = ATTACH_FENTRY;
		conclude(verdict, EXIT_DONE, "by fentry/fexit, the first choice: %s", seen);
	} else if (taken) {
		verdict->attach = ATTACH_KPROBE;
		conclude(verdict, EXIT_DONE,
			 "by kprobe/kretprobe: %s; fentry/fexit, the first choice, could not be "
			 "attached: %s",
			 seen, error_name(fentry->err));
	} else if (is_refusal(fentry->err) || is_refusal(kprobe->err)) {
		conclude_refused(verdict, findings);
	} else {
		conclude(verdict, EXIT_UNTRACEABLE,
			 "neither fentry/fexit nor kprobe/kretprobe could be attached: %s; %s",
			 error_name(fentry->err), without_kprobe(findings));
	}
}

/* Why not, if nothing was tried. */
static const char *without_fentry(const struct findings *findings)
{
	return findings->points[POINT_DESTROY].type == ANSWER_NO ? "BTF lacks the function's type"
	       : findings->compiler == ANSWER_NO
		       ? "the kernel has no compiler for BPF programs (CONFIG_BPF_JIT)"
		       : "ftrace cannot call programs (CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS)";
}

/* Nothing was tried: names have to do. */
static void conclude_by_name(struct verdict *verdict, const struct findings *findings)
{
	enum means means;
	enum answer fentry = point_attachable(findings, POINT_DESTROY, ATTACH_FENTRY, &means);
	enum answer kprobe = point_attachable(findings, POINT_DESTROY, ATTACH_KPROBE, &means);

	if (fentry == ANSWER_YES) {
		verdict->attach = ATTACH_FENTRY;
		conclude(verdict, EXIT_DONE,
			 "by fentry/fexit, the first choice, as far as names tell: BTF has the "
			 "function's type");
	} else if (fentry == ANSWER_NO && kprobe == ANSWER_YES) {
		verdict->attach = ATTACH_KPROBE;
		conclude(
			verdict, EXIT_DONE,
			"by kprobe/kretprobe, as far as names tell; not by fentry/fexit, the first "
			"choice: %s",
			without_fentry(findings));
	} else if (fentry == ANSWER_NO && kprobe == ANSWER_NO) {
		conclude(verdict, EXIT_UNTRACEABLE,
			 "not by fentry/fexit: %s; nor by kprobe/kretprobe: there are no kprobes",
			 without_fentry(findings));
	} else if (point_present(findings, POINT_DESTROY) == ANSWER_YES) {
		conclude(verdict, EXIT_FAILED,
			 "not by fentry/fexit: %s; and nothing tells if there are kprobes%s",
			 without_fentry(findings),
			 findings->symbols == ANSWER_YES ? "" : " (--kallsyms FILE would)");
	} else {
		conclude(verdict, EXIT_FAILED,
			 "--kallsyms FILE would tell if the function is there");
	}
}

/* What would be missing */

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

static void lack_points(struct verdict *verdict, const struct findings *findings)
{
	static const char *const told[NR_POINTS] = {
		[POINT_FREE] = "teardowns: their free, destroy and total times",
		[POINT_RECLAIM] = "teardowns: when memory that a call left comes back",
		[POINT_PUT] = "who let go of a map, where bpf_map_put drops the last reference",
		[POINT_PUT_UREF] =
			"who let go of a map, where bpf_map_put_with_uref drops the last reference",
		[POINT_RELEASE] = "who let go of a map, where a closed file descriptor does",
	};
	enum attach_mode mode = verdict->attach == ATTACH_KPROBE ? ATTACH_KPROBE : ATTACH_FENTRY;
	enum means means;

	for (enum point point = POINT_FREE; point < NR_POINTS; point++) {
		bool absent = point_present(findings, point) == ANSWER_NO;

		if (!told[point] || point_attachable(findings, point, mode, &means) != ANSWER_NO)
			continue;
		lack(verdict, told[point], "%s %s", probe_point_name(point),
		     absent ? "is not in the symbol table: inlined, or not in this kernel"
			    : "cannot be attached");
	}
	/* The functions whose work is queued are told by their addresses. */
	if (findings->hidden == ANSWER_YES && findings->live)
		lack(verdict, "teardowns: when a worker is asked, and if a call left memory",
		     "addresses of symbols are hidden");
	else if (point_attachable(findings, POINT_QUEUE, mode, &means) == ANSWER_NO)
		lack(verdict, "teardowns: when a worker is asked, and if a call left memory",
		     "the tracepoint %s cannot be attached", probe_point_name(POINT_QUEUE));
	if (*findings->teardowns_lacking && !findings->tried[mode].made)
		lack(verdict, "teardowns, --identity, record and bench",
		     "this kernel has no %s, which their programs read",
		     findings->teardowns_lacking);
	/* What can be attached alone need not do for a run that wants them all. */
	if (findings->tried[mode].made && findings->tried[mode].err &&
	    !findings->points[POINT_DESTROY].tried[mode].err)
		lack(verdict, "teardowns, --identity, record and bench by this mode",
		     "not all of their probes can be attached: %s",
		     error_name(findings->tried[mode].err));
}

static void lack_fields(struct verdict *verdict, const struct findings *findings)
{
	const enum answer *features = findings->features;

	if (findings->hidden == ANSWER_YES && findings->live)
		lack(verdict, "names of callers, which are shown as addresses, and --caller",
		     findings->capabilities[CAPABILITY_SYSLOG] == ANSWER_YES
			     ? "kernel.kptr_restrict is %d"
			     : "kernel.kptr_restrict is %d, and CAP_SYSLOG is not held",
		     findings->kptr_restrict);
	if (features[FEATURE_PREEMPT] == ANSWER_NO && features[FEATURE_PREEMPT_ADDR] == ANSWER_NO &&
	    findings->symbols == ANSWER_YES)
		lack(verdict, "who let go of a map, unless by closing a file descriptor",
		     "the preempt count, which tells if it was in an interrupt, is not to be found");
	if (features[FEATURE_ELEM_COUNT] == ANSWER_NO)
		lack(verdict, "entries of preallocated hash maps",
		     "this kernel does not count them");
	if (features[FEATURE_PERCPU] == ANSWER_NO)
		lack(verdict, "which allocators are for per-CPU objects",
		     "struct bpf_mem_alloc does not say");
	if (features[FEATURE_KPROBE_MISS] == ANSWER_NO && findings->kprobes != ANSWER_NO)
		lack(verdict, "with --attach kprobe, how many calls were missed",
		     "this kernel does not count what kprobe programs miss");
	if (findings->kprobes == ANSWER_NO || findings->kprobe_danger)
		lack(verdict, "--attach kprobe", "%s", without_kprobe(findings));
}

void verdict_make(struct verdict *verdict, const struct findings *findings)
{
	*verdict = (struct verdict){.attach = ATTACH_AUTO};
	if (ruled_out(verdict, findings))
		return;
	if (findings->points[POINT_DESTROY].tried[ATTACH_FENTRY].made)
		conclude_tried(verdict, findings);
	else
		conclude_by_name(verdict, findings);
	verdict->lacks_known = verdict->status != EXIT_UNTRACEABLE;
	if (!verdict->lacks_known)
		return;
	lack_points(verdict, findings);
	lack_fields(verdict, findings);
}
