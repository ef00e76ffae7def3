/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether a kernel can be traced.
 */
#pragma once

enum traceable {
	TRACEABLE_YES,
	TRACEABLE_NO,	     /* by nobody: this kernel lacks something */
	TRACEABLE_FORBIDDEN, /* not by this process */
	TRACEABLE_UNKNOWN,
};
