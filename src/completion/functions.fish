# SPDX-License-Identifier: GPL-2.0-only
# Completes the command line of memdestroy-trace in fish. The build adds the commands that are made of the
# program's own tables (completion/generate.c).

# The context of the cursor: the words of command and view. A second line says what else is there: nothing,
# "help" before it, or "more" behind it.
function __memdestroy_trace_context
	set -l words (commandline -opc)[2..]
	set -l context
	set -l rest
	if test "$words[1]" = help
		set rest help
		set -e words[1]
	end
	if contains -- "$words[1]" $__memdestroy_trace_commands
		set context $words[1]
		set -e words[1]
	end
	if contains -- "$words[1]" calls teardowns; and not contains -- "$context" $__memdestroy_trace_without_views
		set context $context $words[1]
		set -e words[1]
	end
	if test (count $words) -gt 0
		set rest more
	end
	echo "$context"
	echo "$rest"
end

# Whether a word may follow this context.
function __memdestroy_trace_at
	set -l context (__memdestroy_trace_context)
	test "$context[1]" = "$argv[1]"; and test "$context[2]" != more
end

# Whether options and arguments of this context are typed.
function __memdestroy_trace_in
	set -l context (__memdestroy_trace_context)
	test "$context[1]" = "$argv[1]"; and test "$context[2]" != help; or return
	test "$argv[1]" != record; or not __memdestroy_trace_command >/dev/null
end

# Prints the words before the cursor of the command that record runs. False: it has not begun.
function __memdestroy_trace_command
	set -l words (commandline -opc)[3..]
	while string match -q -- '-*' "$words[1]"
		if test "$words[1]" = --
			set -e words[1]
			set -q words[1]; and printf '%s\n' $words
			return 0
		end
		if contains -- $words[1] $__memdestroy_trace_record_values
			set -e words[1]
		end
		set -e words[1]
	end
	set -q words[1]; and printf '%s\n' $words
end

# Whether it may begin here, or has begun.
function __memdestroy_trace_runs
	set -l context (__memdestroy_trace_context)
	test "$context[1]" = record; and test "$context[2]" != help; or return
	__memdestroy_trace_command >/dev/null; or not string match -q -- '-*' (commandline -ct)
end

# Completes that command as if it were typed alone.
function __memdestroy_trace_run
	set -l words (__memdestroy_trace_command)
	complete -C (string join -- ' ' (string escape -- $words) (commandline -ct))
end

# Words for the end of a comma-separated list, without duplicates.
function __memdestroy_trace_list
	set -l token (string replace -r -- '^--[^=]*=' '' (commandline -ct))
	set -l before (string replace -r -- '[^,]*$' '' $token)
	for word in $argv
		if not string match -q -- "*,$word,*" ",$before"
			echo "$before$word"
		end
	end
end

# Recordings come first, and folders and other files behind them.
function __memdestroy_trace_recordings
	__fish_complete_suffix .mdt
end

complete -c memdestroy-trace -f
complete -c memdestroy-trace -n '__memdestroy_trace_runs' -x -a '(__memdestroy_trace_run)'
