// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loads the benchmark's programs, which are written here as instructions: they are few, and depend
 * on the map.
 */
#include <errno.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

#include <linux/bpf.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>

#include "bench/programs.h"
#include "util/macros.h"

#define PTR_BYTES    8 /* of the kernel's pointers in BPF */
#define TIMER_BYTES  16
#define FRAME_BYTES  14 /* the least that a test run takes: an Ethernet header */
#define UNLOAD_TRIES 20000
#define UNLOAD_US    500
#define KPTR_XCHG    194 /* helpers, some newer than the header */
#define TIMER_INIT   169
#define MAP_LOOKUP   1
#define NO_ENTRY     1 /* what the program returns */
#define NO_MEMORY    2

#define INSN(of_code, dst, src, offset, immediate)                                                 \
	((struct bpf_insn){.code = (of_code),                                                      \
			   .dst_reg = (dst),                                                       \
			   .src_reg = (src),                                                       \
			   .off = (offset),                                                        \
			   .imm = (immediate)})
#define MOVE(dst, src)		  INSN(BPF_ALU64 | BPF_MOV | BPF_X, dst, src, 0, 0)
#define SET(dst, value)		  INSN(BPF_ALU64 | BPF_MOV | BPF_K, dst, 0, 0, value)
#define ADD(dst, value)		  INSN(BPF_ALU64 | BPF_ADD | BPF_K, dst, 0, 0, value)
#define SKIP_IF_ZERO(reg, nr)	  INSN(BPF_JMP | BPF_JEQ | BPF_K, reg, 0, nr, 0)
#define SKIP_UNLESS_ZERO(reg, nr) INSN(BPF_JMP | BPF_JNE | BPF_K, reg, 0, nr, 0)
#define CALL_HELPER(id)		  INSN(BPF_JMP | BPF_CALL, 0, 0, 0, id)
#define CALL_KFUNC(id)		  INSN(BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_KFUNC_CALL, 0, id)
#define EXIT			  INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)
#define LOAD_MAP(dst, fd)                                                                          \
	INSN(BPF_LD | BPF_DW | BPF_IMM, dst, BPF_PSEUDO_MAP_FD, 0, fd), INSN(0, 0, 0, 0, 0)

/* A value of the scenario's size that begins with the special field. Returns its id or -errno. */
static int add_value_struct(struct btf *btf, const struct scenario *scenario, int byte, int field,
			    __u32 field_bytes)
{
	int rest = btf__add_array(btf, 1, byte, scenario->value_size - field_bytes), value;

	value = btf__add_struct(btf, "bench_value", scenario->value_size);
	if (rest < 0 || value < 0)
		return -ENOMEM;
	if (btf__add_field(btf, "special", field, 0, 0) ||
	    btf__add_field(btf, "rest", rest, field_bytes * 8, 0))
		return -ENOMEM;
	return value;
}

/* The kernel knows the type by its name. */
static int add_timer_value(struct btf *btf, const struct scenario *scenario, int byte)
{
	int opaque = btf__add_array(btf, 1, byte, TIMER_BYTES);
	int timer = btf__add_struct(btf, "bpf_timer", TIMER_BYTES);

	if (opaque < 0 || timer < 0 || btf__add_field(btf, "opaque", opaque, 0, 0))
		return -ENOMEM;
	return add_value_struct(btf, scenario, byte, timer, TIMER_BYTES);
}

/* Also the object that the pointer refers to, and a function for the program that makes it. */
static int add_kptr_value(struct value_types *types, const struct scenario *scenario, int byte)
{
	struct btf *btf = types->btf;
	int tag, pointer, context, proto;

	types->object = btf__add_struct(btf, "bench_object", 4);
	if (types->object < 0 || btf__add_field(btf, "number", types->key, 0, 0))
		return -ENOMEM;
	tag = btf__add_type_tag(btf, "kptr", types->object);
	pointer = btf__add_ptr(btf, tag);
	context = btf__add_ptr(btf, 0);
	proto = btf__add_func_proto(btf, types->key); /* the parameter has to follow */
	if (tag < 0 || pointer < 0 || context < 0 || proto < 0 ||
	    btf__add_func_param(btf, "context", context))
		return -ENOMEM;
	types->func = btf__add_func(btf, "bench_special", BTF_FUNC_STATIC, proto);
	if (types->func < 0)
		return -ENOMEM;
	return add_value_struct(btf, scenario, byte, pointer, PTR_BYTES);
}

/* The id of a function in the kernel's BTF, which is read once. -ENOENT: it has none. */
static int kfunc_id(const char *name)
{
	static struct btf *kernel;

	if (!kernel)
		kernel = btf__load_vmlinux_btf();
	return kernel ? btf__find_by_name_kind(kernel, name, BTF_KIND_FUNC) : -ENOENT;
}

/* Before a map is made: older kernels know the field, but not the functions that fill it. */
static bool has_kptrs(void)
{
	return kfunc_id("bpf_obj_new_impl") >= 0 && kfunc_id("bpf_obj_drop_impl") >= 0;
}

int value_types_load(struct value_types *types, const struct scenario *scenario)
{
	int byte;

	if (scenario->special == SPECIAL_KPTR && !has_kptrs())
		return -EOPNOTSUPP;
	types->btf = btf__new_empty();
	if (!types->btf)
		return -ENOMEM;
	types->key = btf__add_int(types->btf, "int", 4, BTF_INT_SIGNED); /* id 1 */
	byte = btf__add_int(types->btf, "char", 1, BTF_INT_CHAR);
	if (scenario->special == SPECIAL_TIMER)
		types->value = add_timer_value(types->btf, scenario, byte);
	else if (scenario->special == SPECIAL_KPTR)
		types->value = add_kptr_value(types, scenario, byte);
	else
		types->value = btf__add_array(types->btf, types->key, byte, scenario->value_size);
	return types->value > 0 ? btf__load_into_kernel(types->btf) : -ENOMEM;
}

