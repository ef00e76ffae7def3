// SPDX-License-Identifier: GPL-2.0-only
/*
 * fields - looks up everything that the BPF programs read in the BTF of kernels, without booting
 * any.
 *
 * usage: fields {OBJECT NAME=IMAGE...}...
 *
 * OBJECT is the BPF object compiled for the architecture of the images that follow it. Its CO-RE
 * relocations list the types, members and enumerators that are read. Only those that the programs
 * check first (bpf_core_field_exists()) may be absent. Every kernel must have all others, and its
 * numbers and pointers must not be smaller than here, because the programs copy that many bytes.
 * Whatever may be absent must be in one kernel and not in another, so that both code paths run.
 * And "memdestroy-trace check" must notice the absence of each of the others.
 *
 * Prints lines as checks does: "ok NAME ...", "not ok NAME ...", "skip NAME ..." if there is no
 * kernel to decide; and "# NAME layout HASH", the same for all kernels with the same offsets.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include "check/facts.h"
#include "check/kernel_image.h"
#include "util/macros.h"

#define MAX_ACCESSES 512
#define MAX_DEPTH    16

/* Something that the programs read, by name: of any object. */
struct access {
	char name[128]; /* "bpf_map.refcnt.counter", or of an enumerator "bpf_map_type:..." */
	__u32 size;	/* here; 0: a structure, only its offset matters */
	bool optional;
	bool read; /* by the current object */
	int kernels_with, kernels_without;
};

static struct access accesses[MAX_ACCESSES];
static int nr_accesses;

static void __attribute__((noreturn)) fail(const char *what, const char *why)
{
	fprintf(stderr, "fields: %s: %s\n", what, why);
	exit(2);
}

static const struct btf_type *strip(const struct btf *btf, __u32 id)
{
	const struct btf_type *type = btf__type_by_id(btf, id);

	while (btf_is_mod(type) || btf_is_typedef(type))
		type = btf__type_by_id(btf, type->type);
	return type;
}

static void append(char *name, const char *separator, const char *part)
{
	size_t length = strlen(name);

	if (!*part)
		return; /* anonymous: no part of the path */
	if (snprintf(name + length, sizeof(accesses[0].name) - length, "%s%s",
		     length ? separator : "", part) >= (int)(sizeof(accesses[0].name) - length))
		fail(name, "too long");
}

/* Spells an access string out: "0:1:2" is the third member of the second member of the type. */
static void spell(struct access *access, const struct btf *btf, __u32 type_id, const char *path)
{
	const struct btf_type *type = strip(btf, type_id);
	const struct btf_member *member;
	__u32 id = type_id;
	char *end;
	unsigned long index;

	append(access->name, "", btf__name_by_offset(btf, type->name_off));
	strtoul(path, &end, 10); /* of an array of the type, the first */
	while (*end == ':') {
		index = strtoul(end + 1, &end, 10);
		type = strip(btf, id);
		if (btf_is_array(type)) {
			id = btf_array(type)->type;
			continue;
		}
		if (!btf_is_composite(type) || index >= btf_vlen(type))
			fail(access->name, "not a member");
		member = btf_members(type) + index;
		append(access->name, ".", btf__name_by_offset(btf, member->name_off));
		id = member->type;
	}
	if (!btf_is_composite(strip(btf, id)))
		access->size = btf__resolve_size(btf, id);
}

static void spell_enumerator(struct access *access, const struct btf *btf, __u32 type_id,
			     const char *path)
{
	const struct btf_type *type = strip(btf, type_id);
	unsigned long index = strtoul(path, NULL, 10);

	if (!btf_is_enum(type) || index >= btf_vlen(type))
		fail(path, "not an enumerator");
	append(access->name, "", btf__name_by_offset(btf, type->name_off));
	append(access->name, ":", btf__name_by_offset(btf, btf_enum(type)[index].name_off));
}

static void add_access(const struct btf *btf, const struct bpf_core_relo *relo)
{
	const char *path = btf__name_by_offset(btf, relo->access_str_off);
	struct access access = {};
	int i;

	if (relo->kind == BPF_CORE_ENUMVAL_EXISTS || relo->kind == BPF_CORE_ENUMVAL_VALUE)
		spell_enumerator(&access, btf, relo->type_id, path);
	else
		spell(&access, btf, relo->type_id, path);
	for (i = 0; i < nr_accesses; i++)
		if (!strcmp(accesses[i].name, access.name))
			break;
	if (i == MAX_ACCESSES)
		fail(access.name, "one too many");
	if (i == nr_accesses)
		accesses[nr_accesses++] = access;
	accesses[i].read = true;
	accesses[i].size = access.size;
	accesses[i].optional |= relo->kind == BPF_CORE_FIELD_EXISTS ||
				relo->kind == BPF_CORE_TYPE_EXISTS ||
				relo->kind == BPF_CORE_TYPE_SIZE || /* 0 where it is absent */
				relo->kind == BPF_CORE_ENUMVAL_EXISTS;
}

