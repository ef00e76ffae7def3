/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The settings that the loader writes before it loads the programs, and the stage of the run, which
 * it changes later. To the verifier the settings are constants: code that is switched off costs
 * nothing.
 */
#pragma once

#include "vmlinux.h"

#include "event.h"

const volatile struct config config = {};
const volatile struct name_filter name_filter = {};

enum stage stage;
