// SPDX-License-Identifier: GPL-2.0-only
/* Keeps every value in a growing array, and sorts it on request. */
#include <errno.h>
#include <stdlib.h>

#include "util/samples.h"

#define FIRST_ROOM 16 /* most keys have few values */

int samples_add(struct samples *samples, __u64 ns)
{
	size_t room = samples->room ? 2 * samples->room : FIRST_ROOM;
	__u64 *grown;

	if (samples->nr == samples->room) {
		grown = reallocarray(samples->ns, room, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		samples->ns = grown;
		samples->room = room;
	}
	samples->ns[samples->nr++] = ns;
	return 0;
}

static int compare(const void *left, const void *right)
{
	__u64 a = *(const __u64 *)left, b = *(const __u64 *)right;

	return (a > b) - (a < b);
}

void samples_sort(struct samples *samples)
{
	/* qsort() takes no NULL. */
	if (samples->nr)
		qsort(samples->ns, samples->nr, sizeof(*samples->ns), compare);
}

void samples_free(struct samples *samples)
{
	free(samples->ns);
	*samples = (struct samples){};
}
