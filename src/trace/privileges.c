// SPDX-License-Identifier: GPL-2.0-only
/*
 * Asks for capabilities and the kernel lockdown, and drops capabilities.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>

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

/* "[none] integrity confidentiality": the current state is in brackets. */
enum lockdown privileges_lockdown(void)
{
	FILE *file = fopen("/sys/kernel/security/lockdown", "re");
	enum lockdown found = LOCKDOWN_UNKNOWN;
	char text[128];

	if (!file)
		return LOCKDOWN_UNKNOWN;
	if (fgets(text, sizeof(text), file)) {
		if (strstr(text, "[none]"))
			found = LOCKDOWN_NONE;
		else if (strstr(text, "[integrity]"))
			found = LOCKDOWN_INTEGRITY;
		else if (strstr(text, "[confidentiality]"))
			found = LOCKDOWN_CONFIDENTIALITY;
	}
	fclose(file);
	return found;
}

int privileges_drop(bool keep_files)
{
	static const cap_value_t files[] = {CAP_DAC_OVERRIDE};
	cap_t now = cap_get_proc(), wanted = cap_init();
	cap_flag_value_t held = CAP_CLEAR;
	int err = 0;

	if (!now || !wanted || cap_get_flag(now, CAP_DAC_OVERRIDE, CAP_EFFECTIVE, &held))
		err = -errno;
	if (!err && keep_files && held == CAP_SET &&
	    (cap_set_flag(wanted, CAP_PERMITTED, 1, files, CAP_SET) ||
	     cap_set_flag(wanted, CAP_EFFECTIVE, 1, files, CAP_SET)))
		err = -errno;
	if (!err && (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || cap_set_proc(wanted)))
		err = -errno;
	cap_free(now);
	cap_free(wanted);
	return err;
}
