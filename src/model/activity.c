// SPDX-License-Identifier: GPL-2.0-only
/* Describes what else happened on the machine while a benchmark ran. */
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "model/activity.h"
#include "model/map_info.h"
#include "util/macros.h"
#include "util/text.h"

#define CPU_PERCENT	  30		     /* of one CPU */
#define CPU_NS		  (NSEC_PER_SEC / 2) /* at least: a short run is in the wake of others */
#define STOLEN_PERCENT	  1		     /* of all CPUs */
#define FREQUENCY_PERCENT 10

#define KHZ_PER_GHZ 1e6

void activity_clear(struct activity *activity)
{
	*activity = (struct activity){UNKNOWN_NS, UNKNOWN_NS, UNKNOWN_NS,
				      UNKNOWN_NS, UNKNOWN_NS, UNKNOWN_NS};
}

/* Figures of a recording may be any. */
static bool is_known(__u64 figure)
{
	return figure <= INT64_MAX;
}

__attribute__((format(printf, 2, 3))) static void add(char text[ACTIVITY_SIZE], const char *fmt,
						      ...)
{
	size_t len = strlen(text);
	va_list args;

	len += snprintf(text + len, ACTIVITY_SIZE - len, "%s", len ? "; " : "");
	va_start(args, fmt);
	if (len < ACTIVITY_SIZE)
		vsnprintf(text + len, ACTIVITY_SIZE - len, fmt, args);
	va_end(args);
}

static void add_cpu(char text[ACTIVITY_SIZE], double percent, __u64 queued_ns)
{
	char duration[DURATION_SIZE];

	if (is_known(queued_ns))
		add(text, "other tasks used %.0f %% of a CPU, and tasks waited %s for one", percent,
		    text_duration(duration, queued_ns));
	else
		add(text, "other tasks used %.0f %% of a CPU", percent);
}

const char *activity_text(const struct activity *activity, __u64 took_ns, __u64 cpus,
			  char text[ACTIVITY_SIZE])
{
	double cpu = 100.0 * (double)activity->cpu_ns / (double)took_ns;
	double stolen = 100.0 * (double)activity->stolen_ns / (double)took_ns / (double)cpus;
	double low = (double)activity->low_khz, high = (double)activity->high_khz;
	bool timed = is_known(took_ns) && took_ns;

	*text = '\0';
	if (is_known(activity->maps) && activity->maps)
		add(text, "%llu map%s of others torn down", activity->maps,
		    activity->maps > 1 ? "s" : "");
	if (is_known(activity->cpu_ns) && timed && cpu >= CPU_PERCENT && activity->cpu_ns >= CPU_NS)
		add_cpu(text, cpu, activity->queued_ns);
	if (is_known(activity->stolen_ns) && timed && cpus && stolen >= STOLEN_PERCENT)
		add(text, "the hypervisor took %.0f %% of the CPU time", stolen);
	if (is_known(activity->low_khz) && is_known(activity->high_khz) &&
	    high > low * (1 + FREQUENCY_PERCENT / 100.0))
		add(text, "the fastest CPU ran at %.2f to %.2f GHz", low / KHZ_PER_GHZ,
		    high / KHZ_PER_GHZ);
	return *text ? text : NULL;
}
