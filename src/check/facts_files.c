// SPDX-License-Identifier: GPL-2.0-only
/* Finds facts about a kernel in its files. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <bpf/btf.h>

#include "check/facts.h"
#include "check/kernel_image.h"
#include "util/diag.h"

static int cannot_read(const char *path, int err)
{
	diag_error("cannot read '%s': %s", path, strerror(-err));
	return err;
}

static int from_image(struct facts *facts, const char *path)
{
	struct kernel_image image;
	int err = kernel_image_read(&image, path);

	if (err == -ENOEXEC)
		return diag_invalid(
			"'%s' is not a kernel image, or is compressed in an unknown way", path);
	if (err == -EFBIG)
		return diag_invalid("'%s' is too large, or holds too much compressed data, for a "
				    "kernel image",
				    path);
	if (err)
		return cannot_read(path, err);
	memcpy(facts->release, image.release, sizeof(facts->release));
	memcpy(facts->version, image.version, sizeof(facts->version));
	facts->btf = ANSWER_NO;
	err = image.btf ? facts_from_btf(facts, image.btf) : 0;
	kernel_image_free(&image);
	return err ? cannot_read(path, err) : 0;
}

static int from_btf(struct facts *facts, const char *path)
{
	struct btf *btf = NULL;
	struct stat stat_buf;
	int err = stat(path, &stat_buf) ? -errno : 0;

	if (!err && !S_ISREG(stat_buf.st_mode) && !S_ISDIR(stat_buf.st_mode))
		return diag_invalid("'%s' has no BTF: it is not a regular file", path);
	if (!err && stat_buf.st_size > IMAGE_MAX)
		return diag_invalid("'%s' is too large for BTF", path);
	if (!err)
		btf = btf__parse(path, NULL);
	if (!err && !btf)
		err = -errno;

	/* libbpf has various errors for files of another kind. */
	if (err == -ENOENT || err == -EACCES || err == -EISDIR || err == -ENOMEM)
		return cannot_read(path, err);
	if (err)
		return diag_invalid("'%s' has no BTF", path);
	err = facts_from_btf(facts, btf);
	btf__free(btf);
	return err ? cannot_read(path, err) : 0;
}

static int from_kallsyms(struct facts *facts, const char *path)
{
	struct ksyms *ksyms;
	int err = ksyms_load(path, &ksyms);

	if (err == -EFBIG)
		return diag_invalid("'%s' is too large for a symbol table", path);
	if (err)
		return cannot_read(path, err);
	if (ksyms_has(ksyms, "_stext"))
		facts_from_symbols(facts, ksyms);
	else
		err = diag_invalid("'%s' has no kernel symbols", path);
	ksyms_free(ksyms);
	return err;
}

int facts_from_files(struct facts *facts, const char *image, const char *btf, const char *kallsyms)
{
	int err = image ? from_image(facts, image) : 0;

	if (!err && btf)
		err = from_btf(facts, btf);
	if (!err && kallsyms)
		err = from_kallsyms(facts, kallsyms);
	return err;
}
