/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reports the kernel's features for --verbose.
 */
#pragma once

#include "trace/bpf_config.h"
#include "trace/ksyms.h"
#include "trace/probe.h"

/* A few lines on stderr: the kernel, the hooks attached and left out, the ring buffer. */
void detected_report(const struct probe *probe, const struct bpf_config *settings,
		     const struct ksyms *ksyms);
