// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kernel symbols: asked one by one of the programs in bpf/symbols.bpf.c, one run a question, or
 * read from a file into a table by address.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "symbols.h"
#include "symbols.skel.h"
#include "model/symbol.h"
#include "trace/ksyms.h"
#include "util/hash.h"
#include "util/macros.h"

struct ksym {
	__u64 addr;
	__u32 name;	/* offset in names */
	__u32 function; /* the same; the name without a suffix */
};

/* Kept besides code. Except on x86, the end of the text is listed as data. */
static const char *const variables[] = {"__preempt_count", "pcpu_hot", "_etext"};

#define NR_VARIABLES (ARRAY_SIZE(variables))

#define KALLSYMS "/proc/kallsyms"
#define MAX_LINE 1024	     /* names have up to 511 bytes */
#define MAX_FILE (1UL << 28) /* a kernel's symbols take some 20 MB */

/* An answer of the kernel. */
struct answer {
	__u64 addr;
	__u64 start;
	bool refused;
	UT_hash_handle hh;
	const char *function; /* behind the name, or the name itself */
	char name[];
};

struct ksyms {
	struct symbols_bpf *skel; /* NULL: everything is in the table below */
	struct ksyms *suffixed;	  /* with skel: symbols with suffixes, read when first needed */
	bool unread;		  /* this is such a table, and not needed yet */
	struct answer *answers;	  /* by address, whose low half is the hash value */
	__u64 variables[NR_VARIABLES]; /* 0: not there, or hidden */
	struct ksym *syms;	       /* by address */
	size_t nr, room;
	char *names;
	size_t names_len, names_room;
	bool hidden;
	bool in_order; /* by address, as the kernel lists them */
};

/* The programs */

static int run_program(const struct bpf_program *prog)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	int err = bpf_prog_test_run_opts(bpf_program__fd(prog), &opts);

	return err ? err : (int)opts.retval;
}

static int ask_address(const struct ksyms *ksyms, const char *name, __u64 *addr)
{
	struct symbol_question *question = &ksyms->skel->bss->question;
	int err;

	if (strlen(name) >= sizeof(question->name))
		return -ENOENT;
	memset(question, 0, sizeof(*question));
	strcpy(question->name, name);
	err = run_program(ksyms->skel->progs.address_of);
	*addr = question->addr;
	return err;
}

/* The name is valid until the next question. Needs no privileges. */
static const char *ask_function(const struct ksyms *ksyms, __u64 addr, __u64 *start, __u64 *size)
{
	struct symbol_question *question = &ksyms->skel->bss->question;
	unsigned long long offset;
	char *plus;

	question->addr = addr;
	if (run_program(ksyms->skel->progs.name_of) <= 0)
		return NULL;
	plus = strchr(question->name, '+');
	if (!plus || sscanf(plus, "+0x%llx/0x%llx", &offset, size) != 2)
		return NULL;
	*plus = '\0';
	*start = addr - offset;
	return question->name;
}

static const struct answer *find_answer(struct ksyms *ksyms, __u64 addr)
{
	struct answer *answer;
	__u64 start, size;
	const char *name;
	size_t len;

	HASH_FIND_BYHASHVALUE(hh, ksyms->answers, &addr, sizeof(addr), (unsigned int)addr, answer);
	if (answer)
		return answer;
	name = ask_function(ksyms, addr, &start, &size);
	len = name ? strlen(name) + 1 : 0;
	answer = name ? calloc(1, sizeof(*answer) + 2 * len) : NULL;
	if (!answer)
		return NULL;
	answer->addr = addr;
	answer->start = start;
	memcpy(answer->name, name, len);
	answer->function = memcpy(answer->name + len, name, symbol_function_len(name));
	HASH_ADD_BYHASHVALUE(hh, ksyms->answers, addr, sizeof(answer->addr), (unsigned int)addr,
			     answer);
	if (!answer->refused)
		return answer;
	free(answer);
	return NULL;
}

/* The table */

static int grow(void **array, size_t *room, size_t want, size_t size)
{
	size_t more = *room ? *room : 4096;
	void *bigger;

	while (more < want)
		more *= 2;
	if (more == *room)
		return 0;
	bigger = realloc(*array, more * size);
	if (!bigger)
		return -ENOMEM;
	*array = bigger;
	*room = more;
	return 0;
}

/* Takes a copy of len bytes of a name, with a NUL. */
static void add_name(struct ksyms *ksyms, const char *name, size_t len)
{
	memcpy(ksyms->names + ksyms->names_len, name, len);
	ksyms->names_len += len;
	ksyms->names[ksyms->names_len++] = '\0';
}

static int ksyms_add(struct ksyms *ksyms, __u64 addr, const char *name)
{
	size_t len = strlen(name), function_len = symbol_function_len(name);
	struct ksym *sym;

	if (ksyms->nr && addr < ksyms->syms[ksyms->nr - 1].addr)
		ksyms->in_order = false;
	if (grow((void **)&ksyms->syms, &ksyms->room, ksyms->nr + 1, sizeof(*ksyms->syms)) ||
	    grow((void **)&ksyms->names, &ksyms->names_room, ksyms->names_len + 2 * (len + 1), 1))
		return -ENOMEM;
	sym = &ksyms->syms[ksyms->nr++];
	*sym = (struct ksym){addr, ksyms->names_len, ksyms->names_len};
	add_name(ksyms, name, len);
	if (function_len < len) {
		sym->function = ksyms->names_len;
		add_name(ksyms, name, function_len);
	}
	if (addr)
		ksyms->hidden = false;
	return 0;
}

