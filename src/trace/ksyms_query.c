// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "symbols.h"
#include "symbols.skel.h"
#include "trace/ksyms_query.h"

struct ksyms_query {
	struct symbols_bpf *skel;
	struct symbol_question *question;
};

static int answer(const struct bpf_program *prog)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	int err = bpf_prog_test_run_opts(bpf_program__fd(prog), &opts);

	return err ? err : (int)opts.retval;
}

int ksyms_query_address(struct ksyms_query *ask, const char *name, __u64 *addr)
{
	struct symbol_question *question = ask->question;
	int err;

	if (strlen(name) >= sizeof(question->name))
		return -ENOENT;
	memset(question, 0, sizeof(*question));
	strcpy(question->name, name);
	err = answer(ask->skel->progs.address_of);
	*addr = question->addr;
	return err;
}

const char *ksyms_query_function(struct ksyms_query *ask, __u64 addr, __u64 *start, __u64 *size)
{
	struct symbol_question *question = ask->question;
	unsigned long long offset;
	char *plus;

	question->addr = addr;
	if (answer(ask->skel->progs.name_of) <= 0)
		return NULL;
	plus = strchr(question->name, '+');
	if (!plus || sscanf(plus, "+0x%llx/0x%llx", &offset, size) != 2)
		return NULL;
	*plus = '\0';
	*start = addr - offset;
	return question->name;
}

int ksyms_query_open(struct ksyms_query **out)
{
	struct ksyms_query *ask = calloc(1, sizeof(*ask));
	__u64 addr;
	int err;

	if (!ask)
		return -ENOMEM;
	ask->skel = symbols_bpf__open_and_load();
	err = ask->skel ? 0 : -errno;
	if (!err) {
		ask->question = &ask->skel->bss->question;
		err = ksyms_query_address(ask, "_stext", &addr);
	}
	if (err)
		ksyms_query_close(ask);
	else
		*out = ask;
	return err;
}

void ksyms_query_close(struct ksyms_query *ask)
{
	if (!ask)
		return;
	symbols_bpf__destroy(ask->skel);
	free(ask);
}
