// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes and releases BPF maps in exact numbers, and prints as JSON lines what it did: the truth for
 * the checks of a trace.
 */
#include <errno.h>
#include <getopt.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "maps.h"
#include "process.h"
#include "workload.h"
#include "util/macros.h"

#define HASH_ELEMENTS	 32
#define FEW_ELEMENTS	 4 /* where each costs an RCU grace period or an owner */
#define CHURN_ELEMENTS	 8
#define MAX_PROCESSES	 64
#define EMPTIED_ELEMENTS 512 /* more than an allocator keeps for reuse */
#define RELEASES	 101
#define MAX_STUCK_S	 3600
#define MAX_HELD_MS	 60000
#define MAX_READ_MS	 5000
#define MAX_PORT	 65535
#define MAX_PER_SECOND	 1000

static const char usage_text[] =
	"usage: workload matrix\n"
	"       workload named TYPE NAME COUNT [--no-prealloc] [--fill ELEMENTS] [--wait]\n"
	"       workload emptied NAME COUNT\n"
	"       workload failing COUNT\n"
	"       workload churn --maps COUNT [--makers COUNT] [--updaters COUNT]\n"
	"       workload releases\n"
	"       workload programs\n"
	"       workload memory\n"
	"       workload left\n"
	"       workload read TYPE NAME MILLISECONDS\n"
	"       workload hog CPU                                       until SIGTERM\n"
	"       workload counters EVENTS                               until a signal\n"
	"       workload held MILLISECONDS\n"
	"       workload stuck SECONDS [--where wait|free|deferred]    until then, or SIGTERM\n"
	"       workload user_stack SECONDS\n"
	"       workload renamed                                       >BTF\n"
	"       workload scrape PORT PER_SECOND SECONDS                an exporter at 127.0.0.1\n"
	"       workload refused ERRNO COMMAND...    with bpf() refused\n";

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

static struct {
	unsigned long maps, makers, updaters, fill;
	bool no_prealloc, wait;
	const char *where;
} options = {.makers = 4, .updaters = 2, .where = "free"};

/* Returns a command's arguments; exits unless there are nr of them, and only these options. */
static char **parse(int argc, char **argv, const char *letters, int nr)
{
	static const struct option table[] = {{"maps", required_argument, NULL, 'n'},
					      {"makers", required_argument, NULL, 'm'},
					      {"updaters", required_argument, NULL, 'u'},
					      {"fill", required_argument, NULL, 'f'},
					      {"no-prealloc", no_argument, NULL, 'p'},
					      {"wait", no_argument, NULL, 'i'},
					      {"where", required_argument, NULL, 'w'},
					      {}};
	int opt;

	while ((opt = getopt_long(argc, argv, "", table, NULL)) != -1) {
		if (!strchr(letters, opt))
			usage();
		if (opt == 'n')
			options.maps = parse_count(optarg, 10000000);
		else if (opt == 'm')
			options.makers = parse_count(optarg, MAX_PROCESSES);
		else if (opt == 'u')
			options.updaters = parse_count(optarg, MAX_PROCESSES);
		else if (opt == 'f')
			options.fill = parse_count(optarg, 1 << 24);
		else if (opt == 'p')
			options.no_prealloc = true;
		else if (opt == 'i')
			options.wait = true;
		else
			options.where = optarg;
	}
	if (argc - optind != nr)
		usage();
	return argv + optind;
}

/* Between the two, until the end of standard input. */
static void wait_if_asked(void)
{
	if (!options.wait)
		return;
	puts("{\"kind\":\"made\"}");
	while (getchar() != EOF)
		;
}

/* Makes all maps of a kind, then closes them. False if the kernel does not know the kind. */
static bool make_and_close(const struct kind *kind, unsigned long maps)
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
	wait_if_asked();
	for (unsigned long i = 0; i < maps; i++)
		close(fds[i]);
	free(fds);
	return true;
}

/*
 * Numbers of maps for the kinds in turn, so that kinds of one type differ. Primes are no sum or
 * double of each other: a count that is taken for another one shows.
 */
static const unsigned long numbers_of_maps[] = {3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41};

static void do_matrix(char **args)
{
	unsigned int nth = 0;

	(void)args;
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
			maps = numbers_of_maps[nth++ % ARRAY_SIZE(numbers_of_maps)];
			if (make_and_close(&kind, maps))
				print_kind(kind.map_name, &kind, maps);
		}
	}
}

static void name_kind(struct kind *kind, const char *name)
{
	if (strlen(name) >= sizeof(kind->map_name))
		fatal(0, "%s: a map's name has at most 15 characters", name);
	strcpy(kind->map_name, name);
}

static void do_named(char **args)
{
	const struct map_type *type = map_type_find(args[0]);
	unsigned long maps = parse_count(args[2], 1000000);
	struct kind kind;

	if (!type)
		fatal(0, "%s: no type this program makes", args[0]);
	if (options.no_prealloc && !type->can_no_prealloc)
		fatal(0, "%s: always preallocated", type->name);
	kind = kind_of(type, type->can_prealloc && !options.no_prealloc,
		       options.fill ? FILL_FILLED : FILL_EMPTY, options.fill);
	name_kind(&kind, args[1]);
	if (make_and_close(&kind, maps))
		print_kind("named", &kind, maps);
}

/* Makes, fills and closes one map after the other. */
static void make_each(const struct kind *kind, unsigned long maps)
{
	for (unsigned long i = 0; i < maps; i++) {
		int fd = map_create(kind);

		if (fd < 0)
			fatal(-fd, "cannot create map %lu of %s", i, kind->map_name);
		map_populate(kind, fd);
		close(fd);
	}
}

