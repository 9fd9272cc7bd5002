#!/bin/bash
# man.sh - each program's help and its manual name the same commands, and each
# command's options and arguments; the manual of profiles has every key and
# every rule of `sandboxd check`.
#
# A program's help prints one row a command, "  NAME ARG...  text", where NAME
# may be two words in lower case. Its page sets every command as ".It Cm NAME"
# with the arguments as "Ar", and every option as "Fl LETTER" or "Fl -NAME".
set -u
cd "$(dirname "$0")/../.." || exit 1
B=${B:-build}

bad=0
complain() {
	echo "$*"
	bad=1
}

# commands_of PROGRAM: the names of the indented rows of its help.
commands_of() {
	"$B/$1" --help 2>/dev/null | sed -nE \
		's/^  ([a-z][a-z-]*( [a-z][a-z-]*)?)( [^ ].*)?( .*)?$/\1/p' |
		sort -u
}

# options_of PROGRAM [COMMAND]: a line for each, "-n --name" or "--name".
options_of() {
	"$B/$1" "${@:2}" --help 2>/dev/null | sed -nE \
		's/^  ((-[a-zA-Z]), |    )(--[a-z][a-z-]*)( .*)?$/\2 \3/p'
}

# part_of PAGE COMMAND: what the page says of it, and the options of all.
part_of() {
	awk -v name="$2" '
	/^\.(It (Cm|Ic)|S[sh]) / {
		on = 0
		if ($0 ~ /^\.Ss Options/ ||
		    index($0 " ", ".It Cm " name " ") == 1)
			on = 1
	}
	on' "$1"
}

# has OPTION: standard input, a page or a part of it, sets it.
has() {
	case $1 in
	--*) grep -qE "Fl -${1#--}( |$)" ;;
	-*) grep -qE "Fl ([A-Za-z]+ )*${1#-}( |$)" ;;
	esac
}

# arguments_of PROGRAM COMMAND: the words of its usage, in lower case.
arguments_of() {
	"$B/$1" "${@:2}" --help 2>/dev/null |
		sed -nE "1s/^usage: $1 ${*:2}( |$)//p" |
		sed 's/\[OPTION\.\.\.\]//' | grep -oE '[A-Za-z]+' |
		tr '[:upper:]' '[:lower:]' | sort -u
}

# check_command PROGRAM PAGE WORD...
check_command() {
	local program=$1 page=$2 item option options word part

	shift 2
	part=$(part_of "$page" "$*")
	item=$(grep -E "^\.It Cm $*( |$)" "$page")
	[ -n "$item" ] ||
		complain "$page: no '$*', which --help lists"
	while read -r -a options; do
		# Several commands may share the text of an option.
		has "${options[0]}" <<<"$part" ||
			complain "$page: no ${options[0]} of '$*'"
		for option in "${options[@]}"; do
			has "$option" <"$page" ||
				complain "$page: no $option of '$*'"
		done
	done < <(options_of "$program" "$@")
	while read -r word; do
		grep -qiE "Ar ([a-z]+ )?$word( |$)|[ |]$word\||\|$word( |$)" <<<"$item" ||
			complain "$page: no argument '$word' of '$*'"
	done < <(arguments_of "$program" "$@")
}

check() {
	local program=$1 page=$2 command options option words

	[ -x "$B/$program" ] || { complain "$program is not built"; return; }
	[ -f "$page" ] || { complain "$program has no manual page"; return; }
	[ -n "$(commands_of "$program")" ] ||
		complain "$program --help lists no command"
	while read -r -a words; do
		check_command "$program" "$page" "${words[@]}"
	done < <(commands_of "$program")
	while read -r command; do
		commands_of "$program" | grep -Fxq -e "$command" ||
			complain "$program --help: no '$command' of $page"
	done < <(sed -nE 's/^\.It Cm ([a-z-]+( [a-z-]+)?)( .*)?$/\1/p' \
		"$page" | sort -u)
	while read -r -a options; do
		for option in "${options[@]}"; do
			has "$option" <"$page" ||
				complain "$page: no $option, which --help lists"
		done
	done < <(options_of "$program")
}

page() {
	git ls-files --cached --others --exclude-standard "*$1" | head -n 1
}
check sandboxd "$(page sandboxd.1)"
check steer "$(page steer.1)"

# Every check of doctor, and no other.
checks=$(sed -n '/^\.Sh HOST/,/^\.Sh /s/^\.It Ic //p' "$(page sandboxd.1)" |
	tr -d ' ' | tr ',' '\n' | sort)
[ "$checks" = "$("$B/sandboxd" doctor --checks --json |
	jq -r '.[].id' | sort)" ] ||
	complain "sandboxd.1: HOST has other checks than doctor"

# The page of profiles is made from the table.
profile=$B/sandboxd-profile.5
mandoc -T lint -W warning "$profile" || bad=1
while IFS=. read -r section key; do
	sed -n "/^\.Ss \[$section\]/,/^\.El/p" "$profile" |
		grep -q "^\.It Ic $key\( \|$\)" ||
		complain "$profile: no $section.$key"
done < <("$B/sandboxd" profile keys --json | jq -r '.[].key')
while IFS= read -r rule; do
	sed -n '/^\.Sh RULES/,/^\.El/p' "$profile" |
		grep -q "^\.It Cm $rule " || complain "$profile: no rule $rule"
done < <("$B/sandboxd" check --rules --json | jq -r '.[].rule')
exit $bad
