// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names the functions of user stacks.
 *
 * A frame is a file's build id and an offset, so that the file can be told from one that took its
 * place, and a stack be named after its process has gone, if the file has been seen before. In
 * files without a build id, and in other code, it is an address, which means something only as long
 * as the process runs the same program: see process_is().
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/map_info.h"
#include "trace/elf_symbols.h"
#include "trace/process_maps.h"
#include "trace/user_stacks.h"
#include "util/diag.h"
#include "util/hash.h"
#include "util/text.h"

#define MAX_FILES  64
#define MAX_OPENED 512 /* for one stack: a process may have mapped any number of files */
#define PATH_TEXT  256 /* longer paths are cut at their start */

/* A file that has a build id. It is not kept open, which would keep its file system mounted. */
struct known_file {
	__u8 build_id[BUILD_ID_SIZE];
	__u32 pid;  /* a process that has mapped it */
	__u64 used; /* when last; 0: no file */
	char *path;
};

struct known_stack {
	struct known_stack *next; /* of all */
	char *text;
	bool whole; /* every file that it names was found */
	__u32 pid;  /* of the process that it was last looked for in */
	__u64 start_stack;
	bool refused;
	UT_hash_handle hh;
	size_t len;
	struct record_user_stack key; /* cut behind its frames */
};

struct user_stacks {
	struct known_stack *known; /* by key; those that were named better later are not there */
	struct known_stack *all;
	size_t nr, max;
	struct known_file files[MAX_FILES];
	__u64 clock; /* counts uses */
	bool warned;
};

/* A frame on its way to become a line. */
struct named_frame {
	int fd;		       /* of the file, owned; -1: none */
	char where[PATH_TEXT]; /* the file, "[vdso]"; "": unknown */
	__u64 offset;	       /* in the file */
	struct elf_place place;
};

/* The process that a stack is of, while it is looked for. */
struct subject {
	__u32 pid;
	bool same; /* it still runs the program */
	int opened;
	struct process_maps maps;
};

struct user_stacks *user_stacks_new(size_t max)
{
	struct user_stacks *stacks = calloc(1, sizeof(*stacks));

	if (stacks)
		stacks->max = max;
	return stacks;
}

void user_stacks_free(struct user_stacks *stacks)
{
	struct known_stack *known, *next;

	if (!stacks)
		return;
	HASH_CLEAR(hh, stacks->known);
	for (known = stacks->all; known; known = next) {
		next = known->next;
		free(known->text);
		free(known);
	}
	for (size_t i = 0; i < MAX_FILES; i++)
		free(stacks->files[i].path);
	free(stacks);
}

/* Files */

/* The last part of the path that fits. */
static void copy_path(char to[PATH_TEXT], const char *path)
{
	char safe[TEXT_SIZE(4096)];
	size_t len = text_printable(safe, sizeof(safe), path, strnlen(path, 4096));

	if (len < PATH_TEXT)
		strcpy(to, safe);
	else
		snprintf(to, PATH_TEXT, "...%s", safe + len - (PATH_TEXT - 4));
}

static struct known_file *oldest_file(struct user_stacks *stacks)
{
	struct known_file *file = stacks->files;

	for (size_t i = 1; i < MAX_FILES; i++)
		if (stacks->files[i].used < file->used)
			file = &stacks->files[i];
	return file;
}

/* Replaces a known file. false: no memory. */
static bool keep_file(struct known_file *file, const __u8 id[BUILD_ID_SIZE], __u32 pid,
		      const char *path)
{
	char *copy = strdup(path);

	if (!copy)
		return false;
	free(file->path);
	memcpy(file->build_id, id, BUILD_ID_SIZE);
	file->pid = pid;
	file->path = copy;
	return true;
}

/* The file at this path if it has this build id; -1: it has not, or cannot be read. */
static int open_checked(__u32 pid, const char *path, const __u8 id[BUILD_ID_SIZE])
{
	__u8 found[BUILD_ID_SIZE];

	for (enum process_root root = 0; root < NR_ROOTS; root++) {
		int fd = process_open_file(pid, root, path);

		if (fd < 0)
			continue;
		if (elf_build_id(fd, found) && !memcmp(found, id, BUILD_ID_SIZE))
			return fd;
		close(fd);
	}
	return -1;
}

/* Searches the mapped files, and keeps the one found in place of another. false: there is none. */
static bool search_file(struct subject *subject, const __u8 id[BUILD_ID_SIZE],
			struct known_file *file, int *fd)
{
	const char *last = "";

