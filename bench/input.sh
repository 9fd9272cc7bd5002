#!/bin/bash
# input.sh - one click, and a thousand characters typed into a terminal, from
# the start of the program to its exit.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/display.inc"

echo "## Input"
echo
start_desktop bench-$$ 1280 720
text=$(printf 'abcdefghij%.0s' {1..100})
have xdotool xdotool && {
	row "xdotool, move and click" 0 xdotool mousemove 300 300 click 1
	row "xdotool, click without its delay" 0 \
		xdotool mousemove 300 300 click --delay 0 --repeat 1 1
	row "xdotool, 1000 characters, --delay 0" 0 \
		xdotool type --delay 0 "$text"
}
row "steer, click" 0 "$STEER" -s bench-$$ click 300 300
row "steer, 1000 characters" 0 "$STEER" -s bench-$$ type "$text"
rotate "$W/input"
echo
expect "click, of xdotool's (at most 1)" \
	"$(ratio "$W/input" "steer, click" "xdotool, move and click")" 1
expect "type, of xdotool's without delay (at most 1)" \
	"$(ratio "$W/input" "steer, 1000 characters" \
		"xdotool, 1000 characters, --delay 0")" 1
end_desktop bench-$$
