/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The messages of libbpf.
 */
#ifndef MEMDESTROY_TRACE_LIBBPF_LOG_H
#define MEMDESTROY_TRACE_LIBBPF_LOG_H

/* From here on libbpf prints its messages only if diag_is_verbose(). */
void libbpf_log_init(void);

#endif
