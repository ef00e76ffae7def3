// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs the programs of bpf/symbols.bpf.c, one run a question.
 */
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

static int run(const struct bpf_program *prog)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	int err = bpf_prog_test_run_opts(bpf_program__fd(prog), &opts);

	return err ? err : (int)opts.retval;
}

int ksyms_query_address(struct ksyms_query *query, const char *name, __u64 *addr)
{
	struct symbol_question *question = query->question;
	int err;

	if (strlen(name) >= sizeof(question->name))
		return -ENOENT;
	memset(question, 0, sizeof(*question));
	strcpy(question->name, name);
	err = run(query->skel->progs.address_of);
	*addr = question->addr;
	return err;
}

const char *ksyms_query_function(struct ksyms_query *query, __u64 addr, __u64 *start, __u64 *size)
{
	struct symbol_question *question = query->question;
	unsigned long long offset;
	char *plus;

	question->addr = addr;
	if (run(query->skel->progs.name_of) <= 0)
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
	struct ksyms_query *query = calloc(1, sizeof(*query));
	__u64 addr;
	int err;

	if (!query)
		return -ENOMEM;
	query->skel = symbols_bpf__open_and_load();
	err = query->skel ? 0 : -errno;
	if (!err) {
		query->question = &query->skel->bss->question;
		err = ksyms_query_address(query, "_stext", &addr);
	}
	if (err)
		ksyms_query_close(query);
	else
		*out = query;
	return err;
}

void ksyms_query_close(struct ksyms_query *query)
{
	if (!query)
		return;
	symbols_bpf__destroy(query->skel);
	free(query);
}
