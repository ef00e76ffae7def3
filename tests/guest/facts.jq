# SPDX-License-Identifier: GPL-2.0-only
#
# Conditions on the tool's and the workload's JSON lines, given as one array. $ENV.may_miss is "yes"
# if the run's programs may miss calls.

def may_miss: $ENV.may_miss == "yes";
def wrong(f): map(select(f | not)) | reduce (.[:3][] | debug) as $row (.; .) | length; # shows three of them
def median: sort | .[length / 2 | floor];
def only(what): map(select(.type == what)) | if length == 1 then .[0] else error("not one \(what)") end;

# Calls. See src/model/ledger.h.

def calls: .[] | select(.type == "destroy");
def ledger: only("ledger");

def adds_up:
	.entered == .completed + .filtered + (.still_running // 0) + .entry_only + .lost_entry
		+ .parked_lost;

# Kernels before 6.7 do not count what a kprobe program misses: null.
def lossless:
	[.entry_only, .return_only, .lost_entry, .lost_return, .parked_lost, .rows_full, .bad_records,
	 .still_running] == [0, 0, 0, 0, 0, 0, 0, 0]
	and all(.missed_entry, .missed_return, .probe_missed_entry, .probe_missed_return;
		. == 0 or . == null);

def may_be_lossless:
	if may_miss then
		[.lost_entry, .lost_return, .parked_lost, .rows_full, .bad_records] == [0, 0, 0, 0, 0]
		and .return_only <= .missed_entry and .entry_only <= .missed_return
	else
		lossless
	end;

# Other runs of the tool release their maps at about the same time: themselves, or later by a worker, with
# the programs that use them.
def used_by_tool:
	.map_name // "" | test("^((memdestr|symbols_)\\..*|memdestr_.*|records|ledger|slots)$");
def of_workload: select((used_by_tool
	or (.closed_by.comm // .released_by.comm // "" | startswith("memdestroy"))) | not);

def by_map: sort_by(.caller, .map_type, .alloc, .map_name);
def call_rows:
	map(select(.type == "row") | of_workload | {caller, map_type, alloc, map_name, count, empty}) | by_map;
def calls_as_rows:
	[calls | of_workload] | group_by([.caller, .map_type, .alloc, .map_name])
	| map((.[0] | {caller, map_type, alloc, map_name})
		+ {count: length, empty: map(select(.empty)) | length})
	| by_map;

def whole:
	.ts_ns > 0 and .latency_ns > 0 and .caller_offset > 0 and .cpu >= 0 and .empty != null
	and (if .empty then .unit_size == null and .percpu == null
	     else .unit_size > 0 and .percpu == (.alloc == "pcpu_ma") end);

# Workers free maps; the task itself frees a map whose creation fails. Only a call whose return was missed
# has no caller.
def task_right:
	if .caller == null then .latency_ns == null
	elif .caller | test("_alloc$") then .comm == "workload" and .pid == .tid and .pid > 1
	else .comm | test("^kworker/") end;

def map_attributes_right:
	(map(select(.kind and (.skipped | not) and .map_name))
		| map({key: .map_name, value: {key_size, value_size, max_entries, map_flags}})
		| from_entries) as $made
	| all(calls | of_workload | select(.map_name);
		{key_size, value_size, max_entries, map_flags} == $made[.map_name]);

# Teardowns

def rows: map(select(.type == "row")
	| select((used_by_tool or (.released_by // "" | startswith("memdestroy"))) | not));
def teardowns: map(select(.type == "teardown") | of_workload);
def reclaims: map(select(.type == "reclaim"));
def teardown_ledger: only("teardown_ledger");
def points: map(select(.type == "point"));
def released: map(select(.kind == "release"));
def named($name): teardowns | map(select(.map_name == $name));

# How many teardowns may be wrong: what the hooks of maps and calls missed
def excused:
	if may_miss then
		points | map(select(.seen_return != null) | (.missed // 0) + (.missed_return // 0)) | add
	else 0 end;
# How many may lack their releasing task, and so whose map it was: what any hook missed
def excused_release:
	if may_miss then points | map((.missed // 0) + (.missed_return // 0)) | add else 0 end;
# How many may have wrong phases: a deferred free is undecided if the hook of the workqueue missed it
def excused_phases:
	excused + (if may_miss and any(points[];
			.function == "workqueue_queue_work" and .missed > 0)
		then teardown_ledger.undecided else 0 end);

# Numbers of maps by type and name, made and seen. They must be the same.
def by_name:
	group_by([.map_type, .map_name])
	| map({map_type: .[0].map_type, map_name: .[0].map_name, maps: map(.maps) | add});
def made_maps:
	map(if .kind == "release" then {map_type, map_name, maps: 1}
		elif .maps and .kind != "releases" then {map_type, map_name, maps} else empty end)
	| by_name;
def seen_maps: teardowns | map({map_type, map_name, maps: 1}) | by_name;

# A map without a type, for which something was missed, replaces a map that was not seen.
def distance($made; $seen):
	$made + ($seen | map(.maps *= -1)) | group_by([.map_type, .map_name])
	| map({named: (.[0].map_type != null), maps: (map(.maps) | add | fabs)})
	| [(map(select(.named).maps) | add // 0), (map(select(.named | not).maps) | add // 0)] | max;
def differing: distance(made_maps; seen_maps);

# Tables of calls or teardowns, for distance; and how many calls or maps a table may lack
def rows_of_maps: rows | map({map_type, map_name, maps: .count});
def missed:
	map(select(.type == "ledger" or (.type == "point" and .function != "workqueue_queue_work"))
		| (.missed // 0) + (.missed_entry // 0) + (.missed_return // 0)) | add;

# Each map with the teardown of its id
def joined:
	(teardowns | map({key: (.id | tostring), value: .}) | from_entries) as $by_id
	| released | map({made: ., seen: $by_id[.map_id | tostring]});

# The releasing task released the map itself; or a worker did, for a program, and the task was the last to
# close it. Kprobes miss releases inside a bpf(2) that changes a map.
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

# An unknown phase makes the total unknown. Maps that made no destroy call have no time in it. What RCU frees has
# no known end.
def phases_right:
	.start_ns > 0 and .free_ns > 0 and .freed_by_rcu != null
	and (if .freed_by_rcu then .deferred_ns == null
	     elif (.destroys | add) > 0 then
			.destroy_ns != null and .destroy_ns <= .free_ns and .deferred_ns >= 0
		else .destroy_ns == null and (.deferred_ns // 0) == 0 end) # 0: calls may have been missed
	and (if .released_ns then .wait_ns == .start_ns - .released_ns
			and .total_ns == (if .freed_by_rcu then null
				else .wait_ns + .free_ns + (.deferred_ns // 0) end)
		else .wait_ns == null and .total_ns == null end)
	and (if .released_ns and .queued_ns then
			.released_ns <= .queued_ns and .queued_ns <= .start_ns
		else true end)
	and (.destroys | .pending == 0 and .unknown == 0)
	and ((.destroys.deferred > 0) or (.deferred_ns // 0) == 0);

def teardown_adds_up:
	.started == .completed + (.running // 0) + .start_only + .lost
	and .completed + (.running // 0) + .start_only + .end_only == .shown + .before + .filtered
	and .deferred == .reclaimed + .pending;
def teardown_lossless:
	[.start_only, .lost, .end_only, .forgotten, .strays, .undecided, .rows_full, .waiting, .running]
	== [0, 0, 0, 0, 0, 0, 0, 0, 0];
def points_lossless:
	length == 11 and all(.[]; .attached and .lost == 0 and .missed == 0
		and (.missed_return // 0) == 0 and (.lost_return // 0) == 0);

# The map whose teardown the workload held up
def held: map(select(.kind == "stuck"))[0];
def held_teardown: held as $made | map(select(.type == "teardown" and .id == $made.map_id));

# The benchmark. An LRU map evicts elements before it is full: each of the guest's two processors keeps up to 128
# free ones, on the second if the worker moves there. Local storage has no limit, which is shown as 0. Memory without
# entries is measured in units of 4096 bytes: a ring buffer's limit is in bytes, an arena's in pages.
def made_scenarios: map(select(.kind == "scenario"));
def right_sizes($made):
	if $made.map_type == "ringbuf" then .value_size == 0 and .max_entries == 4096 * $made.max_entries
	elif $made.map_type == "arena" then .value_size == 0 and .max_entries == $made.max_entries
	elif $made.map_type | endswith("_storage") then .value_size == $made.value_size and .max_entries == 0
	else .value_size == $made.value_size and .max_entries == $made.max_entries end;
def right_holder($made):
	if $made.held == "fd" then .released_by == null or .released_by.comm == "bench-worker"
	else .released_in == "kernel" and (.closed_by == null or .closed_by.comm == "bench-worker") end;
def right_entries($made):
	.entries == null or ($made.map_type | test("array|ringbuf|arena"))
	or (if $made.fill | test("^empt") then .entries == 0
		elif $made.map_type | startswith("lru") then
			.entries >= $made.entries - 2 * 128 and .entries <= $made.entries
		else .entries == $made.entries end);
def right_scenario($made):
	.map_type == $made.map_type and right_sizes($made) and right_holder($made) and right_entries($made)
	and ($made.map_type == "arena" or .map_flags % 2 == (if $made.prealloc then 0 else 1 end));

# check
def verdict: .[] | select(.type == "check");
def probes: [.[] | select(.type == "probe")];
def lacks($what): any(.[]; .type == "missing" and (.what | contains($what)));