void value_types_free(struct value_types *types)
{
	btf__free(types->btf);
	types->btf = NULL;
}

/* The key is in skb->mark. The value's address is in register 7 from here on. */
static size_t find_entry(struct bpf_insn *insns, int map_fd, int sentinel_fd)
{
	const struct bpf_insn code[] = {
		INSN(BPF_LDX | BPF_W | BPF_MEM, 6, 1, offsetof(struct __sk_buff, mark), 0),
		INSN(BPF_STX | BPF_W | BPF_MEM, 10, 6, -4, 0),
		MOVE(2, 10),
		ADD(2, -4),
		LOAD_MAP(1, map_fd),
		CALL_HELPER(MAP_LOOKUP),
		LOAD_MAP(1, sentinel_fd), /* held, and not used */
		SKIP_UNLESS_ZERO(0, 2),
		SET(0, NO_ENTRY),
		EXIT,
		MOVE(7, 0),
	};

	for (size_t i = 0; i < ARRAY_SIZE(code); i++)
		insns[i] = code[i];
	return ARRAY_SIZE(code);
}

static size_t init_timer(struct bpf_insn *insns, int map_fd)
{
	const struct bpf_insn code[] = {
		MOVE(1, 7), LOAD_MAP(2, map_fd), SET(3, CLOCK_MONOTONIC), CALL_HELPER(TIMER_INIT),
		EXIT,
	};

	for (size_t i = 0; i < ARRAY_SIZE(code); i++)
		insns[i] = code[i];
	return ARRAY_SIZE(code);
}

/* An object that was there before is freed. */
static size_t init_kptr(struct bpf_insn *insns, int object, int new_id, int drop_id)
{
	const struct bpf_insn code[] = {
		SET(1, object),
		SET(2, 0),
		CALL_KFUNC(new_id),
		SKIP_UNLESS_ZERO(0, 2),
		SET(0, NO_MEMORY),
		EXIT,
		MOVE(2, 0),
		MOVE(1, 7),
		CALL_HELPER(KPTR_XCHG),
		SKIP_IF_ZERO(0, 3),
		MOVE(1, 0),
		SET(2, 0),
		CALL_KFUNC(drop_id),
		SET(0, 0),
		EXIT,
	};

	for (size_t i = 0; i < ARRAY_SIZE(code); i++)
		insns[i] = code[i];
	return ARRAY_SIZE(code);
}

/* A classifier: it may use all of these, on every kernel, and can be run on request. */
static int load(const struct bpf_insn *insns, size_t nr, const struct value_types *types)
{
	const struct bpf_func_info info = {.type_id = types ? types->func : 0};
	LIBBPF_OPTS(bpf_prog_load_opts, opts);

	if (info.type_id) {
		opts.prog_btf_fd = btf__fd(types->btf);
		opts.func_info = &info;
		opts.func_info_cnt = 1;
		opts.func_info_rec_size = sizeof(info);
	}
	return bpf_prog_load(BPF_PROG_TYPE_SCHED_CLS, "bench_program", "GPL", insns, nr, &opts);
}

int special_load(struct special_program *program, const struct scenario *scenario,
		 const struct value_types *types, int map_fd)
{
	struct bpf_insn insns[64];
	size_t nr;

	program->sentinel_fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "bench_sentinel", 4, 4, 1, NULL);
	if (program->sentinel_fd < 0)
		return program->sentinel_fd;
	nr = find_entry(insns, map_fd, program->sentinel_fd);
	if (scenario->special == SPECIAL_TIMER)
		nr += init_timer(insns + nr, map_fd);
	else
		nr += init_kptr(insns + nr, types->object, kfunc_id("bpf_obj_new_impl"),
				kfunc_id("bpf_obj_drop_impl"));
	program->fd = load(insns, nr, types);
	if (program->fd >= 0)
		return 0;
	close(program->sentinel_fd);
	/* So the verifier says that it does not know these fields. */
	return program->fd == -EINVAL || program->fd == -EACCES ? -EOPNOTSUPP : program->fd;
}

int special_init_entry(const struct special_program *program, __u32 key)
{
	const struct __sk_buff context = {.mark = key};
	const char frame[FRAME_BYTES] = "";
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = sizeof(frame),
		    .ctx_in = &context, .ctx_size_in = sizeof(context));
	int err = bpf_prog_test_run_opts(program->fd, &opts);

	if (err)
		return err;
	if ((int)opts.retval < 0) /* the helper's error */
		return opts.retval;
	return opts.retval == NO_ENTRY ? -ENOENT : opts.retval == NO_MEMORY ? -ENOMEM : 0;
}

int special_unload(struct special_program *program)
{
	struct bpf_map_info info = {};
	__u32 size = sizeof(info);
	int err = bpf_obj_get_info_by_fd(program->sentinel_fd, &info, &size), fd;

	close(program->fd);
	close(program->sentinel_fd);
	/* The kernel frees a program later, and then releases its maps in their order. */
	for (int tries = 0; !err && tries < UNLOAD_TRIES; tries++) {
		fd = bpf_map_get_fd_by_id(info.id);
		if (fd < 0)
			return fd == -ENOENT ? 0 : fd;
		close(fd);
		usleep(UNLOAD_US);
	}
	return err ? err : -ETIMEDOUT;
}

int program_hold(int map_fd)
{
	const struct bpf_insn code[] = {LOAD_MAP(1, map_fd), SET(0, 0), EXIT};

	return load(code, ARRAY_SIZE(code), NULL);
}
