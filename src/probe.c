// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/capability.h>

#include "diag.h"
#include "kernel.h"
#include "privileges.h"
#include "probe.h"
#include "settings.h"
#include "memdestroy_trace.skel.h"
#include "memdestroy_trace_in_place.skel.h"

/* Calls that can be held back at a time; each is a thread inside the function, or left by one. */
#define MAX_PARKED 8192

/* The kernel's own "not supported", which it lets through to user space here and there. */
#define KERNEL_ENOTSUPP 524

struct attached {
	struct bpf_program *prog; /* NULL: not wanted */
	struct bpf_link *link;
	__u64 most_missed; /* after the end: what was missed beyond is of no call of the run */
	__u64 prog_missed_before, probe_missed_before; /* the run */
};

/* Programs are named after side, mode and point: fentry_destroy, kretprobe_free, ... */
static const struct {
	const char *name;
	const char *function; /* NULL: a tracepoint */
} points[NR_POINTS] = {
	[POINT_DESTROY] = {"destroy", TRACED_FUNCTION},
	[POINT_FREE] = {"free", "bpf_map_free_deferred"},
	[POINT_RECLAIM] = {"reclaim", "free_mem_alloc_deferred"},
	[POINT_PUT] = {"put", "bpf_map_put"},
	[POINT_PUT_UREF] = {"put_uref", "bpf_map_put_with_uref"},
	[POINT_RELEASE] = {"release", "bpf_map_release"},
	[POINT_QUEUE] = {"queue", NULL},
};

struct probe {
	struct memdestroy_trace_bpf *skel;
	enum attach_mode mode;
	bool copies; /* of each program; not of kprobes, which are skipped all at once */
	bool stopped;
	struct attached attached[NR_PROGS];
	const struct ledger_cpu *ledger; /* mapped; one per CPU */
	size_t ledger_size;
	__u32 nr_cpus;
};

static int probe_size_maps(struct probe *probe, const struct settings *settings)
{
	struct memdestroy_trace_bpf *skel = probe->skel;
	int err;

	probe->nr_cpus = kernel_possible_cpus();
	err = bpf_map__set_max_entries(skel->maps.records, settings->buffer_bytes);
	if (!err)
		err = bpf_map__set_max_entries(skel->maps.ledger, probe->nr_cpus);
	if (!err)
		err = bpf_map__set_max_entries(skel->maps.slots, settings->points >> POINT_FREE
									 ? NR_POINTS * NR_SLOTS
									 : NR_SLOTS);
	/* A hash map would be torn down through the traced function, for others to see. */
	if (!err)
		err = settings->config.park
			      ? bpf_map__set_max_entries(skel->maps.parked, MAX_PARKED)
			      : bpf_map__set_autocreate(skel->maps.parked, false);
	return err;
}

static struct bpf_program *find_program(const struct probe *probe, enum point point, enum side side,
					int nth)
{
	static const char *const sides[][NR_SIDES] = {
		[ATTACH_FENTRY] = {"fentry", "fexit"},
		[ATTACH_KPROBE] = {"kprobe", "kretprobe"},
	};
	static const char *const copies[NR_COPIES] = {"", "_2", "_3"};
	char name[64];

	snprintf(name, sizeof(name), "%s_%s%s",
		 points[point].function ? sides[probe->mode][side] : "tp", points[point].name,
		 copies[nth]);
	return bpf_object__find_program_by_name(probe->skel->obj, name);
}

static void probe_choose_point(struct probe *probe, enum point point, int nr_copies)
{
	int nr_sides = point < NR_PAIRED ? NR_SIDES : 1, side, nth;
	struct bpf_program *prog;

	for (side = 0; side < nr_sides; side++) {
		for (nth = 0; nth < nr_copies; nth++) {
			prog = find_program(probe, point, side, nth);
			probe->attached[PROG(point, side, nth)].prog = prog;
			bpf_program__set_autoload(prog, true);
		}
	}
}

