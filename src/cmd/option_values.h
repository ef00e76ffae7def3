/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The values of options: each function checks one and stores it in *opts, which refers to it.
 * Returns 0 or -errno; errors are already reported, with the option, the value and what is valid.
 */
#pragma once

#include "cmd/command.h"

int option_attach(struct options *opts, const char *value);
int option_verbose(struct options *opts, const char *value);
int option_kprobe(struct options *opts, const char *value); /* there is no value */
int option_user_stack(struct options *opts, const char *value);
int option_format(struct options *opts, const char *value);
int option_sort(struct options *opts, const char *value);
int option_by(struct options *opts, const char *value);
int option_top(struct options *opts, const char *value);
int option_columns(struct options *opts, const char *value);
int option_color(struct options *opts, const char *value);
int option_buffer(struct options *opts, const char *value);
int option_rotate(struct options *opts, const char *value);
int option_keep(struct options *opts, const char *value);
int option_type(struct options *opts, const char *value);
int option_map_name(struct options *opts, const char *value);
int option_caller(struct options *opts, const char *value);
int option_map_id(struct options *opts, const char *value);
int option_pid(struct options *opts, const char *value);
int option_comm(struct options *opts, const char *value);
int option_cgroup(struct options *opts, const char *value);
int option_unit(struct options *opts, const char *value);
int option_pod(struct options *opts, const char *value);
int option_container(struct options *opts, const char *value);
int option_phase(struct options *opts, const char *value);
int option_measure(struct options *opts, const char *value);
int option_alpha(struct options *opts, const char *value);
int option_speed(struct options *opts, const char *value);
int option_fail_on(struct options *opts, const char *value);
int option_output(struct options *opts, const char *value);
int option_recording(struct options *opts, const char *value); /* --output, but not stdout */

/* A row with a unit. */
int option_time(const struct option_row *row, const char *value, __u64 *ns);

/* Adds recordings to the side that was named last, or to the base. */
int option_files(struct options *opts, int argc, char **argv);

/* Whether the columns that the user named are in this view. Returns 0, or -EINVAL; reported. */
int option_check_columns(const struct options *opts, const struct view_options *show);

/* A page shows calls and teardowns if no view was named. */
void option_page_view(struct options *opts);

/* If there is no --by, calls are shown by caller and map type. */
void option_default_keys(struct view_options *show);

/* Names of formats, by enum format. */
extern const char *const format_names[];