	for (size_t i = 0; i < subject->maps.nr; i++) {
		const char *path = subject->maps.mapping[i].path;

		if (!strcmp(path, last))
			continue;
		if (subject->opened++ >= MAX_OPENED)
			break;
		last = path;
		*fd = open_checked(subject->pid, path, id);
		if (*fd >= 0)
			return keep_file(file, id, subject->pid, path);
	}
	return false;
}

/* *fd: -1 if the file cannot be opened any more. NULL: it is not known. */
static struct known_file *find_file(struct user_stacks *stacks, struct subject *subject,
				    const __u8 id[BUILD_ID_SIZE], int *fd)
{
	struct known_file *file = NULL;

	for (size_t i = 0; i < MAX_FILES && !file; i++)
		if (stacks->files[i].used && !memcmp(stacks->files[i].build_id, id, BUILD_ID_SIZE))
			file = &stacks->files[i];
	if (file) {
		*fd = open_checked(subject->pid, file->path, id);
		if (*fd < 0 && file->pid != subject->pid)
			*fd = open_checked(file->pid, file->path, id);
		if (*fd < 0) /* it may be at another path now, as in another container */
			search_file(subject, id, file, fd);
	} else {
		file = oldest_file(stacks);
		if (!search_file(subject, id, file, fd))
			return NULL;
	}
	file->used = ++stacks->clock;
	return file;
}

/* Frames */

/* false: the file was not found. */
static bool find_by_id(struct user_stacks *stacks, struct subject *subject,
		       const struct user_frame *frame, struct named_frame *named)
{
	const struct known_file *file = find_file(stacks, subject, frame->build_id, &named->fd);
	size_t len;

	named->offset = frame->at;
	if (file) {
		copy_path(named->where, file->path);
		return named->fd >= 0;
	}
	len = sprintf(named->where, "[build-id ");
	for (size_t i = 0; i < BUILD_ID_SIZE; i++)
		len += sprintf(named->where + len, "%02x", frame->build_id[i]);
	strcpy(named->where + len, "]");
	return false;
}

static void find_by_address(const struct subject *subject, const struct user_frame *frame,
			    struct named_frame *named)
{
	const struct mapping *mapping =
		subject->same ? process_maps_find(&subject->maps, frame->at) : NULL;

	named->offset = frame->at;
	if (!mapping || !*mapping->path)
		return;
	named->offset = frame->at - mapping->start + mapping->offset;
	copy_path(named->where, mapping->path);
	named->fd = process_open_file(subject->pid, ROOT_PROCESS, mapping->path);
}

static bool is_same_file(const struct named_frame *a, const struct named_frame *b)
{
	struct stat of_a, of_b;

	return !fstat(a->fd, &of_a) && !fstat(b->fd, &of_b) && of_a.st_dev == of_b.st_dev &&
	       of_a.st_ino == of_b.st_ino;
}

/* Looks for the symbols of all frames in the same file at once. */
static void find_symbols(struct named_frame *named, size_t nr)
{
	struct elf_place places[USER_STACK_DEPTH];
	bool done[USER_STACK_DEPTH] = {};

	for (size_t i = 0; i < nr; i++) {
		size_t of[USER_STACK_DEPTH], nr_places = 0;

		if (done[i] || named[i].fd < 0)
			continue;
		for (size_t j = i; j < nr; j++) {
			if (done[j] || named[j].fd < 0 || !is_same_file(&named[i], &named[j]))
				continue;
			done[j] = true;
			/* A return address is behind the call, perhaps in the next function. */
			places[nr_places].offset = named[j].offset - (j > 0);
			of[nr_places++] = j;
		}
		elf_symbols_find(named[i].fd, places, nr_places);
		for (size_t j = 0; j < nr_places; j++)
			named[of[j]].place = places[j];
	}
}

