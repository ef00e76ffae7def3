// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs scenarios by the benchmark's worker, untraced, and prints what was made.
 *
 * usage: scenarios quick|standard|SCENARIO...
 *
 * Each scenario runs once to warm up and once more. A line of JSON then describes its maps, their
 * number, the result of maps_run(), and the time of the run.
 * Fails if the worker does.
 */
#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/worker.h"
#include "model/map_type.h"
#include "util/clock.h"

/* Returns the scenario's result; exits if the worker failed. */
static int run(struct worker *worker, size_t index, bool warm_up)
{
	struct pollfd poll_fd = {.fd = worker->fd, .events = POLLIN};
	size_t answered;
	int err;

	if (worker_read_answer(worker, &answered, &err) != -EAGAIN)
		exit(1);
	if (worker_run(worker, index, warm_up))
		exit(1);
	if (poll(&poll_fd, 1, -1) != 1 || worker_read_answer(worker, &answered, &err))
		exit(1);
	if (answered != index)
		exit(1);
	return err;
}

static struct scenario *read_list(int argc, char **argv, size_t *nr)
{
	bool quick = !strcmp(argv[1], "quick");
	const struct scenario *standard = scenario_standard(quick, nr);
	struct scenario *list;

	if (!quick && strcmp(argv[1], "standard")) {
		*nr = argc - 1;
		standard = NULL;
	}
	list = calloc(*nr, sizeof(*list));
	if (!list)
		exit(1);
	if (standard)
		memcpy(list, standard, *nr * sizeof(*list));
	for (size_t i = 0; !standard && i < *nr; i++)
		if (scenario_parse(&list[i], argv[i + 1]))
			exit(2);
	if (scenario_name_maps(list, *nr))
		exit(2);
	return list;
}

/* Each setting by its column's name */
static void say(const struct scenario *s, int err, __u64 ms)
{
	printf("{\"kind\":\"scenario\",\"scenario\":\"%s\",\"map_name\":\"%s\",", s->name,
	       s->map_name);
	printf("\"map_type\":\"%s\",", map_type_name(s->map_type));
	for (const struct setting *setting = scenario_settings; setting->name; setting++) {
		__u32 value = scenario_get(s, setting);

		if (setting->kind == SETTING_BOOL)
			printf("\"%s\":%s,", setting->column, value ? "true" : "false");
		else if (setting->column && setting->words)
			printf("\"%s\":\"%s\",", setting->column, setting->words[value]);
		else if (setting->column && setting->at != offsetof(struct scenario, maps))
			printf("\"%s\":%u,", setting->column, value);
	}
	printf("\"maps\":%llu,\"err\":%d,\"ms\":%llu}\n", scenario_maps(s), err, ms);
}

int main(int argc, char **argv)
{
	struct worker worker;
	struct scenario *list;
	size_t nr;

	if (argc < 2)
		return 2;
	list = read_list(argc, argv, &nr);
	if (worker_start(&worker, list, nr))
		return 1;
	for (size_t i = 0; i < nr; i++) {
		int err = run(&worker, i, true);
		__u64 start_ns = clock_now_ns();

		if (!err)
			err = run(&worker, i, false);
		say(&list[i], err, (clock_now_ns() - start_ns) / 1000000);
		fflush(stdout);
	}
	worker_stop(&worker);
	free(list);
	return 0;
}
