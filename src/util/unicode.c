// SPDX-License-Identifier: GPL-2.0-only
/* Says what characters are on a terminal, whatever locales the machine has. */
#include <locale.h>
#include <stddef.h>

#include "util/macros.h"
#include "util/unicode.h"

struct range {
	wchar_t first, last;
};

/* For machines without locales, as small images are. */
static const struct range wide[] = {
	{0x1100, 0x115f},   {0x2e80, 0x303e},	{0x3041, 0xa4cf},   {0xac00, 0xd7a3},
	{0xf900, 0xfaff},   {0xfe30, 0xfe6f},	{0xff00, 0xff60},   {0xffe0, 0xffe6},
	{0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
};
static const struct range accents[] = {
	{0x300, 0x36f},	  {0x483, 0x489},   {0x591, 0x5bd},   {0x610, 0x61a},	{0x64b, 0x65f},
	{0x900, 0x902},	  {0x93c, 0x93c},   {0x941, 0x948},   {0x94d, 0x94d},	{0xe31, 0xe31},
	{0xe34, 0xe3a},	  {0xe47, 0xe4e},   {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x20d0, 0x20ff},
	{0x302a, 0x302d}, {0x3099, 0x309a}, {0xfe20, 0xfe2f},
};

static const struct range ignorables[] = {
	{0xad, 0xad},	    {0x34f, 0x34f},   {0x61c, 0x61c},	  {0x115f, 0x1160},
	{0x17b4, 0x17b5},   {0x180b, 0x180f}, {0x200b, 0x200f},	  {0x2028, 0x202e},
	{0x2060, 0x206f},   {0x3164, 0x3164}, {0xfe00, 0xfe0f},	  {0xfeff, 0xfeff},
	{0xffa0, 0xffa0},   {0xfff0, 0xfffb}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a},
	{0xe0000, 0xe0fff},
};

#define IS_IN(ranges, c) is_in(ranges, ARRAY_SIZE(ranges), c)

static bool is_in(const struct range *ranges, size_t nr, wchar_t c)
{
	while (nr--)
		if (c >= ranges[nr].first && c <= ranges[nr].last)
			return true;
	return false;
}

static int common_columns(wchar_t c)
{
	bool is_control = c < 0xa0 || c == 0x2028 || c == 0x2029 || (c & 0xfffe) == 0xfffe;

	return is_control ? -1 : IS_IN(accents, c) ? 0 : IS_IN(wide, c) ? 2 : 1;
}

int unicode_columns(wchar_t c)
{
	static locale_t utf8;
	locale_t old;
	int columns;

	if (c < 0x80)
		return c >= ' ' && c < 0x7f ? 1 : -1;
	if (!utf8)
		utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	if (!utf8)
		return common_columns(c);
	old = uselocale(utf8);
	columns = wcwidth(c);
	uselocale(old);
	return columns;
}

bool unicode_ignorable(wchar_t c)
{
	return c >= ignorables[0].first && IS_IN(ignorables, c);
}
