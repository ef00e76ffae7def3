// SPDX-License-Identifier: GPL-2.0-only
/* Maps the numbers of BPF map types to names, and back. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "model/map_type.h"
#include "util/macros.h"
#include "util/suggest.h"
#include "util/text.h"

#define ENUM_PREFIX  "BPF_MAP_TYPE_"
#define MAX_TYPES    128 /* a kernel has about 40 */
#define MAX_NUMBERED 64

/* The running kernel's names of types that libbpf does not know; "" where there is none. */
static char kernel_names[MAX_TYPES][48];
static bool kernel_names_read;

/* "type_N" for types without any name; the oldest is replaced first. */
static struct {
	__u32 type;
	char name[sizeof("type_4294967295")];
} numbered[MAX_NUMBERED];
static unsigned int nr_numbered;

static const struct btf_type *map_type_enum(const struct btf *btf)
{
	int id = btf__find_by_name_kind(btf, "bpf_map_type", BTF_KIND_ENUM);

	return id < 0 ? NULL : btf__type_by_id(btf, id);
}

/* A value's name without the prefix. NULL: no type, such as __MAX_BPF_MAP_TYPE. */
static const char *value_name(const struct btf *btf, const struct btf_enum *value)
{
	const char *name = btf__name_by_offset(btf, value->name_off);
	size_t prefix_len = strlen(ENUM_PREFIX);

	return name && !strncmp(name, ENUM_PREFIX, prefix_len) ? name + prefix_len : NULL;
}

static void copy_lower(char *buf, size_t size, const char *name)
{
	size_t i;

	for (i = 0; name[i] && i + 1 < size; i++)
		buf[i] = name[i] >= 'A' && name[i] <= 'Z' ? name[i] - 'A' + 'a' : name[i];
	buf[i] = '\0';
}

/* NULL: the enum has none. */
static const char *name_in_enum(const struct btf *btf, const struct btf_type *t, __u32 type)
{
	const char *found = NULL;

	for (int i = 0; i < btf_vlen(t); i++) {
		const struct btf_enum *value = btf_enum(t) + i;
		const char *name = value_name(btf, value);

		/* The last one wins: after X_DEPRECATED the kernel lists X = X_DEPRECATED. */
		if (name && (__u32)value->val == type)
			found = name;
	}
	return found;
}

int map_type_btf_name(const struct btf *btf, __u32 type, char *buf, size_t size)
{
	const struct btf_type *t = map_type_enum(btf);
	const char *found = t && size ? name_in_enum(btf, t, type) : NULL;

	if (!found)
		return -ENOENT;
	copy_lower(buf, size, found);
	return 0;
}

char *map_type_btf_names(const struct btf *btf)
{
	const struct btf_type *t = map_type_enum(btf);
	char *all = NULL;
	size_t size;
	FILE *file;

	if (!t)
		return NULL;
	file = open_memstream(&all, &size);
	if (!file)
		return NULL;
	for (__u32 type = 1; type < MAX_TYPES; type++) {
		const char *found = name_in_enum(btf, t, type);
		char name[sizeof(kernel_names[0])];

		if (!found)
			continue;
		copy_lower(name, sizeof(name), found);
		fprintf(file, "%s\n", name);
	}
	text_memory_end(file, &all);
	return all;
}

/* Reads all at once: the kernel's BTF takes megabytes and is not kept. */
static void read_kernel_names(void)
{
	struct btf *btf = btf__load_vmlinux_btf();

	kernel_names_read = true;
	for (__u32 type = 0; btf && type < MAX_TYPES; type++)
		if (!libbpf_bpf_map_type_str(type))
			map_type_btf_name(btf, type, kernel_names[type], sizeof(kernel_names[0]));
	btf__free(btf);
}

/* NULL: neither libbpf nor the kernel has a name for it, nor is it one that bench can make. */
static const char *known_name(__u32 type)
{
	static const char *const newer[] = {[33] = "arena", [35] = "rhash"};
	const char *name = libbpf_bpf_map_type_str(type);

	if (name || type >= MAX_TYPES)
		return name;
	if (!kernel_names_read)
		read_kernel_names();
	if (kernel_names[type][0])
		return kernel_names[type];
	return type < ARRAY_SIZE(newer) ? newer[type] : NULL;
}

const char *map_type_name(__u32 type)
{
	unsigned int nr = nr_numbered < MAX_NUMBERED ? nr_numbered : MAX_NUMBERED;
	const char *known = known_name(type);
	unsigned int oldest;

	if (known)
		return known;
	for (unsigned int i = 0; i < nr; i++)
		if (numbered[i].type == type)
			return numbered[i].name;

	oldest = nr_numbered++ % MAX_NUMBERED;
	numbered[oldest].type = type;
	snprintf(numbered[oldest].name, sizeof(numbered[0].name), "type_%u", type);
	return numbered[oldest].name;
}

/* "type_N" as map_type_name() writes it: no sign, no leading zero, and no type 0. */
static bool is_number(const char *name, __u32 *type)
{
	char canonical[sizeof("type_4294967295")];
	unsigned int number;

	if (sscanf(name, "type_%10u", &number) != 1 || !number)
		return false;
	snprintf(canonical, sizeof(canonical), "type_%u", number);
	if (strcmp(name, canonical))
		return false;
	*type = number;
	return true;
}

int map_type_from_name(const char *name, __u32 *type)
{
	if (is_number(name, type))
		return 0;
	/* No map has type 0, "unspec". */
	for (__u32 i = 1; i < MAX_TYPES; i++) {
		const char *known = known_name(i);

		if (known && !strcmp(name, known)) {
			*type = i;
			return 0;
		}
	}
	return -ENOENT;
}

void map_type_suggest(struct suggestion *suggestion)
{
	for (__u32 i = 1; i < MAX_TYPES; i++) {
		const char *known = known_name(i);

		if (known)
			suggest_offer(suggestion, known);
	}
}
