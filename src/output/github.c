// SPDX-License-Identifier: GPL-2.0-only
/* Writes annotations for GitHub Actions. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "output/diff_report.h"
#include "output/github.h"
#include "util/outfile.h"
#include "util/text.h"

#define TITLE "memdestroy-trace diff"

int github_stop_commands(FILE *log, char token[GITHUB_TOKEN_SIZE])
{
	unsigned char random[(GITHUB_TOKEN_SIZE - 1) / 2];

	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		return -EIO;
	for (size_t i = 0; i < sizeof(random); i++)
		snprintf(token + 2 * i, 3, "%02x", random[i]);
	errno = 0;
	fprintf(log, "::stop-commands::%s\n", token);
	return stream_flush(log);
}

int github_resume_commands(FILE *log, const char *token)
{
	errno = 0;
	fprintf(log, "::%s::\n", token);
	return stream_flush(log);
}

/* Properties end at a colon or comma, commands at the end of the line. */
static void put_escaped(FILE *log, const char *text, bool property)
{
	for (; *text; text++)
		if (strchr("%\r\n", *text) || (property && strchr(":,", *text)))
			fprintf(log, "%%%02X", (unsigned char)*text);
		else
			putc(*text, log);
}

static void put_command(FILE *log, const char *command, const char *title, const char *reason,
			const char *figures)
{
	fprintf(log, "::%s title=", command);
	put_escaped(log, title, true);
	fputs("::", log);
	put_escaped(log, reason, false);
	if (*reason && *figures)
		fputs("%0A", log);
	put_escaped(log, figures, false);
	putc('\n', log);
}

/* The kind of annotation of a row; NULL: none. */
static const char *command_of(const struct diff *diff, const struct diff_line *line)
{
	enum case_result result = case_of_line(diff, line);

	if (result == CASE_ERROR && (diff->few_runs || diff->unlike))
		return NULL; /* the verdict says it once */
	if (result == CASE_ERROR || line->failed)
		return "error";
	return line->verdict == VERDICT_SLOWER ? "warning" : NULL;
}

static int put_line(FILE *log, const struct diff *diff, const struct diff_line *line,
		    const char *command)
{
	char *keys = case_keys(diff, line), *reason = case_reason_of_line(diff, line);
	char *figures = case_figures(line), within[32];
	int err = keys && reason && figures ? 0 : -ENOMEM;

	snprintf(within, sizeof(within), "%s, within the limits",
		 diff_word(line->measure, VERDICT_SLOWER));
	if (!err)
		put_command(log, command, *keys ? keys : diff_subject(line),
			    *reason ? reason : within, figures);
	free(keys);
	free(reason);
	free(figures);
	return err;
}

static int put_lines(FILE *log, const struct diff *diff, const char *command, size_t room)
{
	const struct diff_line *end = diff->line + diff->nr + diff->left_out;
	size_t nr = 0;
	int err = 0;

	for (const struct diff_line *line = diff->line; line < end && !err; line++) {
		const char *of_line = command_of(diff, line);

		if (!of_line || strcmp(of_line, command) || nr++ >= room)
			continue;
		err = put_line(log, diff, line, command);
	}
	return err;
}

static const char *command_of_whole(const struct diff *diff, const struct diff_sides *sides)
{
	if (diff->result == RESULT_FAILS || diff->result == RESULT_NO_EVIDENCE)
		return "error";
	return diff->tally.slower || case_of_whole(diff, sides) != CASE_PASSED ? "warning"
									       : "notice";
}

static int write_annotations(FILE *log, const struct diff *diff, const struct diff_sides *sides)
{
	static const char *const commands[] = {"error", "warning"};
	const char *whole = command_of_whole(diff, sides);
	char *reason = case_reason_of_whole(diff, sides);
	char verdict[DIFF_VERDICT_SIZE];
	int err = reason ? 0 : -ENOMEM;

	if (!err)
		put_command(log, whole, TITLE, diff_verdict(diff, verdict), reason);
	free(reason);
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands) && !err; i++)
		err = put_lines(log, diff, commands[i],
				GITHUB_ANNOTATIONS - !strcmp(whole, commands[i]));
	return err;
}

/* Ends the text in memory and writes it at once: stderr has no buffer, and lines stay whole. */
static int write_at_once(FILE *log, FILE *memory, char **text)
{
	int err = text_memory_end(memory, text);

	errno = 0;
	if (!err)
		fputs(*text, log);
	free(*text);
	return err ?: stream_flush(log);
}

int github_annotate(FILE *log, const struct diff *diff, const struct diff_sides *sides)
{
	char *text = NULL;
	size_t size;
	FILE *memory = open_memstream(&text, &size);
	int err = memory ? write_annotations(memory, diff, sides) : -ENOMEM;

	return memory ? write_at_once(log, memory, &text) ?: err : err;
}

int github_refuse(FILE *log, const char *reason)
{
	char *text = NULL;
	size_t size;
	FILE *memory = open_memstream(&text, &size);

	if (!memory)
		return -ENOMEM;
	put_command(memory, "error", TITLE, reason, "");
	return write_at_once(log, memory, &text);
}
