// SPDX-License-Identifier: GPL-2.0-only
/*
 * Draws lines on a terminal by ncurses, and takes its keys.
 *
 * Signals come through a descriptor, so that none interrupts anything. Messages of other parts to
 * stderr would destroy the screen: they wait in memory until it is closed.
 */
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#define NCURSES_WIDECHAR 1
#include <curses.h>

#include "screen/screen_state.h"
#include "screen/screen_terminal.h"
#include "screen/terminfo.h"
#include "util/diag.h"
#include "util/macros.h"
#include "util/text.h"

#define ESCAPE_MS 25 /* after which an escape is the key of that name */

struct screen_terminal {
	SCREEN *screen;
	int epoll_fd, signal_fd;
	int ended_by;		    /* signal */
	int stderr_fd, messages_fd; /* the real one, and in its place memory; -1: it is not */
	off_t shown;		    /* of the messages */
	bool color, utf8, has_keys;
};

static sigset_t taken;

/* For handlers, which may do little. */
static struct {
	volatile sig_atomic_t active;
	struct termios modes;
	char reset[256];
	size_t len;
	int stderr_fd;
} saved = {.stderr_fd = -1};

/* SIGQUIT asks for one. */
static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS, SIGQUIT};
static struct sigaction before_crash[ARRAY_SIZE(crashes)];

static void do_nothing(int signo)
{
	(void)signo;
}

void screen_terminal_block(bool ends)
{
	static const int ending[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction action;

	sigemptyset(&taken);
	sigaddset(&taken, SIGWINCH);
	sigaddset(&taken, SIGCONT);
	if (sigaction(SIGTSTP, NULL, &action) || action.sa_handler != SIG_IGN)
		sigaddset(&taken, SIGTSTP);
	for (size_t i = 0; ends && i < ARRAY_SIZE(ending); i++)
		if (sigaction(ending[i], NULL, &action) || action.sa_handler != SIG_IGN)
			sigaddset(&taken, ending[i]);
	sigprocmask(SIG_BLOCK, &taken, NULL);
	if (sigismember(&taken, SIGTSTP))
		signal(SIGTSTP, do_nothing); /* ncurses would ignore it while it draws */
}

/* Crashes */

/* Calls nothing that could wait for a lock. */
static void restore_at_once(void)
{
	ssize_t written;

	if (!saved.active)
		return;
	saved.active = false;
	written = write(STDOUT_FILENO, saved.reset, saved.len);
	(void)written;
	tcsetattr(STDOUT_FILENO, TCSANOW, &saved.modes);
	if (saved.stderr_fd >= 0)
		dup2(saved.stderr_fd, STDERR_FILENO);
}

static void on_crash(int signo)
{
	restore_at_once();
	for (size_t i = 0; i < ARRAY_SIZE(crashes); i++)
		if (crashes[i] == signo)
			sigaction(signo, &before_crash[i], NULL);
	raise(signo); /* once this handler has returned */
}

static void catch_crashes(void)
{
	const struct sigaction action = {.sa_handler = on_crash, .sa_flags = SA_NODEFER};

	saved.len = terminfo_reset(saved.reset, sizeof(saved.reset));
	saved.active = true;
	for (size_t i = 0; i < ARRAY_SIZE(crashes); i++) {
		sigaction(crashes[i], NULL, &before_crash[i]);
		if (before_crash[i].sa_handler != SIG_IGN)
			sigaction(crashes[i], &action, NULL);
	}
}

static void release_crashes(void)
{
	saved.active = false;
	for (size_t i = 0; i < ARRAY_SIZE(crashes); i++)
		sigaction(crashes[i], &before_crash[i], NULL);
}

/* Messages to stderr */

static void hold_messages(struct screen_terminal *terminal)
{
	if (!isatty(STDERR_FILENO))
		return;
	fflush(stderr);
	terminal->messages_fd = memfd_create("messages", MFD_CLOEXEC);
	terminal->stderr_fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	if (terminal->messages_fd < 0 || terminal->stderr_fd < 0 ||
	    dup2(terminal->messages_fd, STDERR_FILENO) < 0)
		return;
	saved.stderr_fd = terminal->stderr_fd;
}

static void release_messages(struct screen_terminal *terminal)
{
	char bytes[4096];
	ssize_t len;
	off_t at = 0;

	if (saved.stderr_fd < 0)
		return;
	fflush(stderr);
	dup2(terminal->stderr_fd, STDERR_FILENO);
	saved.stderr_fd = -1;
	while ((len = pread(terminal->messages_fd, bytes, sizeof(bytes), at)) > 0) {
		if (write(STDERR_FILENO, bytes, (size_t)len) != len)
			break;
		at += len;
	}
}

bool screen_terminal_message(struct screen_terminal *terminal, char *text, size_t size)
{
	static const char prefix[] = "memdestroy-trace: ";
	char bytes[1024], *line, *end;
	ssize_t len;
	off_t all;

	if (terminal->messages_fd < 0)
		return false;
	all = lseek(terminal->messages_fd, 0, SEEK_END);
	if (all <= terminal->shown)
		return false;
	terminal->shown = all;
	all -= all < (off_t)sizeof(bytes) ? all : (off_t)sizeof(bytes) - 1;
	len = pread(terminal->messages_fd, bytes, sizeof(bytes) - 1, all);
	if (len <= 0)
		return false;
	bytes[len] = '\0';
	end = bytes + len;
	while (end > bytes && end[-1] == '\n')
		*--end = '\0';
	line = strrchr(bytes, '\n');
	line = line ? line + 1 : bytes;
	if (!strncmp(line, prefix, strlen(prefix)))
		line += strlen(prefix);
	text_printable(text, size, line, strlen(line));
	return true;
}

/* From open to close */

static int report_failure(const char *what, int err)
{
	diag_error("cannot open the screen: %s: %s", what, strerror(-err));
	return err;
}

static int watch(const struct screen_terminal *terminal, int fd)
{
	struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

	return epoll_ctl(terminal->epoll_fd, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
}

static int open_input(struct screen_terminal *terminal)
{
	terminal->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	terminal->signal_fd = signalfd(-1, &taken, SFD_CLOEXEC | SFD_NONBLOCK);
	if (terminal->epoll_fd < 0 || terminal->signal_fd < 0)
		return -errno;
	terminal->has_keys = isatty(STDIN_FILENO);
	if (terminal->has_keys && watch(terminal, STDIN_FILENO))
		return -errno;
	return watch(terminal, terminal->signal_fd);
}

/* Without a locale that was installed, as in a static program, that of C may still have UTF-8. */
static bool set_locale(void)
{
	static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};
	const char *name = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(variables) && !(name && *name); i++)
		name = getenv(variables[i]);
	if (!setlocale(LC_CTYPE, "") && name &&
	    (strcasestr(name, "utf-8") || strcasestr(name, "utf8")))
		setlocale(LC_CTYPE, "C.UTF-8");
	return !strcmp(nl_langinfo(CODESET), "UTF-8");
}

