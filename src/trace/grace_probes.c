// SPDX-License-Identifier: GPL-2.0-only
/* Loads and attaches the programs on functions that wait for grace periods. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "trace/grace_probes.h"
#include "trace/kernel_features.h"
#include "util/diag.h"

/* fentry_synchronize_rcu; of kprobes, one program serves all functions. */
static struct bpf_program *find_program(const struct grace_probes *probes,
					const struct bpf_object *obj, enum hook_side side,
					enum grace grace)
{
	static const char *const types[NR_ATTACH_MODES][NR_HOOK_SIDES] = {
		[ATTACH_AUTO] = {"multi", "multiret"},
		[ATTACH_FENTRY] = {"fentry", "fexit"},
		[ATTACH_KPROBE] = {"kprobe", "kretprobe"},
	};
	enum attach_mode mode = probes->multi ? ATTACH_AUTO : probes->mode;
	char name[64];

	snprintf(name, sizeof(name), "%s_%s", types[mode][side],
		 mode == ATTACH_FENTRY ? grace_function(grace) : "grace");
	return bpf_object__find_program_by_name(obj, name);
}

void grace_probes_choose(struct grace_probes *probes, const struct bpf_object *obj,
			 enum attach_mode mode, const __u32 ids[NR_GRACES], bool multi)
{
	probes->mode = mode;
	probes->wanted = true;
	probes->multi = multi;
	memcpy(probes->ids, ids, sizeof(probes->ids));
	for (enum grace grace = 0; grace < NR_GRACES; grace++) {
		for (int side = 0; ids[grace] && side < NR_HOOK_SIDES; side++) {
			probes->progs[grace][side] = find_program(probes, obj, side, grace);
			bpf_program__set_autoload(probes->progs[grace][side], true);
		}
	}
}

__u32 grace_probes_attach_id(const struct grace_probes *probes, const struct bpf_program *prog)
{
	for (int i = 0; i < NR_GRACES; i++)
		for (int side = 0; side < NR_HOOK_SIDES; side++)
			if (probes->progs[i][side] == prog)
				return probes->ids[i];
	return 0;
}

static void detach(struct grace_probes *probes, enum grace grace)
{
	for (int side = 0; side < NR_HOOK_SIDES; side++) {
		bpf_link__destroy(probes->links[grace][side]);
		probes->links[grace][side] = NULL;
	}
}

/* The kernel looks names up by going through all of its symbols. */
static struct bpf_link *attach_multi(const struct bpf_program *prog, enum hook_side side, __u32 set,
				     const struct ksyms *ksyms)
{
	LIBBPF_OPTS(bpf_kprobe_multi_opts, opts, .retprobe = side == HOOK_RETURN);
	unsigned long addresses[NR_GRACES];
	const char *names[NR_GRACES];
	__u64 cookies[NR_GRACES], address;
	bool known = true;

	for (enum grace nth = 0; nth < NR_GRACES; nth++) {
		if (!(set & 1U << nth))
			continue;
		known = known && !ksyms_address(ksyms, grace_function(nth), &address);
		addresses[opts.cnt] = address;
		names[opts.cnt] = grace_function(nth);
		cookies[opts.cnt++] = nth;
	}
	if (known)
		opts.addrs = addresses;
	else
		opts.syms = names;
	opts.cookies = cookies;
	return bpf_program__attach_kprobe_multi_opts(prog, NULL, &opts);
}

/* One function, or with multi, all of those in the set. */
static struct bpf_link *attach_side(const struct grace_probes *probes, enum grace grace,
				    enum hook_side side, __u32 set, const struct ksyms *ksyms)
{
	LIBBPF_OPTS(bpf_kprobe_opts, opts, .retprobe = side == HOOK_RETURN, .bpf_cookie = grace);
	const struct bpf_program *prog = probes->progs[grace][side];

	if (probes->multi)
		return attach_multi(prog, side, set, ksyms);
	return probes->mode == ATTACH_FENTRY
		       ? bpf_program__attach_trace(prog)
		       : bpf_program__attach_kprobe_opts(prog, grace_function(grace), &opts);
}

/* Returns first: an entry whose return is not seen makes the time unknown. */
static int attach(struct grace_probes *probes, enum grace grace, __u32 set,
		  const struct ksyms *ksyms)
{
	for (int side = HOOK_RETURN; side >= HOOK_ENTRY; side--) {
		int err;

		probes->links[grace][side] = attach_side(probes, grace, side, set, ksyms);
		if (probes->links[grace][side])
			continue;
		err = -errno;
		detach(probes, grace);
		return err;
	}
	return 0;
}

static void report(enum grace grace, const char *why)
{
	diag_verbose("waits in %s cannot be traced: %s", grace_function(grace), why);
}

/* A kernel refuses all of them if it cannot trace one. */
static bool attach_all(struct grace_probes *probes, __u32 set, const struct ksyms *ksyms)
{
	enum grace first = __builtin_ctz(set);
	int err = attach(probes, first, set, ksyms);

	for (enum grace grace = 0; err && grace < NR_GRACES; grace++) {
		__u32 rest = set & ~(1U << grace);

		if (rest == set || !rest || attach(probes, first, rest, ksyms))
			continue;
		report(grace, strerror(-err));
		return false;
	}
	if (err)
		diag_verbose("waits for grace periods cannot be traced: %s", strerror(-err));
	return !err;
}

bool grace_probes_attach(struct grace_probes *probes, const struct ksyms *ksyms)
{
	const char *silence = kernel_silence(ATTACH_FENTRY, true);
	bool all;
	__u32 set = 0;
	int err;

	for (enum grace grace = 0; probes->wanted && grace < NR_GRACES; grace++) {
		set |= probes->ids[grace] ? 1U << grace : 0;
		if (!probes->ids[grace])
			report(grace, "this kernel does not have it");
	}
	all = set && !(probes->multi && silence);
	if (probes->multi && silence)
		diag_verbose("waits for grace periods cannot be traced: %s", silence);
	else if (probes->multi && set)
		all = attach_all(probes, set, ksyms);
	for (enum grace grace = 0; !probes->multi && grace < NR_GRACES; grace++) {
		err = set & 1U << grace ? attach(probes, grace, set, ksyms) : 0;
		if (err)
			report(grace, strerror(-err));
		all = all && !err;
	}
	return all;
}

void grace_probes_close(struct grace_probes *probes)
{
	for (enum grace grace = 0; grace < NR_GRACES; grace++)
		detach(probes, grace);
}
