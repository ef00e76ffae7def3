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

_memdestroy_trace()
{
	local current=$2 previous=$3
	local options='-k -t -d -i -T -n -H -e -f -o -q -v -h -V
		--attach --buffer --type --name --caller --min-latency --no-empty
		--duration --interval --timestamp --by --sort --top --histogram --events
		--format --output --quiet --verbose --help --usage --version'
	local keys='caller type alloc name comm cpu'
	local sorts='total count empty min mean p50 p90 p99 max key'
	# Those whose maps are known to reach the function; others can be typed.
	local types='hash percpu_hash lru_hash lru_percpu_hash hash_of_maps lpm_trie
		sk_storage inode_storage task_storage cgrp_storage'
	local callers='htab_map_free htab_map_alloc trie_free
		bpf_local_storage_map_free bpf_local_storage_map_alloc'

	COMPREPLY=()
	# bash takes the '=' of --option=value for a word of its own.
	if [[ $current == = ]]; then
		current=
	elif [[ $previous == = ]]; then
		previous=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	case $previous in
	--attach) mapfile -t COMPREPLY < <(compgen -W 'auto fentry kprobe' -- "$current") ;;
	--by) _memdestroy_trace_list "$current" "$keys" ;;
	--sort) mapfile -t COMPREPLY < <(compgen -W "$sorts" -- "$current") ;;
	-f | --format) mapfile -t COMPREPLY < <(compgen -W 'table json csv' -- "$current") ;;
	-t | --type) mapfile -t COMPREPLY < <(compgen -W "$types" -- "$current") ;;
	--caller) mapfile -t COMPREPLY < <(compgen -W "$callers" -- "$current") ;;
	-o | --output) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
	--buffer | -d | --duration | -i | --interval | --min-latency | --name | -n | --top) ;;
	*) mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current") ;;
	esac
}

complete -F _memdestroy_trace memdestroy-trace
