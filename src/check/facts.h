/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What was found out about a kernel: plain answers, nothing concluded from them.
 */
#ifndef MEMDESTROY_CHECK_FACTS_H
#define MEMDESTROY_CHECK_FACTS_H

#include <stdbool.h>

#include "event.h"
#include "trace/ksyms.h"
#include "trace/privileges.h"
#include "trace/trace_options.h"

struct btf;

enum answer { ANSWER_UNKNOWN, ANSWER_NO, ANSWER_YES };

#define NR_MODES (ATTACH_KPROBE + 1) /* of enum attach_mode; that of ATTACH_AUTO is not used */

/* Loading and attaching, done for a look. */
struct attempt {
	bool made;
	int err; /* 0, or -errno */
};

struct hook_finding {
	enum answer symbol;    /* in the symbol table */
	enum answer part;      /* split by the compiler, which put a part of it into callers */
	enum answer type;      /* in BTF, which fentry needs */
	enum answer listed;    /* by ftrace, as what can be traced */
	enum answer forbidden; /* to kprobes */
	struct attempt tried[NR_MODES];
	__u64 seen; /* times a program ran while a map was dropped; LEDGER_UNKNOWN */
};

/* What not all kernels have, and output depends on. */
enum feature {
	FEATURE_ELEM_COUNT,   /* maps count their elements: bpf_map.elem_count, in use */
	FEATURE_PERCPU,	      /* an allocator says what it is for, in one way or the other */
	FEATURE_PREEMPT,      /* the preempt count is in thread_info, */
	FEATURE_PREEMPT_ADDR, /* or it is a variable whose address is known */
	FEATURE_KPROBE_MISS,  /* it is counted what kprobes miss */
	NR_FEATURES,
};

enum capability {
	CAPABILITY_BPF,
	CAPABILITY_PERFMON,
	CAPABILITY_SYSLOG,
	CAPABILITY_ADMIN,
	NR_CAPABILITIES,
};

#define NR_KNOWN_CALLERS 6
#define LACKING_LEN	 64
#define SYSCTL_UNKNOWN	 (-1000)

struct facts {
	bool live;	   /* of this machine; else of files */
	char release[128]; /* as uname(2) has them; "": not known */
	char version[256];
	char machine[65];

	enum answer btf;
	enum answer symbols; /* there is a symbol table */
	enum answer hidden;  /* without addresses */
	enum answer kprobes;
	enum answer compiler;	   /* there is one for programs, which fentry needs, */
	enum answer direct;	   /* and ftrace can call them, which it needs as well */
	enum answer allocator;	   /* the kernel has struct bpf_mem_alloc at all */
	char lacking[LACKING_LEN]; /* the first member that there is no doing without; "": none */
	char teardown_tracker_lacking[LACKING_LEN]; /* or of which only teardowns cannot do without
						     */
	enum answer features[NR_FEATURES];
	struct hook_finding hooks[NR_HOOKS];
	enum answer callers[NR_KNOWN_CALLERS]; /* in the symbol table; there may be others */
	char *map_types;		       /* a line each; NULL: not known */

	/* Of this machine only. */
	enum answer capabilities[NR_CAPABILITIES];
	enum lockdown lockdown;
	const char *compiler_lack; /* kernel_compiler_lack() */
	const char *kprobe_danger; /* kernel_kprobe_danger(): they were not tried */
	int kptr_restrict;	   /* SYSCTL_UNKNOWN */
	int perf_event_paranoid;
	struct attempt tried[NR_MODES]; /* all points at a time, as a run does */
	bool freed;			/* the map that was dropped was seen to be freed, */
	bool missed;			/* and a program was skipped meanwhile */
};

/* Nothing is known. */
void facts_init(struct facts *facts);
void facts_free(struct facts *facts);

/* What the kernel's types tell. */
void facts_from_btf(struct facts *facts, const struct btf *btf);

/* What its symbols tell. */
void facts_from_symbols(struct facts *facts, const struct ksyms *ksyms);

/*
 * Of this machine: all that it tells, with programs loaded, attached and a map dropped if that is
 * permitted. -errno, of which the user has been told: nothing could be found out.
 */
int facts_from_machine(struct facts *facts);

/*
 * Of files; image or btf may be NULL, and kallsyms. -errno, of which the user has been told: one of
 * them cannot be read, or is not what it should be.
 */
int facts_from_files(struct facts *facts, const char *image, const char *btf, const char *kallsyms);

/* Functions known to call the traced one. */
const char *facts_caller_name(int caller);

#endif
