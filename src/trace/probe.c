// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attaches the BPF programs, in the first mode that works, and controls them while they run.
 */
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "trace/cpu_counters.h"
#include "trace/detected.h"
#include "trace/kernel_features.h"
#include "trace/probe.h"
#include "trace/probe_load.h"
#include "trace/prog_counts.h"
#include "util/clock.h"
#include "util/diag.h"
#include "util/macros.h"

/* How near two clocks are to be read. */
#define CLOCK_EXACT_NS 100000

struct probe {
	enum attach_mode mode;
	struct memdestroy_trace_bpf *skel;
	struct prog_counts prog_counts;
	struct grace_probes graces;
	struct bpf_link *stack_link; /* NULL: no kernel stacks */
	bool all_threads;	     /* the variant of the programs */
	struct moment began;	     /* when the run did */
	struct witness witness;
};

/*
 * riscv: a kprobe is invalid where ftrace would patch the code. fentry: a function takes 38
 * programs of all tracers (BPF_MAX_TRAMP_LINKS, include/linux/bpf.h).
 */
static int attach_error(enum attach_mode mode, int err)
{
	if (mode == ATTACH_KPROBE)
		return err == EINVAL ? -EOPNOTSUPP : -err;
	return err == E2BIG ? -EUSERS : -err;
}

/*
 * nth: of the programs of this side, which learn it by their cookie. By the symbol's full name;
 * some kernels (6.2 to 6.10, with link-time optimization) only know it without the suffix.
 */
static struct bpf_link *attach_one(const struct attached *attached, enum hook hook,
				   enum hook_side side, int nth)
{
	LIBBPF_OPTS(bpf_kprobe_opts, opts, .retprobe = side == HOOK_RETURN);
	LIBBPF_OPTS(bpf_trace_opts, trace_opts, .cookie = nth);
	const char *function = hook_info[hook].function;
	struct bpf_link *link = NULL;

	if (hook_info[hook].tracepoint)
		return bpf_program__attach_trace(attached->prog);
	if (!attached->kprobe)
		return bpf_program__attach_trace_opts(attached->prog, &trace_opts);
	if (attached->symbol)
		link = bpf_program__attach_kprobe_opts(attached->prog, attached->symbol, &opts);
	return link ?: bpf_program__attach_kprobe_opts(attached->prog, function, &opts);
}

static int attach_side(struct probe *probe, enum hook hook, enum hook_side side)
{
	for (int nth = PROGS_PER_HOOK - 1; nth >= 0; nth--) {
		struct attached *attached = &probe->prog_counts.attached[PROG(hook, side, nth)];

		if (!attached->prog)
			continue;
		attached->link = attach_one(attached, hook, side, nth);
		if (!attached->link)
			return attach_error(probe->mode, errno);
	}
	return 0;
}

/*
 * Returns first: of two kprobes at one address, the one registered last runs first, so the entry
 * sees its caller before the kretprobe replaces it.
 */
static int attach_all(struct probe *probe, const struct bpf_config *settings,
		      const struct ksyms *ksyms)
{
	int err = 0;

	for (enum hook hook = 0; hook < NR_HOOKS && !err; hook++) {
		err = attach_side(probe, hook, HOOK_RETURN);
		if (!err)
			err = attach_side(probe, hook, HOOK_ENTRY);
	}
	if (!err && settings->hooks & 1U << HOOK_FREE)
		probe->skel->bss->sees_graces = grace_probes_attach(&probe->graces, ksyms);
	return err;
}

/* Stuck calls are reported without their stacks if this fails. */
static void attach_stacks(struct probe *probe)
{
	probe->stack_link = bpf_program__attach_iter(probe->skel->progs.dump_stack, NULL);
	if (!probe->stack_link)
		diag_verbose("no kernel stacks: %s", strerror(errno));
}

/*
 * From here on clock_now_ns() is the programs' clock, which that of this process is not in a time
 * namespace. Each reading narrows down how far the two are apart.
 */
static void follow_clock(const struct probe *probe)
{
	int fd = bpf_program__fd(probe->skel->progs.read_clock);
	__s64 low = INT64_MIN, high = INT64_MAX, ahead;
	__u64 now_ns = 0, before;

	for (int tries = 0; tries < 5 || (tries < 50 && high - low > CLOCK_EXACT_NS); tries++) {
		LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = &now_ns,
			    .ctx_size_in = sizeof(now_ns));

		before = clock_now_ns();
		if (bpf_prog_test_run_opts(fd, &opts)) {
			diag_warn("cannot read the kernel's clock (%s): in a time namespace, times "
				  "are wrong",
				  strerror(errno));
			return;
		}
		low = MAX(low, (__s64)(before - now_ns));
		high = MIN(high, (__s64)(clock_now_ns() - now_ns));
	}
	ahead = clock_shift(low, high);
	if (ahead)
		diag_verbose("in a time namespace, whose clock is %lld ns ahead of the kernel's",
			     ahead);
	clock_correct(ahead);
}

