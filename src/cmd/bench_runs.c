// SPDX-License-Identifier: GPL-2.0-only
/* bench --runs: measures several times, each time in a process of its own. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cmd/bench_runs.h"
#include "cmd/exit_status.h"
#include "trace/signals.h"
#include "util/diag.h"

/* The signals of the parent, while a run's process handles its own. */
struct waiting {
	sigset_t ending; /* signals that end the runs */
	sigset_t all;	 /* and the end of a process */
	bool interrupted;
};

static void waiting_init(struct waiting *waiting)
{
	/* A process that ignores SIGCHLD, as its parent may have set, gets no status. */
	signal(SIGCHLD, SIG_DFL);
	signals_block();
	sigemptyset(&waiting->ending);
	sigaddset(&waiting->ending, SIGINT);
	sigaddset(&waiting->ending, SIGTERM);
	sigaddset(&waiting->ending, SIGHUP); /* does not come if it is ignored */
	waiting->all = waiting->ending;
	sigaddset(&waiting->all, SIGCHLD);
	sigprocmask(SIG_BLOCK, &waiting->all, NULL);
	waiting->interrupted = false;
}

/* Takes a signal that came between two runs. */
static bool is_interrupted(struct waiting *waiting)
{
	static const struct timespec at_once;

	if (sigtimedwait(&waiting->ending, NULL, &at_once) > 0)
		waiting->interrupted = true;
	return waiting->interrupted;
}

/* Returns the exit status of the process, as shells do. */
static int wait_for(pid_t pid, struct waiting *waiting)
{
	siginfo_t info;
	int status, signo;
	pid_t ended;

	for (;;) {
		signo = sigwaitinfo(&waiting->all, &info);
		if (signo > 0 && signo != SIGCHLD) {
			waiting->interrupted = true;
			/* Otherwise the process has got it from the terminal, too. */
			if (info.si_code != SI_KERNEL)
				kill(pid, signo);
		}
		ended = waitpid(pid, &status, WNOHANG);
		if (ended < 0 && errno != EINTR)
			return EXIT_FAILED;
		if (ended == pid)
			break;
	}
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	diag_error("a run was ended by signal %d", WTERMSIG(status));
	return EXIT_SIGNAL + WTERMSIG(status);
}

/* In a process of its own, which ends with the parent. */
static int run_process(const struct options *opts, const struct bench_job *job, bench_fn *bench,
		       struct waiting *waiting)
{
	pid_t parent = getpid(), pid = fork();
	sigset_t ended;

	if (pid < 0) {
		diag_error("cannot start a run: %s", strerror(errno));
		return EXIT_FAILED;
	}
	if (pid)
		return wait_for(pid, waiting);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(EXIT_FAILED);
	sigemptyset(&ended);
	sigaddset(&ended, SIGCHLD);
	sigprocmask(SIG_UNBLOCK, &ended, NULL);
	exit(bench(opts, job));
}

static struct scenario *reverse(const struct scenario *list, size_t nr)
{
	struct scenario *reversed = calloc(nr, sizeof(*reversed));

	for (size_t i = 0; reversed && i < nr; i++)
		reversed[i] = list[nr - 1 - i];
	if (!reversed)
		diag_error("cannot measure: %s", strerror(ENOMEM));
	return reversed;
}

int bench_runs(const struct options *opts, const struct scenario *list, size_t nr, bench_fn *bench,
	       const struct run_files *files, size_t *whole)
{
	static struct options recorded; /* large */
	struct scenario *reversed = opts->runs ? reverse(list, nr) : NULL;
	struct bench_job job = {.list = list, .nr = nr, .nr_runs = opts->runs};
	int status = opts->runs && !reversed ? EXIT_FAILED : EXIT_DONE;
	struct waiting waiting = {};

	recorded = *opts;
	recorded.temporary = files->folder;
	if (opts->runs)
		waiting_init(&waiting);
	*whole = 0;
	while (status == EXIT_DONE && *whole < files->nr) {
		recorded.output = files->path[*whole];
		job.nth = *whole + 1;
		job.list = *whole % 2 ? reversed : list;
		if (opts->runs && is_interrupted(&waiting))
			break;
		if (opts->runs)
			diag_info("run %u of %u", job.nth, job.nr_runs);
		status = opts->runs ? run_process(&recorded, &job, bench, &waiting)
				    : bench(&recorded, &job);
		*whole += status == EXIT_DONE;
	}
	free(reversed);
	if (*whole == files->nr || !opts->runs)
		return status;
	if (waiting.interrupted && status != EXIT_DONE)
		unlink(files->path[*whole]);
	diag_error("%zu of %u run%s complete", *whole, opts->runs,
		   opts->runs == 1 ? " is" : "s are");
	if (waiting.interrupted && opts->bisect)
		return EXIT_SIGNAL + SIGINT;
	return status == EXIT_DONE ? EXIT_FAILED : status;
}
