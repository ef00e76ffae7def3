// SPDX-License-Identifier: GPL-2.0-only
/* Finds units, pods and containers in the paths of cgroups. */
#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "model/cgroup.h"
#include "util/hash.h"
#include "util/macros.h"

#define ID_LEN	  64 /* digits of a container's id */
#define MAX_TRIES 64 /* to find one that is not in use */
#define CGROUP_FS "/sys/fs/cgroup"

/* A part of a path, between two slashes. */
struct part {
	const char *at;
	size_t len;
};

static bool part_is(struct part part, const char *text)
{
	return part.len == strlen(text) && !memcmp(part.at, text, part.len);
}

/* Cuts the text off the end of the part. */
static bool cut_end(struct part *part, const char *text)
{
	size_t len = strlen(text);

	if (part->len <= len || memcmp(part->at + part->len - len, text, len))
		return false;
	part->len -= len;
	return true;
}

static struct part skip(struct part part, size_t len)
{
	return (struct part){part.at + len, part.len - len};
}

static bool is_hex(struct part part)
{
	for (size_t i = 0; i < part.len; i++)
		if (!isxdigit((unsigned char)part.at[i]))
			return false;
	return part.len;
}

static void keep(char *name, size_t size, struct part part)
{
	if (part.len >= size)
		return;
	memcpy(name, part.at, part.len);
	name[part.len] = '\0';
}

/* systemd puts a '_' before names that would look like a file of the cgroup's. */
static void find_unit(struct part part, struct cgroup_names *names)
{
	static const char valid[] = "0123456789abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ:-_.\\@";
	static const char *const types[] = {".service", ".scope", ".socket", ".mount", ".swap"};
	struct part name = part.len && *part.at == '_' ? skip(part, 1) : part;

	for (size_t i = 0; i < name.len; i++)
		if (!strchr(valid, name.at[i]))
			return;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		struct part prefix = name;

		if (cut_end(&prefix, types[i]))
			keep(names->unit, sizeof(names->unit), name);
	}
}

/* A UUID, or for pods of the node's own files 32 digits; separator: '-' or, in slices, '_'. */
static bool is_uid(struct part part, char separator)
{
	static const size_t separators[] = {8, 13, 18, 23};
	size_t next = 0;

	if (part.len == 32)
		return is_hex(part);
	if (part.len != 36)
		return false;
	for (size_t i = 0; i < part.len; i++) {
		if (next < ARRAY_SIZE(separators) && i == separators[next]) {
			if (part.at[i] != separator)
				return false;
			next++;
		} else if (!isxdigit((unsigned char)part.at[i])) {
			return false;
		}
	}
	return true;
}

static bool keep_pod(struct part uid, char separator, struct cgroup_names *names)
{
	if (!is_uid(uid, separator))
		return false;
	keep(names->pod_uid, sizeof(names->pod_uid), uid);
	for (char *c = names->pod_uid; *c; c++)
		if (*c == '_')
			*c = '-';
	/* A container that a pod is in is not one of the pod's. */
	names->container_id[0] = '\0';
	return true;
}

static const char *const classes[] = {"", "burstable", "besteffort"};

/* "kubepods-burstable-pod0123_4567.slice", perhaps with the names of other slices before it */
static bool find_slice_pod(struct part part, struct cgroup_names *names)
{
	for (; part.len; part = skip(part, 1)) {
		struct part rest = part;

		if (rest.len <= 9 || memcmp(rest.at, "kubepods-", 9))
			continue;
		rest = skip(rest, 9);
		for (size_t i = 1; i < ARRAY_SIZE(classes); i++) {
			size_t len = strlen(classes[i]);

			if (rest.len > len && !memcmp(rest.at, classes[i], len) &&
			    rest.at[len] == '-')
				rest = skip(rest, len + 1);
		}
		if (rest.len > 3 && !memcmp(rest.at, "pod", 3))
			return keep_pod(skip(rest, 3), '_', names);
	}
	return false;
}

