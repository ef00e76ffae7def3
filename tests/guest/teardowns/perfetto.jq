# SPDX-License-Identifier: GPL-2.0-only
#
# Checks a trace against its format (src/output/perfetto.c): prints true, or false and the fault on
# standard error.
#
# usage: [[ $(jq -f perfetto.jq FILE) == true ]]    (jq -e accepts an empty file)
#
# Each event has the members that its phase requires, and no time below 0, which viewers drop. Each
# thread and process has a name. Slices of a track are nested or disjoint. An arrow has both ends, on
# slices of their tracks, in the order of time. A wait starts and ends in one process. Times are
# compared in whole nanoseconds.

def ns: . * 1000 | round;
def is_text: type == "string" and length > 0;
def is_number: type == "number";
def is_time: is_number and . >= 0;
def is_natural: is_time and . == floor;
def is_arrow: .ph == "s" or .ph == "f";
def is_wait: .ph == "b" or .ph == "e";
def is_slice: .ph == "X" or .ph == "B";
def complain(what): "\(what): \(tojson[:300])";

def has_its_members:
	(.name | is_text) and (.pid | is_natural) and (.tid | is_natural)
	and (.args == null or (.args | type == "object"))
	and if .ph == "M" then
		(.name == "thread_name" or .name == "process_name") and (.args.name | is_text)
	elif (.cat | is_text) and (.ts | is_time) then
		if .ph == "X" then .dur | is_time
		elif .ph == "i" then .s == "t"
		elif is_wait then (.id2 | type == "object") and (.id2.local | is_text)
		elif .ph == "s" then .id | is_text
		elif .ph == "f" then (.id | is_text) and .bp == "e"
		else .ph == "B" end
	else
		false
	end;

def names(which; what):
	[.[] | select(.ph == "M" and .name == which) | what];

def unnamed:
	names("thread_name"; [.pid, .tid]) as $threads
	| names("process_name"; .pid) as $processes
	| ($threads | group_by(.)[] | select(length > 1) | complain("threads named twice")),
	  (([.[] | [.pid, .tid]] | unique) - $threads | select(length > 0)
		| complain("threads without a name")),
	  (([.[].pid] | unique) - $processes | select(length > 0)
		| complain("processes without a name"));

# The slices and the arrows' ends of one track, in order. A slice without an end stays open. At the
# same time, ends come before starts; an arrow may still be at a slice's end.
def misplaced:
	map(. + {start: (.ts | ns),
		 end: (if .ph == "X" then (.ts | ns) + (.dur | ns) else infinite end)})
	| sort_by([.start, is_arrow, -.end])
	| reduce .[] as $event ({open: [], found: []};
		if $event | is_arrow then
			.open |= until(length == 0 or .[-1] >= $event.start; .[:-1])
			| if .open == [] then .found += [$event | complain("arrow beside the slices")]
			  else . end
		else
			.open |= until(length == 0 or .[-1] > $event.start; .[:-1])
			| if .open != [] and .open[-1] < $event.end then
				.found += [$event | complain("slice across the end of another")]
			  else
				.open += [$event.end]
			  end
		end)
	| .found[];

# Events with the same key: one of each phase, the second not before the first
def unpaired(first; second; what):
	select((map(.ph) | sort) != ([first, second] | sort)
		or (map(select(.ph == first))[0].ts | ns) > (map(select(.ph == second))[0].ts | ns))
	| complain(what);

def defects:
	if type != "object" or (.traceEvents | type) != "array" then
		"no trace: \(tojson[:300])"
	elif all(.traceEvents[]; type == "object" and has_its_members) | not then
		.traceEvents[] | select(type != "object" or (has_its_members | not))
		| complain("no such event")
	else
		.traceEvents
		| unnamed,
		  (map(select(is_slice or is_arrow)) | group_by([.pid, .tid])[] | misplaced),
		  (map(select(is_arrow)) | group_by([.cat, .name, .id])[]
			| unpaired("s"; "f"; "arrow without its other end")),
		  (map(select(is_wait)) | group_by([.cat, .id2.local])[]
			| unpaired("b"; "e"; "wait without its other end"),
			  (select(([.[] | [.pid, .name]] | unique | length) > 1)
				| complain("wait whose ends differ")))
	end;

[limit(10; defects)] | if . == [] then true else (.[] | debug | empty), false end
