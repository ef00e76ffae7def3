// SPDX-License-Identifier: GPL-2.0-only
/*
 * What --help says of each action besides its options.
 */
#include "cmd/usage.h"

#define TIMES                                                                                      \
	"SEC is a number of seconds (10, 0.5) or a time with a unit, as TIME must be:\n"           \
	"ns, us, ms, s, m or h.\n"

static const char trace_head[] =
	"Usage: memdestroy-trace [OPTION]...\n"
	"       memdestroy-trace teardowns [OPTION]...\n"
	"       memdestroy-trace COMMAND [OPTION]... [ARG]...\n"
	"\n"
	"Trace every call of the kernel's bpf_mem_alloc_destroy(): who calls it, for\n"
	"which type of BPF map, and how long each call takes.\n"
	"\n"
	"teardowns: trace the whole teardown of every BPF map instead, of whatever type:\n"
	"which map, let go of by whom, and where the time went: the wait for a worker,\n"
	"the worker's part, its destroy calls, and what was freed later.\n"
	"\n"
	"COMMANDS (see COMMAND --help):\n"
	"  teardowns  trace whole teardowns of maps instead\n"
	"  record     write all that happens to a file\n"
	"  report     show what is in such files, as tracing would have\n"
	"  diff       compare such files: what takes longer, and is that by chance?\n"
	"  bench      make maps, drop them, and measure what that takes\n"
	"  check      tell if this machine's kernel can be traced, or another one\n";

static const char trace_examples[] =
	"  memdestroy-trace\n"
	"      callers and map types, until Ctrl-C\n"
	"  memdestroy-trace -d 10 -H\n"
	"      for 10 seconds, with histograms\n"
	"  memdestroy-trace -i 1 -T -n 5\n"
	"      the five most expensive rows, every second\n"
	"  memdestroy-trace -t lpm_trie --by name,comm --sort max\n"
	"      which LPM trie takes longest, and in which task\n"
	"  memdestroy-trace -e --min-latency 10ms\n"
	"      each call of 10 ms and more, as it happens\n"
	"  memdestroy-trace -e -f json | jq .\n"
	"      events for other programs\n"
	"  memdestroy-trace teardowns -n 10\n"
	"      the ten maps that took longest to go, and who let go of them\n"
	"  memdestroy-trace teardowns --by type,name,released_by -i 10\n"
	"      what the maps of each name and program cost, every ten seconds\n"
	"  memdestroy-trace teardowns -f perfetto -o trace.json\n"
	"      for ui.perfetto.dev\n"
	"  memdestroy-trace record -o run.mdt -d 60\n"
	"      a minute to look at later, with memdestroy-trace report run.mdt\n";

static const char record_head[] =
	"Usage: memdestroy-trace record -o FILE [OPTION]... [--] [COMMAND [ARG]...]\n"
	"\n"
	"Write every call of bpf_mem_alloc_destroy() and every teardown of a BPF map to a\n"
	"file, with what the machine is like, for report and diff. With a COMMAND, for as\n"
	"long as that runs; else until Ctrl-C.\n";

static const char record_examples[] = "  memdestroy-trace record -o run.mdt\n"
				      "      until Ctrl-C\n"
				      "  memdestroy-trace record -o run.mdt -d 60\n"
				      "      for a minute\n"
				      "  memdestroy-trace record -o test.mdt -- make test\n"
				      "      while this runs\n"
				      "  memdestroy-trace record -o run.mdt --force -q\n"
				      "      over the recording of the last time\n";

static const char report_head[] =
	"Usage: memdestroy-trace report [OPTION]... FILE...\n"
	"       memdestroy-trace report teardowns [OPTION]... FILE...\n"
	"\n"
	"Show what recordings hold as tracing would have shown it: calls of\n"
	"bpf_mem_alloc_destroy(), or with teardowns, teardowns of BPF maps. Of several\n"
	"recordings, all together. No kernel is traced, and no rights are needed.\n";