static bool kernel_has(enum point point, const struct settings *settings, const struct ksyms *ksyms)
{
	if (points[point].function)
		return ksyms_has(ksyms, points[point].function);
	/* What is queued is told by its function's address. */
	return settings->config.map_free_deferred && settings->config.free_mem_alloc_deferred;
}

/* Only what is wanted and the mode needs is loaded. */
static void probe_choose(struct probe *probe, const struct settings *settings,
			 const struct ksyms *ksyms)
{
	struct bpf_program *prog;
	enum point point;

	probe->copies = kernel_preemptible();
	if (probe->copies)
		diag_verbose("the kernel is preemptible: each program has copies");
	bpf_object__for_each_program(prog, probe->skel->obj) bpf_program__set_autoload(prog, false);
	for (point = 0; point < NR_POINTS; point++) {
		bool kprobe = probe->mode == ATTACH_KPROBE && points[point].function;

		if (settings->points & (1U << point) && kernel_has(point, settings, ksyms))
			probe_choose_point(probe, point, probe->copies && !kprobe ? NR_COPIES : 1);
	}
	bpf_program__set_autoload(probe->skel->progs.dump_stack, settings->stacks);
}

/* To be told once, and only if anything can be traced at all. */
static void tell_of_missing(const struct settings *settings, const struct ksyms *ksyms)
{
	enum point point;

	for (point = 0; point < NR_POINTS; point++)
		if (settings->points & (1U << point) && !kernel_has(point, settings, ksyms))
			diag_warn("%s cannot be traced here: what it tells is not known",
				  probe_point_name(point));
}

static int probe_map_ledger(struct probe *probe)
{
	size_t page = sysconf(_SC_PAGESIZE);
	void *mapped;

	probe->ledger_size = probe->nr_cpus * sizeof(*probe->ledger);
	probe->ledger_size = (probe->ledger_size + page - 1) / page * page;
	mapped = mmap(NULL, probe->ledger_size, PROT_READ, MAP_SHARED,
		      bpf_map__fd(probe->skel->maps.ledger), 0);
	if (mapped == MAP_FAILED)
		return -errno;
	probe->ledger = mapped;
	return 0;
}

/*
 * struct bpf_link_info as it is since 6.7 for a probe made by perf_event_open(2) (3acf8ace6823);
 * the headers built against may be older.
 */
struct probe_link_info {
	__u32 type;
	__u32 id;
	__u32 prog_id;
	__u32 pad;
	__u32 event_type;
	__u32 pad2;
	__u64 func_name;
	__u32 name_len;
	__u32 offset;
	__u64 addr;
	__u64 missed;
};

/*
 * Times the kernel skipped a kprobe or kretprobe. A kernel that does not tell does not count how
 * often it skipped the program either: both came with 6.7 (3acf8ace6823, dd8657894c11).
 */
static __u64 kprobe_missed(const struct attached *attached)
{
	struct probe_link_info info = {};
	__u32 size = sizeof(info);

	if (bpf_obj_get_info_by_fd(bpf_link__fd(attached->link), &info, &size) ||
	    size < sizeof(info))
		return LEDGER_UNKNOWN;
	return info.missed - attached->probe_missed_before;
}

/* Times the kernel skipped the program. */
static __u64 prog_missed(const struct attached *attached)
{
	struct bpf_prog_info info = {};
	__u32 size = sizeof(info);

	if (bpf_obj_get_info_by_fd(bpf_program__fd(attached->prog), &info, &size))
		return LEDGER_UNKNOWN;
	return info.recursion_misses - attached->prog_missed_before;
}

/* A kprobe is invalid where other code is patched in: on riscv, where ftrace would have its own. */
static int refused(const struct probe *probe, int err)
{
	return probe->mode == ATTACH_KPROBE && err == EINVAL ? -EOPNOTSUPP : -err;
}

