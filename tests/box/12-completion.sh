#!/bin/bash
# Completion: what the programs say can follow, and what three shells make of
# it.
. "$(dirname "$0")/box.inc"
need bash zsh fish

# offers PROGRAM WORD...: the candidates, sorted, one a line.
offers() {
	local program=$1

	shift
	"$B/$program" completion words -- "$@" | cut -f 1 | sort
}

# commands_in_help PROGRAM
commands_in_help() {
	"$B/$1" --help | sed -nE \
		's/^  ([a-z][a-z-]*( [a-z][a-z-]*)?)( [^ ].*)?( .*)?$/\1/p' |
		sort
}

options_in_help() {
	"$@" --help |
		sed -nE 's/^  (-[a-zA-Z], |    )(--[a-z-]+)( .*)?$/\2/p' | sort
}

for program in sandboxd steer; do
	commands=$(commands_in_help $program)
	isnt "$commands" "" "$program has commands"
	is "$(offers $program '')" "$(cut -d ' ' -f 1 <<<"$commands" | uniq)" \
		"$program: every one is offered"
	is "$(offers $program --)" "$(options_in_help "$B/$program")" \
		"$program: so are the options in front of them"
	while read -r -a words; do
		is "$(offers $program "${words[@]}" -)" \
			"$(options_in_help "$B/$program" "${words[@]}")" \
			"$program ${words[*]}: its options"
	done < <(grep -v '^completion$' <<<"$commands")
done
is "$(offers sandboxd profile '')" "keys"$'\n'"show" \
	"the second word of a command"
is "$(offers sandboxd profile k)" "keys" "and what is left of it"
is "$(offers sandboxd help profile s)" "show" "the same for help"
is "$(offers sandboxd nonsense '')" "" "nothing behind a wrong command"
is "$(offers sandboxd run '')" ":files .ini" "a profile is a file"
is "$(offers sandboxd run x.ini '')" "--" "behind it comes a command"
is "$(offers sandboxd run x.ini -- '')" ":programs" "which is a program"
is "$(offers sandboxd run x.ini -- sh -)" ":files" "whose words are its own"
is "$(offers sandboxd doctor '')" ":files .ini" "doctor is told one, too"
is "$(offers steer wait '')" "focus"$'\n'"stable" "a choice of words"
is "$(offers steer --json wait s)" "stable" "behind a flag"
is "$(offers steer -s x wait f)" "focus" "and behind an option's value"
is "$(offers steer --socket '')" ":files" "a value that is a file"

keys=$("$S" profile keys --json | jq -r '.[].key' | sort)
is "$(offers sandboxd run --set '')" "${keys//$'\n'/=$'\n'}=" \
	"--set: every key of a profile"
is "$(offers sandboxd run --set display.glx=)" \
	"display.glx=no"$'\n'"display.glx=yes" "its values"
is "$(offers sandboxd run --set=display.window_manager=f)" \
	"--set=display.window_manager=fluxbox" "joined by a sign"
is "$(offers sandboxd run --set limits.best_effort=cpus,pid)" \
	"limits.best_effort=cpus,pids" "the next one of a list"
is "$(offers sandboxd exec -N '' | xargs)" "cgroup ipc net pid time uts" \
	"-N: the namespaces that can be entered"
is "$(offers sandboxd exec --namespaces=net,p)" "--namespaces=net,pid" \
	"and the next one of them"
is "$(offers sandboxd profile keys network)" \
	"network"$'\n'"$(grep '^network' <<<"$keys")" "sections and keys"

n=$(name one)
is "$(offers sandboxd stop '')" "" "no sandbox, no name"
start_min "$n" -- sleep infinity
is "$("$S" completion words -- stop "${n:0:3}")" "$n"$'\t'"running" \
	"a name, and what it does"
is "$(offers sandboxd exec "$n" '')" "--" "behind it comes a command"
is "$(offers sandboxd rm other "$n")" "$n" "as many names as one likes"
is "$(offers sandboxd run -n '')" "" "a new name is not known yet"

run_cmd "$S" completion csh
like "$rc $err" '^2 .*bash, zsh, fish' "another shell is an error"

# --- the shells --------------------------------------------------------------

mkdir "$T/d"
cd "$T/d" || exit 1
mkdir sub
touch one.ini two.txt
for program in sandboxd steer; do
	for shell in bash zsh fish; do
		"$B/$program" completion $shell >"$T/$program.$shell"
		run_cmd $shell -n "$T/$program.$shell"
		is "$rc $err" "0 " "$program: the script is one for $shell"
	done
done

# in_fish LINE: what fish offers for the end of it.
in_fish() {
	HOME=$T XDG_CONFIG_HOME=$T PATH=$B:$PATH fish --no-config -c \
		'for f in $argv[2..]; source $f; end; complete -C $argv[1]' \
		"$1" "$T/sandboxd.fish" "$T/steer.fish" | cut -f 1 | sort
}
is "$(in_fish 'sandboxd r')" "rm"$'\n'"run" "fish: commands"
is "$(in_fish "sandboxd stop ${n:0:3}")" "$n" "fish: names"
is "$(in_fish 'sandboxd run ')" "one.ini"$'\n'"sub/" "fish: profiles"
is "$(in_fish 'sandboxd run --set=display.glx=n')" "--set=display.glx=no" \
	"fish: values"
is "$(in_fish 'steer screenshot -o tw')" "two.txt" "fish: files"

# in_terminal SHELL LINE WANTED: typed on a terminal and completed, the line
# becomes WANTED.
in_terminal() {
	local start

	case $1 in
	bash) start="bash --norc --noprofile -i" ;;
	zsh) start="zsh -f -i" ;;
	esac
	HOME=$T TERM=dumb PATH=$B:$PATH timeout 60 zsh -f -c '
	zmodload zsh/zpty
	zpty -e box "cd $1 && PS1=\"% \" exec $2"
	case $2 in
	zsh*) zpty -w box "autoload -Uz compinit && compinit -u -D" ;;
	esac
	zpty -w box ". $3; . $4; echo rea\"\"dy"
	zpty -r box got "*ready*"
	zpty -w -n box "$5"$'"'\\t'"'
	zpty -r box got "*$6*"
	print -r -- "$got"
	zpty -d box' zsh "$T/d" "$start" "$T/sandboxd.$1" "$T/steer.$1" \
		"$2" "$3" >"$T/terminal" 2>&1
	ok $? "$1: '$2' becomes '$3'" || diag "$(cat -v "$T/terminal")"
}
for shell in bash zsh; do
	in_terminal $shell 'sandboxd profile k' 'profile keys '
	in_terminal $shell "sandboxd stop ${n:0:-2}" "stop $n "
	in_terminal $shell 'sandboxd run o' 'run one.ini '
	in_terminal $shell 'sandboxd run --set network.m' '--set network.mode='
	in_terminal $shell 'sandboxd run --set=display.glx=n' \
		'--set=display.glx=no '
	in_terminal $shell 'sandboxd run --set display.glx=n' \
		'--set display.glx=no '
	in_terminal $shell 'steer screenshot -o tw' '-o two.txt '
	in_terminal $shell 'steer wait f' 'wait focus '
done
done_testing
