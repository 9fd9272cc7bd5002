#!/bin/bash
# text.sh - words: no unfinished marks, no paths of one machine, spelling,
# manual pages, shell.
set -u
cd "${1:-$(dirname "$0")/../..}" || exit 1

bad=0
# refuse PATTERN WHY: no file may hold it. This one spells it, so it is out.
refuse() {
	local found

	found=$(git ls-files -z --cached --others --exclude-standard |
		grep -zv '^tests/lint/text\.sh$' |
		xargs -0 grep -InE -e "$1" --)
	[ -n "$found" ] || return 0
	printf '%s:\n%s\n' "$2" "$found"
	bad=1
}
refuse '\b(TODO|FIXME|XXX|HACK)\b' 'unfinished'
# Where this checkout stands is true on one machine only.
refuse "$(git rev-parse --show-toplevel)/|file://" 'a path of one machine'
refuse '^(<<<<<<<|>>>>>>>) ' 'a merge left this'

# Words that only look misspelt here stand in spelling.txt.
git ls-files -z --cached --others --exclude-standard |
	grep -zvE '^tests/lint/spelling\.txt$|\.png$' |
	xargs -0 codespell -I tests/lint/spelling.txt || bad=1

while IFS= read -r page; do
	mandoc -T lint -W warning "$page" || bad=1
done < <(git ls-files --cached --others --exclude-standard '*.[1578]')

shell=()
while IFS= read -r f; do
	[ -f "$f" ] || continue
	case $f in
	*.sh | *.inc | *.bash) shell+=("$f") ;;
	*.*) ;;
	*) head -n 1 "$f" | grep -qE '^#!.*[/ ](ba|da)?sh$' && shell+=("$f") ;;
	esac
done < <(git ls-files --cached --others --exclude-standard)
# SC2016: single quotes are meant, for awk and inner shells. SC2317: functions
# that a trap or a table of names calls look unreachable. SC2119: an argument
# may be optional. SC2002: a pipe that begins with cat reads from left to right.
[ ${#shell[@]} -eq 0 ] ||
	shellcheck -x -P SCRIPTDIR -e SC2002,SC2016,SC2119,SC2317 "${shell[@]}" || bad=1
exit $bad