static void init_colors(struct screen_terminal *terminal, bool color)
{
	static const short colors[NR_COLORS] = {
		[COLOR_WAIT] = COLOR_YELLOW,	 [COLOR_FREE] = COLOR_CYAN,
		[COLOR_DESTROY] = COLOR_MAGENTA, [COLOR_DEFERRED] = COLOR_BLUE,
		[COLOR_WARNING] = COLOR_YELLOW,	 [COLOR_BAD] = COLOR_RED,
		[COLOR_GOOD] = COLOR_GREEN,
	};

	terminal->color = color && has_colors() && start_color() == OK;
	if (!terminal->color)
		return;
	use_default_colors();
	for (short i = 1; i < NR_COLORS; i++)
		init_pair(i, colors[i], -1);
}

int screen_terminal_open(struct screen_terminal **out, bool color)
{
	struct screen_terminal *terminal = calloc(1, sizeof(*terminal));
	int err;

	if (!terminal)
		return report_failure("memory", -ENOMEM);
	terminal->epoll_fd = terminal->signal_fd = -1;
	terminal->stderr_fd = terminal->messages_fd = -1;
	*out = terminal;
	err = open_input(terminal);
	if (err)
		return report_failure("input", err);
	if (tcgetattr(STDOUT_FILENO, &saved.modes))
		return report_failure("terminal", -errno);
	terminal->utf8 = set_locale();
	fflush(stdout);
	terminal->screen = newterm(NULL, stdout, stdin);
	if (!terminal->screen)
		return report_failure("ncurses", -ENOMEM);
	catch_crashes();
	hold_messages(terminal);
	cbreak();
	noecho();
	nonl();
	intrflush(stdscr, FALSE);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	leaveok(stdscr, TRUE);
	typeahead(-1); /* draw all of it, whatever is typed */
	set_escdelay(ESCAPE_MS);
	curs_set(0);
	init_colors(terminal, color);
	return 0;
}

void screen_terminal_close(struct screen_terminal *terminal)
{
	if (!terminal)
		return;
	if (terminal->screen) {
		endwin();
		fflush(stdout);
		release_crashes();
		tcsetattr(STDOUT_FILENO, TCSANOW, &saved.modes);
		delscreen(terminal->screen);
	}
	release_messages(terminal);
	for (int *fd = (int[]){terminal->epoll_fd, terminal->signal_fd, terminal->stderr_fd,
			       terminal->messages_fd, -2};
	     *fd != -2; fd++)
		if (*fd >= 0)
			close(*fd);
	free(terminal);
}

/* Input */

int screen_terminal_fd(const struct screen_terminal *terminal)
{
	return terminal->epoll_fd;
}

int screen_terminal_signal(const struct screen_terminal *terminal)
{
	return terminal->ended_by;
}

