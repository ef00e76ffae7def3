// SPDX-License-Identifier: GPL-2.0-only
/* Does what the escape sequences of an xterm say, on cells in memory. */
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "vt.h"

#define MAX_PARAMETERS 16

static const struct vt_cell blank = {.text = " "};

static struct vt_page *shown(struct vt *vt)
{
	return &vt->pages[vt->page];
}

static void clear_cells(struct vt *vt, int row, int from, int to)
{
	for (int i = from; i < to && i < VT_MAX_COLUMNS; i++)
		shown(vt)->cells[row][i] = blank;
}

static void clear_page(struct vt *vt)
{
	for (int row = 0; row < VT_MAX_ROWS; row++)
		clear_cells(vt, row, 0, VT_MAX_COLUMNS);
}

void vt_init(struct vt *vt, int rows, int columns)
{
	memset(vt, 0, sizeof(*vt));
	vt->style = blank;
	for (vt->page = 1; vt->page >= 0; vt->page--)
		clear_page(vt);
	vt->page = 0;
	vt_resize(vt, rows, columns);
}

void vt_resize(struct vt *vt, int rows, int columns)
{
	vt->rows = rows < VT_MAX_ROWS ? rows : VT_MAX_ROWS;
	vt->columns = columns < VT_MAX_COLUMNS ? columns : VT_MAX_COLUMNS;
	vt->top = 0;
	vt->bottom = vt->rows - 1;
	for (int i = 0; i < 2; i++) {
		if (vt->pages[i].row >= vt->rows)
			vt->pages[i].row = vt->rows - 1;
		if (vt->pages[i].column >= vt->columns)
			vt->pages[i].column = vt->columns - 1;
	}
}

/* Moves the lines from "from" on within the region: up by n, or down by -n. */
static void scroll(struct vt *vt, int from, int n)
{
	struct vt_page *page = shown(vt);

	for (; n > 0; n--) {
		memmove(page->cells[from], page->cells[from + 1],
			(size_t)(vt->bottom - from) * sizeof(page->cells[0]));
		clear_cells(vt, vt->bottom, 0, VT_MAX_COLUMNS);
	}
	for (; n < 0; n++) {
		memmove(page->cells[from + 1], page->cells[from],
			(size_t)(vt->bottom - from) * sizeof(page->cells[0]));
		clear_cells(vt, from, 0, VT_MAX_COLUMNS);
	}
}

static void next_line(struct vt *vt)
{
	struct vt_page *page = shown(vt);

	if (page->row == vt->bottom)
		scroll(vt, vt->top, 1);
	else if (page->row < vt->rows - 1)
		page->row++;
}

static void put(struct vt *vt, const char *character)
{
	struct vt_page *page = shown(vt);
	wchar_t wide = L'?';
	int width;

	mbtowc(&wide, character, strlen(character));
	width = wcwidth(wide);
	if (width <= 0) { /* combines with the one before */
		struct vt_cell *cell =
			&page->cells[page->row][page->column && !page->wraps ? page->column - 1
									     : page->column];

		if (strlen(cell->text) + strlen(character) < sizeof(cell->text))
			strcat(cell->text, character);
		return;
	}
	if (page->wraps || page->column + width > vt->columns) {
		page->column = 0;
		next_line(vt);
	}
	page->wraps = false;
	page->cells[page->row][page->column] = vt->style;
	snprintf(page->cells[page->row][page->column].text, sizeof(vt->style.text), "%s",
		 character);
	if (width == 2) {
		page->cells[page->row][page->column + 1] = vt->style;
		page->cells[page->row][page->column + 1].text[0] = '\0';
	}
	page->column += width;
	if (page->column >= vt->columns) {
		page->column = vt->columns - 1;
		page->wraps = true;
	}
}

static void set_style(struct vt *vt, const int *values, int nr)
{
	for (int i = 0; i < nr || !i; i++) {
		int value = nr ? values[i] : 0;

		if (!value)
			vt->style = blank;
		else if (value == 1 || value == 22)
			vt->style.bold = value == 1;
		else if (value == 7 || value == 27)
			vt->style.reverse = value == 7;
		else if (value >= 30 && value <= 37)
			vt->style.color = (unsigned char)(value - 29);
		else if (value == 39)
			vt->style.color = 0;
		else if (value == 38 || value == 48)
			i += 2;
	}
}

static void set_mode(struct vt *vt, int mode, bool on)
{
	if (mode == 1049 || mode == 47) {
		vt->page = on;
		if (on)
			clear_page(vt);
	} else if (mode == 25) {
		vt->cursor_hidden = !on;
	} else if (mode == 1) {
		vt->keypad = on;
	}
}

