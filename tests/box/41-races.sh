#!/bin/bash
# What comes right behind something else, on a busy machine.
. "$(dirname "$0")/box.inc"

hogs=()
for _ in 1 2 3 4; do
	(while :; do :; done) &
	hogs+=($!)
done

# The payload's first word can be here before its start is known everywhere.
mkfifo "$T/fifo"
got=
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	"$S" run "$MINIMAL" -- sh -c \
		'trap "exit 8" HUP; echo ready; sleep 10 & wait' >"$T/fifo" &
	cli=$!
	read -r _ <"$T/fifo"
	kill -HUP "$cli"
	wait "$cli"
	got="$got$?"
done
is "$got" 88888888888888888888 "a signal at the first word reaches the payload"

n=$(name quick)
left=
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	"$S" run -n "$n" "$MINIMAL" -- true
	"$S" rm "$n" || left="$left refused"
	[ -e "$SANDBOXD_STATE_DIR/$n" ] && left="$left kept"
done
is "$left" "" "rm right behind run removes the record"

kill "${hogs[@]}"
wait "${hogs[@]}" 2>/dev/null
done_testing
