// SPDX-License-Identifier: GPL-2.0-only
/* Says what was detected about the kernel, and how it is traced. */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "trace/detected.h"
#include "trace/kernel_features.h"
#include "trace/probe_load.h"
#include "util/diag.h"

struct names {
	char text[512];
};

static void add_name(struct names *names, const char *name)
{
	size_t len = strlen(names->text);

	snprintf(names->text + len, sizeof(names->text) - len, "%s%s", len ? ", " : "", name);
}

static void report_hooks(const struct probe *probe, const struct bpf_config *settings)
{
	struct names attached = {""}, absent = {""}, unneeded = {""};

	for (enum hook hook = 0; hook < NR_HOOKS; hook++)
		add_name(probe_has(probe, hook)		  ? &attached
			 : settings->hooks & (1U << hook) ? &absent
							  : &unneeded,
			 hook_info[hook].function);
	diag_verbose("attached by %s: %s", probe_method(probe), attached.text);
	if (*absent.text)
		diag_verbose("left out, as this kernel does not have them: %s", absent.text);
	if (*unneeded.text)
		diag_verbose("left out, as this view does not need them: %s", unneeded.text);
}

void detected_report(const struct probe *probe, const struct bpf_config *settings,
		     const struct ksyms *ksyms)
{
	const char *lack = kernel_compiler_lack();
	unsigned int cpus = kernel_possible_cpus();
	struct utsname kernel;

	if (!diag_is_verbose())
		return;
	uname(&kernel);
	diag_verbose("Linux %s (%s), %u possible CPU%s, %spreemptible", kernel.release,
		     kernel.machine, cpus, cpus == 1 ? "" : "s",
		     kernel_preemptible() ? "" : "not ");
	if (lack)
		diag_verbose("the kernel has %s", lack);
	report_hooks(probe, settings);
	diag_verbose("kernel memory is %s; kernel symbols are %s",
		     probe_reads_in_place(ksyms) ? "read in place" : "copied",
		     ksyms_hidden(ksyms) ? "hidden" : "readable");
	diag_verbose("ring buffer: %zu KiB (--buffer sets its size)", settings->buffer_bytes >> 10);
}
