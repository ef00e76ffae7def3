// SPDX-License-Identifier: GPL-2.0-only
/*
 * The columns of the facts and the verdict on a kernel.
 */
#include <string.h>

#include "output/check_report.h"
#include "output/columns/get.h"

static const struct facts *facts_of(const void *object)
{
	return &((const struct check_view *)object)->facts;
}

static GETTER(get_answer, const enum answer *answer, *answer != ANSWER_UNKNOWN, number,
	      *answer == ANSWER_YES);
static GETTER(get_name, const char *name, *name, text, name);
static GETTER(get_sysctl, const int *number, *number != SYSCTL_UNKNOWN, integer, *number);
static GETTER(get_symbols, const struct check_view *view, view->facts.symbols == ANSWER_YES, text,
	      view->facts.hidden == ANSWER_YES ? "names only, addresses are hidden"
					       : "names and addresses");

static bool get_kernel(const struct column *column, const void *object, struct value *value)
{
	const struct facts *facts = facts_of(object);

	(void)column;
	snprintf(value->made, sizeof(value->made), "%s%s%s%s%s", *facts->release ? "Linux " : "",
		 facts->release, *facts->machine ? " " : "", facts->machine,
		 facts->live ? "" : " (from files)");
	value->text = value->made;
	return *facts->release;
}

/* Where the traced function was found: "bpf_mem_alloc_destroy, in the symbol table and in BTF". */
static bool get_where(const struct column *column, const void *object, struct value *value)
{
	const struct hook_facts *found = &facts_of(object)->hooks[HOOK_DESTROY];
	bool symbol = found->symbol == ANSWER_YES, type = found->type == ANSWER_YES;

	(void)column;
	snprintf(value->made, sizeof(value->made), TRACED_FUNCTION ", %s%s%s%s%s",
		 symbol ? "in the symbol table" : "", *found->as ? " as " : "", found->as,
		 symbol && type ? " and " : "", type ? "in BTF" : "");
	if (!symbol && !type)
		snprintf(value->made, sizeof(value->made), "no " TRACED_FUNCTION);
	value->text = value->made;
	return ((const struct check_view *)object)->function != ANSWER_UNKNOWN;
}

/* The relevant capabilities held: "CAP_BPF, CAP_PERFMON". */
static bool get_capabilities(const struct column *column, const void *object, struct value *value)
{
	static const char *const names[] = {
		[CAPABILITY_BPF] = "CAP_BPF",
		[CAPABILITY_PERFMON] = "CAP_PERFMON",
		[CAPABILITY_SYSLOG] = "CAP_SYSLOG",
		[CAPABILITY_ADMIN] = "CAP_SYS_ADMIN",
	};
	size_t len = 0;

	(void)column;
	snprintf(value->made, sizeof(value->made), "none relevant");
	for (int i = 0; i < NR_CAPABILITIES; i++)
		if (facts_of(object)->capabilities[i] == ANSWER_YES)
			len += snprintf(value->made + len, sizeof(value->made) - len, "%s%s",
					len ? ", " : "", names[i]);
	value->text = value->made;
	return facts_of(object)->live;
}

static bool get_lockdown(const struct column *column, const void *object, struct value *value)
{
	static const char *const names[] = {
		[LOCKDOWN_NONE] = "none",
		[LOCKDOWN_INTEGRITY] = "integrity",
		[LOCKDOWN_CONFIDENTIALITY] = "confidentiality",
	};

	(void)column;
	value->text = names[facts_of(object)->lockdown];
	return value->text;
}

/* "htab_map_free, trie_free?; there may be others": those that can call, or perhaps can. */
static bool get_callers(const struct column *column, const void *object, struct value *value)
{
	const struct facts *facts = facts_of(object);
	size_t len = 0;

	(void)column;
	snprintf(value->made, sizeof(value->made), "none of those known");
	for (size_t i = 0; i < NR_MAP_OWNERS; i++) {
		const char *const *caller = map_owners[i].callers;

		for (int nth = 0; caller[nth]; nth++) {
			enum answer can = caller_can_call(facts, &map_owners[i], nth);

			if (can != ANSWER_NO)
				len += snprintf(value->made + len, sizeof(value->made) - len,
						"%s%s%s", len ? ", " : "", caller[nth],
						can == ANSWER_UNKNOWN ? "?" : "");
		}
	}
	if (len)
		snprintf(value->made + len, sizeof(value->made) - len, "; there may be others");
	value->text = value->made;
	return facts->symbols == ANSWER_YES || facts->allocators.known;
}

#define ANSWER(name, heading, member)                                                              \
	{                                                                                          \
		name, heading, VALUE_BOOL, .get = get_answer,                                      \
					   .at = offsetof(struct check_view, facts.member)         \
	}
#define SYSCTL(name, heading, member)                                                              \
	{                                                                                          \
		name, heading, VALUE_INTEGER, .optional = true, .get = get_sysctl,                 \
					      .at = offsetof(struct check_view, facts.member)      \
	}
#define NAME(name, member)                                                                         \
	{                                                                                          \
		name, NULL, VALUE_TEXT, .get = get_name,                                           \
					.at = offsetof(struct check_view, facts.member)            \
	}

#define STRING(name, member)                                                                       \
	{                                                                                          \
		name, NULL, VALUE_TEXT, .get = get_string,                                         \
					.at = offsetof(struct check_view, member)                  \
	}