static void keep_variable(struct ksyms *ksyms, __u64 addr, const char *name)
{
	for (size_t i = 0; i < NR_VARIABLES; i++)
		if (*name == *variables[i] && !strcmp(name, variables[i]))
			ksyms->variables[i] = addr;
}

/* "ffffffff8131c420 T bpf_mem_alloc_destroy", then a tab and "[module]" for those of modules */
static int ksyms_read(struct ksyms *ksyms, FILE *file, bool suffixed_only)
{
	char line[MAX_LINE];
	size_t bytes = 0;
	int err = 0;

	while (!err && fgets(line, sizeof(line), file)) {
		char *type, *name, *end;
		__u64 addr;

		bytes += strchr(line, '\n') ? strlen(line) : sizeof(line); /* NULs in it */
		if (bytes > MAX_FILE)
			return -EFBIG;

		addr = strtoull(line, &type, 16);
		if (type == line || type > line + 16 || *type != ' ' || !type[1] || type[2] != ' ')
			continue;
		name = type + 3;
		end = name + strcspn(name, " \t\n");
		if (*end == '\t')
			break; /* modules come after all of the core, and BPF after them */
		*end = '\0';
		if (suffixed_only && !strchr(name, '.'))
			continue;
		if (*name && strchr("tTwW", type[1]))
			err = ksyms_add(ksyms, addr, name);
		else
			keep_variable(ksyms, addr, name);
	}
	return !err && ferror(file) ? -EIO : err;
}

static int by_addr(const void *a, const void *b)
{
	const struct ksym *x = a, *y = b;

	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	return x->name < y->name ? -1 : x->name > y->name; /* as the kernel listed them */
}

int ksyms_load(const char *path, struct ksyms **out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), err; /* no wait for a writer */
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
	struct ksyms *ksyms;

	if (!file)
		return -errno;
	fcntl(fd, F_SETFL, 0);
	ksyms = calloc(1, sizeof(*ksyms));
	if (!ksyms) {
		err = -ENOMEM;
		goto out;
	}
	ksyms->hidden = ksyms->in_order = true;
	err = ksyms_read(ksyms, file, false);
	if (err) {
		ksyms_free(ksyms);
		goto out;
	}
	if (!ksyms->hidden && !ksyms->in_order)
		qsort(ksyms->syms, ksyms->nr, sizeof(*ksyms->syms), by_addr);
	*out = ksyms;
out:
	fclose(file);
	return err;
}

/* The kernel does not answer if privileges are missing or it hides addresses. */
int ksyms_open(struct ksyms **out)
{
	struct ksyms *ksyms = calloc(1, sizeof(*ksyms));
	__u64 addr;

	if (!ksyms)
		return -ENOMEM;
	ksyms->skel = symbols_bpf__open_and_load();
	ksyms->suffixed = calloc(1, sizeof(*ksyms->suffixed));
	if (ksyms->suffixed)
		ksyms->suffixed->unread = true;
	/* libbpf loads without variables if it had no memory to try them. */
	if (ksyms->skel && ksyms->skel->bss && ksyms->suffixed &&
	    !ask_address(ksyms, "_stext", &addr)) {
		*out = ksyms;
		return 0;
	}
	ksyms_free(ksyms);
	return ksyms_load(KALLSYMS, out);
}

void ksyms_free(struct ksyms *ksyms)
{
	struct answer *answer, *next;

	if (!ksyms)
		return;
	HASH_ITER (hh, ksyms->answers, answer, next) {
		HASH_DEL(ksyms->answers, answer);
		free(answer);
	}
	ksyms_free(ksyms->suffixed);
	symbols_bpf__destroy(ksyms->skel);
	free(ksyms->syms);
	free(ksyms->names);
	free(ksyms);
}

bool ksyms_hidden(const struct ksyms *ksyms)
{
	return ksyms->hidden;
}

static const struct ksym *ksyms_named(const struct ksyms *ksyms, const char *name)
{
	for (size_t i = 0; i < ksyms->nr; i++) {
		const char *other = ksyms->names + ksyms->syms[i].name;

		if (*other == *name && !strcmp(other, name))
			return &ksyms->syms[i];
	}
	return NULL;
}

/* The table to search for symbols with suffixes: the programs only find names that are known. */
static const struct ksyms *suffixed(const struct ksyms *ksyms)
{
	struct ksyms *table = ksyms->suffixed;
	FILE *file;

	if (!table)
		return ksyms;
	file = table->unread ? fopen(KALLSYMS, "re") : NULL;
	table->unread = false;
	if (file) {
		ksyms_read(table, file, true);
		fclose(file);
	}
	return table;
}

