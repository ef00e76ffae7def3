// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/capability.h>

#include "model/hooks.h"
#include "trace/bpf_config.h"
#include "trace/kernel_features.h"
#include "trace/privileges.h"
#include "trace/probe.h"
#include "trace/prog_counts.h"
#include "util/diag.h"

#include "memdestroy_trace.skel.h"
#include "memdestroy_trace_in_place.skel.h"

/* Calls that can be held back at a time; each is a thread inside the function, or left by one. */
#define MAX_PARKED 8192

/* The kernel's own "not supported", which it lets through to user space here and there. */
#define KERNEL_ENOTSUPP 524

struct probe {
	struct memdestroy_trace_bpf *skel;
	enum attach_mode mode;
	bool copies; /* of each program; not of kprobes, which are skipped all at once */
	struct prog_counts prog_counts;
};

static int probe_size_maps(struct probe *probe, const struct bpf_config *settings)
{
	struct memdestroy_trace_bpf *skel = probe->skel;
	int err;

	probe->prog_counts.nr_cpus = kernel_possible_cpus();
	err = bpf_map__set_max_entries(skel->maps.records, settings->buffer_bytes);
	if (!err)
		err = bpf_map__set_max_entries(skel->maps.counters, probe->prog_counts.nr_cpus);
	if (!err)
		err = bpf_map__set_max_entries(skel->maps.slots, settings->hooks >> HOOK_FREE
									 ? NR_HOOKS * NR_SLOTS
									 : NR_SLOTS);
	/* A hash map would be torn down through the traced function, for others to see. */
	if (!err)
		err = settings->config.park
			      ? bpf_map__set_max_entries(skel->maps.parked, MAX_PARKED)
			      : bpf_map__set_autocreate(skel->maps.parked, false);
	return err;
}

static struct bpf_program *find_program(const struct probe *probe, enum hook hook,
					enum hook_side side, int nth)
{
	static const char *const sides[][NR_HOOK_SIDES] = {
		[ATTACH_FENTRY] = {"fentry", "fexit"},
		[ATTACH_KPROBE] = {"kprobe", "kretprobe"},
	};
	static const char *const copies[PROGS_PER_HOOK] = {"", "_2", "_3"};
	char name[64];

	snprintf(name, sizeof(name), "%s_%s%s",
		 hook_info[hook].tracepoint ? "tp" : sides[probe->mode][side], hook_info[hook].name,
		 copies[nth]);
	return bpf_object__find_program_by_name(probe->skel->obj, name);
}

static void probe_choose_point(struct probe *probe, enum hook hook)
{
	bool kprobe = probe->mode == ATTACH_KPROBE && !hook_info[hook].tracepoint;
	int nr_copies = probe->copies && !kprobe ? PROGS_PER_HOOK : 1;
	int nr_sides = hook < NR_CALL_HOOKS ? NR_HOOK_SIDES : 1, side, nth;

	for (side = 0; side < nr_sides; side++) {
		for (nth = 0; nth < nr_copies; nth++) {
			struct attached *attached =
				&probe->prog_counts.attached[PROG(hook, side, nth)];

			attached->prog = find_program(probe, hook, side, nth);
			attached->kprobe = kprobe;
			bpf_program__set_autoload(attached->prog, true);
		}
	}
}

static bool kernel_has(enum hook hook, const struct bpf_config *settings, const struct ksyms *ksyms)
{
	if (!hook_info[hook].tracepoint)
		return ksyms_has(ksyms, hook_info[hook].function);
	/* What is queued is told by its function's address. */
	return settings->config.map_free_deferred && settings->config.free_mem_alloc_deferred;
}

/* Only what is wanted and the mode needs is loaded. */
static void probe_choose(struct probe *probe, const struct bpf_config *settings,
			 const struct ksyms *ksyms)
{
	struct bpf_program *prog;
	enum hook hook;

	probe->copies = kernel_preemptible();
	if (probe->copies)
		diag_verbose("the kernel is preemptible: each program has copies");
	bpf_object__for_each_program(prog, probe->skel->obj) bpf_program__set_autoload(prog, false);
	for (hook = 0; hook < NR_HOOKS; hook++)
		if (settings->hooks & (1U << hook) && kernel_has(hook, settings, ksyms))
			probe_choose_point(probe, hook);
	bpf_program__set_autoload(probe->skel->progs.dump_stack, settings->stacks);
}

