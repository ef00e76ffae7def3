// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes and frees BPF maps in exact numbers, and says in JSON lines what it did: the truth that a
 * trace is held against. maps.c knows the types of maps.
 */
#include <errno.h>
#include <getopt.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "maps.h"
#include "process.h"
#include "releases.h"
#include "stuck.h"
#include "truth.h"
#include "util/macros.h"

#define HASH_ELEMENTS	 32
#define FEW_ELEMENTS	 4 /* where each costs an RCU grace period or an owner */
#define CHURN_ELEMENTS	 8
#define MAX_PROCESSES	 64
#define EMPTIED_ELEMENTS 512 /* more than an allocator keeps for reuse */
#define RELEASES	 101
#define MAX_STUCK_S	 3600

static const char usage_text[] =
	"usage: workload matrix [--pause-us USEC]\n"
	"       workload named TYPE NAME COUNT [--no-prealloc] [--fill ELEMENTS] [--pause-us USEC]\n"
	"       workload emptied NAME COUNT\n"
	"       workload failing COUNT\n"
	"       workload churn --maps COUNT [--makers COUNT] [--updaters COUNT]\n"
	"       workload releases [--maps COUNT]\n"
	"       workload stuck SECONDS [--where wait|free|deferred]    until then, or SIGTERM\n";

static void __attribute__((noreturn)) usage(void)
{
	fputs(usage_text, stderr);
	exit(2);
}

static unsigned long parse_count(const char *text, unsigned long max)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || value > max) {
		fprintf(stderr, "workload: %s: not a number up to %lu\n", text, max);
		usage();
	}
	return value;
}

/* Make all the maps of a kind, then let go of them. False where the kernel has no such kind. */
static bool make_and_drop(const struct kind *kind, unsigned long maps, unsigned int pause_us)
{
	int *fds = calloc(maps + 1, sizeof(*fds));

	if (!fds)
		fatal(ENOMEM, "cannot keep %lu maps", maps);
	owners_prepare(kind);
	for (unsigned long i = 0; i < maps; i++) {
		fds[i] = map_create(kind);
		if (!i && map_unknown(fds[i])) {
			print_skipped(kind, -fds[i]);
			free(fds);
			return false;
		}
		if (fds[i] < 0)
			fatal(-fds[i], "cannot create map %lu of %s", i, kind->map_name);
		map_populate(kind, fds[i]);
	}
	for (unsigned long i = 0; i < maps; i++) {
		close(fds[i]);
		if (pause_us)
			usleep(pause_us);
	}
	free(fds);
	return true;
}

/*
 * Kinds have their numbers of maps in turn, so that kinds of one type have different ones: a count
 * taken for another's shows, and primes keep it from being the sum or double of others.
 */
static const unsigned long numbers_of_maps[] = {3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41};

static int do_matrix(int argc, char **argv)
{
	static const struct option options[] = {{"pause-us", required_argument, NULL, 'p'}, {}};
	const size_t nr_numbers = ARRAY_SIZE(numbers_of_maps);
	unsigned int pause_us = 0, nth = 0;
	int opt;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (opt != 'p')
			usage();
		pause_us = parse_count(optarg, 1000000);
	}
	if (optind != argc)
		usage();
	for (size_t i = 0; i < nr_map_types; i++) {
		const struct map_type *type = &map_types[i];
		__u32 elements = type->slow_update ? FEW_ELEMENTS : HASH_ELEMENTS;

		if (type->shape != SHAPE_TABLE)
			continue; /* never reaches the function */
		for (int variant = 0; variant < 6; variant++) {
			bool prealloc = variant < 3;
			struct kind kind = kind_of(type, prealloc, variant % 3, elements);
			unsigned long maps;

			if (prealloc ? !type->can_prealloc : !type->can_no_prealloc)
				continue;
			maps = numbers_of_maps[nth++ % nr_numbers];
			if (make_and_drop(&kind, maps, pause_us))
				print_kind(kind.map_name, &kind, maps);
		}
	}
	return 0;
}

static void name_kind(struct kind *kind, const char *name)
{
	if (strlen(name) >= sizeof(kind->map_name))
		fatal(0, "%s: a map's name has at most 15 characters", name);
	strcpy(kind->map_name, name);
}

