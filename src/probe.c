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

#include "diag.h"
#include "privileges.h"
#include "probe.h"
#include "settings.h"
#include "memdestroy_trace.skel.h"

#define KERNEL_BTF "/sys/kernel/btf/vmlinux"

/* Calls that can be held back at a time; each is a thread inside the function, or left by one. */
#define MAX_PARKED 8192

/* The kernel's own "not supported", which it lets through to user space here and there. */
#define KERNEL_ENOTSUPP 524

struct attached {
	struct bpf_program *prog; /* NULL: not wanted */
	struct bpf_link *link;
	__u64 missed_at_stop;
};

struct probe {
	struct memdestroy_trace_bpf *skel;
	enum attach_mode mode;
	struct attached attached[NR_PROGS];
	const struct ledger_cpu *ledger; /* mapped; one per CPU */
	size_t ledger_size;
	__u32 nr_cpus;
};

/* One more than the highest possible CPU: numbers may have gaps. */
static __u32 possible_cpus(void)
{
	FILE *file = fopen("/sys/devices/system/cpu/possible", "re");
	char text[256] = "", *last;
	long highest = -1;

	if (file) {
		if (fgets(text, sizeof(text), file)) {
			last = text + strcspn(text, "\n");
			*last = '\0';
			while (last > text && last[-1] != '-' && last[-1] != ',')
				last--;
			highest = strtol(last, NULL, 10);
		}
		fclose(file);
	}
	if (highest < 0)
		highest = sysconf(_SC_NPROCESSORS_CONF) - 1;
	return highest + 1;
}

static int probe_size_maps(struct probe *probe, const struct settings *settings)
{
	struct memdestroy_trace_bpf *skel = probe->skel;
	int err;

	probe->nr_cpus = possible_cpus();
	err = bpf_map__set_max_entries(skel->maps.records, settings->buffer_bytes);
	if (!err)
		err = bpf_map__set_max_entries(skel->maps.ledger, probe->nr_cpus);
	/* A hash map would be torn down through the traced function, for others to see. */
	if (!err)
		err = settings->config.park
			      ? bpf_map__set_max_entries(skel->maps.parked, MAX_PARKED)
			      : bpf_map__set_autocreate(skel->maps.parked, false);
	return err;
}

/*
 * Can a task be preempted inside the kernel? Only what says that it cannot is taken for that. The
 * model may be chosen at boot or later (kernel/sched/debug.c); else the version names it.
 */
static bool kernel_preemptible(void)
{
	FILE *file = fopen("/sys/kernel/debug/sched/preempt", "re");
	struct utsname kernel;
	char text[64] = "";

	uname(&kernel);
	if (file) {
		if (!fgets(text, sizeof(text), file))
			*text = '\0';
		fclose(file);
	}
	if (*text)
		return !strstr(text, "(none)") && !strstr(text, "(voluntary)");
	return strstr(kernel.version, "PREEMPT");
}