/* As many as fit. */
static void write_frames(char text[USER_STACK_TEXT], const struct named_frame *named, size_t nr)
{
	char line[ELF_SYMBOL_LEN * 4 + PATH_TEXT + 64], symbol[TEXT_SIZE(ELF_SYMBOL_LEN)];
	size_t len = 0;

	*text = '\0';
	for (size_t i = 0; i < nr; i++) {
		const struct elf_place *place = &named[i].place;
		size_t more;

		text_printable(symbol, sizeof(symbol), place->name, strlen(place->name));
		if (place->found)
			snprintf(line, sizeof(line), "%s+0x%llx (%s)", symbol,
				 named[i].offset - place->start, named[i].where);
		else
			snprintf(line, sizeof(line), "%s%s0x%llx", named[i].where,
				 *named[i].where ? "+" : "", named[i].offset);
		more = strlen(line) + (len > 0);
		if (more >= USER_STACK_TEXT - len)
			return;
		len += sprintf(text + len, "%s%s", len ? "\n" : "", line);
	}
}

/* false: a file was not found. */
static bool name_frames(struct user_stacks *stacks, const struct record_user_stack *stack,
			char text[USER_STACK_TEXT])
{
	struct subject subject = {.pid = stack->pid};
	struct named_frame named[USER_STACK_DEPTH];
	size_t nr = stack->size / sizeof(*stack->frames);
	bool whole = true;

	process_maps_read(&subject.maps, stack->pid); /* none: see above */
	subject.same = process_is(stack->pid, stack->head.arg);
	for (size_t i = 0; i < nr; i++) {
		const struct user_frame *frame = &stack->frames[i];

		named[i] = (struct named_frame){.fd = -1};
		if (frame->status == USER_FRAME_BUILD_ID)
			whole &= find_by_id(stacks, &subject, frame, &named[i]);
		else
			find_by_address(&subject, frame, &named[i]);
	}
	find_symbols(named, nr);
	write_frames(text, named, nr);
	for (size_t i = 0; i < nr; i++)
		if (named[i].fd >= 0)
			close(named[i].fd);
	process_maps_free(&subject.maps);
	return whole;
}

/* Stacks */

/* What tells stacks apart: the process only if a frame is an address in it. Returns its length. */
static size_t make_key(const struct record_user_stack *stack, struct record_user_stack *key)
{
	size_t nr = stack->size / sizeof(*stack->frames);

	memset(key, 0, sizeof(*key));
	key->size = stack->size;
	memcpy(key->frames, stack->frames, stack->size);
	for (size_t i = 0; i < nr; i++) {
		if (stack->frames[i].status == USER_FRAME_BUILD_ID)
			continue;
		key->pid = stack->pid;
		key->head.arg = stack->head.arg;
	}
	return offsetof(struct record_user_stack, frames) + stack->size;
}

static const char *add_stack(struct user_stacks *stacks, struct known_stack *known,
			     const char *text)
{
	known->text = strdup(text);
	if (known->text)
		HASH_ADD_KEYPTR(hh, stacks->known, &known->key, known->len, known);
	if (!known->text || known->refused) {
		free(known->text);
		free(known);
		return NULL;
	}
	known->next = stacks->all;
	stacks->all = known;
	stacks->nr++;
	return known->text;
}

static bool is_full(struct user_stacks *stacks)
{
	if (stacks->nr < stacks->max)
		return false;
	if (!stacks->warned)
		diag_warn("more than %zu different user stacks: further ones are unknown",
			  stacks->max);
	stacks->warned = true;
	return true;
}

/* Has it been named as well as it can be, for this process? */
static bool is_settled(const struct known_stack *known, const struct record_user_stack *stack)
{
	return known->whole || (known->pid == stack->pid && known->start_stack == stack->head.arg);
}

const char *user_stacks_text(struct user_stacks *stacks, const struct record_user_stack *stack)
{
	struct known_stack *known, *fresh;
	struct record_user_stack key;
	size_t len = make_key(stack, &key);
	char text[USER_STACK_TEXT];

	if (!stack->size)
		return NULL;
	HASH_FIND(hh, stacks->known, &key, len, known);
	if (known && is_settled(known, stack))
		return known->text;
	if (is_full(stacks))
		return known ? known->text : NULL;
	fresh = calloc(1, sizeof(*fresh));
	if (!fresh)
		return NULL;
	fresh->whole = name_frames(stacks, stack, text);
	fresh->pid = stack->pid;
	fresh->start_stack = stack->head.arg;
	fresh->len = len;
	memcpy(&fresh->key, &key, len);
	if (known && !strcmp(known->text, text)) {
		known->whole = fresh->whole;
		known->pid = fresh->pid;
		known->start_stack = fresh->start_stack;
		free(fresh);
		return known->text;
	}
	if (known)
		HASH_DEL(stacks->known, known); /* events still refer to its text */
	return add_stack(stacks, fresh, text);
}
