#!/bin/bash
# screenshot.sh - one picture, from the start of the program to its exit.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/display.inc"

echo "## Screenshot"
for size in 1280x720 1920x1080; do
	echo
	echo "$size:"
	echo
	start_desktop bench-$$ ${size%x*} ${size#*x}
	have scrot scrot && row scrot 0 scrot -o "$W/scrot.png"
	have maim maim && row maim 0 maim "$W/maim.png"
	row steer 0 "$STEER" -s bench-$$ screenshot -o "$W/steer.png"
	rotate "$W/shots"
	echo
	(cd "$W" && stat -c '%n: %s bytes' -- *.png)
	echo
	expect "screenshot $size, of scrot's (at most 0.35)" \
		"$(ratio "$W/shots" steer scrot)" 0.35
	end_desktop bench-$$
done
