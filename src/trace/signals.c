// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waits for the signals that end a run, on a thread.
 */
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
#include "util/outfile.h"

static sigset_t end_set;
static int fd;
static pthread_t thread;

/* Shared with the thread. */
static atomic_int pending; /* the signal; 0: none */
static atomic_bool to_whole_group, ended, closing;
static atomic_ullong since_ns; /* when "pending" or "ended" was set */

void signals_block(void)
{
	struct sigaction hangup;

	sigemptyset(&end_set);
	sigaddset(&end_set, SIGINT); /* even if a shell ignores it for a background job */
	sigaddset(&end_set, SIGTERM);
	if (sigaction(SIGHUP, NULL, &hangup) || hangup.sa_handler != SIG_IGN) /* as nohup(1) does */
		sigaddset(&end_set, SIGHUP);
	sigprocmask(SIG_BLOCK, &end_set, NULL);
	signal(SIGPIPE, SIG_IGN); /* writing gives an error */
}

static void give_up(int signo)
{
	outfile_remove_unfinished();
	signal(signo, SIG_DFL);
	pthread_sigmask(SIG_UNBLOCK, &end_set, NULL);
	/* If this blocks, the next signal ends the process. */
	diag_error("interrupted: output is incomplete");
	raise(signo);
}

/*
 * A handler would interrupt system calls of other threads (SQLite takes an interrupted fsync() for
 * a broken disk), and a flag would have to be polled everywhere.
 */
static void *wait_for_signals(void *unused)
{
	siginfo_t info;
	int signo;

	(void)unused;
	for (;;) {
		signo = sigwaitinfo(&end_set, &info);
		if (closing)
			return NULL;
		if (signo < 0)
			continue;
		if (!ended && !pending) {
			since_ns = clock_now_ns();
			to_whole_group = info.si_code == SI_KERNEL;
			pending = signo;
			eventfd_write(fd, 1);
		} else if (clock_now_ns() - since_ns >= SIGNALS_PATIENCE_NS) {
			if (signo == SIGINT && info.si_code == SI_KERNEL)
				diag_end_echo();
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
	int taken = pending;
	eventfd_t count;

	if (!taken)
		return 0;
	*to_group = to_whole_group;
	eventfd_read(fd, &count);
	pending = 0;
	return taken;
}

void signals_end(void)
{
	since_ns = clock_now_ns();
	ended = true;
}
