/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Facts about a kernel, without conclusions.
 */
#pragma once

#include <stdbool.h>

#include "event.h"
#include "model/map_allocators.h"
#include "trace/ksyms.h"
#include "trace/privileges.h"
#include "trace/trace_options.h"

struct btf;

#define SYMBOL_LEN 160 /* with the NUL */

/* An attempt to load and attach. */
struct attempt {
	bool made;
	int err; /* 0, or -errno */
};

struct hook_facts {
	enum answer symbol;	  /* in the symbol table */
	char as[SYMBOL_LEN];	  /* its name there, if it has a suffix of the compiler; else "" */
	enum answer part;	  /* the compiler split it and inlined a part, or copied it */
	enum answer type;	  /* in BTF, which fentry needs */
	char type_as[SYMBOL_LEN]; /* the same, in BTF */
	enum answer listed;	  /* by ftrace, as traceable */
	enum answer forbidden;	  /* to kprobes */
	struct attempt tried[NR_ATTACH_MODES];
	__u64 seen; /* program runs while the test map was freed; LEDGER_UNKNOWN */
};

/* Features that output depends on. */
enum feature {
	FEATURE_ELEM_COUNT,   /* preallocated maps count their elements */
	FEATURE_PERCPU,	      /* an allocator knows if it is for per-CPU objects */
	FEATURE_PREEMPT,      /* the preempt count is in thread_info */
	FEATURE_PREEMPT_ADDR, /* the preempt count is a variable with a known address */
	FEATURE_KPROBE_MISS,  /* missed kprobe programs are counted */
	NR_FEATURES,
};

enum capability {
	CAPABILITY_BPF,
	CAPABILITY_PERFMON,
	CAPABILITY_SYSLOG,
	CAPABILITY_ADMIN,
	NR_CAPABILITIES,
};

#define LACKING_LEN    64
#define SYSCTL_UNKNOWN (-1000)

struct facts {
	bool live;	   /* of this machine; false: of files */
	char release[128]; /* as in uname(2); "": unknown */
	char version[256];
	char machine[65];

	enum answer btf;
	enum answer symbols; /* the symbol table was read */
	enum answer hidden;  /* the symbols have no addresses */
	enum answer kprobes;
	enum answer compiler;	   /* for BPF programs, which fentry needs */
	enum answer direct;	   /* ftrace can call programs, which fentry needs too */
	enum answer allocator;	   /* the kernel has struct bpf_mem_alloc */
	char lacking[LACKING_LEN]; /* the first missing member that programs need; "": none */
	char teardowns_lacking[LACKING_LEN]; /* the same, of members that only teardowns need */
	enum answer features[NR_FEATURES];
	struct hook_facts hooks[NR_HOOKS];
	struct map_allocators allocators;
	enum answer callers[NR_MAP_OWNERS][MAX_OWNER_CALLERS]; /* of map_owners: are they there? */
	char *map_types;				       /* a line each; NULL: unknown */

	/* Of this machine only. */
	enum answer capabilities[NR_CAPABILITIES];
	bool root;
	bool user_namespace; /* this process is in one */
	bool filtered;	     /* it is under a seccomp filter */
	enum lockdown lockdown;
	const char *compiler_lack; /* kernel_compiler_lack() */
	const char *kprobe_danger; /* kernel_kprobe_danger(): if set, kprobes were not tried */
	int kptr_restrict;	   /* SYSCTL_UNKNOWN */
	int perf_event_paranoid;
	struct attempt tried[NR_ATTACH_MODES]; /* all hooks at the same time, as in a run */
	const char *silence[NR_ATTACH_MODES];  /* why programs did not run; NULL: they did */
	bool freed;			       /* the test map was seen to be freed */
	bool missed;			       /* the kernel skipped a program meanwhile */
};

/* Sets everything to unknown. */
void facts_init(struct facts *facts);
void facts_free(struct facts *facts);

/* Adds the facts in the kernel's types. -ENOMEM: the names of map types are missing. */
int facts_from_btf(struct facts *facts, const struct btf *btf);

/* Adds the facts in its symbols. */
void facts_from_symbols(struct facts *facts, const struct ksyms *ksyms);

/* Adds the facts of this machine. If permitted, loads and attaches programs and frees a test map.
 */
void facts_from_machine(struct facts *facts);

/*
 * Adds the facts in files, any of them NULL. -errno: a file cannot be read, or is of the
 * wrong kind; already reported.
 */
int facts_from_files(struct facts *facts, const char *image, const char *btf, const char *kallsyms);
