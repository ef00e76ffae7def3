// SPDX-License-Identifier: GPL-2.0-only
/*
 * The columns of the facts and the verdict on a kernel.
 */
#include <string.h>

#include "model/hooks.h"
#include "model/ledger.h"
#include "output/check_report.h"
#include "output/columns/get.h"

static const struct facts *facts_of(const void *object)
{
	return ((const struct check_view *)object)->facts;
}

static bool answer(enum answer found, struct value *value)
{
	value->number = found == ANSWER_YES;
	return found != ANSWER_UNKNOWN;
}

/* Members of struct facts, at "at". */

static bool get_answer(const struct column *column, const void *object, struct value *value)
{
	return answer(*(const enum answer *)((const char *)facts_of(object) + column->at), value);
}

static bool get_name(const struct column *column, const void *object, struct value *value)
{
	value->text = (const char *)facts_of(object) + column->at;
	return *value->text;
}

static bool get_sysctl(const struct column *column, const void *object, struct value *value)
{
	value->integer = *(const int *)((const char *)facts_of(object) + column->at);
	return value->integer != SYSCTL_UNKNOWN;
}

static bool get_lines(const struct column *column, const void *object, struct value *value)
{
	value->text = *(char *const *)((const char *)facts_of(object) + column->at);
	return value->text;
}

static bool get_source(const struct column *column, const void *object, struct value *value)
{
	(void)column;
	value->text = facts_of(object)->live ? "machine" : "files";
	return true;
}

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

static bool get_present(const struct column *column, const void *object, struct value *value)
{
	(void)column;
	return answer(hook_present(facts_of(object), HOOK_DESTROY), value);
}

/* Where the traced function was found: "in the symbol table, in BTF". */
static bool get_where(const struct column *column, const void *object, struct value *value)
{
	const struct hook_facts *found = &facts_of(object)->hooks[HOOK_DESTROY];
	bool symbol = found->symbol == ANSWER_YES, type = found->type == ANSWER_YES;

	(void)column;
	snprintf(value->made, sizeof(value->made), "%s%s%s", symbol ? "in the symbol table" : "",
		 symbol && type ? ", " : "", type ? "in BTF" : "");
	if (!symbol && !type)
		snprintf(value->made, sizeof(value->made), "no " TRACED_FUNCTION);
	value->text = value->made;
	return hook_present(facts_of(object), HOOK_DESTROY) != ANSWER_UNKNOWN;
}

