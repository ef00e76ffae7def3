// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes what kernels are looked into by, for the cases to read: kernels FOLDER
 *
 *   good.vmlinuz, good.btf, good.kallsyms   of one that can be traced
 *   old.vmlinuz, old.kallsyms               of one before the traced function
 *   bare.vmlinuz                            of one without BTF
 */
#include <zlib.h>

#include "support/made_kernel.h"

static void write_file(const char *folder, const char *name, const void *data, size_t size)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	made(file && fwrite(data, 1, size, file) == size && !fclose(file));
}

/* Packed, behind something that is not. */
static void write_image(const char *folder, const char *name, const struct btf *btf)
{
	size_t size, room = 1 << 16;
	unsigned char *image = made_image(btf, &size), *file = calloc(1, room);
	z_stream stream = {.next_in = image, .avail_in = size};

	made(file);
	stream.next_out = file + 512;
	stream.avail_out = room - 512;
	made(deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, 0) == Z_OK);
	made(deflate(&stream, Z_FINISH) == Z_STREAM_END);
	write_file(folder, name, file, 512 + stream.total_out);
	deflateEnd(&stream);
	free(image);
	free(file);
}

static const char good[] = "ffffffff81000000 T _stext\n"
			   "ffffffff81000100 T bpf_mem_alloc_destroy\n"
			   "ffffffff81000200 t bpf_map_free_deferred\n"
			   "ffffffff81000300 t free_mem_alloc_deferred\n"
			   "ffffffff81000400 t bpf_map_put.part.0\n"
			   "ffffffff81000500 T bpf_map_put\n"
			   "ffffffff81000600 t bpf_map_release\n"
			   "ffffffff81000700 T __traceiter_workqueue_queue_work\n"
			   "ffffffff81000800 t htab_map_free\n"
			   "ffffffff81000900 T register_kprobe\n"
			   "ffffffff81000a00 T _etext\n";
static const char old[] = "ffffffff81000000 T _stext\n"
			  "ffffffff81000100 T bpf_map_put\n"
			  "ffffffff81000a00 T _etext\n";

int main(int argc, char **argv)
{
	struct btf *btf = made_btf(NULL), *empty = btf__new_empty();
	const char *folder = argv[1];
	const void *raw;
	__u32 size;

	made(argc == 2 && btf__add_int(empty, "int", 4, BTF_INT_SIGNED) == 1);
	raw = btf__raw_data(btf, &size);
	write_file(folder, "good.btf", raw, size);
	write_image(folder, "good.vmlinuz", btf);
	write_image(folder, "old.vmlinuz", empty);
	write_image(folder, "bare.vmlinuz", NULL);
	write_file(folder, "good.kallsyms", good, sizeof(good) - 1);
	write_file(folder, "old.kallsyms", old, sizeof(old) - 1);
	btf__free(empty);
	btf__free(btf);
	return 0;
}
