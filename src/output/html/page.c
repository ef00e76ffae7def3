// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes the frame of HTML pages, and text in them.
 */
#include <stdbool.h>
#include <string.h>

#include "embedded_page.h"
#include "output/html/page.h"
#include "output/xml.h"
#include "util/text.h"

#define MAX_TEXT 4096

static void put_text(FILE *out, const char *text, size_t len)
{
	char safe[TEXT_SIZE(MAX_TEXT)];

	text_printable(safe, sizeof(safe), text, len < MAX_TEXT ? len : MAX_TEXT);
	xml_text(out, safe);
}

void page_text(FILE *out, const char *text)
{
	put_text(out, text, strlen(text));
}

void page_lines(FILE *out, const char *text)
{
	size_t len;

	if (!*text)
		return;
	fputs("<pre>", out);
	for (; *text; text += len + (text[len] == '\n')) {
		bool warning = !strncmp(text, "WARNING", strlen("WARNING"));

		len = strcspn(text, "\n");
		fputs(warning ? "<span class=\"warning\">" : "", out);
		put_text(out, text, len);
		fputs(warning ? "</span>\n" : "\n", out);
	}
	fputs("</pre>\n", out);
}

void page_begin(FILE *out, const char *title)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	      "img-src data:; style-src '" PAGE_STYLE_HASH "'; script-src '" PAGE_SCRIPT_HASH
	      "'; base-uri 'none'; form-action 'none'\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	      "<meta name=\"color-scheme\" content=\"light dark\">\n"
	      "<meta name=\"generator\" content=\"memdestroy-trace " VERSION "\">\n"
	      "<link rel=\"icon\" href=\"data:,\">\n<title>",
	      out);
	page_text(out, title);
	fputs("</title>\n<style>", out);
	fwrite(page_style, 1, sizeof(page_style), out);
	fputs("</style>\n</head>\n<body>\n<h1>", out);
	page_text(out, title);
	fputs("</h1>\n", out);
}

void page_end(FILE *out)
{
	fputs("<footer>Written by memdestroy-trace " VERSION
	      ". The page is complete: it loads nothing.</footer>\n<script>",
	      out);
	fwrite(page_script, 1, sizeof(page_script), out);
	fputs("</script>\n</body>\n</html>\n", out);
}

void page_begin_section(FILE *out, const char *heading)
{
	fprintf(out, "<section>\n<h2>%s</h2>\n", heading);
}

void page_end_section(FILE *out)
{
	fputs("</section>\n", out);
}