static int do_named(int argc, char **argv)
{
	static const struct option options[] = {{"pause-us", required_argument, NULL, 'p'},
						{"no-prealloc", no_argument, NULL, 'n'},
						{"fill", required_argument, NULL, 'f'},
						{}};
	unsigned int pause_us = 0, elements = 0;
	const struct map_type *type;
	bool no_prealloc = false;
	unsigned long maps;
	struct kind kind;
	int opt;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (opt == 'p')
			pause_us = parse_count(optarg, 1000000);
		else if (opt == 'n')
			no_prealloc = true;
		else if (opt == 'f')
			elements = parse_count(optarg, 1 << 24);
		else
			usage();
	}
	if (argc - optind != 3)
		usage();
	type = map_type_find(argv[optind]);
	if (!type)
		fatal(0, "%s: no type this program makes", argv[optind]);
	if (no_prealloc && !type->can_no_prealloc)
		fatal(0, "%s: always preallocated", type->name);
	kind = kind_of(type, type->can_prealloc && !no_prealloc,
		       elements ? FILL_FILLED : FILL_EMPTY, elements);
	name_kind(&kind, argv[optind + 1]);
	maps = parse_count(argv[optind + 2], 1000000);
	if (make_and_drop(&kind, maps, pause_us))
		print_kind("named", &kind, maps);
	return 0;
}

/*
 * Hashes dropped while what was deleted from them still waits for RCU, so that their destroy calls
 * have to leave it to a worker.
 */
static int do_emptied(int argc, char **argv)
{
	struct kind kind = kind_of(map_type_find("hash"), false, FILL_EMPTIED, EMPTIED_ELEMENTS);
	unsigned long maps;
	int fd;

	if (argc != 3)
		usage();
	name_kind(&kind, argv[1]);
	maps = parse_count(argv[2], 1000000);
	for (unsigned long i = 0; i < maps; i++) {
		fd = map_create(&kind);
		if (fd < 0)
			fatal(-fd, "cannot create map %lu of %s", i, kind.map_name);
		map_populate(&kind, fd);
		close(fd);
	}
	print_kind("emptied", &kind, maps);
	return 0;
}

/*
 * A preallocated hash larger than memory: the kernel refuses at once, and its error path destroys
 * both of the map's allocators in the caller's own system call. A quarter more than the memory and
 * no more: up to 5.10 a map of 4 GiB fails earlier, with E2BIG.
 */
static int do_failing(int argc, char **argv)
{
	const __u32 value_size = 3 << 20;
	unsigned long creates;
	__u32 max_entries;
	struct sysinfo info;
	int fd;

	if (argc != 2)
		usage();
	creates = parse_count(argv[1], 1000000);
	sysinfo(&info);
	max_entries = info.totalram * info.mem_unit / value_size * 5 / 4 + 1;
	for (unsigned long i = 0; i < creates; i++) {
		fd = bpf_map_create(BPF_MAP_TYPE_HASH, "failing", 4, value_size, max_entries, NULL);
		if (fd >= 0)
			fatal(0, "a hash of %u times %u bytes was made, and must not", max_entries,
			      value_size);
		if (fd != -ENOMEM)
			fatal(-fd, "create %lu failed for another reason than memory", i);
	}
	printf("{\"kind\":\"failing\",\"map_type\":\"hash\",\"map_name\":\"failing\",\"creates\":%lu,"
	       "\"key_size\":4,\"value_size\":%u,\"max_entries\":%u}\n",
	       creates, value_size, max_entries);
	return 0;
}

/* What the processes of a churn share. */
struct churn {
	atomic_uint updating; /* updaters that are at it */
	atomic_bool stop;
	atomic_ulong updates;
};

struct churn_options {
	unsigned long maps, makers, updaters;
};

static struct kind churn_kind(const char *type, bool prealloc, const char *name)
{
	struct kind kind = kind_of(map_type_find(type), prealloc, FILL_FILLED, CHURN_ELEMENTS);

	snprintf(kind.map_name, sizeof(kind.map_name), "%s", name);
	return kind;
}

static struct kind maker_kind(unsigned long maker)
{
	char name[16];

	snprintf(name, sizeof(name), "churn_%u", (unsigned int)maker % MAX_PROCESSES);
	return churn_kind("hash", false, name);
}

/* The updaters' own maps: the last of them is an array and has no allocator to destroy. */
enum { UPDATED_MAPS = 3 };

static struct kind updated_kind(int which)
{
	if (which == 0)
		return churn_kind("hash", true, "updated_pre");
	if (which == 1)
		return churn_kind("hash", false, "updated_np");
	return churn_kind("percpu_array", true, "updated_array");
}

static unsigned long share_of(const struct churn_options *options, unsigned long maker)
{
	return options->maps / options->makers + (maker < options->maps % options->makers);
}

static void run_maker(const struct churn *churn, const struct churn_options *options,
		      unsigned long maker)
{
	struct kind kind = maker_kind(maker);

	while (churn->updating < options->updaters)
		usleep(1000);
	for (unsigned long i = share_of(options, maker); i; i--) {
		int fd = map_create(&kind);

		if (fd < 0)
			fatal(-fd, "cannot create %s", kind.map_name);
		map_populate(&kind, fd);
		close(fd);
	}
}