static bool get_symbols(const struct column *column, const void *object, struct value *value)
{
	const struct facts *facts = facts_of(object);

	(void)column;
	value->text = facts->hidden == ANSWER_YES ? "names only, addresses are hidden"
						  : "names and addresses";
	return facts->symbols == ANSWER_YES;
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

static bool get_callers(const struct column *column, const void *object, struct value *value)
{
	const struct facts *facts = facts_of(object);
	size_t len = 0;

	(void)column;
	snprintf(value->made, sizeof(value->made), "none of those known");
	for (int i = 0; i < NR_KNOWN_CALLERS; i++)
		if (facts->callers[i] == ANSWER_YES)
			len += snprintf(value->made + len, sizeof(value->made) - len, "%s%s",
					len ? ", " : "", facts_caller_name(i));
	if (len)
		snprintf(value->made + len, sizeof(value->made) - len, "; there may be others");
	value->text = value->made;
	return facts->symbols == ANSWER_YES;
}

/* The verdict */

static bool get_verdict(const struct column *column, const void *object, struct value *value)
{
	(void)column;
	value->text = verdict_name(((const struct check_view *)object)->verdict);
	return true;
}

static bool get_status(const struct column *column, const void *object, struct value *value)
{
	(void)column;
	value->number = ((const struct check_view *)object)->exit_status;
	return true;
}

static bool get_reason(const struct column *column, const void *object, struct value *value)
{
	(void)column;
	value->text = ((const struct check_view *)object)->verdict->reason;
	return true;
}

static bool get_attach(const struct column *column, const void *object, struct value *value)
{
	enum attach_mode mode = ((const struct check_view *)object)->verdict->attach;

	(void)column;
	value->text = attach_mode_programs[mode];
	return mode != ATTACH_AUTO;
}

#define ANSWER(name, heading, member)                                                              \
	{                                                                                          \
		name, heading, "?", VALUE_BOOL, .get = get_answer,                                 \
						.at = offsetof(struct facts, member)               \
	}
#define SYSCTL(name, heading, member)                                                              \
	{                                                                                          \
		name, heading, "?", VALUE_INTEGER, .optional = true, .get = get_sysctl,            \
						   .at = offsetof(struct facts, member)            \
	}
#define NAME(name, member)                                                                         \
	{                                                                                          \
		name, NULL, "?", VALUE_TEXT, .get = get_name, .at = offsetof(struct facts, member) \
	}

const struct column check_columns[] = {
	{"type", NULL, "", VALUE_TEXT, .get = get_text, .text = "check"},
	{"verdict", NULL, "?", VALUE_TEXT, .get = get_verdict},
	{"exit_status", NULL, "?", VALUE_NUMBER, .get = get_status},
	{"reason", NULL, "?", VALUE_TEXT, .get = get_reason},
	{"attach", NULL, "?", VALUE_TEXT, .get = get_attach},
	{"source", NULL, "?", VALUE_TEXT, .get = get_source},
	{TABLE_ONLY, "kernel", "?", VALUE_TEXT, .get = get_kernel},
	NAME("release", release),
	NAME("version", version),
	NAME("machine", machine),
	{"function", NULL, "?", VALUE_BOOL, .get = get_present},
	{TABLE_ONLY, "function", "?", VALUE_TEXT, .get = get_where},
	ANSWER("btf", "BTF", btf),
	NAME("lacking_member", lacking),
	ANSWER("symbols", NULL, symbols),
	ANSWER("symbols_hidden", NULL, hidden),
	{TABLE_ONLY, "symbols", "?", VALUE_TEXT, .get = get_symbols},
	ANSWER("compiler", NULL, compiler),
	ANSWER("direct_calls", NULL, direct),
	ANSWER("kprobes", "kprobes", kprobes),
	ANSWER("capabilities.bpf", NULL, capabilities[CAPABILITY_BPF]),
	ANSWER("capabilities.perfmon", NULL, capabilities[CAPABILITY_PERFMON]),
	ANSWER("capabilities.syslog", NULL, capabilities[CAPABILITY_SYSLOG]),
	ANSWER("capabilities.sys_admin", NULL, capabilities[CAPABILITY_ADMIN]),
	{TABLE_ONLY, "capabilities", "?", VALUE_TEXT, .optional = true, .get = get_capabilities},
	{"lockdown", "lockdown", "?", VALUE_TEXT, .optional = true, .get = get_lockdown},
	SYSCTL("kptr_restrict", "kptr_restrict", kptr_restrict),
	SYSCTL("perf_event_paranoid", "perf_event_paranoid", perf_event_paranoid),
	{TABLE_ONLY, "callers", "?", VALUE_TEXT, .get = get_callers},
	{"map_types", "map types", "?", VALUE_LINES, .get = get_lines,
	 .at = offsetof(struct facts, map_types)},
	{},
};

/* Points; a mode's is at "percent" */

static const struct hook_facts *hook_of(const void *object)
{
	const struct hook_view *view = object;

	return &view->facts->hooks[view->hook];
}

static bool get_hook_name(const struct column *column, const void *object, struct value *value)
{
	(void)column;
	value->text = hook_info[((const struct hook_view *)object)->hook].function;
	return true;
}

static bool get_hook_present(const struct column *column, const void *object, struct value *value)
{
	const struct hook_view *view = object;

	(void)column;
	return answer(hook_present(view->facts, view->hook), value);
}

/* Known only if the compiler split the function: whole inlining leaves no trace. */
static bool get_hook_inlined(const struct column *column, const void *object, struct value *value)
{
	(void)column;
	value->number = true;
	return hook_of(object)->part == ANSWER_YES;
}

static bool get_attachable(const struct column *column, const void *object, struct value *value)
{
	const struct hook_view *view = object;
	enum means means;

	return answer(hook_attachable(view->facts, view->hook, column->at, &means), value);
}

static bool get_means(const struct column *column, const void *object, struct value *value)
{
	const struct hook_view *view = object;
	enum means means;

	hook_attachable(view->facts, view->hook, column->at, &means);
	value->text = means_name(means);
	return value->text;
}

/* "yes, tried" */
static bool get_both(const struct column *column, const void *object, struct value *value)
{
	const struct hook_view *view = object;
	enum means means;
	enum answer found = hook_attachable(view->facts, view->hook, column->at, &means);

	snprintf(value->made, sizeof(value->made), "%s, %s", found == ANSWER_YES ? "yes" : "no",
		 means == MEANS_NONE ? "?" : means_name(means));
	value->text = value->made;
	return found != ANSWER_UNKNOWN;
}

static bool get_seen(const struct column *column, const void *object, struct value *value)
{
	(void)column;
	value->number = hook_of(object)->seen;
	return value->number != LEDGER_UNKNOWN;
}

#define MODE(name, heading, mode)                                                                  \
	{name ".attachable", NULL, "?", VALUE_BOOL, .get = get_attachable, .at = (mode)},          \
		{name ".known_by", NULL, "?", VALUE_TEXT, .get = get_means, .at = (mode)},         \
	{                                                                                          \
		TABLE_ONLY, heading, "?", VALUE_TEXT, .get = get_both, .at = (mode)                \
	}

const struct column hook_view_columns[] = {
	{"type", NULL, "", VALUE_TEXT, .get = get_text, .text = "probe"},
	{"function", "PROBED", "?", VALUE_TEXT, .get = get_hook_name},
	{"present", "PRESENT", "?", VALUE_BOOL, .get = get_hook_present},
	{"inlined", "INLINED", "?", VALUE_BOOL, .get = get_hook_inlined},
	MODE("fentry", "FENTRY", ATTACH_FENTRY),
	MODE("kprobe", "KPROBE", ATTACH_KPROBE),
	{"seen", "SEEN", "?", VALUE_NUMBER, .get = get_seen},
	{},
};

/* Callers */

static bool get_found(const struct column *column, const void *object, struct value *value)
{
	(void)column;
	return answer(((const struct caller_view *)object)->found, value);
}

const struct column caller_view_columns[] = {
	{"type", NULL, "", VALUE_TEXT, .get = get_text, .text = "caller"},
	{"function", NULL, "?", VALUE_TEXT, .get = get_string,
	 .at = offsetof(struct caller_view, name)},
	{"present", NULL, "?", VALUE_BOOL, .get = get_found},
	{},
};

/* What a run would lack */

static bool get_why(const struct column *column, const void *object, struct value *value)
{
	(void)column;
	value->text = ((const struct lack *)object)->why;
	return true;
}

const struct column lack_columns[] = {
	{"type", NULL, "", VALUE_TEXT, .get = get_text, .text = "missing"},
	{"what", "MISSING", "?", VALUE_TEXT, .get = get_string, .at = offsetof(struct lack, what)},
	{"why", "WHY", "?", VALUE_TEXT, .get = get_why},
	{},
};
