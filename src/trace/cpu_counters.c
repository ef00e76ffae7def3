// SPDX-License-Identifier: GPL-2.0-only
/*
 * Opens a perf event for each counter and CPU, and hands it to the programs in a map. Events are
 * not pinned: with more events than hardware counters the kernel lets them take turns, which the
 * programs see.
 */
#include <errno.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "trace/cpu_counters.h"
#include "util/diag.h"
#include "util/macros.h"

static const struct {
	const char *name;
	__u64 config;
} events[] = {
	[COUNTER_INSTRUCTIONS] = {"instructions", PERF_COUNT_HW_INSTRUCTIONS},
	[COUNTER_CYCLES] = {"cycles", PERF_COUNT_HW_CPU_CYCLES},
};
_Static_assert(ARRAY_SIZE(events) == NR_CPU_COUNTERS, "an event for each");

/* A file descriptor, or -errno. */
static int open_event(enum cpu_counter counter, __u32 cpu)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE,
		.size = sizeof(attr),
		.config = events[counter].config,
	};
	int fd = syscall(__NR_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* On any CPU. Returns 0 or the -errno of the first. */
static int try_event(enum cpu_counter counter, __u32 nr_cpus)
{
	int first_err = 0;

	for (__u32 cpu = 0; cpu < nr_cpus; cpu++) {
		int fd = open_event(counter, cpu);

		if (fd >= 0) {
			close(fd);
			return 0;
		}
		first_err = first_err ?: fd;
	}
	return first_err;
}

static const char *why_not(int err)
{
	return err == -ENOENT || err == -EOPNOTSUPP || err == -ENODEV
		       ? "the machine has no such counter, or its hypervisor shows none"
		       : strerror(-err);
}

__u32 cpu_counters_find(__u32 nr_cpus)
{
	int err[NR_CPU_COUNTERS];
	__u32 found = 0;

	for (enum cpu_counter counter = 0; counter < NR_CPU_COUNTERS; counter++) {
		err[counter] = try_event(counter, nr_cpus);
		found |= err[counter] ? 0 : 1U << counter;
	}
	if (!found && err[COUNTER_INSTRUCTIONS] == err[COUNTER_CYCLES]) {
		diag_warn("--counters: instructions and cycles stay unknown: %s", why_not(*err));
		return 0;
	}
	for (enum cpu_counter counter = 0; counter < NR_CPU_COUNTERS; counter++)
		if (err[counter])
			diag_warn("--counters: %s stay unknown: %s", events[counter].name,
				  why_not(err[counter]));
	return found;
}

static struct bpf_map *map_of(const struct memdestroy_trace_bpf *skel, enum cpu_counter counter)
{
	struct bpf_map *const maps[] = {
		[COUNTER_INSTRUCTIONS] = skel->maps.cpu_instructions,
		[COUNTER_CYCLES] = skel->maps.cpu_cycles,
	};

	return maps[counter];
}

int cpu_counters_choose(struct memdestroy_trace_bpf *skel, __u32 counters)
{
	int err = bpf_map__set_autocreate(skel->maps.worker_counters, counters);

	for (enum cpu_counter counter = 0; counter < NR_CPU_COUNTERS && !err; counter++)
		err = bpf_map__set_autocreate(map_of(skel, counter), counters & 1U << counter);
	return err;
}

/* The map keeps the event, until the map's own file descriptor is closed. */
static int hand_over(int map, enum cpu_counter counter, __u32 cpu)
{
	int fd = open_event(counter, cpu), err = 0;

	if (fd < 0)
		return fd;
	if (bpf_map_update_elem(map, &cpu, &fd, BPF_ANY))
		err = -errno;
	close(fd);
	return err;
}

void cpu_counters_open(struct memdestroy_trace_bpf *skel, __u32 counters, __u32 nr_cpus)
{
	for (enum cpu_counter counter = 0; counter < NR_CPU_COUNTERS; counter++) {
		for (__u32 cpu = 0; counters & 1U << counter && cpu < nr_cpus; cpu++) {
			int err = hand_over(bpf_map__fd(map_of(skel, counter)), counter, cpu);

			if (err)
				diag_verbose("no %s of CPU %u: %s", events[counter].name, cpu,
					     strerror(-err));
		}
	}
}
