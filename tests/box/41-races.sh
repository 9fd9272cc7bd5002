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

kill "${hogs[@]}"
wait "${hogs[@]}" 2>/dev/null

# A record that says "stopped" may still be held: rm must not pass it over.
n=$(name held)
"$S" run -n "$n" "$MINIMAL" -- true
exec 9<>"$SANDBOXD_STATE_DIR/$n/lock"
flock 9
run_cmd "$S" rm "$n"
is "$rc" 1 "rm of a record that is in use fails"
like "$err" "remove '$n': another command is at work on it" "and says why"
[ -e "$SANDBOXD_STATE_DIR/$n/record.json" ]
ok $? "the record is still there"
exec 9<&-
run_cmd "$S" rm "$n"
is "$rc" 0 "it goes when nobody holds it"
[ ! -e "$SANDBOXD_STATE_DIR/$n" ]
ok $? "with all it had"

done_testing
