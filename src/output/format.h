/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The formats of output.
 */
#ifndef MEMDESTROY_OUTPUT_FORMAT_H
#define MEMDESTROY_OUTPUT_FORMAT_H

enum format {
	FORMAT_TABLE,
	FORMAT_JSON,
	FORMAT_CSV,
	FORMAT_PERFETTO,
	FORMAT_FOLDED,
	FORMAT_MARKDOWN,
	NR_FORMATS,
};

#endif