/* Without it the memory of maps is unknown. */
static void read_sizes(const struct probe *probe)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);

	if (bpf_prog_test_run_opts(bpf_program__fd(probe->skel->progs.read_sizes), &opts))
		diag_verbose("cannot read the sizes of the kernel's structures: %s",
			     strerror(errno));
}

static int probe_start(struct probe *probe, const struct bpf_config *settings,
		       const struct ksyms *ksyms)
{
	struct prog_counts *prog_counts = &probe->prog_counts;
	int err;

	probe->all_threads = probe_needs_all_threads(ksyms);
	prog_counts->nr_cpus = kernel_possible_cpus();
	err = probe_load(&probe->skel, prog_counts->attached, &probe->graces, probe->mode, settings,
			 ksyms, prog_counts->nr_cpus);
	if (!err)
		err = prog_counts_map(prog_counts, bpf_map__fd(probe->skel->maps.counters));
	if (!err && witness_init(&probe->witness, probe->mode, probe->skel, prog_counts, ksyms))
		err = attach_all(probe, settings, ksyms);
	if (err)
		return err;
	follow_clock(probe);
	if (bpf_program__autoload(probe->skel->progs.read_sizes))
		read_sizes(probe);
	if (settings->stacks)
		attach_stacks(probe);
	witness_prove(&probe->witness);
	prog_counts_start(prog_counts);
	probe->began = clock_moment();
	probe->skel->bss->stage = STAGE_RUNNING;
	return 0;
}

void probe_close(struct probe *probe)
{
	if (!probe)
		return;
	for (size_t i = 0; i < NR_PROGS; i++)
		bpf_link__destroy(probe->prog_counts.attached[i].link);
	grace_probes_close(&probe->graces);
	bpf_link__destroy(probe->stack_link);
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
	err = probe_start(probe, settings, ksyms);
	if (err) {
		probe_close(probe);
		return err;
	}
	*out = probe;
	return 0;
}

/* Kprobes may run where fentry programs do not. */
static void prefer_running(struct probe **probe, const struct bpf_config *settings,
			   const struct ksyms *ksyms)
{
	const char *silence = witness_silence(&(*probe)->witness);
	struct probe *other;

	if (!silence || probe_attempt(&other, ATTACH_KPROBE, settings, ksyms))
		return;
	if (!witness_silence(&other->witness)) {
		diag_warn("not by %s: %s", probe_method(*probe), silence);
		probe_close(*probe);
		*probe = other;
		return;
	}
	probe_close(other);
}

/* Called once, and only if anything can be traced at all. */
static void warn_of_missing(const struct bpf_config *settings, const struct ksyms *ksyms,
			    const struct probe *probe)
{
	const char *silence = witness_silence(&probe->witness);

	if (silence)
		diag_warn("nothing can be seen: %s", silence);
	for (enum hook hook = 0; hook < NR_HOOKS; hook++)
		if (settings->hooks & (1U << hook) && !probe_kernel_has(hook, settings, ksyms))
			diag_warn("%s cannot be traced here (not known: %s)",
				  hook_info[hook].function, hook_info[hook].missing);
}