static void erase(struct vt *vt, int how, bool page_too)
{
	struct vt_page *page = shown(vt);
	int row = page->row;

	clear_cells(vt, row, how ? 0 : page->column, how == 1 ? page->column + 1 : VT_MAX_COLUMNS);
	for (int i = 0; page_too && i < vt->rows; i++)
		if (how == 2 || (how ? i < row : i > row))
			clear_cells(vt, i, 0, VT_MAX_COLUMNS);
}

static int within(int value, int least, int most)
{
	return value < least ? least : value > most ? most : value;
}

static void shift_cells(struct vt *vt, int n)
{
	struct vt_page *page = shown(vt);
	struct vt_cell *row = page->cells[page->row];
	int from = page->column, rest = vt->columns - from;

	n = within(n, -rest, rest);
	if (n > 0) { /* insert */
		memmove(row + from + n, row + from, (size_t)(rest - n) * sizeof(*row));
		clear_cells(vt, page->row, from, from + n);
	} else {
		memmove(row + from, row + from - n, (size_t)(rest + n) * sizeof(*row));
		clear_cells(vt, page->row, vt->columns + n, vt->columns);
	}
}

static void repeat(struct vt *vt, int n)
{
	struct vt_page *page = shown(vt);
	struct vt_cell last = page->cells[page->row][page->column ? page->column - 1 : 0];

	while (n-- > 0)
		put(vt, last.text);
}

static void note_unknown(struct vt *vt)
{
	if (!*vt->unknown)
		snprintf(vt->unknown, sizeof(vt->unknown), "%.*s", (int)vt->len - 1,
			 vt->sequence + 1);
}

/* False: it is no movement of the cursor. */
static bool move_cursor(struct vt *vt, char final, int n, int second)
{
	static const char finals[] = "ABCDGdHf";
	struct vt_page *page = shown(vt);
	int row = page->row, column = page->column;

	if (!strchr(finals, final))
		return false;
	if (final == 'A' || final == 'B')
		row += final == 'A' ? -n : n;
	else if (final == 'C' || final == 'D')
		column += final == 'C' ? n : -n;
	if (final == 'G')
		column = n - 1;
	if (final == 'd' || final == 'H' || final == 'f')
		row = n - 1;
	if (final == 'H' || final == 'f')
		column = second - 1;
	page->row = within(row, 0, vt->rows - 1);
	page->column = within(column, 0, vt->columns - 1);
	return true;
}

/* False: it does not move or erase cells. */
static bool edit(struct vt *vt, char final, int value, int n)
{
	struct vt_page *page = shown(vt);

	if (final == 'J' || final == 'K')
		erase(vt, value, final == 'J');
	else if (final == 'X')
		clear_cells(vt, page->row, page->column, page->column + n);
	else if (final == '@' || final == 'P')
		shift_cells(vt, final == '@' ? n : -n);
	else if (final == 'L' || final == 'M')
		scroll(vt, page->row, final == 'M' ? n : -n);
	else if (final == 'S' || final == 'T')
		scroll(vt, vt->top, final == 'S' ? n : -n);
	else if (final == 'b')
		repeat(vt, n);
	else
		return false;
	return true;
}

static void set_region(struct vt *vt, int top, int bottom)
{
	vt->top = within(top - 1, 0, vt->rows - 1);
	vt->bottom = within(bottom - 1, vt->top, vt->rows - 1);
	shown(vt)->row = shown(vt)->column = 0;
}

/* ESC [ ... final */
static void control(struct vt *vt, char final, bool private, const int *values, int nr)
{
	int n = nr && values[0] ? values[0] : 1, second = nr > 1 && values[1] ? values[1] : 1;

	shown(vt)->wraps = shown(vt)->wraps && final == 'm';
	if (move_cursor(vt, final, n, second) || edit(vt, final, nr ? values[0] : 0, n))
		return;
	if (final == 'm' && !private)
		set_style(vt, values, nr);
	else if (final == 'r')
		set_region(vt, n, nr > 1 && values[1] ? values[1] : vt->rows);
	else if (final == 'h' || final == 'l')
		for (int i = 0; private && i < nr; i++)
			set_mode(vt, values[i], final == 'h');
	else if (final != 'm' && final != 't') /* t: the window's title */
		note_unknown(vt);
}

