#!/bin/bash
# Buttons, wheels, drags and held keys, as a program on the display sees them.
. "$(dirname "$0")/desk.inc"

desk_start
mkfifo "$T/hold"
"$B/tests/xraw" "$X" watch <"$T/hold" >>"$T/events" 7>&- &
tap_pids+=("$!")
exec 7>"$T/hold"
wait_until grep -q ready "$T/events" || fail "the client watches"

# A key that is never used otherwise ends each trial: what is before it has
# arrived.
barrier_seen() {
	tail -n 1 "$T/events" | grep -q '^keyup 9 '
}

# settle: until the client has told all that happened
settle() {
	xraw tap 9
	wait_until barrier_seen
}

# seen ACTION...: its events are in $T/seen, but for the mark and motion.
seen() {
	: >"$T/events"
	steer "$@" 7>&-
	[ "$rc" = 0 ] || cmd_diag
	settle
	grep -v '^key.* 9 ' "$T/events" >"$T/all"
	grep -v '^motion' "$T/all" >"$T/seen"
}

# what: the events' names, details and places.
what() {
	awk '{ print $1, $2, $3 }' "$T/seen" | paste -sd ' '
}

seen click 10 20
is "$(what)" "press 1 10,20 release 1 10,20" "a click"
seen click --button right 11 21
is "$(what)" "press 3 11,21 release 3 11,21" "a right click"
seen click -b middle
is "$(what)" "press 2 11,21 release 2 11,21" "a middle click, in place"
seen click -b back
is "$(what)" "press 8 11,21 release 8 11,21" "a click of a side button"
seen click -b 10
is "$(what)" "press 10 11,21 release 10 11,21" "a click of a button by number"
seen click --count 3
is "$(what)" "$(for _ in 1 2 3; do printf 'press 1 11,21 release 1 11,21 '; done |
	sed 's/ $//')" "a triple click is three"
is "$(awk '/press/ { if (p && ($5 - p < 20 || $5 - p > 400)) bad = 1; p = $5 }
	END { print bad + 0 }' "$T/seen")" 0 "apart, and near enough for one"
seen click --modifiers ctrl+shift 5 5
is "$(awk '{ print $1, $4 }' "$T/seen" | paste -sd ' ')" \
	"keydown 0x0 keydown 0x4 press 0x5 release 0x105 keyup 0x5 keyup 0x4" \
	"a click with keys held"
like "$(xraw state)" 'keys buttons 0 modifiers 0x0' "which are up afterwards"