static int attach_side(struct probe *probe, enum point point, enum side side)
{
	int nth;

	for (nth = NR_COPIES - 1; nth >= 0; nth--) {
		struct attached *attached = &probe->attached[PROG(point, side, nth)];

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
	enum point point;
	int err = 0;

	for (point = 0; point < NR_POINTS && !err; point++) {
		err = attach_side(probe, point, SIDE_RETURN);
		if (!err)
			err = attach_side(probe, point, SIDE_ENTRY);
	}
	return err;
}

static void probe_start(struct probe *probe)
{
	int i;

	/* What has been missed so far is of no run. */
	for (i = 0; i < NR_PROGS; i++) {
		struct attached *attached = &probe->attached[i];

		if (!attached->prog)
			continue;
		attached->prog_missed_before = prog_missed(attached);
		attached->probe_missed_before = kprobe_missed(attached);
		/* What is not known stays so. */
		if (attached->prog_missed_before == LEDGER_UNKNOWN)
			attached->prog_missed_before = 0;
		if (attached->probe_missed_before == LEDGER_UNKNOWN)
			attached->probe_missed_before = 0;
	}
	probe->skel->bss->stage = STAGE_RUNNING;
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
 * The same source compiled in two ways, see bpf/head.bpf.h: but for their names the two skeletons
 * are one, and all that is done with one of them is done through its pointer to the table within.
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

static int probe_try(struct probe *probe, const struct settings *settings,
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
	probe->skel->rodata->config.copies = probe->copies;
	probe->skel->rodata->config.compiled = kernel_compiles();
	memcpy(&probe->skel->rodata->name_filter, &settings->names, sizeof(settings->names));
	err = probe_size_maps(probe, settings);
	if (!err)
		err = memdestroy_trace_bpf__load(probe->skel);
	if (!err)
		err = probe_map_ledger(probe);
	if (!err)
		err = probe_attach(probe);
	if (!err) {
		probe_attach_stacks(probe);
		probe_start(probe);
	}
	return err;
}

void probe_close(struct probe *probe)
{
	size_t i;

	if (!probe)
		return;
	for (i = 0; i < NR_PROGS; i++)
		bpf_link__destroy(probe->attached[i].link);
	if (probe->ledger)
		munmap((void *)probe->ledger, probe->ledger_size);
	memdestroy_trace_bpf__destroy(probe->skel);
	free(probe);
}

int probe_attempt(struct probe **out, enum attach_mode mode, const struct settings *settings,
		  const struct ksyms *ksyms)
{
	struct probe *probe = calloc(1, sizeof(*probe));
	int err;

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
static int check_kernel(const struct ksyms *ksyms)
{
	struct utsname kernel;

	uname(&kernel);
	if (!ksyms_has(ksyms, TRACED_FUNCTION)) {
		diag_error("Linux %s has no " TRACED_FUNCTION "(): 6.1 or later is needed",
			   kernel.release);
		return -EOPNOTSUPP;
	}
	if (access(KERNEL_BTF, R_OK)) {
		diag_error("Linux %s has no readable " KERNEL_BTF ": "
			   "a kernel with CONFIG_DEBUG_INFO_BTF is needed",
			   kernel.release);
		return -EOPNOTSUPP;
	}
	return 0;
}

const char *probe_mode_name(enum attach_mode mode)
{
	return mode == ATTACH_FENTRY ? "fentry/fexit" : "kprobe/kretprobe";
}

static int explain(enum attach_mode mode, int err)
{
	struct utsname kernel;

	uname(&kernel);
	/* Which error it is depends on what was refused first. */
	if (privileges_lockdown() == LOCKDOWN_CONFIDENTIALITY) {
		diag_error("not permitted to trace the kernel: it is locked down "
			   "(lockdown=confidentiality), and lets nobody read its memory");
		return -EPERM;
	}
	/* The kernel says ENOMEM where no trampoline can be made. */
	if (err == -ENOMEM && mode == ATTACH_FENTRY && !kernel_compiles()) {
		diag_error("Linux %s cannot attach %s to " TRACED_FUNCTION "(): "
			   "it has no compiler for BPF programs",
			   kernel.release, probe_mode_name(mode));
		return -EOPNOTSUPP;
	}
	switch (-err) {
	case EPERM:
	case EACCES:
		diag_error(
			"not permitted to trace the kernel: CAP_BPF and CAP_PERFMON are needed%s "
			"(or run it as root)",
			mode == ATTACH_KPROBE ? ", CAP_SYS_ADMIN too if kernel.perf_event_paranoid "
						"is above 2"
					      : "");
		return -EPERM;
	case KERNEL_ENOTSUPP:
	case ENOENT:
	case ESRCH:
	case EOPNOTSUPP:
		diag_error("Linux %s cannot attach %s to " TRACED_FUNCTION "(): %s", kernel.release,
			   probe_mode_name(mode),
			   -err == KERNEL_ENOTSUPP ? "not supported" : strerror(-err));
		return -EOPNOTSUPP;
	default:
		diag_error("cannot trace " TRACED_FUNCTION "() by %s: %s (-v tells more)",
			   probe_mode_name(mode), strerror(-err));
		return err;
	}
}

int probe_open(struct probe **out, const struct options *opts, const struct ksyms *ksyms)
{
	/*
	 * fentry first: its programs are skipped only while themselves under way on that CPU,
	 * kprobe's also whenever a BPF map is being worked on there, and more costly besides.
	 */
	static const enum attach_mode all[] = {ATTACH_FENTRY, ATTACH_KPROBE};
	struct settings settings;
	int err = check_kernel(ksyms);
	size_t i;

	if (!err)
		err = settings_make(&settings, opts, ksyms);
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
		if (opts->attach != ATTACH_AUTO || err == -EPERM || i == 1)
			return explain(all[i], err);
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

/* What the programs of a side counted on all CPUs. */
static struct prog_counts side_sum(const struct probe *probe, enum point point, enum side side)
{
	struct prog_counts sum = {};
	__u32 cpu;
	int nth;

	for (cpu = 0; cpu < probe->nr_cpus; cpu++) {
		for (nth = 0; nth < NR_COPIES; nth++) {
			const volatile struct prog_counts *counts =
				&probe->ledger[cpu].prog[PROG(point, side, nth)];

			if (nth == 0) /* the others see the same calls again */
				sum.seen += counts->seen;
			sum.taken += counts->taken;
			sum.unwanted += counts->unwanted;
			sum.lost += counts->lost;
			sum.lost_parked += counts->lost_parked;
		}
	}
	return sum;
}

static __u64 point_under_way(const struct probe *probe, enum point point)
{
	__u64 entered = side_sum(probe, point, SIDE_ENTRY).taken;
	__u64 returned = side_sum(probe, point, SIDE_RETURN).taken;

	return entered > returned ? entered - returned : 0;
}

__u64 probe_under_way(const struct probe *probe)
{
	__u64 sum = 0;
	enum point point;

	for (point = 0; point < NR_PAIRED; point++)
		sum += point_under_way(probe, point);
	return sum;
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

/* What is under way may still miss its return, and only that. */
static void point_stop(struct probe *probe, enum point point)
{
	struct attached *entry = &probe->attached[PROG(point, SIDE_ENTRY, 0)];
	struct attached *ret = &probe->attached[PROG(point, SIDE_RETURN, 0)];

	if (entry->prog)
		entry->most_missed = prog_missed(entry);
	if (ret->prog)
		ret->most_missed = prog_missed(ret);
	if (ret->prog && ret->most_missed != LEDGER_UNKNOWN)
		ret->most_missed += point_under_way(probe, point);
}

void probe_stop(struct probe *probe)
{
	enum point point;

	probe->skel->bss->stage = STAGE_ENDING;
	probe->stopped = true;
	for (point = 0; point < NR_POINTS; point++)
		point_stop(probe, point);
}

/* Calls that no program of a side took; missed: times its first one was skipped. */
static __u64 side_missed(const struct prog_counts *side, __u64 missed)
{
	__u64 calls = side->seen + missed;

	if (missed == LEDGER_UNKNOWN)
		return LEDGER_UNKNOWN;
	return calls > side->taken ? calls - side->taken : 0;
}

/* Times the first program of a side was skipped. What is freed later is of the run even after it.
 */
static __u64 first_missed(const struct probe *probe, enum point point, enum side side)
{
	const struct attached *first = &probe->attached[PROG(point, side, 0)];
	__u64 missed = prog_missed(first);

	if (!probe->stopped || missed == LEDGER_UNKNOWN || point == POINT_RECLAIM ||
	    point == POINT_QUEUE)
		return missed;
	return missed < first->most_missed ? missed : first->most_missed;
}

void probe_count(const struct probe *probe, struct ledger *ledger)
{
	const struct attached *entry = &probe->attached[PROG(POINT_DESTROY, SIDE_ENTRY, 0)];
	const struct attached *ret = &probe->attached[PROG(POINT_DESTROY, SIDE_RETURN, 0)];
	struct prog_counts in = side_sum(probe, POINT_DESTROY, SIDE_ENTRY);
	struct prog_counts out = side_sum(probe, POINT_DESTROY, SIDE_RETURN);
	__u64 in_missed = first_missed(probe, POINT_DESTROY, SIDE_ENTRY);
	__u64 out_missed = first_missed(probe, POINT_DESTROY, SIDE_RETURN);

	ledger->entered = in.taken;
	ledger->filtered = in.unwanted + out.unwanted;
	ledger->lost_entry = in.lost + out.lost_parked;
	ledger->lost_return = out.lost;
	ledger->parked_lost = in.lost_parked;
	ledger->probe_missed_entry = ledger->probe_missed_return = 0; /* there is none */
	if (probe->mode == ATTACH_KPROBE) {
		ledger->probe_missed_entry = kprobe_missed(entry);
		ledger->probe_missed_return = kprobe_missed(ret);
		if (ledger->probe_missed_entry == LEDGER_UNKNOWN)
			in_missed = out_missed = LEDGER_UNKNOWN;
	}
	ledger->missed_entry = side_missed(&in, in_missed);
	ledger->missed_return = side_missed(&out, out_missed);
}

const char *probe_point_name(enum point point)
{
	return points[point].function ? points[point].function : "workqueue_queue_work";
}

/* Times that no program of a side ran. */
static __u64 missed_at(const struct probe *probe, enum point point, enum side side)
{
	const struct attached *first = &probe->attached[PROG(point, side, 0)];
	struct prog_counts counts = side_sum(probe, point, side);
	__u64 missed = side_missed(&counts, first_missed(probe, point, side)), by_probe = 0;

	if (probe->mode == ATTACH_KPROBE && points[point].function)
		by_probe = kprobe_missed(first);
	return by_probe == LEDGER_UNKNOWN || missed == LEDGER_UNKNOWN ? LEDGER_UNKNOWN
								      : missed + by_probe;
}

bool probe_has(const struct probe *probe, enum point point)
{
	return probe->attached[PROG(point, SIDE_ENTRY, 0)].link;
}

void probe_count_point(const struct probe *probe, enum point point, struct point_counts *counts)
{
	struct prog_counts in = side_sum(probe, point, SIDE_ENTRY);
	struct prog_counts out = side_sum(probe, point, SIDE_RETURN);

	*counts = (struct point_counts){
		.function = probe_point_name(point),
		.attached = probe_has(probe, point),
		.returns = point < NR_PAIRED,
	};
	if (!counts->attached)
		return;
	counts->seen = in.taken;
	counts->taken = in.taken - (point < NR_PAIRED ? 0 : in.unwanted);
	counts->lost = in.lost;
	counts->missed = missed_at(probe, point, SIDE_ENTRY);
	if (!counts->returns)
		return;
	counts->seen_return = out.taken;
	counts->lost_return = out.lost;
	counts->missed_return = missed_at(probe, point, SIDE_RETURN);
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
