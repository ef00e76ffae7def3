/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A teardown that is not complete: shared by the tracker, which owns it, and its deferred frees.
 */
#pragma once

#include "model/teardown.h"
#include "util/hash.h"

struct open_teardown {
	struct teardown teardown;
	__u32 tid;	/* of the worker, while it runs */
	__u32 nr_owing; /* destroy calls whose deferred free is waited for */
	bool ended;	/* the worker's run is over */
	bool refused;
	UT_hash_handle hh; /* by tid, until the run is over */
};
