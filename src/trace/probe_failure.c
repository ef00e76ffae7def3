// SPDX-License-Identifier: GPL-2.0-only
/*
 * Words the reasons why programs cannot be loaded or attached, before or after libbpf fails on
 * them.
 */
#include <errno.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <linux/capability.h>

#include "trace/kernel_features.h"
#include "trace/privileges.h"
#include "trace/probe_failure.h"
#include "util/diag.h"

/* The kernel's own "not supported", which some of its paths return to user space. */
#define KERNEL_ENOTSUPP 524

enum traceable probe_check_kernel(const struct ksyms *ksyms)
{
	struct utsname kernel;

	uname(&kernel);
	if (!ksyms_symbol(ksyms, TRACED_FUNCTION)) {
		diag_error(ksyms_has_part(ksyms, TRACED_FUNCTION)
				   ? "Linux %s has only parts of " TRACED_FUNCTION
				     "(): the compiler inlined the rest"
				   : "Linux %s has no " TRACED_FUNCTION
				     "(): 6.1 or later is needed",
			   kernel.release);
		return TRACEABLE_NO;
	}
	if (access(KERNEL_BTF, R_OK)) {
		diag_error("Linux %s has no readable " KERNEL_BTF ": "
			   "a kernel with CONFIG_DEBUG_INFO_BTF is needed",
			   kernel.release);
		return TRACEABLE_NO;
	}
	return TRACEABLE_YES;
}

/* The kernel's lack that may cause the error; NULL: none known. */
static const char *kernel_lack(enum attach_mode mode, int err)
{
	/* ENOMEM: it cannot make a trampoline. EINVAL: its interpreter refuses the program. */
	if (err == -ENOMEM || err == -EINVAL)
		return kernel_compiler_lack();
	return mode == ATTACH_KPROBE && err == -ENOENT ? kernel_kprobe_lack() : NULL;
}

bool probe_lacks_resource(int err)
{
	return err == -EMFILE || err == -ENFILE || (err == -ENOMEM && !kernel_compiler_lack());
}

static enum traceable report_unsupported(enum attach_mode mode, const char *has, const char *reason)
{
	struct utsname kernel;

	uname(&kernel);
	diag_error("Linux %s cannot attach %s to " TRACED_FUNCTION "(): %s%s", kernel.release,
		   attach_mode_programs[mode], has, reason);
	return TRACEABLE_NO;
}

static void report_refusal(enum attach_mode mode)
{
	const struct privileges held = {
		.bpf = privileges_has(CAP_BPF),
		.perfmon = privileges_has(CAP_PERFMON),
		.admin = privileges_has(CAP_SYS_ADMIN),
		.user_namespace = privileges_in_user_namespace(),
		.filtered = privileges_filtered(),
	};

	diag_error("not permitted to trace the kernel: %s%s", privileges_refusal(&held),
		   mode == ATTACH_KPROBE && !held.admin
			   ? "; kprobes need CAP_SYS_ADMIN too if kernel.perf_event_paranoid is "
			     "above 2"
			   : "");
}

enum traceable probe_report_failure(enum attach_mode mode, int err)
{
	const char *lack;

	/* A lockdown gives different errors, depending on what is refused first. */
	if (privileges_lockdown() == LOCKDOWN_CONFIDENTIALITY) {
		diag_error("not permitted to trace the kernel: it is locked down "
			   "(lockdown=confidentiality), and lets nobody read its memory");
		return TRACEABLE_FORBIDDEN;
	}
	if (mode == ATTACH_KPROBE && kernel_kprobe_danger())
		return report_unsupported(mode, "", kernel_kprobe_danger());
	lack = kernel_lack(mode, err);
	if (lack)
		return report_unsupported(mode, "it has ", lack);
	/* The verifier returns EACCES too: with all capabilities, that is not about privileges. */
	if (err == -EPERM ||
	    (err == -EACCES && (!privileges_has(CAP_SYS_ADMIN) || privileges_bpf_refused()))) {
		report_refusal(mode);
		return TRACEABLE_FORBIDDEN;
	}
	switch (-err) {
	case KERNEL_ENOTSUPP:
		return report_unsupported(mode, "", "not supported");
	case ENOENT:
	case ESRCH:
	case EOPNOTSUPP:
		return report_unsupported(mode, "", strerror(-err));
	default:
		diag_error("cannot trace " TRACED_FUNCTION "() by %s: %s%s",
			   attach_mode_programs[mode],
			   err == -EUSERS ? TOO_MANY_PROGRAMS : strerror(-err),
			   err == -EUSERS ? "" : " (-v shows more)");
		return TRACEABLE_YES;
	}
}