/* Whether the sequence that began with an escape is complete. */
static bool end_sequence(struct vt *vt)
{
	const char *s = vt->sequence;
	int values[MAX_PARAMETERS] = {}, nr = 0;
	char final = s[vt->len - 1];

	if (vt->len < 2)
		return false;
	if (s[1] == '(' || s[1] == ')')
		return vt->len == 3;
	if (s[1] == ']')
		return final == '\a' || (vt->len > 2 && final == '\\');
	if (s[1] == 'M') {
		if (shown(vt)->row == vt->top)
			scroll(vt, vt->top, -1);
		else
			shown(vt)->row--;
	}
	if (s[1] != '[')
		return true;
	if (vt->len == 2 || final < '@' || final > '~')
		return false;
	for (const char *at = s + 2 + (s[2] == '?' || s[2] == '>'); nr < MAX_PARAMETERS; at++) {
		if (*at == final)
			break;
		values[nr++] = atoi(at);
		at += strspn(at, "0123456789");
		if (*at != ';')
			break;
	}
	control(vt, final, s[2] == '?' || s[2] == '>', values, nr);
	return true;
}

/* Whether the bytes are a whole character. */
static bool is_whole(const char *bytes, size_t len)
{
	unsigned char first = (unsigned char)*bytes;

	return len >= (first < 0x80 ? 1u : first < 0xe0 ? 2u : first < 0xf0 ? 3u : 4u);
}

void vt_write(struct vt *vt, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		struct vt_page *page = shown(vt);

		if (!vt->len && bytes[i] == '\r') {
			page->column = 0;
			page->wraps = false;
		} else if (!vt->len && bytes[i] == '\n') {
			next_line(vt);
		} else if (!vt->len && bytes[i] == '\b') {
			page->column -= page->column > 0;
			page->wraps = false;
		} else if (!vt->len && bytes[i] == '\t') {
			page->column = within((page->column | 7) + 1, 0, vt->columns - 1);
		} else if (vt->len || bytes[i] == '\033' || (unsigned char)bytes[i] >= ' ') {
			vt->sequence[vt->len++] = bytes[i];
			vt->sequence[vt->len] = '\0';
			if (vt->len == sizeof(vt->sequence) - 1)
				vt->len = 0;
			else if (*vt->sequence == '\033' ? end_sequence(vt)
							 : is_whole(vt->sequence, vt->len)) {
				if (*vt->sequence != '\033')
					put(vt, vt->sequence);
				vt->len = 0;
			}
		}
	}
}

static void line_text(const struct vt *vt, int row, char *text, size_t size)
{
	size_t len = 0, end = 0;

	for (int i = 0; i < vt->columns; i++) {
		const struct vt_cell *cell = &vt->pages[vt->page].cells[row][i];

		len += (size_t)snprintf(text + len, size - len, "%s", cell->text);
		if (strcmp(cell->text, " "))
			end = len;
	}
	text[end] = '\0';
}

#define LINE_SIZE (VT_MAX_COLUMNS * sizeof(((struct vt_cell *)0)->text) + 1)

bool vt_shows(const struct vt *vt, const char *text)
{
	char line[LINE_SIZE];

	for (int row = 0; row < vt->rows; row++) {
		line_text(vt, row, line, sizeof(line));
		if (strstr(line, text))
			return true;
	}
	return false;
}

void vt_print(const struct vt *vt, FILE *out)
{
	char line[LINE_SIZE];

	for (int row = 0; row < vt->rows; row++) {
		line_text(vt, row, line, sizeof(line));
		fprintf(out, "%s\n", line);
	}
}

static void print_cell(const struct vt_cell *cell, FILE *out)
{
	static const char *const colors[] = {"#ddd", "#000", "#e55", "#5c5", "#dc3",
					     "#69f", "#d6d", "#4cc", "#fff"};
	const char *fore = colors[cell->color < 9 ? cell->color : 0], *back = "#111";

	fprintf(out, "<i style='color:%s;background:%s%s'>", cell->reverse ? back : fore,
		cell->reverse ? fore : back, cell->bold ? ";font-weight:bold" : "");
	for (const char *c = cell->text; *c; c++)
		switch (*c) {
		case '<':
			fputs("&lt;", out);
			break;
		case '&':
			fputs("&amp;", out);
			break;
		default:
			putc(*c, out);
		}
	fputs("</i>", out);
}

void vt_print_html(const struct vt *vt, FILE *out)
{
	fputs("<!DOCTYPE html><meta charset='utf-8'><style>body{margin:0;background:#111}pre{margin:8px;"
	      "font:14px/17px 'DejaVu Sans Mono',monospace}i{font-style:normal}</style><pre>\n",
	      out);
	for (int row = 0; row < vt->rows; row++) {
		for (int i = 0; i < vt->columns; i++)
			print_cell(&vt->pages[vt->page].cells[row][i], out);
		putc('\n', out);
	}
	fputs("</pre>\n", out);
}