/* To be told once, and only if anything can be traced at all. */
static void tell_of_missing(const struct bpf_config *settings, const struct ksyms *ksyms)
{
	enum hook hook;

	for (hook = 0; hook < NR_HOOKS; hook++)
		if (settings->hooks & (1U << hook) && !kernel_has(hook, settings, ksyms))
			diag_warn("%s cannot be traced here: what it tells is not known",
				  hook_info[hook].function);
}

/*
 * A kprobe is invalid where other code is patched in: on riscv, where ftrace would have its own. A
 * function takes 38 fentry and fexit programs of all users (BPF_MAX_TRAMP_LINKS,
 * include/linux/bpf.h).
 */
static int refused(const struct probe *probe, int err)
{
	if (probe->mode == ATTACH_KPROBE)
		return err == EINVAL ? -EOPNOTSUPP : -err;
	return err == E2BIG ? -EUSERS : -err;
}

static int attach_side(struct probe *probe, enum hook hook, enum hook_side side)
{
	int nth;

	for (nth = PROGS_PER_HOOK - 1; nth >= 0; nth--) {
		struct attached *attached = &probe->prog_counts.attached[PROG(hook, side, nth)];

		if (!attached->prog)
			continue;
		attached->link = bpf_program__attach(attached->prog);
		if (!attached->link)
			return refused(probe, errno);
	}
	return 0;
}

/*
 * Returns first: of two kprobes on one address the one registered last runs first, which lets the
 * entry see its caller before the kretprobe replaces it.
 */
static int probe_attach(struct probe *probe)
{
	enum hook hook;
	int err = 0;

	for (hook = 0; hook < NR_HOOKS && !err; hook++) {
		err = attach_side(probe, hook, HOOK_RETURN);
		if (!err)
			err = attach_side(probe, hook, HOOK_ENTRY);
	}
	return err;
}

/* Without stacks, what hangs is still told of. */
static void probe_attach_stacks(struct probe *probe)
{
	struct bpf_program *prog = probe->skel->progs.dump_stack;

	if (!bpf_program__autoload(prog))
		return;
	probe->skel->links.dump_stack = bpf_program__attach(prog);
	if (!probe->skel->links.dump_stack)
		diag_verbose("no kernel stacks: %s", strerror(errno));
}

/*
 * The same source compiled in two ways, see bpf/kernel_read.bpf.h: except for their names the two
 * skeletons are one, and all that is done with one of them is done through its pointer to the table
 * within.
 */
static struct memdestroy_trace_bpf *open_skeleton(bool in_place,
						  const struct bpf_object_open_opts *opts)
{
	_Static_assert(sizeof(struct memdestroy_trace_bpf) ==
			       sizeof(struct memdestroy_trace_in_place_bpf),
		       "skeletons differ");

	return in_place ? (void *)memdestroy_trace_in_place_bpf__open_opts(opts)
			: memdestroy_trace_bpf__open_opts(opts);
}

static int probe_try(struct probe *probe, const struct bpf_config *settings,
		     const struct ksyms *ksyms)
{
	LIBBPF_OPTS(bpf_object_open_opts, open_opts);
	int err;

	/*
	 * For a type that the kernel lacks libbpf looks through the BTF of all modules, which takes
	 * CAP_SYS_ADMIN. Naming the kernel's own BTF keeps it from that, but has it read twice.
	 */
	if (!privileges_has(CAP_SYS_ADMIN))
		open_opts.btf_custom_path = KERNEL_BTF;
	probe->skel =
		open_skeleton(kernel_compiles() && ksyms_has(ksyms, "bpf_rdonly_cast"), &open_opts);
	if (!probe->skel)
		return -errno;
	probe_choose(probe, settings, ksyms);
	memcpy(&probe->skel->rodata->config, &settings->config, sizeof(settings->config));
	probe->skel->rodata->config.all_progs = probe->copies;
	probe->skel->rodata->config.compiled = kernel_compiles();
	memcpy(&probe->skel->rodata->name_filter, &settings->names, sizeof(settings->names));
	err = probe_size_maps(probe, settings);
	if (!err)
		err = memdestroy_trace_bpf__load(probe->skel);
	if (!err)
		err = prog_counts_map(&probe->prog_counts, bpf_map__fd(probe->skel->maps.counters));
	if (!err)
		err = probe_attach(probe);
	if (!err) {
		probe_attach_stacks(probe);
		prog_counts_start(&probe->prog_counts);
		probe->skel->bss->stage = STAGE_RUNNING;
	}
	return err;
}

