/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What findings come to: can this kernel be traced, how, and what would be missing.
 */
#ifndef MEMDESTROY_CHECK_VERDICT_H
#define MEMDESTROY_CHECK_VERDICT_H

#include "check/facts.h"
#include "trace/traceable.h"

/* By what an answer on a point was got, the surest first. */
enum means {
	MEANS_NONE,
	MEANS_TRIED,	/* a program was attached there, or could not be */
	MEANS_LISTED,	/* the kernel lists what can be traced, or must not be */
	MEANS_LOCKDOWN, /* the kernel makes no kprobes, for anybody */
	MEANS_CONFIG,	/* it has none */
	MEANS_UNSAFE,	/* it would not survive them */
	MEANS_BTF,	/* by name only: the types of the kernel have it or not */
	MEANS_SYMBOL,	/* by name only: the symbol table has it or not */
};

/* "tried", "listed", ...; NULL for MEANS_NONE. */
const char *means_name(enum means means);

#define VERDICT_LEN 256
#define MAX_LACKS   16

/* Something that a run would not have. */
struct lack {
	const char *what;
	char why[VERDICT_LEN];
};

struct verdict {
	enum traceable traceable;
	char reason[VERDICT_LEN];
	enum attach_mode attach;      /* what "auto" takes; ATTACH_AUTO: nothing, or not known */
	bool lacks_known;	      /* false: it cannot be traced in any case */
	struct lack lacks[MAX_LACKS]; /* with the mode that is taken */
	size_t nr_lacks;
};

/* Is the function there, as far as is known? */
enum answer hook_present(const struct facts *facts, enum hook hook);

/* Can it be attached to? *means: how that is known. */
enum answer hook_attachable(const struct facts *facts, enum hook hook, enum attach_mode mode,
			    enum means *means);

/* Depends on the findings alone. */
void verdict_make(struct verdict *verdict, const struct facts *facts);

#endif