/* The header of .BTF.ext as far as it is needed (Documentation/bpf/btf.rst). */
struct ext_header {
	__u16 magic;
	__u8 version, flags;
	__u32 hdr_len;
	__u32 func_info_off, func_info_len;
	__u32 line_info_off, line_info_len;
	__u32 core_relo_off, core_relo_len;
};

static void read_accesses(const char *object)
{
	struct btf_ext *ext;
	struct btf *btf = btf__parse_elf(object, &ext);
	const struct ext_header *header;
	const char *at, *end;
	__u32 size, relo_size;
	int i;

	for (i = 0; i < nr_accesses; i++)
		accesses[i].read = false;
	if (!btf || !ext)
		fail(object, "no BTF in it");
	header = btf_ext__get_raw_data(ext, &size);
	at = (const char *)header + header->hdr_len + header->core_relo_off;
	end = at + header->core_relo_len;
	relo_size = *(const __u32 *)at;
	for (at += sizeof(__u32); at < end;) {
		const struct btf_ext_info_sec {
			__u32 sec_name_off, num_info;
		} *section = (const void *)at;
		__u32 info;

		at += sizeof(*section);
		for (info = 0; info < section->num_info; info++, at += relo_size)
			add_access(btf, (const void *)at);
	}
	btf_ext__free(ext);
	btf__free(btf);
}

/* The place of an access in a kernel. */
struct place {
	bool found;
	long long offset; /* in bits, or an enumerator's value */
	__u32 size;
	struct btf_member *member; /* the outermost with a name; NULL: no member */
};

/* Looks for the members named from path on; anonymous ones are looked through. */
static bool find_member(const struct btf *btf, __u32 id, const char *path, struct place *place,
			int depth)
{
	const struct btf_type *type = strip(btf, id);
	size_t length = strcspn(path, ".");
	int i;

	if (btf_is_array(type))
		return find_member(btf, btf_array(type)->type, path, place, depth);
	if (!btf_is_composite(type) || depth > MAX_DEPTH)
		return false;
	for (i = 0; i < btf_vlen(type); i++) {
		struct btf_member *member = btf_members(type) + i;
		const char *name = btf__name_by_offset(btf, member->name_off);
		const char *rest = path + length;
		long long before = place->offset;

		if (*name && (strlen(name) != length || memcmp(name, path, length)))
			continue;
		place->offset += btf_member_bit_offset(type, i);
		if (*name && !*rest)
			place->size = btf__resolve_size(btf, member->type);
		else if (!find_member(btf, member->type, *name ? rest + 1 : path, place,
				      depth + 1)) {
			place->offset = before;
			continue;
		}
		if (*name)
			place->member = member;
		return true;
	}
	return false;
}

static bool find_enumerator(const struct btf *btf, const struct btf_type *type, const char *name,
			    struct place *place)
{
	int i;

	for (i = 0; i < btf_vlen(type); i++) {
		if (strcmp(btf__name_by_offset(btf, btf_enum(type)[i].name_off), name))
			continue;
		place->offset = btf_enum(type)[i].val;
		return true;
	}
	return false;
}

/* If types share a name, the one with the member counts, as in libbpf. */
static struct place find(const struct btf *btf, const char *name)
{
	struct place place = {};
	size_t length = strcspn(name, ".:");
	const char *rest = name + length;
	__u32 id, nr = btf__type_cnt(btf);

	for (id = 1; id < nr && !place.found; id++) {
		const struct btf_type *type = btf__type_by_id(btf, id);
		const char *its = btf__name_by_offset(btf, type->name_off);

		if (strncmp(its, name, length) || its[length])
			continue;
		if (*rest == ':')
			place.found =
				btf_is_enum(type) && find_enumerator(btf, type, rest + 1, &place);
		else if (btf_is_composite(type))
			place.found = !*rest || find_member(btf, id, rest + 1, &place, 0);
	}
	return place;
}

static unsigned long long hash_place(unsigned long long hash, const struct place *place)
{
	const unsigned long long words[] = {place->found, place->offset, place->size};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		hash = (hash ^ words[i]) * 0x100000001b3; /* FNV-1a */
	return hash;
}

