/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names of allocators: a member of the structure of a kernel's maps each. Numbers up to
 * NR_ALLOC_MEMBERS are those of enum alloc_member; members that it does not have get a number when
 * they are first found, in a kernel's types or in a recording. Not thread-safe.
 */
#pragma once

#define ALLOC_NOT_KNOWN "unknown"
#define ALLOC_NAME_SIZE 32 /* with the NUL */
#define MAX_OTHER_NAMES 64

/* The member's name, or ALLOC_NOT_KNOWN. Stays valid. */
const char *alloc_name(unsigned int alloc);

/*
 * The number of the member of this name. ALLOC_UNKNOWN: it cannot be one of a structure in C, is
 * longer than a name may be, or comes after too many others.
 */
unsigned int alloc_number(const char *name);

/* One more than the highest number that has a name. */
unsigned int alloc_numbers(void);