static void run_updater(struct churn *churn)
{
	struct kind kinds[UPDATED_MAPS];
	unsigned long updates = 0;
	int fds[UPDATED_MAPS];

	for (int i = 0; i < UPDATED_MAPS; i++) {
		kinds[i] = updated_kind(i);
		fds[i] = map_create(&kinds[i]);
		if (fds[i] < 0)
			fatal(-fds[i], "cannot create %s", kinds[i].map_name);
	}
	churn->updating++;
	for (__u32 key = 0; !churn->stop; key = (key + 1) % CHURN_ELEMENTS) {
		for (int i = 0; i < UPDATED_MAPS; i++)
			map_update(&kinds[i], fds[i], key);
		map_delete(&kinds[0], fds[0], key);
		map_delete(&kinds[1], fds[1], key);
		updates += UPDATED_MAPS + 2;
	}
	churn->updates += updates;
}

static void print_churn(const struct churn *churn, const struct churn_options *options)
{
	struct kind kind;

	printf("{\"kind\":\"churn\",\"map_type\":\"hash\",\"maps\":%lu,\"makers\":%lu,"
	       "\"updaters\":%lu,\"updates\":%lu}\n",
	       options->maps, options->makers, options->updaters, churn->updates);
	for (unsigned long i = 0; i < options->makers; i++) {
		kind = maker_kind(i);
		print_kind("churn_maker", &kind, share_of(options, i));
	}
	for (int i = 0; i < UPDATED_MAPS && options->updaters; i++) {
		kind = updated_kind(i);
		print_kind("churn_updater", &kind, options->updaters);
	}
}

static void churn_parse(int argc, char **argv, struct churn_options *options)
{
	static const struct option table[] = {{"maps", required_argument, NULL, 'n'},
					      {"makers", required_argument, NULL, 'm'},
					      {"updaters", required_argument, NULL, 'u'},
					      {}};
	int opt;

	*options = (struct churn_options){.makers = 4, .updaters = 2};
	while ((opt = getopt_long(argc, argv, "", table, NULL)) != -1) {
		if (opt == 'n')
			options->maps = parse_count(optarg, 10000000);
		else if (opt == 'm')
			options->makers = parse_count(optarg, MAX_PROCESSES);
		else if (opt == 'u')
			options->updaters = parse_count(optarg, MAX_PROCESSES);
		else
			usage();
	}
	if (optind != argc || !options->maps || !options->makers)
		usage();
}

/* Maps made and dropped while others update maps of their own: probes are easily missed then. */
static int do_churn(int argc, char **argv)
{
	struct churn_options options;
	struct churn *churn;

	churn_parse(argc, argv, &options);
	churn = mmap(NULL, sizeof(*churn), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	if (churn == MAP_FAILED)
		fatal(errno, "cannot share memory");
	for (unsigned long i = 0; i < options.updaters; i++) {
		if (!fork_child()) {
			run_updater(churn);
			exit(0);
		}
	}
	for (unsigned long i = 0; i < options.makers; i++) {
		if (!fork_child()) {
			run_maker(churn, &options, i);
			exit(0);
		}
	}
	wait_for(options.makers);
	churn->stop = true;
	wait_for(options.updaters);
	print_churn(churn, &options);
	return 0;
}

static int do_releases(int argc, char **argv)
{
	static const struct option options[] = {{"maps", required_argument, NULL, 'm'}, {}};
	unsigned int maps = RELEASES;
	int opt;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (opt != 'm')
			usage();
		maps = parse_count(optarg, MAX_RELEASES);
	}
	if (optind != argc)
		usage();
	releases_run(maps);
	return 0;
}

static int do_stuck(int argc, char **argv)
{
	static const struct option options[] = {{"where", required_argument, NULL, 'w'}, {}};
	const char *where = "free";
	int opt;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (opt != 'w')
			usage();
		where = optarg;
	}
	if (argc - optind != 1 || !stuck_where_is_known(where))
		usage();
	stuck_run(where, parse_count(argv[optind], MAX_STUCK_S));
	return 0;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(int argc, char **argv);
	} commands[] = {
		{"matrix", do_matrix},	 {"named", do_named}, {"emptied", do_emptied},
		{"failing", do_failing}, {"churn", do_churn}, {"releases", do_releases},
		{"stuck", do_stuck},
	};
	struct rlimit files;

	if (argc < 2)
		usage();
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	setvbuf(stdout, NULL, _IOLBF, 0);
	atexit(owners_release);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	usage();
}