seen scroll down
is "$(what)" "press 5 5,5 release 5 5,5" "one step of a wheel"
for direction in up:4 left:6 right:7; do
	seen scroll "${direction%:*}" 2 7 8
	n=${direction#*:}
	is "$(what)" "press $n 7,8 release $n 7,8 press $n 7,8 release $n 7,8" \
		"two steps ${direction%:*}, elsewhere"
done
seen scroll up 9 9
is "$(what)" "press 4 9,9 release 4 9,9" "one step, elsewhere"
seen scroll -m ctrl down
is "$(awk '/press/ { print $4 }' "$T/seen")" 0x4 "a wheel with a key held"

seen press 30 30
is "$(what)" "press 1 30,30" "a press"
like "$(xraw state)" 'buttons 1 ' "outlives its steer"
steer position
like "$out" '^x:30 y:30 buttons:left window:0x[0-9a-f]+$' "position tells it"
seen move 40 41
is "$(what)" "" "a move does not let go"
is "$(tail -n 1 "$T/all" | cut -d' ' -f1,3,4)" "motion 40,41 0x100" \
	"and is seen with the button down"
seen scroll down
is "$(what)" "press 5 40,41 release 5 40,41" "nor does a wheel"
seen key F5
is "$(what)" "keydown 71 40,41 keyup 71 40,41" "nor a key"
seen press -b right
is "$(what)" "press 3 40,41" "a second button goes down"
steer position --json
is "$(jq -c '[.ok, .x, .y, .buttons]' <<<"$out")" \
	'[true,40,41,["left","right"]]' "position in JSON tells both"
seen press -b right
is "$(what)" "" "one that is down cannot be pressed"
seen release -b right
is "$(what)" "release 3 40,41" "one is let go of by name"
seen release 50 51
is "$(what)" "release 1 50,51" "release goes there first, then lets go of all"
seen release
is "$(what)" "" "with nothing held there is nothing to let go of"
seen press -b 9
seen release
is "$(what)" "release 9 50,51" "a button that the protocol does not tell of too"

seen keydown shift a
is "$(what)" "keydown 50 50,51 keydown 38 50,51" "keys go down and stay"
seen click
is "$(awk '{ print $1, $4 }' "$T/seen" | paste -sd ' ')" \
	"press 0x1 release 0x101" "a click is with Shift then"
steer type x
like "$rc $err" '^1 .*keys are held' "no text is typed with keys held"
like "$err" '^hint: .*keyup.*release' "and it is said what to do"
seen key shift+b
is "$(what)" "keydown 56 50,51 keyup 56 50,51" \
	"a chord leaves alone what is held"
seen keyup a
is "$(what)" "keyup 38 50,51" "one key is let go of"
seen release
is "$(what)" "keyup 50 50,51" "release lets go of keys"
like "$(xraw state)" 'keys buttons 0 modifiers 0x0' "and nothing is down"

steer press
xraw hold 37 2
settle
seen click -b right
is "$(what)" "keyup 37 50,51 release 2 50,51 press 3 50,51 release 3 50,51" \
	"what a dead client left is let go of, what was pressed is not"
steer release

seen key --hold 0.4 a
is "$(awk '{ t[NR] = $5 } END { print (t[2] - t[1] >= 400) }' "$T/seen")" 1 \
	"a key is held as long as asked"
seen key --timeout 2 --hold 1.1 a b
is "$(awk '{ print $1, $2 }' "$T/seen" | paste -sd ' ')" \
	"keydown 38 keyup 38 keydown 56 keyup 56" \
	"several chords are pressed in a row, whatever the time limit is"

seen drag 100 100 200 150
is "$(what)" "press 1 100,100 release 1 200,150" "a drag"
is "$(awk '/^motion/ && $4 == "0x100"' "$T/all" | awk '
	{ split($3, p, ","); if (p[1] < x || p[2] < y) bad = 1
	  x = p[1]; y = p[2] } END { print (NR >= 10), bad + 0, x "," y }')" \
	"1 0 200,150" "has at least ten motions between, all forward"
seen drag --duration 0.5 -b right -m alt 200 150 199 20
is "$(awk '/^(press|release)/ { print $1, $2, $3, $4 }' "$T/seen" |
	paste -sd ' ')" "press 3 200,150 0x8 release 3 199,20 0x408" \
	"with another button and a key held"
is "$(awk '/^press/ { p = $5 } /^release/ { print ($5 - p >= 500) }' \
	"$T/seen")" 1 "takes as long as asked"

seen click
"$B/steer" --socket "$X" drag --duration 60 1 1 600 400 7>&- &
dragging=$!
wait_until sh -c 'grep -c ^motion "$1" | grep -q "[0-9][0-9]"' - "$T/events"
kill -TERM "$dragging"
wait "$dragging"
is $? 143 "a drag ends on a signal"
like "$(xraw state)" 'keys buttons 0 modifiers 0x0' "and lets go of the button"

steer click -b 31
like "$rc $err" '^2 .*no button 31, only 1 to [0-9]' \
	"a button that the display has not is refused"
steer drag 1 1 640000 1
like "$rc $err" "^2 .*'640000'" "a point that cannot be is refused"
steer drag 1 1 5000 1
like "$rc $err" '^2 .*5000,1 lies outside' "a point outside is refused"
like "$(xraw state)" 'buttons 0 ' "before anything is pressed"
steer size --json
is "$out" '{"ok":true,"width":1280,"height":720}' "size in JSON"
steer move 9999 1 --json
is "$rc $(jq -c '[.ok, .error.code, .error.what]' <<<"$out") $err" \
	'2 [false,2,"move"] ' "an error in JSON, with the same status"
steer screenshot --json -o "$T/a.png"
is "$(jq -c '[.ok, .path, .width, .height, .bytes]' <<<"$out")" \
	"[true,\"$T/a.png\",1280,720,$(stat -c %s "$T/a.png")]" \
	"a screenshot in JSON tells name and size"
steer screenshot --json -o -
like "$rc $out" '^2 \{"ok":false' "a picture and JSON do not mix"
steer clic --json
is "$rc $(jq -r .error.hint <<<"$out")" "2 did you mean 'click'?" \
	"a wrong command line is an error in JSON as well"
done_testing
