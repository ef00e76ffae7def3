/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The settings that the loader writes before it loads the programs, the stage of the run, which it
 * changes later, and the programs that ran before the run. To the verifier the settings are
 * constants: code that is switched off costs nothing.
 */
#pragma once

#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "event.h"

const volatile struct config config = {};
const volatile struct name_filter name_filter = {};

enum stage stage;

/* Programs that ran in STAGE_ATTACHING, when the loader proves that they do. */
__u8 fired[NR_PROGS];

static __always_inline void note_fired(__u32 prog)
{
	if (stage == STAGE_ATTACHING)
		fired[prog] = 1;
}
