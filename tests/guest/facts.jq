# SPDX-License-Identifier: GPL-2.0-only
#
# What must hold of the tool's JSON, over a slurped array of its lines.

def calls: .[] | select(.type == "destroy");
def ledger: map(select(.type == "ledger")) | if length == 1 then .[0] else error("ledgers") end;

# See src/model/ledger.h.
def adds_up:
	.entered == .completed + .filtered + (.still_running // 0) + .entry_only + .lost_entry
		+ .parked_lost;

# A kernel before 6.7 does not count what a kprobe program misses: null.
def lossless:
	[.entry_only, .return_only, .lost_entry, .lost_return, .parked_lost, .rows_full, .bad_records,
	 .still_running] == [0, 0, 0, 0, 0, 0, 0, 0]
	and all(.missed_entry, .missed_return, .probe_missed_entry, .probe_missed_return;
		. == 0 or . == null);

# The same, but for calls that the kernel is known to have missed a side of.
def only_missed:
	[.lost_entry, .lost_return, .parked_lost, .rows_full, .bad_records] == [0, 0, 0, 0, 0]
	and .return_only <= .missed_entry and .entry_only <= .missed_return;

def whole:
	.ts_ns > 0 and .latency_ns > 0 and .caller_offset > 0 and .cpu >= 0 and .empty != null
	and (if .empty then .unit_size == null and .percpu == null
	     else .unit_size > 0 and .percpu == (.alloc == "pcpu_ma") end);

# Maps are freed by workers; a creation that fails, by the task itself. The caller is only unknown where
# the return was missed.
def task_right:
	if .caller == null then .latency_ns == null
	elif .caller | test("_alloc$") then .comm == "workload" and .pid == .tid and .pid > 1
	else .comm | test("^kworker/") end;

def map_attributes_right:
	(map(select(.kind and (.skipped | not) and .map_name))
		| map({key: .map_name, value: {key_size, value_size, max_entries, map_flags}})
		| from_entries) as $made
	| all(calls | select(.map_name);
		{key_size, value_size, max_entries, map_flags} == $made[.map_name]);

# Of check.
def verdict: .[] | select(.type == "check");
def probes: [.[] | select(.type == "probe")];
def lacks($what): any(.[]; .type == "missing" and (.what | contains($what)));
