/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A reader of RCU: a program that runs on the last processor for a known time. Grace periods that
 * start meanwhile last until its end.
 */
#pragma once

#include <linux/types.h>

/* Returns once the program runs. */
void reader_start(unsigned int ms);

/* Waits for its end. When it began and ended, by CLOCK_MONOTONIC. */
void reader_join(__u64 *begin_ns, __u64 *end_ns);
