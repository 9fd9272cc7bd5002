#!/bin/bash
# Keys and pointer: what is typed is what a program reads.
. "$(dirname "$0")/desk.inc"

# same FILE TEXT NAME
same() {
	printf '%s\n' "$2" >"$T/want"
	cmp -s "$1" "$T/want"
	ok $? "$3" || diag "$(diff "$T/want" "$1" | head -5)"
}

# typed NAME TEXT: types it with a newline into a new cat.
typed() {
	desk_cat "$T/typed"
	steer type -- "$2
"
	[ "$rc" = 0 ] || cmd_diag
	desk_cat_end
	same "$T/typed" "$2" "$1"
}

desk_start
desk_fluxbox

all=$(printf '%b' "$(printf '\\x%x' {32..126})")
typed "every printable ASCII character arrives" "$all"
typed "tabs and newlines arrive" "$(printf 'a\tb\n\nc')"
xraw tap 66
like "$(xraw state)" 'modifiers 0x2$' "Caps Lock is on"
typed "text is the same with Caps Lock on" "aAbB1!"
like "$(xraw state)" 'modifiers 0x2$' "and Caps Lock is on after it"
xraw tap 66

# 500 characters, over and over, from a generator without chance in it.
wrong=0
desk_cat "$T/typed"
: >"$T/all"
for round in {1..20}; do
	text=$(awk -v s="$round" 'BEGIN { for (i = 0; i < 500; i++) {
		s = (s * 1103515245 + 12345) % 2147483648
		printf "%c", 33 + int(s / 65536) % 94 } }')
	printf '%s\n' "$text" >>"$T/all"
	steer type -- "$text
"
	[ "$rc" = 0 ] || wrong=$((wrong + 1))
done
desk_cat_end
is "$wrong" 0 "500 characters, 20 times, are typed"
cmp -s "$T/typed" "$T/all"
ok $? "and every one arrives"
long=$(printf '%2500s\n' end | fold -w 79)
typed "a text longer than one request arrives" "$long"

desk_cat "$T/typed"
xraw hold 50 1
like "$(xraw state)" 'keys 50 buttons 1 ' "a dead client left Shift and a button"
steer type "lower
"
desk_cat_end
same "$T/typed" lower "the next text is not shifted by it"
like "$(xraw state)" 'keys buttons 0 ' "and nothing stays down"
xraw hold 37 1
steer key F5
like "$(xraw state)" 'keys buttons 0 modifiers 0x0' "a chord lets go of it too"

steer move 300 200
like "$rc $(xraw state)" '^0 pointer 300,200 ' "move moves the pointer"
steer click 12 34
like "$rc $(xraw state)" '^0 pointer 12,34 .*buttons 0 ' \
	"click moves there and lets go of the button"
steer click
like "$rc $(xraw state)" '^0 pointer 12,34 ' "click alone stays where it is"
steer move 1280 10
like "$rc $err" '^2 .*1280,10 .*1280x720' "a point outside is refused by number"
like "$(xraw state)" 'pointer 12,34 ' "and nothing moves"

# shellcheck disable=SC2016
desk_window left 40x10+50+300 sh -c 'exec cat >"$0"' "$T/left"
left=$desk_term
# shellcheck disable=SC2016
desk_window right 40x10+700+300 sh -c 'exec cat >"$0"' "$T/right"
steer click 150 400
wait_until desk_is_active "$T/left.id"
ok $? "a click focuses the window under it"
steer type "to the left
"
steer key ctrl+d
wait "$left"
is "$(cat "$T/left")" "to the left" "and keys go there"
is "$(cat "$T/right")" "" "and nowhere else"

for bad in 'control|U+0007 at position 3|éx'$'\a' \
	'bytes|byte 0xff at position 2|a'$'\xff'; do
	IFS='|' read -r what want text <<<"$bad"
	steer type "$text"
	like "$rc $err" "^2 .*${want/U+/U\\+}" "refused by name: $what"
done
steer key 'ctrl+BackSpce'
like "$rc $err" "^2 .*'BackSpce': no such key" "an unknown key is refused by name"
like "$err" "hint: did you mean 'BackSpace'" "with the nearest one"
steer key 'ctrl++'
like "$rc $err" "^2 .*" "an empty name is refused"
done_testing
