/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The messages of libbpf.
 */
#pragma once

/* From here on libbpf prints its messages only if diag_is_verbose(). */
void libbpf_log_init(void);
