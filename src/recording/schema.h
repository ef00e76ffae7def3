/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The layout of a recording (docs/recording.md), as what writes and what reads one have to agree.
 */
#ifndef MEMDESTROY_RECORDING_SCHEMA_H
#define MEMDESTROY_RECORDING_SCHEMA_H

#include <stdbool.h>

#include "bench/scenario.h"
#include "model/teardown.h"

#define SCHEMA_APPLICATION_ID 0x6d647472 /* "mdtr" */

/*
 * Of the layout. It grows when a reader of the old one could misread the new one; tables, views and
 * columns that may be left unread are added without.
 */
#define SCHEMA_VERSION 1

/* Makes the tables and the views. */
extern const char schema_sql[];

/* The tables that are read, and NULL. */
extern const char *const schema_tables[];

/* Names that are stored. The other way round: false, there is no such name. */
bool schema_alloc(const char *name, enum alloc_member *alloc);
bool schema_outcome(const char *name, enum outcome *outcome);
const char *schema_fill_name(enum fill fill);
bool schema_fill(const char *name, enum fill *fill);

/* In what a map was let go of; NULL: not known, because the last put was not seen. */
const char *schema_context_name(const struct identity *identity);
bool schema_context(const char *name, struct identity *identity);

#endif
