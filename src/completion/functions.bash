# SPDX-License-Identifier: GPL-2.0-only
# Completes the command line of memdestroy-trace in bash. The build adds two functions that are made of
# the program's own tables (completion/generate.c): _memdestroy_trace_context and _memdestroy_trace_values.
# shellcheck shell=bash

# Offers the words in $2 that begin with $1.
_memdestroy_trace_word()
{
	mapfile -t COMPREPLY < <(compgen -W "$2" -- "$1")
}

# Offers words for the end of a comma-separated list, without duplicates.
_memdestroy_trace_list()
{
	local current=$1 word before=
	[[ $current != *,* ]] || before=${current%,*},
	for word in $2; do
		[[ ,$before != *,$word,* ]] || continue
		[[ $before$word != "$current"* ]] || COMPREPLY+=("$before$word")
	done
}

# Offers files, or with a pattern those that match it and folders; all files if there is none of both.
_memdestroy_trace_file()
{
	if [[ ${2-} ]]; then
		mapfile -t COMPREPLY < <(compgen -f -X "!$2" -- "$1"; compgen -d -- "$1")
	fi
	[[ ${COMPREPLY[*]-} ]] || mapfile -t COMPREPLY < <(compgen -f -- "$1")
	compopt -o filenames 2>/dev/null # a slash behind folders
}

# Offers values of one kind.
_memdestroy_trace_offer() # CURRENT KIND NAMES
{
	case $2 in
	word) _memdestroy_trace_word "$1" "$3" ;;
	list) _memdestroy_trace_list "$1" "$3" ;;
	recording) _memdestroy_trace_file "$1" '*.mdt' ;;
	file) _memdestroy_trace_file "$1" ;;
	esac
}

# Sets command to the index of the word where the command of record begins, and where its options end, if
# the cursor is there or behind it.
_memdestroy_trace_command()
{
	local i kind names
	for ((i = 2; i <= COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--)
			((i == COMP_CWORD)) || command=$((i + 1))
			return
			;;
		-*)
			kind=
			_memdestroy_trace_values "record ${COMP_WORDS[i]}"
			[[ ${COMP_WORDS[i + 1]-} != = ]] || ((i++))
			[[ ! $kind ]] || ((i++)) # the value
			;;
		*)
			[[ -z ${COMP_WORDS[i]} ]] || command=$i
			return
			;;
		esac
	done
}

_memdestroy_trace()
{
	local current=$2 previous=$3 context='' command='' place word help=''
	local next arguments argument_names options kind='' names=''

	COMPREPLY=()
	# The words of the context, and the place where another one may follow.
	for ((place = 1; place < COMP_CWORD; place++)); do
		word=${COMP_WORDS[place]}
		if [[ $place == 1 && $word == help ]]; then
			help=1
			continue
		fi
		_memdestroy_trace_context "${context:+$context }$word" || break
		context+=${context:+ }$word
	done
	_memdestroy_trace_context "$context"
	if [[ $help ]]; then
		((place < COMP_CWORD)) || _memdestroy_trace_word "$current" "$next"
		return
	fi
	# For bash, the '=' of --option=value is a word.
	if [[ $current == = ]]; then
		current=
	elif [[ $previous == = ]]; then
		previous=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	if [[ $arguments == command ]]; then
		_memdestroy_trace_command
		if [[ $command == "$COMP_CWORD" ]]; then
			mapfile -t COMPREPLY < <(compgen -c -- "$current")
			return
		elif [[ $command ]]; then
			_memdestroy_trace_file "$current"
			return
		fi
	fi
	_memdestroy_trace_values "$context $previous"
	if [[ $kind ]]; then
		_memdestroy_trace_offer "$current" "$kind" "$names"
	elif [[ $current == -* ]]; then
		_memdestroy_trace_word "$current" "$options"
	else
		_memdestroy_trace_offer "$current" "$arguments" "$argument_names"
		((place < COMP_CWORD)) || for word in $next; do
			[[ $word != "$current"* ]] || COMPREPLY+=("$word")
		done
		[[ $current || ${COMPREPLY[*]-} ]] || _memdestroy_trace_word "$current" "$options"
	fi
}

complete -F _memdestroy_trace memdestroy-trace
