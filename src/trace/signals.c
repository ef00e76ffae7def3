// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "trace/session.h"
#include "trace/signals.h"
#include "util/clock.h"
#include "util/diag.h"
#include "util/macros.h"

static const int enders[] = {SIGINT, SIGTERM, SIGHUP};
#define NR_ENDERS (ARRAY_SIZE(enders))

static sigset_t ending;
static int fd;
static pthread_t thread;

/* Shared with the thread. */
static atomic_int came;
static atomic_bool came_to_group, over, closing;
static atomic_ullong since_ns; /* that came has not been taken, or that it is over */

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

static void give_up(int signo)
{
	signal(signo, SIG_DFL);
	pthread_sigmask(SIG_UNBLOCK, &ending, NULL);
	/* Should this hang, too, the next one ends it. */
	diag_error("given up: not all that was seen has been written");
	raise(signo);
}

/*
 * On a thread of its own: no handler, which would cut short what others do (SQLite takes an fsync()
 * that is interrupted for a broken disk), and others need not look for one to be heard.
 */
static void *wait_for_signals(void *unused)
{
	siginfo_t info;
	int signo;

	(void)unused;
	for (;;) {
		signo = sigwaitinfo(&ending, &info);
		if (closing)
			return NULL;
		if (signo < 0)
			continue;
		if (!over && !came) {
			since_ns = clock_now_ns();
			came_to_group = info.si_code == SI_KERNEL;
			came = signo;
			eventfd_write(fd, 1);
		} else if (clock_now_ns() - since_ns >= SIGNALS_PATIENCE_NS) {
			give_up(signo);
		}
	}
}

int signals_open(void)
{
	int err;

	fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (fd < 0)
		return -errno;
	err = -pthread_create(&thread, NULL, wait_for_signals, NULL);
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

void signals_close(void)
{
	closing = true;
	pthread_kill(thread, SIGTERM);
	pthread_join(thread, NULL);
	close(fd);
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
	since_ns = clock_now_ns();
	over = true;
}
