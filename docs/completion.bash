# SPDX-License-Identifier: GPL-2.0-only
# Completes the command line of memdestroy-trace in bash.
# shellcheck shell=bash

# Completes the last of a comma-separated list of different words.
_memdestroy_trace_list()
{
	local current=$1 word before=
	[[ $current != *,* ]] || before=${current%,*},
	for word in $2; do
		[[ ,$before != *,$word,* ]] || continue
		[[ $before$word != "$current"* ]] || COMPREPLY+=("$before$word")
	done
}

# Completes one of these words.
_memdestroy_trace_word()
{
	mapfile -t COMPREPLY < <(compgen -W "$2" -- "$1")
}

_memdestroy_trace()
{
	local current=$2 previous=$3 word
	local options='-k -t -d -i -T -n -H -e -f -o -q -v -h -V
		--attach --buffer --type --name --caller --min-latency --no-empty
		--duration --interval --timestamp --stuck --by --sort --top --histogram --timeline
		--events --identity --format --output --quiet --verbose --help --usage --version'
	local keys='caller alloc comm cpu type name id released_by released_pid cgroup'
	local sorts='total count empty min mean p50 p90 p99 max key'
	local formats='table json csv'
	local not='--timeline' # what says nothing of calls
	# Those whose maps are known to reach the function; others can be typed.
	local types='hash percpu_hash lru_hash lru_percpu_hash hash_of_maps lpm_trie
		sk_storage inode_storage task_storage cgrp_storage'
	local callers='htab_map_free htab_map_alloc trie_free
		bpf_local_storage_map_free bpf_local_storage_map_alloc'

	if [[ ${COMP_WORDS[1]} == teardowns && $COMP_CWORD -gt 1 ]]; then
		keys='type name id released_by released_pid cgroup'
		sorts='total wait free destroy deferred count min mean p50 p90 p99 max key'
		formats+=' perfetto folded'
		not='-H --histogram --caller --no-empty'
		types+=' array percpu_array array_of_maps prog_array perf_event_array ringbuf
			queue stack bloom_filter sockmap sockhash devmap devmap_hash cpumap xskmap struct_ops'
	fi
	COMPREPLY=()
	# bash takes the '=' of --option=value for a word of its own.
	if [[ $current == = ]]; then
		current=
	elif [[ $previous == = ]]; then
		previous=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	case $previous in
	--attach) _memdestroy_trace_word "$current" 'auto fentry kprobe' ;;
	--by) _memdestroy_trace_list "$current" "$keys" ;;
	--sort) _memdestroy_trace_word "$current" "$sorts" ;;
	-f | --format) _memdestroy_trace_word "$current" "$formats" ;;
	-t | --type) _memdestroy_trace_word "$current" "$types" ;;
	--caller) _memdestroy_trace_word "$current" "$callers" ;;
	-o | --output) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
	--buffer | -d | --duration | -i | --interval | --min-latency | --name | -n | --top | \
		--stuck) ;;
	*)
		options=" ${options//[$'\n\t']/ } "
		for word in $not; do
			options=${options/ $word / }
		done
		((COMP_CWORD > 1)) || options+=' teardowns'
		_memdestroy_trace_word "$current" "$options"
		;;
	esac
}

complete -F _memdestroy_trace memdestroy-trace
