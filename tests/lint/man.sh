#!/bin/bash
# man.sh - each program's help and its manual name the same commands, in the
# same order of the alphabet, and each command's options.
#
# A program's `help` prints one row a command, "  NAME ...  text". Its page
# sets every command as ".It Cm NAME" or ".It Ic NAME" or ".Ss NAME", and
# every option as "Fl LETTER" or "Fl Fl NAME".
set -u
cd "$(dirname "$0")/../.." || exit 1
B=${B:-build}

bad=0
complain() {
	echo "$*"
	bad=1
}

# commands_of PROGRAM: the first words of the indented rows of its help.
commands_of() {
	"$B/$1" --help 2>/dev/null |
		awk '/^  [a-z]/ { print $1 }' | sort -u
}

# options_of PROGRAM [COMMAND]
options_of() {
	"$B/$1" "${@:2}" --help 2>/dev/null |
		grep -E '^ +-' | grep -oE -- '(^|[ ,])--?[a-z][a-z-]*' |
		tr -d ' ,' | sort -u
}

# page_has PAGE OPTION
page_has() {
	case $2 in
	--*) grep -qE "Fl Fl ${2#--}( |$)|Fl -${2#--}( |$)" "$1" ;;
	-*) grep -qE "Fl ([A-Za-z]+ )*${2#-}( |$)" "$1" ;;
	esac
}

check() {
	local program=$1 page=$2 command option

	[ -x "$B/$program" ] || { complain "$program is not built"; return; }
	[ -f "$page" ] || { complain "$program has no manual page"; return; }
	[ -n "$(commands_of "$program")" ] ||
		complain "$program --help lists no command"
	while read -r command; do
		grep -qE "^\.(It (Cm|Ic|Nm [^ ]+ Cm)|Ss) $command( |$)" "$page" ||
			complain "$page: no '$command', which --help lists"
		while read -r option; do
			page_has "$page" "$option" ||
				complain "$page: no $option of '$command'"
		done < <(options_of "$program" "$command")
	done < <(commands_of "$program")
	while read -r command; do
		commands_of "$program" | grep -Fxq -e "$command" ||
			complain "$program --help: no '$command' of $page"
	done < <(sed -nE 's/^\.(It (Cm|Ic)|Ss) ([a-z]+)( .*)?$/\3/p' "$page" |
		sort -u)
	while read -r option; do
		page_has "$page" "$option" ||
			complain "$page: no $option, which --help lists"
	done < <(options_of "$program")
}

page() {
	git ls-files --cached --others --exclude-standard "*$1" | head -n 1
}
check sandboxd "$(page sandboxd.1)"
check steer "$(page steer.1)"
exit $bad
