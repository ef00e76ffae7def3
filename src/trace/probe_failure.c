// SPDX-License-Identifier: GPL-2.0-only
/*
 * Words the reasons why programs cannot be loaded or attached, before or after libbpf fails on
 * them.
 */
#include <errno.h>
#include <stdio.h>
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
	if (!kernel_shows_sysfs()) {
		diag_error(NO_SYSFS);
		return TRACEABLE_UNKNOWN;
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

struct reason {
	const char *has, *text;
	bool unsupported; /* by this kernel, whatever else happens */
};

static struct reason reason_of(enum attach_mode mode, int err)
{
	const char *lack = kernel_lack(mode, err);

	if (mode == ATTACH_KPROBE && kernel_kprobe_danger())
		return (struct reason){"", kernel_kprobe_danger(), true};
	if (lack)
		return (struct reason){"it has ", lack, true};
	switch (-err) {
	case KERNEL_ENOTSUPP:
		return (struct reason){"", "not supported", true};
	case ENOENT:
	case ESRCH:
	case EOPNOTSUPP:
		return (struct reason){"", strerror(-err), true};
	case EUSERS:
		return (struct reason){"", TOO_MANY_PROGRAMS, false};
	default:
		return (struct reason){"", strerror(-err), false};
	}
}

static bool is_refusal(int err)
{
	/* The verifier returns EACCES too: with all capabilities, that is not about privileges. */
	return err == -EPERM ||
	       (err == -EACCES && (!privileges_has(CAP_SYS_ADMIN) || privileges_bpf_refused()));
}

static void report_refusal(enum attach_mode mode)
{
	const struct privileges held = {
		.bpf = privileges_has(CAP_BPF),
		.perfmon = privileges_has(CAP_PERFMON),
		.admin = privileges_has(CAP_SYS_ADMIN),
		.root = !geteuid(),
		.user_namespace = privileges_in_user_namespace(),
		.filtered = privileges_filtered(),
	};

	diag_error("not permitted to trace the kernel: %s%s", privileges_refusal(&held),
		   mode == ATTACH_KPROBE && !held.admin
			   ? "; kprobes need CAP_SYS_ADMIN too if kernel.perf_event_paranoid is "
			     "above 2"
			   : "");
}

enum traceable probe_report_failure(enum attach_mode mode, int err, int fentry_err)
{
	struct reason reason = reason_of(mode, err), fentry = reason_of(ATTACH_FENTRY, fentry_err);
	struct utsname kernel;
	char nor[256] = "";

	/* A lockdown gives different errors, depending on what is refused first. */
	if (privileges_lockdown() == LOCKDOWN_CONFIDENTIALITY) {
		diag_error("not permitted to trace the kernel: it is locked down "
			   "(lockdown=confidentiality), and lets nobody read its memory");
		return TRACEABLE_FORBIDDEN;
	}
	if (is_refusal(err)) {
		report_refusal(mode);
		return TRACEABLE_FORBIDDEN;
	}
	if (fentry_err)
		snprintf(nor, sizeof(nor), "; nor %s: %s%s", attach_mode_programs[ATTACH_FENTRY],
			 fentry.has, fentry.text);
	if (reason.unsupported && (!fentry_err || fentry.unsupported)) {
		uname(&kernel);
		diag_error("Linux %s cannot attach %s to " TRACED_FUNCTION "(): %s%s%s",
			   kernel.release, attach_mode_programs[mode], reason.has, reason.text,
			   nor);
		return TRACEABLE_NO;
	}
	diag_error("cannot trace " TRACED_FUNCTION "() by %s: %s%s%s%s", attach_mode_programs[mode],
		   reason.has, reason.text, nor, err == -EUSERS ? "" : " (-v shows more)");
	return TRACEABLE_YES;
}
