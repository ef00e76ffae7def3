// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of the map types that the benchmark can make.
 */
#include <stdio.h>
#include <string.h>

#include <linux/bpf.h>

#include "bench/map_limits.h"
#include "model/map_type.h"
#include "util/macros.h"

#define MANY	     10000000 /* entries */
#define ANY_VALUE    65536
#define UNIT_VALUE   32768 /* the kernel's PCPU_MIN_UNIT_SIZE */
#define MANY_TASKS   1000  /* each entry takes a process */
#define MANY_SOCKETS 10000 /* or a socket */

static const struct map_limits types[] = {
	{BPF_MAP_TYPE_HASH, 4, 0, ANY_VALUE, MANY, true, true, true, false, OWNER_NONE},
	{BPF_MAP_TYPE_PERCPU_HASH, 4, 0, UNIT_VALUE, MANY, true, true, true, true, OWNER_NONE},
	{BPF_MAP_TYPE_LRU_HASH, 4, 0, ANY_VALUE, MANY, true, false, true, false, OWNER_NONE},
	{BPF_MAP_TYPE_LRU_PERCPU_HASH, 4, 0, UNIT_VALUE, MANY, true, false, true, true, OWNER_NONE},
	{BPF_MAP_TYPE_LPM_TRIE, 8, 0, ANY_VALUE, MANY, false, true, true, false, OWNER_NONE},
	{BPF_MAP_TYPE_HASH_OF_MAPS, 4, 4, 4, MANY, true, true, true, false, OWNER_NONE},
	{BPF_MAP_TYPE_ARRAY, 4, 0, ANY_VALUE, MANY, true, false, false, false, OWNER_NONE},
	{BPF_MAP_TYPE_PERCPU_ARRAY, 4, 0, UNIT_VALUE, MANY, true, false, false, true, OWNER_NONE},
	{BPF_MAP_TYPE_TASK_STORAGE, 4, 0, ANY_VALUE, MANY_TASKS, false, true, true, false,
	 OWNER_TASK},
	{BPF_MAP_TYPE_SK_STORAGE, 4, 0, ANY_VALUE, MANY_SOCKETS, false, true, true, false,
	 OWNER_SOCKET},
};

const struct map_limits *map_limits_find(__u32 map_type)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (types[i].map_type == map_type)
			return &types[i];
	return NULL;
}

const char *map_limits_types(void)
{
	static char names[256];
	size_t len = 0;

	if (names[0])
		return names;
	for (size_t i = 0; i < ARRAY_SIZE(types) && len < sizeof(names); i++)
		len += snprintf(names + len, sizeof(names) - len, "%s%s", i ? ", " : "",
				map_type_name(types[i].map_type));
	return names;
}
