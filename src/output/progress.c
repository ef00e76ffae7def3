// SPDX-License-Identifier: GPL-2.0-only
/*
 * Words the line that shows that a live run goes on.
 */
#include <stdio.h>

#include "model/hooks.h"
#include "model/ledger_figures.h"
#include "output/progress.h"
#include "util/diag.h"
#include "util/text.h"

struct figure_text {
	char text[24];
};

static struct figure_text text_of(__u64 figure)
{
	struct figure_text text = {"?"};

	if (figure_known(figure))
		snprintf(text.text, sizeof(text.text), "%llu", figure);
	return text;
}

static __u64 lost(const struct ledger *ledger, const struct teardown_counts *counts)
{
	__u64 sum = 0;

	figure_add(&sum, ledger->parked_lost);
	for (int i = 0; i < NR_HOOKS; i++)
		if (counts->hooks[i].attached) {
			figure_add(&sum, counts->hooks[i].lost);
			figure_add(&sum, counts->hooks[i].lost_return);
		}
	return sum;
}

void progress_of_trace(__u64 elapsed_ns, const struct ledger *ledger,
		       const struct teardown_counts *counts)
{
	bool teardowns = counts->hooks[HOOK_FREE].attached;
	char elapsed[DURATION_SIZE];

	diag_status("%s: %s calls%s%s%s, %s lost", text_duration(elapsed, elapsed_ns),
		    text_of(ledger->entered).text, teardowns ? ", " : "",
		    teardowns ? text_of(counts->ledger.completed).text : "",
		    teardowns ? " maps freed" : "", text_of(lost(ledger, counts)).text);
}

void progress_of_recording(__u64 elapsed_ns, __u64 events, __u64 per_second,
			   const struct ledger *ledger, const struct teardown_counts *counts,
			   const char *more)
{
	char elapsed[DURATION_SIZE];

	diag_status("%s: %llu event%s, %llu/s, %s lost%s", text_duration(elapsed, elapsed_ns),
		    events, events == 1 ? "" : "s", per_second, text_of(lost(ledger, counts)).text,
		    more);
}