/* Stops as a program without a screen does, and goes on with one. */
static void stop(void)
{
	sigset_t stopping;

	sigemptyset(&stopping);
	sigaddset(&stopping, SIGTSTP);
	def_prog_mode();
	endwin();
	fflush(stdout);
	signal(SIGTSTP, SIG_DFL);
	raise(SIGTSTP);
	pthread_sigmask(SIG_UNBLOCK, &stopping, NULL);
	pthread_sigmask(SIG_BLOCK, &stopping, NULL);
	signal(SIGTSTP, do_nothing);
	reset_prog_mode();
}

static void fit_size(void)
{
	struct winsize size;

	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_row && size.ws_col)
		resizeterm(size.ws_row, size.ws_col);
}

static int take_signal(struct screen_terminal *terminal)
{
	struct signalfd_siginfo info;

	if (read(terminal->signal_fd, &info, sizeof(info)) != sizeof(info))
		return SCREEN_INPUT_NONE;
	switch (info.ssi_signo) {
	case SIGTSTP:
		stop();
		break;
	case SIGCONT:
		reset_prog_mode();
		break;
	case SIGWINCH:
		break;
	default:
		terminal->ended_by = (int)info.ssi_signo;
		return SCREEN_INPUT_END;
	}
	fit_size();
	clearok(curscr, TRUE);
	return SCREEN_INPUT_REDRAW;
}

/* Those that have a name here; 0: the key does nothing. */
static int key_of(int key)
{
	static const int names[][2] = {
		{KEY_UP, SCREEN_UP},
		{KEY_DOWN, SCREEN_DOWN},
		{KEY_LEFT, SCREEN_LEFT},
		{KEY_RIGHT, SCREEN_RIGHT},
		{KEY_PPAGE, SCREEN_PAGE_UP},
		{KEY_NPAGE, SCREEN_PAGE_DOWN},
		{KEY_HOME, SCREEN_HOME},
		{KEY_END, SCREEN_END},
		{KEY_ENTER, SCREEN_ENTER},
		{'\r', SCREEN_ENTER},
		{'\n', SCREEN_ENTER},
		{27, SCREEN_ESCAPE},
		{KEY_BACKSPACE, SCREEN_BACKSPACE},
		{'\b', SCREEN_BACKSPACE},
		{127, SCREEN_BACKSPACE},
		{'\t', SCREEN_TAB},
		{KEY_BTAB, SCREEN_TAB},
		{KEY_F(1), SCREEN_HELP},
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i][0] == key)
			return names[i][1];
	return key < 0x100 ? key : 0;
}

int screen_terminal_input(struct screen_terminal *terminal)
{
	struct epoll_event events[2];
	int nr = epoll_wait(terminal->epoll_fd, events, ARRAY_SIZE(events), 0), key, input;

	for (int i = 0; i < nr; i++) {
		if (events[i].data.fd == terminal->signal_fd) {
			input = take_signal(terminal);
			if (input != SCREEN_INPUT_NONE)
				return input;
		} else if (events[i].events & (EPOLLHUP | EPOLLERR)) {
			return SCREEN_INPUT_END;
		}
	}
	if (!terminal->has_keys)
		return SCREEN_INPUT_NONE;
	key = getch();
	if (key == ERR)
		return SCREEN_INPUT_NONE;
	if (key == KEY_RESIZE)
		return SCREEN_INPUT_REDRAW;
	if (key == ('L' & 0x1f)) {
		clearok(curscr, TRUE);
		return SCREEN_INPUT_REDRAW;
	}
	return key_of(key);
}

/* Output */

void screen_terminal_size(const struct screen_terminal *terminal, struct screen_lines *lines)
{
	lines_clear(lines, (size_t)COLS, (size_t)LINES, terminal->utf8);
}

static void set_style(const struct screen_terminal *terminal, unsigned int style)
{
	unsigned int color = style & STYLE_COLOR;
	attr_t attributes = A_NORMAL;

	if (style & STYLE_BOLD)
		attributes |= A_BOLD;
	if (style & STYLE_REVERSE)
		attributes |= A_REVERSE;
	if (color == COLOR_DESTROY || color == COLOR_WARNING || color == COLOR_BAD)
		attributes |= A_BOLD;
	attr_set(attributes, terminal->color && color < NR_COLORS ? (short)color : 0, NULL);
}

void screen_terminal_draw(struct screen_terminal *terminal, const struct screen_lines *lines)
{
	erase();
	for (size_t i = 0; i < lines->nr; i++) {
		const struct screen_line *line = &lines->line[i];
		size_t at = 0;

		move((int)i, 0);
		for (size_t s = 0; s < line->nr_spans; s++) {
			const struct span *span = &line->spans[s];

			set_style(terminal, 0);
			addnstr(line->text + at, (int)(span->from - at));
			set_style(terminal, span->style);
			addnstr(line->text + span->from, (int)(span->to - span->from));
			at = span->to;
		}
		set_style(terminal, 0);
		addnstr(line->text + at, (int)(line->len - at));
	}
	refresh();
}