/* Hashes closed while memory of deleted elements waits for RCU, so that deferred frees follow */
static void do_emptied(char **args)
{
	struct kind kind = kind_of(map_type_find("hash"), false, FILL_EMPTIED, EMPTIED_ELEMENTS);
	unsigned long maps = parse_count(args[1], 1000000);

	name_kind(&kind, args[0]);
	make_each(&kind, maps);
	print_kind("emptied", &kind, maps);
}

/*
 * A preallocated hash larger than memory: the kernel refuses at once, and its error path destroys
 * both of the map's allocators in the caller's system call. Only a quarter larger, because up
 * to 5.10 a map of 4 GiB fails earlier, with E2BIG.
 */
static void do_failing(char **args)
{
	unsigned long creates = parse_count(args[0], 1000000);
	const __u32 value_size = 3 << 20;
	__u32 max_entries;
	struct sysinfo info;
	int fd;

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
}

/* Shared by the processes of a churn */
struct churn {
	atomic_uint updating; /* updaters that have started */
	atomic_bool stop;
	atomic_ulong updates;
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

static unsigned long share_of(unsigned long maker)
{
	return options.maps / options.makers + (maker < options.maps % options.makers);
}

static void run_maker(const struct churn *churn, unsigned long maker)
{
	struct kind kind = maker_kind(maker);

	while (churn->updating < options.updaters)
		usleep(1000);
	make_each(&kind, share_of(maker));
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

static void print_churn(const struct churn *churn)
{
	struct kind kind;

	printf("{\"kind\":\"churn\",\"map_type\":\"hash\",\"maps\":%lu,\"makers\":%lu,"
	       "\"updaters\":%lu,\"updates\":%lu}\n",
	       options.maps, options.makers, options.updaters, churn->updates);
	for (unsigned long i = 0; i < options.makers; i++) {
		kind = maker_kind(i);
		print_kind("churn_maker", &kind, share_of(i));
	}
	for (int i = 0; i < UPDATED_MAPS && options.updaters; i++) {
		kind = updated_kind(i);
		print_kind("churn_updater", &kind, options.updaters);
	}
}

/* Some processes make and close maps while others update theirs, so that probes are missed. */
static void do_churn(char **args)
{
	struct churn *churn;

	(void)args;
	if (!options.maps || !options.makers)
		usage();
	churn = shared_memory(1, sizeof(*churn));
	for (unsigned long i = 0; i < options.updaters; i++) {
		if (!fork_child()) {
			run_updater(churn);
			exit(0);
		}
	}
	for (unsigned long i = 0; i < options.makers; i++) {
		if (!fork_child()) {
			run_maker(churn, i);
			exit(0);
		}
	}
	wait_for(options.makers);
	churn->stop = true;
	wait_for(options.updaters);
	print_churn(churn);
}

static void do_releases(char **args)
{
	(void)args;
	releases_run(RELEASES);
}

/* Commands that have no arguments */
#define DO(name)                                                                                   \
	static void do_##name(char **args)                                                         \
	{                                                                                          \
		(void)args;                                                                        \
		name##_run();                                                                      \
	}

DO(programs)
DO(memory)
DO(cached)
DO(left)
DO(renamed)

static void do_read(char **args)
{
	read_run(args[0], args[1], parse_count(args[2], MAX_READ_MS));
}

static void do_hog(char **args)
{
	hog_run(parse_count(args[0], MAX_HOG_CPU));
}

static void do_counters(char **args)
{
	counters_run(parse_count(args[0], MAX_EVENTS));
}

static void do_held(char **args)
{
	held_run(parse_count(args[0], MAX_HELD_MS));
}

static void do_stuck(char **args)
{
	if (!stuck_where_is_known(options.where))
		usage();
	stuck_run(options.where, parse_count(args[0], MAX_STUCK_S));
}

static void do_user_stack(char **args)
{
	user_stack_run(parse_count(args[0], MAX_STUCK_S));
}

static void do_scrape(char **args)
{
	const struct scrape_plan plan = {
		.port = parse_count(args[0], MAX_PORT),
		.per_second = parse_count(args[1], MAX_PER_SECOND),
		.seconds = parse_count(args[2], MAX_STUCK_S),
	};

	if (!plan.per_second)
		usage();
	scrape_run(&plan);
}

static const struct {
	const char *name;
	const char *options;
	int nr_args;
	void (*run)(char **args);
} commands[] = {
	{"matrix", "", 0, do_matrix},
	{"named", "pfi", 3, do_named},
	{"emptied", "", 2, do_emptied},
	{"failing", "", 1, do_failing},
	{"churn", "nmu", 0, do_churn},
	{"releases", "", 0, do_releases},
	{"user_stack", "", 1, do_user_stack},
	{"programs", "", 0, do_programs},
	{"stuck", "w", 1, do_stuck},
	{"memory", "", 0, do_memory},
	{"cached", "", 0, do_cached},
	{"left", "", 0, do_left},
	{"read", "", 3, do_read},
	{"renamed", "", 0, do_renamed},
	{"hog", "", 1, do_hog},
	{"counters", "", 1, do_counters},
	{"held", "", 1, do_held},
	{"scrape", "", 3, do_scrape},
};

int main(int argc, char **argv)
{
	struct rlimit files;

	if (argc < 2)
		usage();
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!strcmp(argv[1], "refused") && argc > 3)
		refused_run(parse_count(argv[2], 4095), argv + 3);
	atexit(owners_release);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (!strcmp(argv[1], commands[i].name)) {
			commands[i].run(parse(argc - 1, argv + 1, commands[i].options,
					      commands[i].nr_args));
			return 0;
		}
	}
	usage();
}
