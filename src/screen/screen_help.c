// SPDX-License-Identifier: GPL-2.0-only
/* Explains the screen and its keys. */
#include "screen/screen_view.h"

static const char help[] =
	"KEYS\n"
	"  Up Down k j    the row above or below; PgUp PgDn Home End, too\n"
	"  Tab            the other table\n"
	"  Enter          all about this teardown: times, stack, timeline\n"
	"  /              show only rows with this text; Esc: all rows\n"
	"  < >            sort by the column to the left or right\n"
	"  r              reverse the order\n"
	"  b              what ended: each teardown, rows by type, by name, ...; calls\n"
	"  Space p        freeze the screen; what happens is still gathered\n"
	"  w              all columns and whole names; Left and Right scroll\n"
	"  ? h F1         this help\n"
	"  Ctrl-L         draw the screen again\n"
	"  q Ctrl-C       end\n"
	"\n"
	"WHAT IS SHOWN\n"
	"  bytes/s        memory of maps given back to the kernel; +: at least\n"
	"  Pending        memory of the maps in progress, once their worker has started\n"
	"  lost           records dropped because the ring buffer was full\n"
	"  missed         events at which the kernel skipped the programs\n"
	"  stuck          reports of what took longer than --stuck\n"
	"  PHASE          wait: for a worker. free: the worker frees the map.\n"
	"                 destroy: in bpf_mem_alloc_destroy(). deferred: the rest is\n"
	"                 freed after a grace period.\n"
	"  FOR, AGE       time in this phase, and since the last reference was dropped\n"
	"  WAITS FOR      where the worker is in the kernel, or what has to come first\n"
	"  -, ?           does not apply; is not known\n";

int screen_help_draw(struct screen_lines *lines, struct screen_state *state)
{
	screen_overlay_draw(lines, state, help);
	return 0;
}
