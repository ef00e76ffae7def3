/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which calls and teardowns are wanted, where the kernel has not been asked that already.
 */
#ifndef MEMDESTROY_MODEL_FILTER_H
#define MEMDESTROY_MODEL_FILTER_H

#include "cmd/options.h"
#include "model/call.h"
#include "model/teardown.h"

struct filter {
	const struct options *opts;
	struct name_filter names;
};

/* opts must outlive the filter. -EINVAL: the pattern of --name cannot be used. */
int filter_init(struct filter *filter, const struct options *opts);

/* Is there anything to filter by? */
bool filter_is_set(const struct options *opts);

/* Is this a wanted map? What is not known is never what was asked for. */
bool filter_wants_map(const struct filter *filter, const struct call *map);

/*
 * The same for all that can be asked of a call, as bpf/filter.bpf.h answers it: besides, one is not
 * taken for empty, nor for short, without knowing.
 */
bool filter_wants_call(const struct filter *filter, const struct call *call);

/* The same for a teardown: one of which not all is known takes as long as what is. */
bool filter_wants_teardown(const struct filter *filter, const struct teardown *teardown);

#endif
