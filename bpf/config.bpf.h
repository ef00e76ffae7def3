/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the loader tells the programs before they are loaded: the verifier sees constants, so what
 * is switched off costs nothing.
 */
#ifndef CONFIG_BPF_H
#define CONFIG_BPF_H

const volatile struct config config = {};
const volatile struct name_filter name_filter = {};

#endif
