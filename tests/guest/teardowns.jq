# SPDX-License-Identifier: GPL-2.0-only
#
# What must hold of teardowns, over a slurped array of the tool's and the workload's JSON lines.

include "facts";

# The maps of other runs of the tool, which end at about the same time, are not the workload's. It lets
# go of them itself; or a worker does, with the programs that use them, some time after.
def used_by_tool:
	.map_name // "" | test("^((memdestr|symbols_)\\..*|records|ledger|slots|parked)$");
def of_workload: select((used_by_tool
	or (.closed_by.comm // .released_by.comm // "" | startswith("memdestroy"))) | not);
def rows: map(select(.type == "row")
	| select((used_by_tool or (.released_by // "" | startswith("memdestroy"))) | not));
def teardowns: map(select(.type == "teardown") | of_workload);
def reclaims: map(select(.type == "reclaim"));
def teardown_ledger:
	map(select(.type == "teardown_ledger")) | if length == 1 then .[0] else error("ledgers") end;
def points: map(select(.type == "point"));
def released: map(select(.kind == "release"));
def named($name): teardowns | map(select(.map_name == $name));

# How much may be wrong of teardowns: what the ledger says was missed; or nothing.
def excused($by):
	if $by == "nothing" then 0
	else points | map(select(.seen_return != null) | (.missed // 0) + (.missed_return // 0)) | add
	end;
# Also of who let go of it, and so of whose map it was.
def excused_release($by):
	if $by == "nothing" then 0
	else points | map((.missed // 0) + (.missed_return // 0)) | add
	end;
# Also of what destroy calls left: it may be what was queued when that was missed.
def excused_phases($by):
	excused($by) + (if $by != "nothing" and any(points[];
			.function == "workqueue_queue_work" and .missed > 0)
		then teardown_ledger.undecided else 0 end);
def wrong(f): map(select(f | not)) | length;

# How many maps there were, by type and name, and by what was seen: they must be the same.
def made_maps:
	map(if .kind == "release" then {map_type, map_name, maps: 1}
		elif .maps and .kind != "releases" then {map_type, map_name, maps} else empty end)
	| group_by([.map_type, .map_name])
	| map({map_type: .[0].map_type, map_name: .[0].map_name, maps: map(.maps) | add});
def seen_maps:
	teardowns | group_by([.map_type, .map_name])
	| map({map_type: .[0].map_type, map_name: .[0].map_name, maps: length});

# Without a type, as something of it was missed, one stands for one that is not there otherwise.
def distance($made; $seen):
	$made + ($seen | map(.maps *= -1)) | group_by([.map_type, .map_name])
	| map({named: (.[0].map_type != null), maps: (map(.maps) | add | fabs)})
	| [(map(select(.named).maps) | add // 0), (map(select(.named | not).maps) | add // 0)] | max;
# The same of a table, of calls or of teardowns; and how much may be missing in one.
def rows_of_maps: rows | map({map_type, map_name, maps: .count});
def missed:
	map(select(.type == "ledger" or (.type == "point" and .function != "workqueue_queue_work"))
		| (.missed // 0) + (.missed_entry // 0) + (.missed_return // 0)) | add;
def differing: distance(made_maps; seen_maps);

# Each map with the teardown of its id.
def joined:
	(teardowns | map({key: (.id | tostring), value: .}) | from_entries) as $by_id
	| released | map({made: ., seen: $by_id[.map_id | tostring]});

# Who let go of it: the task itself, or where that was a worker of the kernel's, for a program, the
# task that closed it last. Kprobes do not see what is done within a bpf(2) that changes a map.
def right_releaser($mode):
	.made as $made | .seen as $seen
	| ($seen.released_by == null or $seen.released_in == "kernel"
		or ($seen.released_by | .pid == $made.pid and .comm == $made.comm))
	and ($seen.closed_by.pid | . == $made.pid or . == $made.closer_pid)
	and ($seen.closed_by.comm | . == $made.comm or . == $made.closer_comm)
	and (if $made.way == "prog" then $seen.released_in == "kernel"
		elif $made.way == "inner" and $mode == "kprobe" then true
		elif $made.way == "pin" then $seen.released_in != null
		else $seen.released_in == "task" and $seen.released_by.pid == $made.pid end);

def right_map:
	.made as $made | .seen
	| .map_name == $made.map_name and .map_type == $made.map_type and .worker.comm != null
	and (.worker.comm | test("^kworker/"))
	and (.entries == null or .entries == $made.elements);

# Phases are in order and add up; what is not known makes the total unknown.
def phases_right:
	.start_ns > 0 and .free_ns > 0 and .destroy_ns != null and .destroy_ns <= .free_ns
	and .deferred_ns >= 0
	and (if .released_ns then .wait_ns == .start_ns - .released_ns
			and .total_ns == .wait_ns + .free_ns + .deferred_ns
		else .wait_ns == null and .total_ns == null end)
	and (if .released_ns and .queued_ns then
			.released_ns <= .queued_ns and .queued_ns <= .start_ns
		else true end)
	and (.destroys | .pending == 0 and .unknown == 0)
	and ((.destroys.deferred > 0) or .deferred_ns == 0);

# See src/model/ledger.h. What kprobes miss is counted from 6.7 on.
def teardown_adds_up:
	.started == .completed + (.running // 0) + .start_only + .lost
	and .completed + (.running // 0) + .start_only + .end_only == .shown + .before + .filtered
	and .deferred == .reclaimed + .pending;
def teardown_lossless:
	[.start_only, .lost, .end_only, .forgotten, .strays, .undecided, .rows_full, .waiting, .running]
	== [0, 0, 0, 0, 0, 0, 0, 0, 0];
def points_lossless:
	length == 7 and all(.[]; .attached and .lost == 0 and .missed == 0
		and (.missed_return // 0) == 0 and (.lost_return // 0) == 0);

def median: sort | .[length / 2 | floor];

# Of the benchmark. An LRU map drops some before it is full; that of what has no limit is 0.
def made_scenarios: map(select(.kind == "scenario"));
def right_scenario($made):
	.map_type == $made.map_type and .value_size == $made.value_size
	and .max_entries == (if $made.map_type | endswith("_storage") then 0 else $made.entries end)
	and .map_flags % 2 == (if $made.prealloc then 0 else 1 end)
	and (.released_by == null or .released_by.comm == "bench-worker")
	and (if .entries == null then true
		elif $made.fill == "emptied" then .entries == 0
		elif $made.map_type | startswith("lru") then
			.entries > 0.9 * $made.entries and .entries <= $made.entries
		else .entries == $made.entries end);
