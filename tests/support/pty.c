// SPDX-License-Identifier: GPL-2.0-only
/*
 * pty: runs a command on a terminal of its own and copies what it shows to stdout.
 *
 * Lines end in "\n" alone, as the command wrote them; keys are echoed as on any terminal ("^C").
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define MAX_STEPS    32
#define SHOWN_SIZE   65536 /* of the output, bytes that are searched for a text */
#define POLL_MS	     20
#define OUT_OF_TIME  124
#define CANNOT_RUN   126
#define NO_SUCH_FILE 127

/* In the order of the command line. */
struct step {
	enum { WAIT, LINE, KEY } what;
	const char *text; /* seconds, a part of a line, or keys */
};

struct pty {
	int terminal; /* its other end */
	pid_t child;
	struct step steps[MAX_STEPS];
	int nr_steps, next;
	double step_began;
	char shown[SHOWN_SIZE]; /* since the last step */
	size_t nr_shown;
	bool ended;
	int status; /* of waitpid() */
};

static void usage(void)
{
	fputs("usage: pty [OPTION...] [--] COMMAND [ARG...]\n"
	      "  -c COLUMNS  of the terminal: 80\n"
	      "  -r ROWS     24\n"
	      "  -e          stderr is not the terminal, but that of pty\n"
	      "  -t SECONDS  hang up after this time, with status 124: 60\n"
	      "What happens meanwhile, in the order given:\n"
	      "  -w SECONDS  wait\n"
	      "  -l TEXT     wait until the terminal has shown this text\n"
	      "  -k KEYS     type this; ^C is Ctrl-C\n"
	      "Ends with the command's status, or 128 and the signal that ended it.\n",
	      stderr);
	exit(2);
}

static void fail(const char *what)
{
	fprintf(stderr, "pty: %s: %s\n", what, strerror(errno));
	exit(CANNOT_RUN);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void write_all(int fd, const char *bytes, size_t len)
{
	while (len) {
		ssize_t written = write(fd, bytes, len);

		if (written < 0 && errno != EINTR)
			fail("write");
		if (written < 0)
			continue;
		bytes += written;
		len -= (size_t)written;
	}
}

/* Keeps the end of the output. */
static void remember(struct pty *pty, const char *bytes, size_t len)
{
	size_t room = sizeof(pty->shown) - 1;

	if (len > room / 2) {
		bytes += len - room / 2;
		len = room / 2;
	}
	if (pty->nr_shown + len > room) {
		pty->nr_shown -= room / 2;
		memmove(pty->shown, pty->shown + room / 2, pty->nr_shown);
	}
	memcpy(pty->shown + pty->nr_shown, bytes, len);
	pty->nr_shown += len;
}

/* False: there is nothing to copy, for now or at all. */
static bool copy(struct pty *pty)
{
	struct pollfd poll_of = {.fd = pty->terminal, .events = POLLIN};
	char bytes[4096];
	ssize_t len;

	if (poll(&poll_of, 1, POLL_MS) <= 0)
		return false;
	len = read(pty->terminal, bytes, sizeof(bytes));
	if (len <= 0) { /* EIO: no process has the terminal open */
		usleep(POLL_MS * 1000);
		return false;
	}
	write_all(STDOUT_FILENO, bytes, (size_t)len);
	remember(pty, bytes, (size_t)len);
	return true;
}

static void type(struct pty *pty, const char *keys)
{
	for (; *keys; keys++) {
		char key = *keys;

		if (key == '^' && keys[1])
			key = *++keys & 0x1f;
		write_all(pty->terminal, &key, 1);
	}
}

static bool step_is_due(const struct pty *pty, const struct step *step)
{
	if (step->what == WAIT)
		return now() - pty->step_began >= atof(step->text);
	return step->what == KEY ||
	       memmem(pty->shown, pty->nr_shown, step->text, strlen(step->text));
}

static void take_steps(struct pty *pty)
{
	for (; pty->next < pty->nr_steps; pty->next++) {
		const struct step *step = &pty->steps[pty->next];

		if (!step_is_due(pty, step))
			return;
		if (step->what == KEY)
			type(pty, step->text);
		pty->step_began = now();
		pty->nr_shown = 0;
	}
}

static void start(struct pty *pty, const struct winsize *size, bool own_stderr, char **command)
{
	int error = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	struct termios modes;

	pty->child = forkpty(&pty->terminal, NULL, NULL, size);
	if (pty->child < 0)
		fail("no terminal");
	if (pty->child)
		return;
	tcgetattr(STDIN_FILENO, &modes);
	modes.c_oflag &= ~(tcflag_t)OPOST;
	tcsetattr(STDIN_FILENO, TCSANOW, &modes);
	if (own_stderr)
		dup2(error, STDERR_FILENO);
	execvp(*command, command);
	fprintf(stderr, "pty: %s: %s\n", *command, strerror(errno));
	_exit(errno == ENOENT ? NO_SUCH_FILE : CANNOT_RUN);
}

/* Also what is still to be read once the command has ended. */
static int run(struct pty *pty, double seconds)
{
	double end = now() + seconds;

	pty->step_began = now();
	while (!pty->ended) {
		pty->ended = waitpid(pty->child, &pty->status, WNOHANG) == pty->child;
		copy(pty);
		take_steps(pty);
		if (!pty->ended && now() > end) {
			fprintf(stderr, "pty: not done after %g s\n", seconds);
			return OUT_OF_TIME; /* closing the terminal hangs up */
		}
	}
	while (copy(pty))
		;
	if (pty->next < pty->nr_steps && pty->steps[pty->next].what == LINE) {
		fprintf(stderr, "pty: not shown: %s\n", pty->steps[pty->next].text);
		return OUT_OF_TIME;
	}
	return WIFEXITED(pty->status) ? WEXITSTATUS(pty->status) : 128 + WTERMSIG(pty->status);
}

int main(int argc, char **argv)
{
	static struct pty pty;
	struct winsize size = {.ws_col = 80, .ws_row = 24};
	bool own_stderr = false;
	double seconds = 60;
	int option;

	while ((option = getopt(argc, argv, "+c:r:et:w:l:k:")) != -1) {
		if (option == 'c')
			size.ws_col = (unsigned short)atoi(optarg);
		else if (option == 'r')
			size.ws_row = (unsigned short)atoi(optarg);
		else if (option == 'e')
			own_stderr = true;
		else if (option == 't')
			seconds = atof(optarg);
		else if (option == '?' || pty.nr_steps == MAX_STEPS)
			usage();
		else
			pty.steps[pty.nr_steps++] = (struct step){option == 'w'	  ? WAIT
								  : option == 'l' ? LINE
										  : KEY,
								  optarg};
	}
	if (optind == argc)
		usage();
	start(&pty, &size, own_stderr, argv + optind);
	return run(&pty, seconds);
}