/* Returns how many accesses the kernel lacks or has too small. */
static int check_kernel(const char *kernel, const struct btf *btf)
{
	unsigned long long layout = 0xcbf29ce484222325;
	int nr = 0, wrong = 0, i;

	for (i = 0; i < nr_accesses; i++) {
		struct access *access = &accesses[i];
		struct place place = find(btf, access->name);

		if (!access->read)
			continue;
		nr++;
		layout = hash_place(layout, &place);
		if (place.found)
			access->kernels_with++;
		else
			access->kernels_without++;
		if (!place.found && !access->optional) {
			printf("not ok %s fields: %s: gone\n", kernel, access->name);
			wrong++;
		} else if (place.found && place.size < access->size) {
			printf("not ok %s fields: %s: %u bytes, but %u are read\n", kernel,
			       access->name, place.size, access->size);
			wrong++;
		}
	}
	if (!nr)
		fail(kernel, "no object before it that reads anything");
	if (!wrong)
		printf("ok %s fields: each of %d is there or may be absent\n", kernel, nr);
	printf("# %s layout %016llx\n", kernel, layout);
	return wrong;
}

/* Does check find less in a kernel whose member is renamed? */
static bool noticed(const struct btf *btf, struct btf_member *member, __u32 other_name)
{
	struct facts with, without;
	__u32 name = member->name_off;

	facts_init(&with);
	facts_init(&without);
	facts_from_btf(&with, btf);
	member->name_off = other_name;
	facts_from_btf(&without, btf);
	member->name_off = name;
	facts_free(&with);
	facts_free(&without);
	return strcmp(with.lacking, without.lacking) ||
	       strcmp(with.teardowns_lacking, without.teardowns_lacking);
}

/*
 * check does not look for registers, which belong to one architecture and to kprobes alone. The two
 * others are alternatives to members that check does look for.
 */
static bool is_asked_for(const struct access *access)
{
	return access->read && !access->optional && strncmp(access->name, "pt_regs", 7) &&
	       strcmp(access->name, "bpf_mem_cache.percpu_size") &&
	       strncmp(access->name, "task_struct.thread_info", 23);
}

static int check_check(const char *kernel, const struct btf *btf)
{
	__u32 other_name = btf__type_by_id(btf, btf__find_by_name(btf, "bpf_map"))->name_off;
	int nr = 0, missed = 0, i;

	for (i = 0; i < nr_accesses; i++) {
		struct place place = find(btf, accesses[i].name);

		if (!is_asked_for(&accesses[i]) || !place.member)
			continue; /* if it is gone, that is reported above */
		nr++;
		if (noticed(btf, place.member, other_name))
			continue;
		printf("not ok %s fields: check would not notice that %s is gone\n", kernel,
		       accesses[i].name);
		missed++;
	}
	if (nr && !missed)
		printf("ok %s fields: check would notice if one of %d were gone\n", kernel, nr);
	return missed + !nr;
}

/* Skips a kernel without the function or without BTF. */
static int check_image(char *argument, char *path)
{
	struct kernel_image image;
	int err, wrong = 0;

	*path++ = '\0';
	err = kernel_image_read(&image, path);
	if (err) {
		printf("not ok %s fields: %s: %s\n", argument, path, strerror(-err));
		return 1;
	}
	if (!image.btf)
		printf("skip %s fields: its kernel has no BTF\n", argument);
	else if (btf__find_by_name_kind(image.btf, "bpf_mem_alloc_destroy", BTF_KIND_FUNC) < 0)
		printf("skip %s fields: its kernel has no bpf_mem_alloc_destroy()\n", argument);
	else
		wrong = check_kernel(argument, image.btf) + check_check(argument, image.btf);
	kernel_image_free(&image);
	return wrong;
}

/* Were both taken, the path with an optional member and the path without? */
static void check_fallbacks(void)
{
	int i;

	for (i = 0; i < nr_accesses; i++) {
		const struct access *access = &accesses[i];

		if (!access->optional)
			continue;
		if (access->kernels_with && access->kernels_without)
			printf("ok all fallbacks: %s: in %d kernels, not in %d\n", access->name,
			       access->kernels_with, access->kernels_without);
		else
			printf("skip all fallbacks: %s: %s of these kernels has it\n", access->name,
			       access->kernels_with ? "each" : "none");
	}
}

int main(int argc, char **argv)
{
	int wrong = 0, i;

	if (argc < 3) {
		fputs("usage: fields {OBJECT NAME=IMAGE...}...\n", stderr);
		return 2;
	}
	for (i = 1; i < argc; i++) {
		char *path = strchr(argv[i], '=');

		if (path)
			wrong += check_image(argv[i], path);
		else
			read_accesses(argv[i]);
	}
	check_fallbacks();
	return wrong > 0;
}