void probe_close(struct probe *probe)
{
	size_t i;

	if (!probe)
		return;
	for (i = 0; i < NR_PROGS; i++)
		bpf_link__destroy(probe->prog_counts.attached[i].link);
	prog_counts_unmap(&probe->prog_counts);
	memdestroy_trace_bpf__destroy(probe->skel);
	free(probe);
}

int probe_attempt(struct probe **out, enum attach_mode mode, const struct bpf_config *settings,
		  const struct ksyms *ksyms)
{
	struct probe *probe;
	int err;

	if (mode == ATTACH_KPROBE && kernel_kprobe_danger())
		return -EOPNOTSUPP;
	probe = calloc(1, sizeof(*probe));
	if (!probe)
		return -ENOMEM;
	probe->mode = mode;
	err = probe_try(probe, settings, ksyms);
	if (err)
		probe_close(probe);
	else
		*out = probe;
	return err;
}

/* Says what the kernel lacks before libbpf can fail on it in its own words. */
static enum traceable check_kernel(const struct ksyms *ksyms)
{
	struct utsname kernel;

	uname(&kernel);
	if (!ksyms_has(ksyms, TRACED_FUNCTION)) {
		diag_error("Linux %s has no " TRACED_FUNCTION "(): 6.1 or later is needed",
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

const char *probe_mode_name(enum attach_mode mode)
{
	return mode == ATTACH_FENTRY ? "fentry/fexit" : "kprobe/kretprobe";
}

#define CROWDED "others have all the programs there that a traced function takes"

/* What the kernel has none of, if the error is one that comes of that. */
static const char *lacking(enum attach_mode mode, int err)
{
	/* It says ENOMEM where no trampoline can be made, EINVAL where its interpreter will not do.
	 */
	if (err == -ENOMEM || err == -EINVAL)
		return kernel_compiler_lack();
	return mode == ATTACH_KPROBE && err == -ENOENT ? kernel_kprobe_lack() : NULL;
}

/* Reports the error. */
static enum traceable explain(enum attach_mode mode, int err)
{
	struct utsname kernel;
	const char *lack;

	uname(&kernel);
	/* Which error it is depends on what was refused first. */
	if (privileges_lockdown() == LOCKDOWN_CONFIDENTIALITY) {
		diag_error("not permitted to trace the kernel: it is locked down "
			   "(lockdown=confidentiality), and lets nobody read its memory");
		return TRACEABLE_FORBIDDEN;
	}
	if (mode == ATTACH_KPROBE && kernel_kprobe_danger()) {
		diag_error("Linux %s cannot attach %s to " TRACED_FUNCTION "(): %s", kernel.release,
			   probe_mode_name(mode), kernel_kprobe_danger());
		return TRACEABLE_NO;
	}
	lack = lacking(mode, err);
	if (lack) {
		diag_error("Linux %s cannot attach %s to " TRACED_FUNCTION "(): it has %s",
			   kernel.release, probe_mode_name(mode), lack);
		return TRACEABLE_NO;
	}
	/* The verifier says EACCES, too: whoever may do all was refused for another reason. */
	if (err == -EPERM || (err == -EACCES && !privileges_has(CAP_SYS_ADMIN))) {
		diag_error(
			"not permitted to trace the kernel: CAP_BPF and CAP_PERFMON are needed%s "
			"(or run it as root)",
			mode == ATTACH_KPROBE ? ", CAP_SYS_ADMIN too if kernel.perf_event_paranoid "
						"is above 2"
					      : "");
		return TRACEABLE_FORBIDDEN;
	}
	switch (-err) {
	case EUSERS:
		diag_error("cannot trace " TRACED_FUNCTION "() by %s: " CROWDED,
			   probe_mode_name(mode));
		return TRACEABLE_YES;
	case KERNEL_ENOTSUPP:
	case ENOENT:
	case ESRCH:
	case EOPNOTSUPP:
		diag_error("Linux %s cannot attach %s to " TRACED_FUNCTION "(): %s", kernel.release,
			   probe_mode_name(mode),
			   -err == KERNEL_ENOTSUPP ? "not supported" : strerror(-err));
		return TRACEABLE_NO;
	default:
		diag_error("cannot trace " TRACED_FUNCTION "() by %s: %s (-v tells more)",
			   probe_mode_name(mode), strerror(-err));
		return TRACEABLE_YES;
	}
}

int probe_open(struct probe **out, const struct trace_options *opts, const struct filter *filter,
	       const struct ksyms *ksyms, enum traceable *traceable)
{
	/*
	 * fentry first: its programs are skipped only while themselves under way on that CPU,
	 * kprobe's also whenever a BPF map is being worked on there, and more costly besides.
	 */
	static const enum attach_mode all[] = {ATTACH_FENTRY, ATTACH_KPROBE};
	struct bpf_config settings;
	size_t i;
	int err;

	*traceable = check_kernel(ksyms);
	if (*traceable != TRACEABLE_YES)
		return -EOPNOTSUPP;
	err = bpf_config_make(&settings, opts, filter, ksyms);
	if (err)
		return err;
	for (i = 0; i < 2; i++) {
		if (opts->attach != ATTACH_AUTO && opts->attach != all[i])
			continue;
		err = probe_attempt(out, all[i], &settings, ksyms);
		if (!err) {
			tell_of_missing(&settings, ksyms);
			malloc_trim(0); /* libbpf has read megabytes of BTF */
			return 0;
		}
		diag_verbose("%s: %s", probe_mode_name(all[i]), strerror(-err));
		if (opts->attach != ATTACH_AUTO || err == -EPERM || err == -EMFILE || i == 1) {
			*traceable = explain(all[i], err);
			return err;
		}
		if (err == -EUSERS)
			diag_warn("not by %s: " CROWDED "; kprobes miss more calls",
				  probe_mode_name(all[i]));
	}
	return err;
}

const char *probe_method(const struct probe *probe)
{
	return probe_mode_name(probe->mode);
}

int probe_records_fd(const struct probe *probe)
{
	return bpf_map__fd(probe->skel->maps.records);
}

void probe_for_each_parked(struct probe *probe,
			   void (*each)(void *ctx, const void *record, size_t size), void *ctx)
{
	int fd = bpf_map__fd(probe->skel->maps.parked);
	struct record_call entry;
	__u32 tid, *last = NULL;

	if (fd < 0) /* no filters */
		return;
	while (!bpf_map_get_next_key(fd, last, &tid)) {
		last = &tid;
		if (!bpf_map_lookup_elem(fd, &tid, &entry) && !(entry.flags & CALL_UNWANTED))
			each(ctx, &entry, sizeof(entry));
	}
}

bool probe_has(const struct probe *probe, enum hook hook)
{
	return probe->prog_counts.attached[PROG(hook, HOOK_ENTRY, 0)].link;
}

__u64 probe_under_way(const struct probe *probe)
{
	return prog_counts_under_way(&probe->prog_counts);
}

void probe_stop(struct probe *probe)
{
	probe->skel->bss->stage = STAGE_ENDING;
	prog_counts_stop(&probe->prog_counts);
}

void probe_reader_sleeps(struct probe *probe, bool asleep)
{
	__atomic_store_n(&probe->skel->bss->reader_sleeps, asleep, __ATOMIC_SEQ_CST);
}

void probe_count(const struct probe *probe, struct ledger *ledger)
{
	prog_counts_count(&probe->prog_counts, ledger);
}

void probe_count_point(const struct probe *probe, enum hook hook, struct hook_counts *counts)
{
	*counts = (struct hook_counts){
		.function = hook_info[hook].function,
		.attached = probe_has(probe, hook),
		.returns = hook < NR_CALL_HOOKS,
	};
	if (counts->attached)
		prog_counts_count_point(&probe->prog_counts, hook, counts);
}

int probe_stack(const struct probe *probe, __u32 tid, __u64 ip[STACK_DEPTH])
{
	struct bpf_link *link = probe->skel->links.dump_stack;
	struct task_stack *stack = &probe->skel->bss->task_stack;
	char none[64];
	ssize_t size;
	int fd;

	if (!link)
		return -EOPNOTSUPP;
	fd = bpf_iter_create(bpf_link__fd(link));
	if (fd < 0)
		return -errno;
	stack->wanted = tid;
	stack->found = 0;
	do
		size = read(fd, none, sizeof(none));
	while (size > 0 || (size < 0 && (errno == EAGAIN || errno == EINTR)));
	close(fd);
	if (size < 0)
		return -errno;
	if (stack->found != tid)
		return -ESRCH;
	if (stack->size < 0)
		return stack->size;
	memcpy(ip, stack->ip, sizeof(stack->ip));
	return stack->size / sizeof(*ip);
}
