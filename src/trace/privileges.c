// SPDX-License-Identifier: GPL-2.0-only
/*
 * Asks for capabilities and the kernel lockdown, and drops capabilities.
 */
#include <errno.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>

#include "trace/kernel_features.h"
#include "trace/privileges.h"

bool privileges_has(int capability)
{
	cap_t now = cap_get_proc();
	cap_flag_value_t held = CAP_CLEAR;

	if (now)
		cap_get_flag(now, capability, CAP_EFFECTIVE, &held);
	cap_free(now);
	return held == CAP_SET;
}

enum lockdown privileges_lockdown(void)
{
	/* "[none] integrity confidentiality": the current state is in brackets. */
	static const char *const states[] = {
		[LOCKDOWN_NONE] = "[none]",
		[LOCKDOWN_INTEGRITY] = "[integrity]",
		[LOCKDOWN_CONFIDENTIALITY] = "[confidentiality]",
	};
	char text[128];
	enum lockdown found = LOCKDOWN_CONFIDENTIALITY;

	if (!kernel_read_line("/sys/kernel/security/lockdown", text, sizeof(text)))
		return LOCKDOWN_UNKNOWN;
	while (found != LOCKDOWN_UNKNOWN && !strstr(text, states[found]))
		found--;
	return found;
}

int privileges_drop(bool keep_files)
{
	bool keep = keep_files && privileges_has(CAP_DAC_OVERRIDE);
	cap_t wanted = cap_from_text(keep ? "cap_dac_override=ep" : "=");
	int err = 0;

	if (!wanted || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || cap_set_proc(wanted))
		err = -errno;
	cap_free(wanted);
	return err;
}
