// SPDX-License-Identifier: GPL-2.0-only
/*
 * Adds teardowns up as folded stacks.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/map_type.h"
#include "output/folded.h"
#include "output/user_stack_text.h"
#include "util/hash.h"
#include "util/outfile.h"
#include "util/text.h"

#define OTHER_STACK "[other]"
#define FRAME_SIZE  TEXT_SIZE(NAME_LEN)
#define USER_FRAMES TEXT_SIZE(USER_STACK_TEXT)
#define STACK_SIZE  (512 + USER_FRAMES) /* a task, its functions, a type, a name and a phase */

struct stack {
	__u64 ns;
	bool refused;
	UT_hash_handle hh;
	char frames[];
};

struct folded {
	struct stack *stacks; /* by their frames */
	size_t max_stacks;
	bool user_stacks;
	__u64 unknown[NR_PHASES];
};

struct folded *folded_new(size_t max_stacks, bool user_stacks)
{
	struct folded *folded = calloc(1, sizeof(*folded));

	if (folded)
		folded->max_stacks = max_stacks;
	if (folded)
		folded->user_stacks = user_stacks;
	return folded;
}

/* Time */

/* Saturates. */
static __u64 sum(__u64 a, __u64 b)
{
	return a > ~0ULL - b ? ~0ULL : a + b;
}

static struct stack *stack_new(struct folded *folded, const char *frames)
{
	size_t len = strlen(frames);
	struct stack *stack = calloc(1, sizeof(*stack) + len + 1);

	if (!stack)
		return NULL;
	memcpy(stack->frames, frames, len);
	HASH_ADD_KEYPTR(hh, folded->stacks, stack->frames, len, stack);
	if (stack->refused) {
		free(stack);
		return NULL;
	}
	return stack;
}

static int add_time(struct folded *folded, const char *of, const char *phase, __u64 ns)
{
	char frames[STACK_SIZE];
	struct stack *stack;

	if (!ns)
		return 0;
	snprintf(frames, sizeof(frames), "%s;%s", of, phase);
	HASH_FIND_STR(folded->stacks, frames, stack);
	if (!stack && HASH_COUNT(folded->stacks) >= folded->max_stacks) {
		strcpy(frames, OTHER_STACK);
		HASH_FIND_STR(folded->stacks, frames, stack);
	}
	if (!stack)
		stack = stack_new(folded, frames);
	if (!stack)
		return -ENOMEM;
	stack->ns = sum(stack->ns, ns);
	return 0;
}

static int add_phase(struct folded *folded, const char *of, enum phase phase, const char *name,
		     __u64 ns)
{
	if (ns != UNKNOWN_NS)
		return add_time(folded, of, name, ns);
	folded->unknown[phase]++;
	return 0;
}

/* Frames */

static bool needs_escape(const char *text, const char *c)
{
	return *c == ';' || *c == '[' || (*c == '#' && c == text);
}

/* Printable text as a frame: it does not end early, is not in brackets, and begins no comment. */
static size_t put_frame(char *frame, const char *safe)
{
	char *to = frame;

	for (const char *from = safe; *from; from++) {
		if (needs_escape(safe, from))
			to += sprintf(to, "\\x%02x", *from);
		else
			*to++ = *from;
	}
	*to = '\0';
	return to - frame;
}

static void name_frame(char frame[FRAME_SIZE], const char *name)
{
	char safe[FRAME_SIZE];

	text_printable(safe, sizeof(safe), name, strlen(name));
	put_frame(frame, safe);
}

/* The bytes before "+0x1c", which is at the end or before " (FILE)". */
static size_t function_len(const char *line, size_t len)
{
	const char *plus, *end = line + len;

	for (plus = line; (plus = memchr(plus, '+', end - plus)); plus++) {
		const char *after = plus + 3;

		if (end - plus < 4 || plus[1] != '0' || plus[2] != 'x')
			continue;
		while (after < end && isxdigit((unsigned char)*after))
			after++;
		if (plus > line && (after == end || *after == ' '))
			return plus - line;
	}
	return len;
}

/*
 * A line of a user stack without what changes from build to build: "drop_map", or without a symbol
 * the file or the address. Only what is no symbol begins with '[', and is in no file.
 */
static size_t user_frame(char *frame, const char *line, size_t len)
{
	bool bracket = *line == '[' && !memchr(line, '(', len);
	char safe[USER_FRAMES];

	text_printable(safe, sizeof(safe), line, function_len(line, len));
	*frame = *safe;
	return bracket ? 1 + put_frame(frame + 1, safe + 1) : put_frame(frame, safe);
}

