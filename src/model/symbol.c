// SPDX-License-Identifier: GPL-2.0-only
/* Separates functions' names from the suffixes that compilers add to their symbols. */
#include <string.h>

#include "model/symbol.h"
#include "util/macros.h"

/* On 64-bit powerpc, names may begin with a dot. */
size_t symbol_function_len(const char *symbol)
{
	return (*symbol == '.') + strcspn(symbol + (*symbol == '.'), ".");
}

bool symbol_same_function(const char *symbol, const char *other)
{
	size_t len = symbol_function_len(symbol);

	return len == symbol_function_len(other) && !memcmp(symbol, other, len);
}

/* Link-time optimization, unique names and profiles; copies with fewer arguments. */
static const char *const whole[] = {
	".llvm", ".lto_priv", ".__uniq", ".constprop", ".isra", ".specialized", ".argprom",
};

/* The length of such a suffix, with the number behind it; 0: of another one. */
static size_t suffix_len(const char *suffix)
{
	for (size_t i = 0; i < ARRAY_SIZE(whole); i++) {
		size_t len = strlen(whole[i]);

		if (strncmp(suffix, whole[i], len) || (suffix[len] && suffix[len] != '.'))
			continue;
		if (suffix[len] && suffix[len + 1] >= '0' && suffix[len + 1] <= '9')
			len += 1 + strspn(suffix + len + 1, "0123456789");
		return len;
	}
	return 0;
}

bool symbol_is_whole(const char *symbol, const char *function)
{
	size_t len = strlen(function);
	const char *rest = symbol + len;

	if (strncmp(symbol, function, len))
		return false;
	while (*rest && (len = suffix_len(rest)))
		rest += len;
	return !*rest;
}

/* Of fentry and fexit programs; of kretprobes, which the kernel does not always recognize. */
bool symbol_is_trampoline(const char *symbol)
{
	static const char *const names[] = {"bpf_trampoline_", "arch_rethook_trampoline",
					    "__kretprobe_trampoline"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strncmp(symbol, names[i], strlen(names[i])))
			return true;
	return false;
}
