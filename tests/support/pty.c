// SPDX-License-Identifier: GPL-2.0-only
/*
 * pty: runs a command on a terminal of its own and copies what it shows to stdout.
 *
 * Lines end in "\n" alone, as the command wrote them; keys are echoed as on any terminal ("^C").
 * With a screen (-s), what the terminal shows in the end is printed where the steps say so,
 * instead.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <locale.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "vt.h"

#define MAX_STEPS    64
#define SHOWN_SIZE   65536 /* of the output, bytes that are searched for a text */
#define POLL_MS	     20
#define OUT_OF_TIME  124
#define CANNOT_RUN   126
#define NO_SUCH_FILE 127

/* In the order of the command line. */
struct step {
	enum { WAIT, LINE, KEY, GONE, PRINT, HTML, SIZE, SIGNAL } what;
	const char *text; /* seconds, a part of a line, keys, a file, columns x rows, a number */
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
	int status;	      /* of waitpid() */
	struct vt *vt;	      /* NULL: no screen */
	struct termios modes; /* at the start */
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
	      "With a screen:\n"
	      "  -s          the terminal has a screen, an xterm's; says in the end what is not as before\n"
	      "  -l TEXT     wait until the screen shows this text\n"
	      "  -L TEXT     wait until it does not\n"
	      "  -p          print what it shows, and a line --\n"
	      "  -H FILE     write it to this file, as HTML\n"
	      "  -S COLSxROWS  change the terminal's size\n"
	      "  -x SIGNAL   send the command the signal of this number\n"
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
	if (pty->vt)
		vt_write(pty->vt, bytes, (size_t)len);
	else
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
	if (pty->vt && (step->what == LINE || step->what == GONE))
		return vt_shows(pty->vt, step->text) == (step->what == LINE);
	return (step->what != LINE && step->what != GONE) ||
	       memmem(pty->shown, pty->nr_shown, step->text, strlen(step->text));
}

static void resize(struct pty *pty, const char *text)
{
	struct winsize size = {};
	char *rows;

	size.ws_col = (unsigned short)strtol(text, &rows, 10);
	size.ws_row = (unsigned short)(*rows ? atoi(rows + 1) : 24);
	vt_resize(pty->vt, size.ws_row, size.ws_col);
	ioctl(pty->terminal, TIOCSWINSZ, &size);
}

static void print_html(const struct pty *pty, const char *path)
{
	FILE *file = fopen(path, "w");

	if (!file)
		fail(path);
	vt_print_html(pty->vt, file);
	fclose(file);
}

static void take_step(struct pty *pty, const struct step *step)
{
	if (step->what == KEY)
		type(pty, step->text);
	else if (step->what == SIGNAL)
		kill(pty->child, atoi(step->text));
	if (!pty->vt)
		return;
	if (step->what == SIZE)
		resize(pty, step->text);
	else if (step->what == HTML)
		print_html(pty, step->text);
	else if (step->what == PRINT) {
		vt_print(pty->vt, stdout);
		puts("--");
		fflush(stdout);
	}
}

/* What a program with a screen has to put back. */
static void check_restored(const struct pty *pty)
{
	const struct vt *vt = pty->vt;
	const struct vt_cell *style = &vt->style;
	struct termios modes;

	if (vt->page)
		puts("pty: the alternate screen is left on");
	if (vt->cursor_hidden)
		puts("pty: the cursor is left hidden");
	if (style->color || style->bold || style->reverse)
		puts("pty: a style is left on");
	if (vt->keypad)
		puts("pty: the keypad is left on");
	if (tcgetattr(pty->terminal, &modes) || modes.c_lflag != pty->modes.c_lflag ||
	    modes.c_iflag != pty->modes.c_iflag || modes.c_oflag != pty->modes.c_oflag ||
	    memcmp(modes.c_cc, pty->modes.c_cc, sizeof(modes.c_cc)))
		puts("pty: the modes are left changed");
	if (*vt->unknown)
		printf("pty: a sequence that is not known here: %s\n", vt->unknown);
}

static void take_steps(struct pty *pty)
{
	for (; pty->next < pty->nr_steps; pty->next++) {
		const struct step *step = &pty->steps[pty->next];

		if (!step_is_due(pty, step))
			return;
		take_step(pty, step);
		pty->step_began = now();
		pty->nr_shown = 0;
	}
}

/* The command begins once the terminal has its modes. */
static void set_modes(struct pty *pty)
{
	if (tcgetattr(pty->terminal, &pty->modes))
		fail("no modes");
	pty->modes.c_oflag &= ~(tcflag_t)OPOST;
	tcsetattr(pty->terminal, TCSANOW, &pty->modes);
}

static void start(struct pty *pty, const struct winsize *size, bool own_stderr, char **command)
{
	int error = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3), ready[2];
	char none;

	if (pipe2(ready, O_CLOEXEC))
		fail("pipe");
	pty->child = forkpty(&pty->terminal, NULL, NULL, size);
	if (pty->child < 0)
		fail("no terminal");
	if (pty->child) {
		set_modes(pty);
		close(ready[0]);
		close(ready[1]);
		return;
	}
	close(ready[1]);
	while (read(ready[0], &none, 1) < 0 && errno == EINTR)
		;
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
		if (!copy(pty) || !pty->vt) /* a screen is drawn in parts */
			take_steps(pty);
		if (!pty->ended && now() > end) {
			fprintf(stderr, "pty: not done after %g s\n", seconds);
			return OUT_OF_TIME; /* closing the terminal hangs up */
		}
	}
	while (copy(pty))
		;
	if (pty->vt)
		check_restored(pty);
	if (pty->next < pty->nr_steps &&
	    (pty->steps[pty->next].what == LINE || pty->steps[pty->next].what == GONE)) {
		fprintf(stderr, "pty: not shown: %s\n", pty->steps[pty->next].text);
		return OUT_OF_TIME;
	}
	return WIFEXITED(pty->status) ? WEXITSTATUS(pty->status) : 128 + WTERMSIG(pty->status);
}

int main(int argc, char **argv)
{
	static const char steps[] = "wlkLpHSx"; /* by what */
	static struct pty pty;
	static struct vt vt;
	struct winsize size = {.ws_col = 80, .ws_row = 24};
	bool own_stderr = false;
	double seconds = 60;
	int option;

	while ((option = getopt(argc, argv, "+c:r:et:sw:l:k:L:pH:S:x:")) != -1) {
		const char *found = strchr(steps, option);

		if (option == 'c')
			size.ws_col = (unsigned short)atoi(optarg);
		else if (option == 'r')
			size.ws_row = (unsigned short)atoi(optarg);
		else if (option == 'e')
			own_stderr = true;
		else if (option == 't')
			seconds = atof(optarg);
		else if (option == 's')
			pty.vt = &vt;
		else if (!found || pty.nr_steps == MAX_STEPS)
			usage();
		else
			pty.steps[pty.nr_steps++] = (struct step){(int)(found - steps), optarg};
	}
	setlocale(LC_CTYPE, "C.UTF-8");
	vt_init(&vt, size.ws_row, size.ws_col);
	if (optind == argc)
		usage();
	start(&pty, &size, own_stderr, argv + optind);
	return run(&pty, seconds);
}
