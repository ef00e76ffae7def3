# SPDX-License-Identifier: GPL-2.0-only
# Completes the command line of memdestroy-trace in bash.
# shellcheck shell=bash

# Completes the last word of a comma-separated list without duplicates.
_memdestroy_trace_list()
{
	local current=$1 word before=
	[[ $current != *,* ]] || before=${current%,*},
	for word in $2; do
		[[ ,$before != *,$word,* ]] || continue
		[[ $before$word != "$current"* ]] || COMPREPLY+=("$before$word")
	done
}

# Completes one of the words in $2.
_memdestroy_trace_word()
{
	mapfile -t COMPREPLY < <(compgen -W "$2" -- "$1")
}

_memdestroy_trace_file()
{
	mapfile -t COMPREPLY < <(compgen -f -- "$1")
	compopt -o filenames 2>/dev/null # a slash behind directories
}

# Sets command to the index of the word where the command of record begins and its options end, if
# the cursor is there or behind it.
_memdestroy_trace_command()
{
	local i
	for ((i = 2; i <= COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--)
			((i == COMP_CWORD)) || command=$((i + 1))
			return
			;;
		-o | --output | -d | --duration | --stuck | --attach | --buffer)
			[[ ${COMP_WORDS[i + 1]-} != = ]] || ((i++))
			((i++)) # the value
			;;
		-*) ;;
		*)
			[[ -z ${COMP_WORDS[i]} ]] || command=$i
			return
			;;
		esac
	done
}

# Sets the options, keys and formats of a command, and files if its words are files.
_memdestroy_trace_set()
{
	local common='-o -q -v -h -V --output --quiet --verbose --help --version'
	local probing='-k --attach --buffer'
	local filters='-t --type --name --caller --min-latency --no-empty'
	local shown='-i -T -n -H -e -f --interval --timestamp --by --sort --top --histogram
		--timeline --events --identity --format'

	keys='caller alloc comm cpu type name id released_by released_pid cgroup'
	formats='table json csv markdown'
	options="$common "
	files=
	case $1 in
	trace) options+="$probing $filters $shown -d --duration --stuck" ;;
	record) options+="$probing -d --duration --stuck --force" ;;
	report)
		options+="$filters $shown"
		keys+=' host scenario'
		files=1
		;;
	diff)
		options+="$filters -n -f --base --new --by --phase --alpha --fail-on --allow-missing --top --format --force"
		keys+=' host scenario'
		files=1
		;;
	bench) options+="$probing -f --list --quick --format --force" ;;
	check)
		options="${options/-q /}"
		options="${options/--quiet /} -f --format --kernel --btf --kallsyms"
		formats='table json'
		;;
	esac
}

_memdestroy_trace()
{
	local current=$2 previous=$3 word action=trace place=1 command=
	local options keys formats files
	local sorts='total count empty min mean p50 p90 p99 max key'
	local not='--timeline' # options that do not apply to the view
	# Types whose maps are known to reach the function; others can be typed.
	local types='hash percpu_hash lru_hash lru_percpu_hash hash_of_maps lpm_trie
		sk_storage inode_storage task_storage cgrp_storage'
	local callers='htab_map_free htab_map_alloc trie_free
		bpf_local_storage_map_free bpf_local_storage_map_alloc'

	# place: the index where a view may be named; 0: none.
	if ((COMP_CWORD > 1)); then
		case ${COMP_WORDS[1]} in
		record | bench | check) action=${COMP_WORDS[1]} place=0 ;;
		report | diff) action=${COMP_WORDS[1]} place=2 ;;
		esac
	fi
	_memdestroy_trace_set "$action"
	if ((place && COMP_CWORD > place)) && [[ ${COMP_WORDS[place]} == teardowns ]]; then
		keys=${keys#*cpu }
		sorts='total wait free destroy deferred count min mean p50 p90 p99 max key'
		[[ $action == diff ]] || formats+=' perfetto folded'
		not='-H --histogram --caller --no-empty'
		types+=' array percpu_array array_of_maps prog_array perf_event_array ringbuf
			queue stack bloom_filter sockmap sockhash devmap devmap_hash cpumap xskmap struct_ops'
	fi
	COMPREPLY=()
	# For bash, the '=' of --option=value is a word.
	if [[ $current == = ]]; then
		current=
	elif [[ $previous == = ]]; then
		previous=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	if [[ $action == record ]]; then
		_memdestroy_trace_command
		if [[ $command == "$COMP_CWORD" ]]; then
			mapfile -t COMPREPLY < <(compgen -c -- "$current")
			return
		elif [[ $command ]]; then
			_memdestroy_trace_file "$current"
			return
		fi
	fi
	case $previous in
	--attach) _memdestroy_trace_word "$current" 'auto fentry kprobe' ;;
	--by) _memdestroy_trace_list "$current" "$keys" ;;
	--phase) _memdestroy_trace_list "$current" 'wait free destroy deferred total' ;;
	--sort) _memdestroy_trace_word "$current" "$sorts" ;;
	-f | --format) _memdestroy_trace_word "$current" "$formats" ;;
	-t | --type) _memdestroy_trace_word "$current" "$types" ;;
	--caller) _memdestroy_trace_word "$current" "$callers" ;;
	-o | --output | --base | --new | --kernel | --btf | --kallsyms)
		_memdestroy_trace_file "$current"
		;;
	--buffer | -d | --duration | -i | --interval | --min-latency | --name | -n | --top | \
		--stuck | --alpha | --fail-on) ;;
	*)
		if [[ $files && $current != -* ]]; then
			_memdestroy_trace_file "$current"
			((COMP_CWORD != place)) || [[ teardowns != "$current"* ]] || COMPREPLY+=(teardowns)
			return
		fi
		options=" ${options//[$'\n\t']/ } "
		for word in $not; do
			options=${options/ $word / }
		done
		((COMP_CWORD > 1)) || options+=' teardowns record report diff bench check'
		_memdestroy_trace_word "$current" "$options"
		;;
	esac
}

complete -F _memdestroy_trace memdestroy-trace