/* The id, after the name of what runs it; those of its helpers, as crio-conmon, are none. */
static void find_container(struct part part, struct cgroup_names *names)
{
	static const char *const runtimes[] = {
		"", "docker-", "cri-containerd-", "crio-", "libpod-", "nerdctl-", "containerd-",
	};
	struct part whole = part;

	cut_end(&whole, ".scope");
	for (size_t i = 0; i < ARRAY_SIZE(runtimes); i++) {
		size_t len = strlen(runtimes[i]);

		if (whole.len != len + ID_LEN || memcmp(whole.at, runtimes[i], len) ||
		    !is_hex(skip(whole, len)))
			continue;
		keep(names->container_id, sizeof(names->container_id), skip(whole, len));
	}
}

/*
 * "SLICE:RUNTIME:ID" is what systemd would make a scope of: a runtime that was told so, but makes
 * cgroups itself, uses it as a name.
 */
static bool find_colons(struct part part, struct cgroup_names *names)
{
	const char *first = memchr(part.at, ':', part.len), *second;
	struct part slice, id;

	if (!first)
		return false;
	second = memchr(first + 1, ':', part.len - (first + 1 - part.at));
	if (!second)
		return false;
	slice = (struct part){part.at, first - part.at};
	id = skip(part, second + 1 - part.at);
	if (!cut_end(&slice, ".slice") || !is_hex(id) || id.len != ID_LEN)
		return false;
	find_slice_pod(slice, names);
	keep(names->container_id, sizeof(names->container_id), id);
	return true;
}

void cgroup_parse(const char *path, struct cgroup_names *names)
{
	struct part part = {path, 0};
	bool in_pods = false; /* below "kubepods", with nothing but the class between */

	*names = (struct cgroup_names){};
	for (; *part.at; part.at += part.len + (part.at[part.len] == '/')) {
		struct part slice;
		bool is_class = false;

		part.len = strcspn(part.at, "/");
		if (!part.len)
			continue;
		slice = part;
		for (size_t i = 1; i < ARRAY_SIZE(classes); i++)
			is_class |= part_is(part, classes[i]);
		if (cut_end(&slice, ".slice")) {
			find_slice_pod(slice, names);
		} else if (!find_colons(part, names)) {
			if (in_pods && part.len > 3 && !memcmp(part.at, "pod", 3))
				keep_pod(skip(part, 3), '-', names);
			find_container(part, names);
			find_unit(part, names);
		}
		in_pods = part_is(part, "kubepods") || (in_pods && is_class);
	}
}

bool cgroup_matches(const char *pattern, const char *path)
{
	size_t skipped = strlen(CGROUP_FS), len;
	char whole[CGROUP_PATH_SIZE];

	if (!strncmp(pattern, CGROUP_FS, skipped) && (!pattern[skipped] || pattern[skipped] == '/'))
		pattern += skipped;
	len = strlen(pattern);
	while (len && pattern[len - 1] == '/')
		len--;
	if (!len)
		return true;
	if (len >= sizeof(whole))
		return false;
	memcpy(whole, pattern, len);
	whole[len] = '\0';
	/* Units have backslashes in their names: as it is, or as a pattern. */
	if (!strncmp(path, whole, len) && (!path[len] || path[len] == '/'))
		return true;
	return !fnmatch(whole, path, FNM_PATHNAME | FNM_LEADING_DIR);
}

/* By id */

struct known_cgroup {
	struct cgroup cgroup; /* first: see known_of() */
	TAILQ_ENTRY(known_cgroup) order;
	unsigned int users;
	bool refused;
	UT_hash_handle hh;
	char text[]; /* path, unit, pod, container */
};

TAILQ_HEAD(order, known_cgroup);

struct cgroups {
	struct known_cgroup *known; /* by id */
	struct order order;	    /* the one not used for longest first */
	size_t max;
	bool forgets;
};