bool ksyms_has(const struct ksyms *ksyms, const char *name)
{
	__u64 addr;

	return ksyms->skel ? !ask_address(ksyms, name, &addr) : !!ksyms_named(ksyms, name);
}

const char *ksyms_symbol(const struct ksyms *ksyms, const char *function)
{
	const struct ksyms *table;

	if (ksyms_has(ksyms, function))
		return function;
	table = suffixed(ksyms);
	for (size_t i = 0; i < table->nr; i++) {
		const char *symbol = table->names + table->syms[i].name;

		if (symbol_is_whole(symbol, function))
			return symbol;
	}
	return NULL;
}

bool ksyms_has_part(const struct ksyms *ksyms, const char *function)
{
	const struct ksyms *table = suffixed(ksyms);
	const char *taken = ksyms_symbol(ksyms, function);
	size_t len = strlen(function);

	for (size_t i = 0; i < table->nr; i++) {
		const char *symbol = table->names + table->syms[i].name;

		if (!symbol_same_function(symbol, function))
			continue;
		if (!taken || !strncmp(symbol + len, ".part.", 6) ||
		    (strcmp(symbol, taken) && symbol_is_whole(symbol, function)))
			return true;
	}
	return false;
}

static const struct ksym *ksym_at(const struct ksyms *ksyms, __u64 addr)
{
	size_t low = 0, high = ksyms->nr; /* the answer lies before high */

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (ksyms->syms[mid].addr <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	/* The end of the last symbol is not known. */
	if (!low || low == ksyms->nr)
		return NULL;
	/* One address may have several names: take the first that the kernel lists. */
	for (low--; low && ksyms->syms[low - 1].addr == ksyms->syms[low].addr; low--)
		;
	return &ksyms->syms[low];
}

struct found {
	const char *symbol, *function;
	__u64 offset;
};

static struct found find(struct ksyms *ksyms, __u64 addr)
{
	const struct answer *answer;
	const struct ksym *sym;

	if (!addr || ksyms->hidden)
		return (struct found){};
	if (ksyms->skel) {
		answer = find_answer(ksyms, addr);
		return answer ? (struct found){answer->name, answer->function, addr - answer->start}
			      : (struct found){};
	}
	sym = ksym_at(ksyms, addr);
	return sym ? (struct found){ksyms->names + sym->name, ksyms->names + sym->function,
				    addr - sym->addr}
		   : (struct found){};
}

const char *ksyms_find(struct ksyms *ksyms, __u64 addr, __u64 *offset)
{
	struct found found = find(ksyms, addr);

	*offset = found.offset;
	return found.symbol;
}

const char *ksyms_find_function(struct ksyms *ksyms, __u64 addr, __u64 *offset)
{
	struct found found = find(ksyms, addr);

	*offset = found.offset;
	return found.function;
}

int ksyms_address(const struct ksyms *ksyms, const char *name, __u64 *addr)
{
	const struct ksym *sym;
	size_t i;

	if (ksyms->skel)
		return ask_address(ksyms, name, addr);
	sym = ksyms_named(ksyms, name);
	*addr = sym ? sym->addr : 0;
	for (i = 0; i < NR_VARIABLES && !*addr; i++)
		if (!strcmp(name, variables[i]))
			*addr = ksyms->variables[i];
	return *addr ? 0 : -ENOENT;
}

/* From a symbol to the next one. -ENOENT: there is no next one, or addresses are hidden. */
static int range_at(const struct ksyms *ksyms, __u64 addr, __u64 range[2])
{
	const struct ksym *next;
	__u64 size;

	if (ksyms->skel) {
		if (!ask_function(ksyms, addr, &range[0], &size))
			return -ENOENT;
		range[1] = range[0] + size;
		return 0;
	}
	next = ksym_at(ksyms, addr);
	while (next && next < ksyms->syms + ksyms->nr && next->addr == addr)
		next++;
	if (!addr || !next || next == ksyms->syms + ksyms->nr)
		return -ENOENT;
	range[0] = addr;
	range[1] = next->addr;
	return 0;
}

int ksyms_range(const struct ksyms *ksyms, const char *name, __u64 *start, __u64 *end)
{
	__u64 addr, range[2];

	if (ksyms_address(ksyms, name, &addr) || range_at(ksyms, addr, range))
		return -ENOENT;
	*start = range[0];
	*end = range[1];
	return 0;
}

size_t ksyms_ranges(const struct ksyms *ksyms, const char *function, __u64 ranges[][2], size_t max)
{
	const struct ksyms *table = suffixed(ksyms);
	__u64 addr, range[2];
	size_t nr = 0;

	/* With the programs, the symbol without a suffix is not in the table. */
	if (ksyms->skel && !ask_address(ksyms, function, &addr) && !range_at(ksyms, addr, range))
		memcpy(ranges[nr++], range, sizeof(range));
	for (size_t i = 0; i < table->nr; i++) {
		if (!symbol_same_function(table->names + table->syms[i].name, function) ||
		    range_at(ksyms, table->syms[i].addr, range))
			continue;
		if (nr < max)
			memcpy(ranges[nr], range, sizeof(range));
		nr++;
	}
	return nr;
}
