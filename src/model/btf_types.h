/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Structures and members in a kernel's BTF, which may be of a hostile file.
 */
#pragma once

#include <stdbool.h>

struct btf;
struct btf_type;

/* The structure of this name. NULL: there is none, or only a declaration. */
const struct btf_type *btf_types_find(const struct btf *btf, const char *name);

/* Does the structure have the member, itself or in members without a name? */
bool btf_types_has(const struct btf *btf, const char *structure, const char *member);
