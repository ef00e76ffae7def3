// SPDX-License-Identifier: GPL-2.0-only
/* Runs scenarios in a separate process; requests and answers go over a socket pair. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/maps.h"
#include "bench/worker.h"
#include "util/diag.h"
#include "util/macros.h"

#define STOP_TRIES   100
#define STOP_WAIT_US 10000
#define WORKER_FD    3 /* in the worker: its only file besides the standard streams */

/* A request, or the answer to it. */
struct message {
	__u32 index;
	bool warm_up;
	int err;
};

/* Undoes the tracer's handlers and blocked signals. */
static void set_signals(void)
{
	static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL); /* fails for SIGKILL and SIGSTOP */
	for (size_t i = 0; i < ARRAY_SIZE(ignored); i++)
		signal(ignored[i], SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Closes the tracer's output and probes, which must not stay open longer than the tracer. */
static void set_files(int fd)
{
	int null = open("/dev/null", O_RDWR);

	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
	}
	if (fd != WORKER_FD)
		dup2(fd, WORKER_FD);
	close_range(WORKER_FD + 1, ~0U, 0);
	fcntl(WORKER_FD, F_SETFD, FD_CLOEXEC);
}

static void work(const struct scenario *list, size_t nr)
{
	size_t nr_measured = 0; /* the first round follows the list */
	struct message run;

	while (recv(WORKER_FD, &run, sizeof(run), 0) == sizeof(run) && run.index < nr) {
		const struct scenario *scenario = &list[run.index];
		bool first = !run.warm_up && run.index >= nr_measured;

		if (first)
			nr_measured = run.index + 1;
		run.err = maps_run(scenario,
				   run.warm_up ? SCENARIO_WARM_UP_MAP : scenario->map_name, first);
		if (send(WORKER_FD, &run, sizeof(run), MSG_NOSIGNAL) != sizeof(run))
			break;
	}
}

static void be_worker(int fd, pid_t parent, const struct scenario *list, size_t nr)
{
	set_signals();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	prctl(PR_SET_NAME, WORKER_COMM);
	set_files(fd);
	work(list, nr);
	_exit(0);
}

int worker_start(struct worker *worker, const struct scenario *list, size_t nr)
{
	pid_t parent = getpid();
	int fds[2], err = 0;

	*worker = (struct worker){.nr = nr};
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds)) {
		err = -errno;
	} else {
		worker->fd = fds[0];
		worker->pid = fork();
		if (!worker->pid)
			be_worker(fds[1], parent, list, nr);
		if (worker->pid < 0) {
			err = -errno;
			worker->pid = 0;
			close(fds[0]);
		}
		close(fds[1]);
	}
	if (err)
		diag_error("cannot start the worker: %s", strerror(-err));
	return err;
}

static int gone(int err)
{
	diag_error("the worker has ended: %s",
		   err ? strerror(-err) : "killed, perhaps out of memory");
	return err ? err : -EPIPE;
}

int worker_run(struct worker *worker, size_t index, bool warm_up)
{
	const struct message request = {.index = index, .warm_up = warm_up};

	if (send(worker->fd, &request, sizeof(request), MSG_NOSIGNAL) != sizeof(request))
		return gone(errno == EPIPE || errno == ECONNRESET ? 0 : -errno);
	return 0;
}

int worker_read_answer(struct worker *worker, size_t *index, int *err)
{
	struct message answer;
	ssize_t size = recv(worker->fd, &answer, sizeof(answer), MSG_DONTWAIT);

	if (size < 0 && (errno == EAGAIN || errno == EINTR))
		return -EAGAIN;
	if (size != sizeof(answer) || answer.index >= worker->nr)
		return gone(size < 0 && errno != ECONNRESET ? -errno : 0);
	*index = answer.index;
	*err = answer.err;
	return 0;
}

void worker_stop(struct worker *worker)
{
	if (!worker->pid)
		return;
	close(worker->fd);
	for (int tries = 0; tries < STOP_TRIES; tries++) {
		if (waitpid(worker->pid, NULL, WNOHANG))
			return;
		usleep(STOP_WAIT_US);
	}
	kill(worker->pid, SIGKILL);
	waitpid(worker->pid, NULL, 0);
}
