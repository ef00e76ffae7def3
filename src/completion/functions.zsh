#compdef memdestroy-trace
# SPDX-License-Identifier: GPL-2.0-only
# Completes the command line of memdestroy-trace in zsh. The build adds a function that is made of the
# program's own tables (completion/generate.c): _memdestroy_trace_context.

# Recordings and folders; all files if there are none.
_memdestroy_trace_recordings()
{
	_files -g '*.mdt(-.)'
}

_memdestroy_trace()
{
	local context= help= expl
	integer place=2
	local -a next specs

	if [[ $words[2] == help && $CURRENT -gt 2 ]]; then
		help=1
		place=3
	fi
	while ((place < CURRENT)) && _memdestroy_trace_context "${context:+$context }$words[place]"; do
		context+=${context:+ }$words[place]
		((place++))
	done
	_memdestroy_trace_context "$context"
	if ((place == CURRENT)) && [[ $words[CURRENT] != -* ]]; then
		((!$#next)) || _wanted commands expl command compadd -a next
	fi
	[[ ! $help ]] || return 0
	# _arguments wants the command as the first word.
	shift $((place - 2)) words
	((CURRENT -= place - 2))
	_arguments -s -S $specs
}