struct cgroups *cgroups_new(size_t max)
{
	struct cgroups *cgroups = calloc(1, sizeof(*cgroups));

	if (!cgroups)
		return NULL;
	cgroups->max = max;
	TAILQ_INIT(&cgroups->order);
	return cgroups;
}

void cgroups_free(struct cgroups *cgroups)
{
	struct known_cgroup *known, *next;

	if (!cgroups)
		return;
	HASH_ITER (hh, cgroups->known, known, next) {
		HASH_DEL(cgroups->known, known);
		free(known);
	}
	free(cgroups);
}

static struct known_cgroup *find(const struct cgroups *cgroups, __u64 id)
{
	struct known_cgroup *known;

	HASH_FIND(hh, cgroups->known, &id, sizeof(id), known);
	return known;
}

/* Copies the name to *to, and moves that behind it. NULL: there is none. */
static const char *put(char **to, const char *name)
{
	const char *start = *to;

	*to = stpcpy(*to, name) + 1;
	return *name ? start : NULL;
}

void cgroups_forget_beyond(struct cgroups *cgroups, size_t max)
{
	cgroups->max = max;
	cgroups->forgets = true;
}

static void set_used(struct cgroups *cgroups, struct known_cgroup *known)
{
	TAILQ_REMOVE(&cgroups->order, known, order);
	TAILQ_INSERT_TAIL(&cgroups->order, known, order);
}

/* Forgets one. False: too many that come first are in use, which puts them last. */
static bool make_room(struct cgroups *cgroups)
{
	for (int i = 0; i < MAX_TRIES; i++) {
		struct known_cgroup *known = TAILQ_FIRST(&cgroups->order);

		if (!known->users) {
			TAILQ_REMOVE(&cgroups->order, known, order);
			HASH_DEL(cgroups->known, known);
			free(known);
			return true;
		}
		set_used(cgroups, known);
	}
	return false;
}

int cgroups_add(struct cgroups *cgroups, __u64 id, const char *path)
{
	struct cgroup_names names;
	struct known_cgroup *known;
	char *to;

	if (find(cgroups, id))
		return 0;
	if (HASH_COUNT(cgroups->known) >= cgroups->max &&
	    (!cgroups->forgets || !make_room(cgroups)))
		return -ENOSPC;
	cgroup_parse(path, &names);
	known = calloc(1, sizeof(*known) + strlen(path) + strlen(names.unit) +
				  strlen(names.pod_uid) + strlen(names.container_id) + 4);
	if (!known)
		return -ENOMEM;
	to = stpcpy(known->text, path) + 1;
	known->cgroup = (struct cgroup){
		.id = id,
		.path = known->text,
		.unit = put(&to, names.unit),
		.pod_uid = put(&to, names.pod_uid),
		.container_id = put(&to, names.container_id),
	};
	HASH_ADD(hh, cgroups->known, cgroup.id, sizeof(known->cgroup.id), known);
	if (known->refused) {
		free(known);
		return -ENOMEM;
	}
	TAILQ_INSERT_TAIL(&cgroups->order, known, order);
	return 0;
}

const struct cgroup *cgroups_find(const struct cgroups *cgroups, __u64 id)
{
	const struct known_cgroup *known = find(cgroups, id);

	return known ? &known->cgroup : NULL;
}

const struct cgroup *cgroups_use(struct cgroups *cgroups, __u64 id)
{
	struct known_cgroup *known = find(cgroups, id);

	if (!known)
		return NULL;
	set_used(cgroups, known);
	return &known->cgroup;
}

/* All are members of one. */
static struct known_cgroup *known_of(const struct cgroup *cgroup)
{
	return (struct known_cgroup *)cgroup;
}

void cgroup_hold(const struct cgroup *cgroup)
{
	if (cgroup)
		known_of(cgroup)->users++;
}

void cgroup_release(const struct cgroup *cgroup)
{
	if (cgroup)
		known_of(cgroup)->users--;
}
