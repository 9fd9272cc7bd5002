#!/bin/bash
# demo.sh - from a profile to a picture of a sandboxed desktop.
#
# Launches profiles/agent.ini, opens a terminal in it, types a line from the
# host, and takes a picture. Leaves the picture and nothing else.
set -u
top=$(cd "$(dirname "$0")/.." && pwd)
build=$top/build
picture=${1:-$PWD/demo.png}
name=demo-$$
line='echo "hello from the host, I am $(id -un) in $(hostname)"'

if [ "$(id -u)" != 0 ]; then
	echo "demo: a sandbox needs root: run 'sudo make demo'" >&2
	exit 4
fi

trap '"$build/sandboxd" rm -f "$name" 2>/dev/null' EXIT
trap 'exit 130' INT TERM

# step TEXT COMMAND...: runs it and says how long it took.
step() {
	local text=$1 start=$EPOCHREALTIME rc end
	shift
	"$@"
	rc=$?
	end=$EPOCHREALTIME
	if [ "$rc" != 0 ]; then
		echo "demo: could not $text (exit code $rc)" >&2
		exit "$rc"
	fi
	printf '%7d ms  %s\n' $(((${end/./} - ${start/./}) / 1000)) "$text"
}

launch() {
	"$build/sandboxd" run -d -n "$name" "$top/profiles/agent.ini" \
		-- sleep infinity >/dev/null
}

open_terminal() {
	"$build/sandboxd" exec "$name" -- xterm -geometry 90x24+60+60 -fa Mono \
		-fs 11 -T 'a terminal in the sandbox' </dev/null >/dev/null 2>&1 &
	"$build/steer" -s "$name" wait focus >/dev/null &&
		"$build/steer" -s "$name" wait stable >/dev/null
}

type_line() {
	"$build/steer" -s "$name" type "$line"$'\n' &&
		"$build/steer" -s "$name" wait stable >/dev/null
}

take_picture() {
	"$build/steer" -s "$name" screenshot -o "$picture" >/dev/null
}

step 'launch the sandbox, its desktop ready' launch
step 'open a terminal and see it settle' open_terminal
step 'type a line from the host and see it settle' type_line
step 'take a screenshot through the boundary' take_picture
step 'end the sandbox' "$build/sandboxd" rm -f "$name"
echo "the picture: $picture"