static const char report_examples[] =
	"  memdestroy-trace report run.mdt\n"
	"      callers and map types\n"
	"  memdestroy-trace report teardowns -n 10 run.mdt\n"
	"      the ten maps that took longest to go, and who let go of them\n"
	"  memdestroy-trace report teardowns --by host,type *.mdt\n"
	"      what the maps of each type cost on each machine\n"
	"  memdestroy-trace report -e -f json --identity run.mdt | jq .\n"
	"      all calls for other programs\n"
	"  memdestroy-trace report teardowns -f perfetto -o trace.json run.mdt\n"
	"      for ui.perfetto.dev\n"
	"  memdestroy-trace report teardowns --by type -f markdown run.mdt\n"
	"      a table for an issue or a mail\n";

static const char diff_head[] =
	"Usage: memdestroy-trace diff [OPTION]... BASE NEW\n"
	"       memdestroy-trace diff [OPTION]... --base FILE... --new FILE...\n"
	"       memdestroy-trace diff teardowns [OPTION]... as above\n"
	"\n"
	"Compare recordings: what takes longer in NEW than in BASE, by how much, and how\n"
	"probable it is that this is mere chance. With teardowns, phase by phase.\n";

static const char diff_examples[] =
	"  memdestroy-trace diff old.mdt new.mdt\n"
	"      the time of destroy calls\n"
	"  memdestroy-trace diff teardowns --phase wait,total old.mdt new.mdt\n"
	"      how long maps wait for a worker, and how long it takes in all\n"
	"  memdestroy-trace diff --base old-*.mdt --new new-*.mdt\n"
	"      several recordings of each side\n"
	"  memdestroy-trace diff --fail-on 'p50>10%,p99>25%' old.mdt new.mdt\n"
	"      for CI: status 10 if something has become slower by more than that\n"
	"  memdestroy-trace diff -f markdown old.mdt new.mdt\n"
	"      a table for an issue or a mail\n";

static const char bench_head[] =
	"Usage: memdestroy-trace bench [OPTION]... [SCENARIO]...\n"
	"\n"
	"Make BPF maps, fill them, let go of them, and measure their teardowns. SCENARIO\n"
	"is the name of a standard scenario (see --list), or what to do, such as\n"
	"type=hash,entries=1000,value=64,prealloc=no,fill=full,threads=1,maps=1,runs=50;\n"
	"what is left out is as in this line. Without one, all standard scenarios are\n"
	"measured.\n";

static const char bench_examples[] =
	"  memdestroy-trace bench --quick\n"
	"      a first look\n"
	"  memdestroy-trace bench -o old.mdt\n"
	"      all standard scenarios, kept for diff\n"
	"  memdestroy-trace bench type=lpm_trie,entries=100000,runs=20\n"
	"      how long large tries take\n"
	"  memdestroy-trace bench -f markdown type=hash type=hash,prealloc=yes\n"
	"      a table for an issue or a mail\n";

static const char check_head[] =
	"Usage: memdestroy-trace check [OPTION]...\n"
	"       memdestroy-trace check [OPTION]... --kernel IMAGE [--kallsyms FILE]\n"
	"       memdestroy-trace check [OPTION]... --btf FILE [--kallsyms FILE]\n"
	"\n"
	"Tell if a kernel can be traced, how, and what would be missing. On this machine,\n"
	"what is permitted is tried: programs are attached, and a map is dropped for them\n"
	"to see. Of another kernel, its files tell.\n";

static const char check_examples[] =
	"  memdestroy-trace check\n"
	"      this machine\n"
	"  memdestroy-trace check -f json | jq -r 'select(.reason).reason'\n"
	"      the verdict alone\n"
	"  memdestroy-trace check --kernel /boot/vmlinuz-7.3.4-amd64\n"
	"      a kernel before it is booted\n";

const struct usage_text usage_texts[] = {
	[ACTION_TRACE] = {" [teardowns]", NULL, trace_head, TIMES, trace_examples},
	[ACTION_RECORD] = {" record", "[--] [COMMAND [ARG]...]", record_head, TIMES,
			   record_examples},
	[ACTION_REPORT] = {" report [teardowns]", "FILE...", report_head, TIMES, report_examples},
	[ACTION_DIFF] = {" diff [teardowns]", "[BASE NEW]", diff_head,
			 "TIME is a number and a unit: ns, us, ms, s, m or h.\n", diff_examples},
	[ACTION_BENCH] = {" bench", "[SCENARIO]...", bench_head, NULL, bench_examples},
	[ACTION_CHECK] = {" check", NULL, check_head, NULL, check_examples},
};
