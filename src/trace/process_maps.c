// SPDX-License-Identifier: GPL-2.0-only
/* Reads what code a process has mapped, and opens the files. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/openat2.h>

#include "trace/process_maps.h"

#define MAX_MAPPINGS 4096
#define START_STACK  28 /* the place in /proc/PID/stat, from 1 (proc(5)) */

bool process_maps_parse(char *line, struct mapping *mapping)
{
	char flags[5];
	int path = 0;

	if (sscanf(line, "%llx-%llx %4s %llx %*x:%*x %*u %n", &mapping->start, &mapping->end, flags,
		   &mapping->offset, &path) != 4 ||
	    !path || strlen(flags) < 3 || flags[2] != 'x')
		return false;
	mapping->path = line + path;
	mapping->path[strcspn(mapping->path, "\n")] = '\0';
	return true;
}

static int add_mapping(struct process_maps *maps, const struct mapping *mapping)
{
	struct mapping *copy;

	if (maps->nr % 64 == 0) {
		copy = reallocarray(maps->mapping, maps->nr + 64, sizeof(*copy));
		if (!copy)
			return -ENOMEM;
		maps->mapping = copy;
	}
	copy = &maps->mapping[maps->nr];
	*copy = *mapping;
	copy->path = strdup(mapping->path);
	if (!copy->path)
		return -ENOMEM;
	maps->nr++;
	return 0;
}

int process_maps_read(struct process_maps *maps, __u32 pid)
{
	struct mapping mapping;
	char path[64], *line = NULL;
	size_t size = 0;
	int err = 0;
	FILE *file;

	*maps = (struct process_maps){};
	snprintf(path, sizeof(path), "/proc/%u/maps", pid);
	file = fopen(path, "re");
	if (!file)
		return -errno;
	while (!err && maps->nr < MAX_MAPPINGS && getline(&line, &size, file) > 0)
		if (process_maps_parse(line, &mapping))
			err = add_mapping(maps, &mapping);
	free(line);
	fclose(file);
	return err;
}

void process_maps_free(struct process_maps *maps)
{
	for (size_t i = 0; i < maps->nr; i++)
		free(maps->mapping[i].path);
	free(maps->mapping);
	*maps = (struct process_maps){};
}

const struct mapping *process_maps_find(const struct process_maps *maps, __u64 address)
{
	for (size_t i = 0; i < maps->nr; i++)
		if (address >= maps->mapping[i].start && address < maps->mapping[i].end)
			return &maps->mapping[i];
	return NULL;
}

__u64 process_start_stack(const char *stat)
{
	/* The name before may hold anything, parentheses too. */
	const char *at = strrchr(stat, ')');

	for (int place = 2; at && place < START_STACK; place++) {
		at = strchr(at, ' ');
		at = at ? at + 1 : NULL;
	}
	return at ? strtoull(at, NULL, 10) : 0;
}

bool process_is(__u32 pid, __u64 start_stack)
{
	char path[64], stat[1024];
	FILE *file;
	size_t len;

	snprintf(path, sizeof(path), "/proc/%u/stat", pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	len = fread(stat, 1, sizeof(stat) - 1, file);
	fclose(file);
	stat[len] = '\0';
	return start_stack && process_start_stack(stat) == start_stack;
}

/*
 * A device may not even be opened: that alone can start something. And the owner of a file may hold
 * a lease of it, for whose end a blocking open() waits.
 */
static int open_regular(int root, const char *path)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	int found = (int)syscall(SYS_openat2, root, path, &how, sizeof(how)), fd;
	char again[64];
	struct stat stat;

	if (found < 0)
		return -errno;
	snprintf(again, sizeof(again), "/proc/self/fd/%d", found);
	if (fstat(found, &stat))
		fd = -errno;
	else if (!S_ISREG(stat.st_mode))
		fd = -EINVAL;
	else if ((fd = open(again, O_RDONLY | O_CLOEXEC | O_NONBLOCK)) < 0)
		fd = -errno;
	close(found);
	return fd;
}

int process_open_file(__u32 pid, enum process_root root, const char *path)
{
	char folder[64] = "/";
	int fd, file;

	if (*path != '/')
		return -ENOENT;
	if (root == ROOT_PROCESS)
		snprintf(folder, sizeof(folder), "/proc/%u/root", pid);
	fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	file = open_regular(fd, path);
	close(fd);
	return file;
}