/* Outermost first, each with a ';' before it. */
static void user_frames(char frames[USER_FRAMES + 64], const struct identity *identity)
{
	const char *stack = identity->user_stack, *end = stack ? stack + strlen(stack) : NULL;
	size_t at = 0;

	if (!stack)
		sprintf(frames, ";[%s]", user_stack_lack(identity));
	while (end && end > stack) {
		const char *line = memrchr(stack, '\n', end - stack);

		line = line ? line + 1 : stack;
		frames[at++] = ';';
		at += user_frame(frames + at, line, end - line);
		end = line > stack ? line - 1 : stack;
	}
}

static void task_frame(char frame[FRAME_SIZE], const struct releaser *releaser)
{
	if (!releaser)
		strcpy(frame, "[unknown task]");
	else if (!*releaser->task.comm)
		strcpy(frame, "[no name]");
	else
		name_frame(frame, releaser->task.comm);
}

static void map_frame(char frame[FRAME_SIZE], const struct map_info *map)
{
	if (!map_has_name(map))
		strcpy(frame, "[unknown name]");
	else if (!*map->name)
		strcpy(frame, "[no name]");
	else
		name_frame(frame, map->name);
}

/* The first frames of all stacks of a teardown. */
static void map_frames(const struct folded *folded, char frames[STACK_SIZE],
		       const struct map_info *map)
{
	char functions[USER_FRAMES + 64] = "";
	const char *type = map_has_type(map) ? map_type_name(map->type) : "[unknown type]";
	char task[FRAME_SIZE], name[FRAME_SIZE];

	task_frame(task, identity_releaser(&map->identity));
	map_frame(name, map);
	if (folded->user_stacks)
		user_frames(functions, &map->identity);
	snprintf(frames, STACK_SIZE, "%s%s;%s;%s", task, functions, type, name);
}

/* Teardowns */

static int add_destroys(struct folded *folded, const char *of, const struct teardown *teardown)
{
	const struct destroy *destroy = teardown->destroy;
	char frames[64];
	__u32 i;
	int err = 0;

	for (i = 0; i < teardown->nr_destroys && i < MAX_DESTROYS && !err; i++, destroy++) {
		if (destroy->latency_ns == UNKNOWN_NS)
			continue;
		snprintf(frames, sizeof(frames), "free;bpf_mem_alloc_destroy (%s)",
			 alloc_name(destroy->alloc));
		err = add_time(folded, of, frames, destroy->latency_ns);
	}
	return err;
}

/* The time of the worker without its destroy calls. */
static __u64 free_alone(const struct teardown *teardown)
{
	__u64 all = teardown->phase[PHASE_FREE], destroy = teardown->phase[PHASE_DESTROY];

	if (all == UNKNOWN_NS || destroy == UNKNOWN_NS || destroy > all)
		return UNKNOWN_NS;
	return all - destroy;
}

int folded_add(struct folded *folded, const struct teardown *teardown)
{
	const __u64 *phase = teardown->phase;
	char of[STACK_SIZE];
	int err;

	map_frames(folded, of, &teardown->map);
	err = add_phase(folded, of, PHASE_WAIT, "wait", phase[PHASE_WAIT]);
	if (!err)
		err = add_phase(folded, of, PHASE_FREE, "free", free_alone(teardown));
	if (!err)
		err = add_destroys(folded, of, teardown);
	if (!err)
		err = add_phase(folded, of, PHASE_DEFERRED, "deferred", phase[PHASE_DEFERRED]);
	folded->unknown[PHASE_DESTROY] += phase[PHASE_DESTROY] == UNKNOWN_NS;
	return err;
}

__u64 folded_unknown(const struct folded *folded, enum phase phase)
{
	return folded->unknown[phase];
}

/* Output */

static int by_frames(const struct stack *a, const struct stack *b)
{
	return strcmp(a->frames, b->frames);
}

int folded_write(struct folded *folded, FILE *out)
{
	const struct stack *stack;

	errno = 0;
	HASH_SORT(folded->stacks, by_frames);
	for (stack = folded->stacks; stack; stack = stack->hh.next)
		fprintf(out, "%s %llu\n", stack->frames, stack->ns);
	return stream_flush(out);
}

void folded_free(struct folded *folded)
{
	struct stack *stack, *next;

	if (!folded)
		return;

	HASH_ITER (hh, folded->stacks, stack, next) {
		HASH_DEL(folded->stacks, stack);
		free(stack);
	}
	free(folded);
}
