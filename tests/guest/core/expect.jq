# SPDX-License-Identifier: GPL-2.0-only
#
# Computes the expected calls from the workload's output, by caller, type, allocator and name:
# [{caller, map_type, alloc, map_name, count, empty}]. The allocators of each map type, in the tested
# kernels, are those in kernel/bpf/{hashtab,lpm_trie,bpf_local_storage}.c; $kernel names the kernel:
# 6.12, 6.12-rt.

($kernel | split("-")) as [$series, $flavour]
| ($series | split(".") | map(tonumber)) as $v
| ($v >= [6, 13]) as $lpm_has_ma
| ($v >= [6, 4] and $v < [6, 19]) as $storage_has_ma
# kmalloc() may sleep on a real-time kernel, so all local storage has allocators there.
| (if $flavour == "rt" then "^(task|cgrp|sk|inode)_storage$" else "^(task|cgrp)_storage$" end)
	as $has_ma

| def calls(caller; alloc; empty):
	{caller: caller, map_type: .map_type, alloc: alloc, map_name: .map_name, count: .maps,
	 empty: (if empty then .maps else 0 end)};

map(select(.skipped | not)
	| if .kind == "failing" then
		{caller: "htab_map_alloc", map_type: "hash", alloc: ("pcpu_ma", "ma"), map_name: null,
		 count: .creates, empty: .creates}
	elif .map_type | test("hash") | not then
		if .map_type == "lpm_trie" and $lpm_has_ma then
			calls("trie_free"; "ma"; false)
		elif (.map_type | test($has_ma)) and $storage_has_ma then
			calls("bpf_local_storage_map_free"; "selem_ma", "storage_ma"; false)
		else
			empty
		end
	elif .map_type == "rhash" then
		calls("rhtab_map_free"; "ma"; false)
	else
		calls("htab_map_free"; "pcpu_ma";
			.prealloc or (.map_type | test("percpu") | not)),
		calls("htab_map_free"; "ma"; .prealloc)
	end)
| sort_by(.caller, .map_type, .alloc, .map_name)