const struct column check_columns[] = {
	{"type", NULL, VALUE_TEXT, .get = get_text, .text = "check"},
	STRING("verdict", verdict),
	{"exit_status", NULL, VALUE_NUMBER, .get = get_u32,
	 .at = offsetof(struct check_view, exit_status)},
	STRING("reason", reason),
	STRING("attach", attach),
	STRING("source", source),
	{TABLE_ONLY, "kernel", VALUE_TEXT, .get = get_kernel},
	NAME("release", release),
	NAME("version", version),
	NAME("machine", machine),
	{"function", NULL, VALUE_BOOL, .get = get_answer,
	 .at = offsetof(struct check_view, function)},
	{TABLE_ONLY, "function", VALUE_TEXT, .get = get_where},
	ANSWER("btf", "BTF", btf),
	NAME("lacking_member", lacking),
	ANSWER("symbols", NULL, symbols),
	ANSWER("symbols_hidden", NULL, hidden),
	{TABLE_ONLY, "symbols", VALUE_TEXT, .get = get_symbols},
	ANSWER("compiler", NULL, compiler),
	ANSWER("direct_calls", NULL, direct),
	ANSWER("kprobes", "kprobes", kprobes),
	ANSWER("capabilities.bpf", NULL, capabilities[CAPABILITY_BPF]),
	ANSWER("capabilities.perfmon", NULL, capabilities[CAPABILITY_PERFMON]),
	ANSWER("capabilities.syslog", NULL, capabilities[CAPABILITY_SYSLOG]),
	ANSWER("capabilities.sys_admin", NULL, capabilities[CAPABILITY_ADMIN]),
	{TABLE_ONLY, "capabilities", VALUE_TEXT, .optional = true, .get = get_capabilities},
	{"lockdown", "lockdown", VALUE_TEXT, .optional = true, .get = get_lockdown},
	SYSCTL("kptr_restrict", "kptr_restrict", kptr_restrict),
	SYSCTL("perf_event_paranoid", "perf_event_paranoid", perf_event_paranoid),
	{TABLE_ONLY, "callers", VALUE_TEXT, .get = get_callers},
	{"map_types", "map types", VALUE_LINES, .get = get_string,
	 .at = offsetof(struct check_view, facts.map_types)},
	{},
};

/* "yes", "no", "as NAME.llvm.123" */
static bool get_present(const struct column *column, const void *object, struct value *value)
{
	const struct hook_view *view = object;
	bool suffixed = view->symbol && strcmp(view->symbol, view->function);

	(void)column;
	snprintf(value->made, sizeof(value->made), "%s%s",
		 suffixed		       ? "as "
		 : view->present == ANSWER_YES ? "yes"
					       : "no",
		 suffixed ? view->symbol : "");
	value->text = value->made;
	return view->present != ANSWER_UNKNOWN;
}

/* "yes, tried" */
static bool get_both(const struct column *column, const void *object, struct value *value)
{
	const struct mode_view *view =
		(const struct mode_view *)((const char *)object + column->at);

	snprintf(value->made, sizeof(value->made), "%s, %s",
		 view->attachable == ANSWER_YES ? "yes" : "no",
		 view->known_by ? view->known_by : "?");
	value->text = value->made;
	return view->attachable != ANSWER_UNKNOWN;
}

#define MODE(name, heading, nth)                                                                   \
	{name ".attachable", NULL, VALUE_BOOL, .get = get_answer,                                  \
	 .at = offsetof(struct hook_view, mode[nth].attachable)},                                  \
		{name ".known_by", NULL, VALUE_TEXT, .get = get_string,                            \
		 .at = offsetof(struct hook_view, mode[nth].known_by)},                            \
	{                                                                                          \
		TABLE_ONLY, heading, VALUE_TEXT, .get = get_both,                                  \
						 .at = offsetof(struct hook_view, mode[nth])       \
	}

const struct column hook_view_columns[] = {
	{"type", NULL, VALUE_TEXT, .get = get_text, .text = "probe"},
	{"function", "FUNCTION", VALUE_TEXT, .get = get_string,
	 .at = offsetof(struct hook_view, function)},
	{"present", NULL, VALUE_BOOL, .get = get_answer, .at = offsetof(struct hook_view, present)},
	{"symbol", NULL, VALUE_TEXT, .get = get_string, .at = offsetof(struct hook_view, symbol)},
	{TABLE_ONLY, "PRESENT", VALUE_TEXT, .goes = 3, .get = get_present},
	{"inlined", "INLINED", VALUE_BOOL, .goes = 1, .get = get_answer,
	 .at = offsetof(struct hook_view, inlined)},
	MODE("fentry", "FENTRY", ATTACH_FENTRY),
	MODE("kprobe", "KPROBE", ATTACH_KPROBE),
	{"seen", "SEEN", VALUE_NUMBER, .goes = 2, .get = get_u64,
	 .at = offsetof(struct hook_view, seen)},
	{},
};

const struct column caller_view_columns[] = {
	{"type", NULL, VALUE_TEXT, .get = get_text, .text = "caller"},
	{"function", NULL, VALUE_TEXT, .get = get_string, .at = offsetof(struct caller_view, name)},
	{"present", NULL, VALUE_BOOL, .get = get_answer, .at = offsetof(struct caller_view, found)},
	{"calls", NULL, VALUE_BOOL, .get = get_answer, .at = offsetof(struct caller_view, calls)},
	{},
};

/* The lacks of a run */

const struct column lack_columns[] = {
	{"type", NULL, VALUE_TEXT, .get = get_text, .text = "missing"},
	{"what", "MISSING", VALUE_TEXT, .get = get_string, .at = offsetof(struct lack, what)},
	{"why", "WHY", VALUE_TEXT, .get = get_text_at, .at = offsetof(struct lack, why)},
	{},
};