/* Only what the mode needs is loaded. */
static void probe_choose(struct probe *probe)
{
	struct memdestroy_trace_bpf *skel = probe->skel;
	bool fentry = probe->mode == ATTACH_FENTRY;
	struct bpf_program *prog;
	size_t i;

	if (fentry) {
		probe->attached[PROG_ENTRY].prog = skel->progs.fentry_destroy;
		probe->attached[PROG_RETURN].prog = skel->progs.fexit_destroy;
	} else {
		probe->attached[PROG_ENTRY].prog = skel->progs.kprobe_destroy;
		probe->attached[PROG_RETURN].prog = skel->progs.kretprobe_destroy;
	}
	if (fentry && kernel_preemptible()) {
		diag_verbose("the kernel is preemptible: each program has copies");
		probe->attached[PROG_ENTRY + 1].prog = skel->progs.fentry_destroy_2;
		probe->attached[PROG_ENTRY + 2].prog = skel->progs.fentry_destroy_3;
		probe->attached[PROG_RETURN + 1].prog = skel->progs.fexit_destroy_2;
		probe->attached[PROG_RETURN + 2].prog = skel->progs.fexit_destroy_3;
	}
	bpf_object__for_each_program(prog, skel->obj) bpf_program__set_autoload(prog, false);
	for (i = 0; i < NR_PROGS; i++)
		if (probe->attached[i].prog)
			bpf_program__set_autoload(probe->attached[i].prog, true);
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
 * Returns first: a call that enters in between is then seen by its return only, and does not wait
 * for one forever. Of two kprobes on one address the one registered last runs first, which lets
 * the entry see its caller before the kretprobe replaces it.
 */
static int probe_attach(struct probe *probe)
{
	int i;

	for (i = NR_PROGS - 1; i >= 0; i--) {
		struct attached *attached = &probe->attached[i];

		if (!attached->prog)
			continue;
		attached->link = bpf_program__attach(attached->prog);
		if (!attached->link)
			return -errno;
	}
	return 0;
}

static int probe_try(struct probe *probe, const struct settings *settings)
{
	LIBBPF_OPTS(bpf_object_open_opts, open_opts);
	int err;

	/*
	 * For a type that the kernel lacks libbpf looks through the BTF of all modules, which takes
	 * CAP_SYS_ADMIN. Naming the kernel's own BTF keeps it from that, but has it read twice.
	 */
	if (!privileges_admin())
		open_opts.btf_custom_path = KERNEL_BTF;
	probe->skel = memdestroy_trace_bpf__open_opts(&open_opts);
	if (!probe->skel)
		return -errno;
	probe_choose(probe);
	memcpy(&probe->skel->rodata->config, &settings->config, sizeof(settings->config));
	memcpy(&probe->skel->rodata->name_filter, &settings->names, sizeof(settings->names));
	err = probe_size_maps(probe, settings);
	if (!err)
		err = memdestroy_trace_bpf__load(probe->skel);
	if (!err)
		err = probe_map_ledger(probe);
	return err ? err : probe_attach(probe);
}

static void probe_unload(struct probe *probe)
{
	size_t i;

	for (i = 0; i < NR_PROGS; i++)
		bpf_link__destroy(probe->attached[i].link);
	if (probe->ledger)
		munmap((void *)probe->ledger, probe->ledger_size);
	memdestroy_trace_bpf__destroy(probe->skel);
	memset(probe, 0, sizeof(*probe));
}

void probe_close(struct probe *probe)
{
	if (!probe)
		return;
	probe_unload(probe);
	free(probe);
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

static const char *mode_name(enum attach_mode mode)
{
	return mode == ATTACH_FENTRY ? "fentry/fexit" : "kprobe/kretprobe";
}

static int explain(enum attach_mode mode, int err)
{
	struct utsname kernel;

	uname(&kernel);
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
			   mode_name(mode),
			   -err == KERNEL_ENOTSUPP ? "not supported" : strerror(-err));
		return -EOPNOTSUPP;
	default:
		diag_error("cannot trace " TRACED_FUNCTION "() by %s: %s (-v tells more)",
			   mode_name(mode), strerror(-err));
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
	struct probe *probe;
	int err = check_kernel(ksyms);
	size_t i;

	if (err)
		return err;
	err = settings_make(&settings, opts, ksyms);
	if (err)
		return err;
	probe = calloc(1, sizeof(*probe));
	if (!probe)
		return -ENOMEM;
	for (i = 0; i < 2; i++) {
		if (opts->attach != ATTACH_AUTO && opts->attach != all[i])
			continue;
		probe->mode = all[i];
		err = probe_try(probe, &settings);
		if (!err) {
			malloc_trim(0); /* libbpf has read megabytes of BTF */
			*out = probe;
			return 0;
		}
		diag_verbose("%s: %s", mode_name(all[i]), strerror(-err));
		probe_unload(probe);
		if (opts->attach != ATTACH_AUTO || err == -EPERM || i == 1) {
			err = explain(all[i], err);
			break;
		}
	}
	free(probe);
	return err;
}

const char *probe_method(const struct probe *probe)
{
	return mode_name(probe->mode);
}

int probe_records_fd(const struct probe *probe)
{
	return bpf_map__fd(probe->skel->maps.records);
}

/* What the programs of a side, from the first on, counted on all CPUs. */
static struct prog_counts side_sum(const struct probe *probe, enum prog first)
{
	struct prog_counts sum = {};
	__u32 cpu;
	int i;

	for (cpu = 0; cpu < probe->nr_cpus; cpu++) {
		for (i = 0; i < PROGS_PER_SIDE; i++) {
			const volatile struct prog_counts *counts =
				&probe->ledger[cpu].prog[first + i];

			if (i == 0) /* the others see the same calls again */
				sum.seen += counts->seen;
			sum.taken += counts->taken;
			sum.unwanted += counts->unwanted;
			sum.lost += counts->lost;
			sum.lost_parked += counts->lost_parked;
		}
	}
	return sum;
}

__u64 probe_under_way(const struct probe *probe)
{
	__u64 entered = side_sum(probe, PROG_ENTRY).taken;
	__u64 returned = side_sum(probe, PROG_RETURN).taken;

	return entered > returned ? entered - returned : 0;
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
	return info.missed;
}

/* Times the kernel skipped the program. */
static __u64 prog_missed(const struct attached *attached)
{
	struct bpf_prog_info info = {};
	__u32 size = sizeof(info);

	if (bpf_obj_get_info_by_fd(bpf_program__fd(attached->prog), &info, &size))
		return LEDGER_UNKNOWN;
	return info.recursion_misses;
}

void probe_stop(struct probe *probe)
{
	struct attached *entry = &probe->attached[PROG_ENTRY];

	probe->skel->bss->stopping = true;
	/* What is missed from here on is no call of this run. */
	entry->missed_at_stop = prog_missed(entry);
}

/* Calls that no program of a side took; missed: times its first one was skipped. */
static __u64 side_missed(const struct prog_counts *side, __u64 missed)
{
	__u64 calls = side->seen + missed;

	if (missed == LEDGER_UNKNOWN)
		return LEDGER_UNKNOWN;
	return calls > side->taken ? calls - side->taken : 0;
}

void probe_count(const struct probe *probe, struct ledger *ledger)
{
	const struct attached *entry = &probe->attached[PROG_ENTRY];
	const struct attached *ret = &probe->attached[PROG_RETURN];
	struct prog_counts in = side_sum(probe, PROG_ENTRY);
	struct prog_counts out = side_sum(probe, PROG_RETURN);
	__u64 in_missed = entry->missed_at_stop, out_missed = prog_missed(ret);

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