int probe_open(struct probe **out, const struct trace_options *opts, const struct filter *filter,
	       const struct ksyms *ksyms, enum traceable *traceable)
{
	/*
	 * fentry first: it costs less, and the kernel skips a program only while it runs already on
	 * that CPU. It skips kprobe programs also while a syscall works on a BPF map there.
	 */
	static const enum attach_mode modes[] = {ATTACH_FENTRY, ATTACH_KPROBE};
	const __u32 nr_cpus = kernel_possible_cpus();
	struct bpf_config settings;
	int err, fentry_err = 0;

	*traceable = probe_check_kernel(ksyms);
	if (*traceable != TRACEABLE_YES)
		return -EOPNOTSUPP;
	err = bpf_config_make(&settings, opts, filter, ksyms);
	if (err)
		return err;
	if (opts->counters && opts->view != VIEW_CALLS)
		settings.config.cpu_counters = cpu_counters_find(nr_cpus);
	for (size_t i = 0; i < 2; i++) {
		if (opts->attach != ATTACH_AUTO && opts->attach != modes[i])
			continue;
		err = probe_attempt(out, modes[i], &settings, ksyms);
		if (!err) {
			if (opts->attach == ATTACH_AUTO && modes[i] == ATTACH_FENTRY)
				prefer_running(out, &settings, ksyms);
			if (opts->counters && opts->view != VIEW_CALLS)
				cpu_counters_open((*out)->skel, settings.config.cpu_counters,
						  nr_cpus);
			warn_of_missing(&settings, ksyms, *out);
			detected_report(*out, &settings, ksyms);
			malloc_trim(0); /* libbpf has read megabytes of BTF */
			return 0;
		}
		diag_verbose("%s: %s", attach_mode_programs[modes[i]], strerror(-err));
		if (opts->attach != ATTACH_AUTO || err == -EPERM || probe_lacks_resource(err) ||
		    i == 1) {
			*traceable = probe_report_failure(modes[i], err, fentry_err);
			return err;
		}
		fentry_err = err;
		if (err == -EUSERS)
			diag_warn("not by %s: " TOO_MANY_PROGRAMS "; kprobes miss more calls",
				  attach_mode_programs[modes[i]]);
	}
	return err;
}

const char *probe_method(const struct probe *probe)
{
	return attach_mode_programs[probe->mode];
}

const struct moment *probe_began(const struct probe *probe)
{
	return &probe->began;
}

int probe_records_fd(const struct probe *probe)
{
	return bpf_map__fd(probe->skel->maps.records);
}

size_t probe_buffer_bytes(const struct probe *probe)
{
	return bpf_map__max_entries(probe->skel->maps.records);
}

struct call_slot *probe_call_slots(const struct probe *probe)
{
	return probe->skel->bss->call_slots;
}

struct kernel_memory probe_kernel_memory(const struct probe *probe)
{
	int nr_cpus = libbpf_num_possible_cpus();

	return (struct kernel_memory){
		.sizes = probe->skel->bss->kernel_sizes,
		.nr_cpus = nr_cpus > 0 ? nr_cpus : 0,
		.page_size = getpagesize(),
	};
}

bool probe_has(const struct probe *probe, enum hook hook)
{
	return probe->prog_counts.attached[PROG(hook, HOOK_ENTRY, 0)].link;
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

bool probe_is_preemptible(const struct probe *probe)
{
	return probe->skel->rodata->config.all_progs;
}

bool probe_reader_asleep(const struct probe *probe)
{
	return __atomic_load_n(&probe->skel->bss->reader_sleeps, __ATOMIC_SEQ_CST);
}

struct witness *probe_witness(struct probe *probe)
{
	return &probe->witness;
}

const struct prog_counts *probe_counts(const struct probe *probe)
{
	return &probe->prog_counts;
}

static bool is_in(const __u64 range[2], __u64 addr)
{
	return addr - range[0] < range[1] - range[0];
}

/* Is all of it kernel text, and neither the traced function nor a trampoline of a probe? */
static bool stack_is_clear(const struct task_stack *stack, const struct config *config)
{
	const __u64 text[2] = {config->text_start, config->text_end};
	const __u64 func[2] = {config->func_start, config->func_end};

	for (int i = 0; i < STACK_DEPTH; i++) {
		if (stack->size < (i + 1) * (__s64)sizeof(stack->ip[0]))
			return i > 0;
		if (!is_in(text, stack->ip[i]) || is_in(func, stack->ip[i]))
			return false;
		for (int nth = 0; nth < NR_TRAMPOLINES; nth++)
			if (is_in(config->trampolines[nth], stack->ip[i]))
				return false;
	}
	return false; /* it may be cut */
}

int probe_look_at(const struct probe *probe, __u32 tid, struct task_stack *stack)
{
	struct task_stack *answer = &probe->skel->bss->task_stack;
	char none[64];
	ssize_t size;
	int fd;

	if (!probe->stack_link)
		return -EOPNOTSUPP;
	fd = bpf_iter_create(bpf_link__fd(probe->stack_link));
	if (fd < 0)
		return -errno;
	*answer = (struct task_stack){.wanted = tid};
	do
		size = read(fd, none, sizeof(none));
	while (size > 0 || (size < 0 && (errno == EAGAIN || errno == EINTR)));
	close(fd);
	*stack = *answer;
	stack->clear = stack_is_clear(stack, &probe->skel->rodata->config);
	return size < 0 ? -errno : 0;
}

bool probe_finds_all_threads(const struct probe *probe)
{
	return probe->all_threads;
}
