/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The line on a terminal's stderr that shows that a live run goes on. See diag_status().
 */
#pragma once

#include <linux/types.h>

#include "model/ledger.h"

/* "12.0s: 326 calls, 140 maps freed, 0 lost" */
void progress_of_trace(__u64 elapsed_ns, const struct ledger *ledger,
		       const struct teardown_counts *counts);

/* "12.0s: 338 events, 28/s, 0 lost", and what the caller adds */
void progress_of_recording(__u64 elapsed_ns, __u64 events, __u64 per_second,
			   const struct ledger *ledger, const struct teardown_counts *counts,
			   const char *more);
