// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "signals.h"

static const int enders[] = {SIGINT, SIGTERM, SIGHUP};
#define NR_ENDERS (sizeof(enders) / sizeof(enders[0]))

static sigset_t ending;
static int fd;

/* Shared with the handler. */
static volatile sig_atomic_t came, came_to_group, over;
static volatile long long since_ns; /* that came has not been taken, or that it is over */

/*
 * By nohup(1). That a shell has what it starts in the background ignore SIGINT is not meant for it.
 */
static bool is_ignored(int signo)
{
	struct sigaction action;

	return signo == SIGHUP && !sigaction(signo, NULL, &action) && action.sa_handler == SIG_IGN;
}

void signals_block(void)
{
	size_t i;

	sigemptyset(&ending);
	for (i = 0; i < NR_ENDERS; i++)
		if (!is_ignored(enders[i]))
			sigaddset(&ending, enders[i]);
	sigprocmask(SIG_BLOCK, &ending, NULL);
	signal(SIGPIPE, SIG_IGN); /* writing tells */
	signal(SIGXFSZ, SIG_IGN); /* likewise */
}

static long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* Of what may be done in a signal's handler. */
static void give_up(int signo)
{
	static const char message[] =
		"memdestroy-trace: given up: not all that was seen has been written\n";
	ssize_t written = write(STDERR_FILENO, message, sizeof(message) - 1);

	(void)written;
	signal(signo, SIG_DFL);
	raise(signo);
}

static void on_signal(int signo, siginfo_t *info, void *context)
{
	int saved = errno;

	(void)context;
	if (!over && !came) {
		since_ns = now_ns();
		came_to_group = info->si_code == SI_KERNEL;
		came = signo;
		eventfd_write(fd, 1);
	} else if (now_ns() - since_ns >= SIGNALS_PATIENCE_NS) {
		give_up(signo);
	}
	errno = saved;
}

int signals_open(void)
{
	const struct sigaction action = {
		.sa_sigaction = on_signal,
		.sa_flags = SA_SIGINFO | SA_RESTART,
		.sa_mask = ending,
	};
	size_t i;

	fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (fd < 0)
		return -errno;
	for (i = 0; i < NR_ENDERS; i++)
		if (sigismember(&ending, enders[i]))
			sigaction(enders[i], &action, NULL);
	sigprocmask(SIG_UNBLOCK, &ending, NULL);
	return fd;
}

int signals_take(bool *to_group)
{
	int taken = came;
	eventfd_t count;

	if (!taken)
		return 0;
	*to_group = came_to_group;
	eventfd_read(fd, &count);
	came = 0;
	return taken;
}

void signals_end(void)
{
	since_ns = now_ns();
	over = true;
}
