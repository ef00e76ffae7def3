/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What must not be asked for together, or of what it means nothing for.
 */
#ifndef MEMDESTROY_CMD_OPTION_CHECKS_H
#define MEMDESTROY_CMD_OPTION_CHECKS_H

#include "cmd/option_table.h"

/* 0, or -EINVAL once one line on stderr has named the contradiction. Words have been taken. */
int options_check(const struct options *opts, const struct options_given *given);

#endif
