/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The verdict on a kernel: can it be traced, how, and what would a run lack.
 */
#pragma once

#include "check/facts.h"
#include "trace/probe_failure.h"

/* How an answer on a hook is known, the surest first. */
enum means {
	MEANS_NONE,
	MEANS_TRIED,	/* a program was attached, or failed to */
	MEANS_LISTED,	/* by the kernel's lists of traceable and of forbidden functions */
	MEANS_LOCKDOWN, /* which forbids kprobes to everybody */
	MEANS_CONFIG,	/* the kernel has no kprobes */
	MEANS_UNSAFE,	/* kprobes would crash it */
	MEANS_BTF,	/* by name only: the function has a type or not */
	MEANS_SYMBOL,	/* by name only: the function has a symbol or not */
	NR_MEANS,
};

extern const char *const means_names[NR_MEANS];

#define VERDICT_LEN 256
#define MAX_LACKS   16

/* Something that a run would lack. */
struct lack {
	const char *what;
	char why[VERDICT_LEN];
};

struct verdict {
	enum traceable traceable;
	char reason[VERDICT_LEN];
	enum attach_mode attach;      /* the choice of "auto"; ATTACH_AUTO: none, or unknown */
	bool lacks_known;	      /* false: the kernel cannot be traced anyway */
	struct lack lacks[MAX_LACKS]; /* with that mode */
	size_t nr_lacks;
};

/* Does the kernel have the function? */
enum answer hook_present(const struct facts *facts, enum hook hook);

/* The function's symbol, which may have a suffix; NULL: not there, unknown, or a tracepoint. */
const char *hook_symbol(const struct facts *facts, enum hook hook);

/* Can the nth caller of this owner call the traced function on this kernel? */
enum answer caller_can_call(const struct facts *facts, const struct map_owner *owner, int nth);

/* Can the hook be attached in this mode, and how is that known? */
struct attachable {
	enum answer answer;
	enum means means;
};

struct attachable hook_attachable(const struct facts *facts, enum hook hook, enum attach_mode mode);

/* Depends only on the facts. Fills all of *verdict. */
void verdict_make(struct verdict *verdict, const struct facts *facts);
