// SPDX-License-Identifier: GPL-2.0-only
/*
 * Measures a tracer: runs it, waits until it is idle, makes calls, ends it, and prints the costs as
 * a line of JSON. Meant for a guest with one processor whose time is the number of instructions.
 *
 * usage: measure ATTEMPTS COMMAND...   calls are made by "calls ATTEMPTS", two for each
 *        measure start COMMAND...      calls are made from the start on, to find the first one seen
 *
 * The tracer writes to /tmp/measured.out and .err. "user" is the run time of all its processes from
 * the first call until it is idle again, less their run time without calls.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "util/clock.h"
#include "util/macros.h"

#define MS	   ((long long)NSEC_PER_MSEC)
#define WINDOW	   (300 * MS) /* idle is what runs for less than BUSY of it */
#define BUSY	   (15 * MS)
#define STEP	   (5 * MS)
#define PATIENCE   (300 * 1000LL * MS)
#define MAX_TICKS  100000
#define VALUE_SIZE (3 << 20)

/* A number behind a name in a file of /proc; 0 if it is not there. */
static long long number_in(const char *path, const char *name)
{
	FILE *file = fopen(path, "re");
	long long value = 0;
	char line[512];

	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, name, strlen(name)))
			value = strtoll(line + strlen(name), NULL, 10);
	if (file)
		fclose(file);
	return value;
}

struct usage {
	long long ran_ns, peak_kb, resident_kb;
};

static void add_process(struct usage *usage, const char *pid)
{
	char path[320];
	struct dirent *task;
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%s/task", pid);
	tasks = opendir(path);
	while (tasks && (task = readdir(tasks))) {
		if (*task->d_name == '.')
			continue;
		snprintf(path, sizeof(path), "/proc/%s/task/%.20s/schedstat", pid, task->d_name);
		usage->ran_ns += number_in(path, "");
	}
	if (tasks)
		closedir(tasks);
	snprintf(path, sizeof(path), "/proc/%s/status", pid);
	usage->peak_kb += number_in(path, "VmHWM:");
	usage->resident_kb += number_in(path, "VmRSS:");
}

/* Sums over all processes of a group. */
static struct usage usage_of(pid_t group)
{
	struct usage usage = {};
	struct dirent *entry;
	DIR *proc = opendir("/proc");

	while (proc && (entry = readdir(proc)))
		if (atoi(entry->d_name) > 0 && getpgid(atoi(entry->d_name)) == group)
			add_process(&usage, entry->d_name);
	if (proc)
		closedir(proc);
	return usage;
}

static pid_t start(char **command)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	setpgid(0, 0);
	signal(SIGINT, SIG_DFL);
	if (!freopen("/tmp/measured.out", "w", stdout) ||
	    !freopen("/tmp/measured.err", "w", stderr))
		_exit(126);
	execvp(*command, command);
	_exit(127);
}

static void make_two_calls(void)
{
	int fd = bpf_map_create(BPF_MAP_TYPE_HASH, "too_large", 4, VALUE_SIZE, 2048, NULL);

	if (fd >= 0 || errno != ENOMEM) {
		fprintf(stderr, "measure: the map was not refused for its size\n");
		exit(1);
	}
}

static bool ended(pid_t pid)
{
	siginfo_t info = {};

	return waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT) || info.si_pid;
}

static long long began_ns, ticks[MAX_TICKS]; /* when two calls were made, since then */
static int nr_ticks;

/* Waits until the tracer is idle, or has ended. False: neither. */
static bool settle(pid_t pid, bool ticking)
{
	long long began = clock_now_ns(), mark = began, ran = usage_of(pid).ran_ns, now_ran;

	while (clock_now_ns() - began < PATIENCE && !ended(pid)) {
		if (ticking && nr_ticks < MAX_TICKS) {
			ticks[nr_ticks++] = clock_now_ns() - began_ns;
			make_two_calls();
		}
		usleep(STEP / NSEC_PER_USEC);
		if (clock_now_ns() - mark < WINDOW)
			continue;
		now_ran = usage_of(pid).ran_ns;
		if (now_ran - ran < BUSY)
			return true;
		mark = clock_now_ns();
		ran = now_ran;
	}
	return ended(pid);
}

/* The cost of a call, from the output of "calls". */
static long long cost_of_calls(const char *attempts)
{
	char command[64], line[64] = "";
	FILE *pipe;

	snprintf(command, sizeof(command), "calls %.20s", attempts);
	pipe = popen(command, "r");
	if (!pipe || !fgets(line, sizeof(line), pipe) || pclose(pipe)) {
		fprintf(stderr, "measure: calls failed\n");
		exit(1);
	}
	return strtoll(line, NULL, 10);
}

static void say_ticks(void)
{
	int i;

	printf("\"began\":%lld,\"ticks\":[", began_ns);
	for (i = 0; i < nr_ticks; i++)
		printf("%s%lld", i ? "," : "", ticks[i]);
	printf("],");
}

static void measure_calls(pid_t pid, const char *attempts)
{
	long long idle_ns = clock_now_ns(), cost, took_ns;
	struct usage before = usage_of(pid), idle;
	double user;

	usleep(WINDOW / NSEC_PER_USEC);
	idle = usage_of(pid);
	idle_ns = clock_now_ns() - idle_ns;
	took_ns = clock_now_ns();
	cost = cost_of_calls(attempts);
	settle(pid, false);
	usleep(WINDOW / NSEC_PER_USEC); /* for the remaining records */
	took_ns = clock_now_ns() - took_ns;
	user = usage_of(pid).ran_ns - idle.ran_ns;
	user -= (double)(idle.ran_ns - before.ran_ns) * took_ns / idle_ns;
	printf("\"cost\":%lld,\"made\":%d,\"user\":%.0f,\"idle_per_s\":%.0f,", cost,
	       2 * atoi(attempts), user / (2 * atoi(attempts)),
	       (idle.ran_ns - before.ran_ns) * 1e9 / idle_ns);
}

int main(int argc, char **argv)
{
	bool ticking = argc > 2 && !strcmp(argv[1], "start");
	long long end_ns;
	struct usage usage;
	int status = 0;
	pid_t pid;

	if (argc < 3 || (!ticking && atoi(argv[1]) < 2))
		return 2;
	began_ns = clock_now_ns();
	pid = start(argv + 2);
	if (pid < 0 || !settle(pid, ticking))
		return 1;
	printf("{");
	if (ticking)
		say_ticks();
	else if (!ended(pid))
		measure_calls(pid, argv[1]);
	usage = usage_of(pid);
	printf("\"ended_early\":%s,\"peak_kb\":%lld,\"resident_kb\":%lld,",
	       ended(pid) ? "true" : "false", usage.peak_kb, usage.resident_kb);
	end_ns = clock_now_ns();
	kill(-pid, SIGINT);
	while (!waitpid(pid, &status, WNOHANG)) {
		usleep(MS / NSEC_PER_USEC);
		if (clock_now_ns() - end_ns > PATIENCE)
			kill(-pid, SIGKILL);
	}
	printf("\"exit_ns\":%lld,\"status\":%d}\n", clock_now_ns() - end_ns,
	       WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return 0;
}
