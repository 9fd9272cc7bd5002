#!/bin/bash
# Every screen a profile can ask for: its size, depth and resolution, empty
# but for the window manager's bar; and fonts to write on it.
. "$(dirname "$0")/box.inc"
need xdpyinfo xprop appres

# screen WIDTH HEIGHT DEPTH [OPTION...]
screen() {
	local what=$1x$2x$3

	n=$(name "s$what")
	start_desktop "$n" --set display.width="$1" --set display.height="$2" \
		--set display.depth="$3" "${@:4}" -- sleep 1000
	is "$rc" 0 "$what starts"
	in_box "$n" xdpyinfo
	like "$out" "dimensions: +$1x$2 pixels" "$what: its size"
	like "$out" "depth of root window: +$3 planes" "$what: its depth"
	in_box "$n" xprop -root _NET_CLIENT_LIST
	unlike "$out" "0x" "$what: no window"
	put_inside "$n" box_guest
	in_box "$n" /tmp/box_guest windows 99
	is "$(grep -Ec "x(1[7-9]|[2-9][0-9]|[0-9]{3,})$" <<<"$out")" 0 \
		"$what: nothing but a bar on it"
	run_cmd "$B/steer" -s "$n" screenshot -o "$T/x.png"
	is "$rc" 0 "$what: the host sees it" || cmd_diag
	"$S" rm -f "$n"
}
screen 640 480 16
screen 640 480 24
screen 640 480 30 --set display.window_manager=none
screen 16 16 16
screen 4096 4096 24 --set display.memory=192M
screen 4096 4096 30 --set display.memory=192M --set display.window_manager=none

run_cmd "$S" run -n "$(name ten)" --set display.depth=30 "$AGENT" -- true
like "$rc $err" "^2 .*fluxbox cannot draw" "30 bits are not for fluxbox"
n=$(name toolarge)
run_cmd "$S" run -n "$n" --set display.width=4096 --set display.height=4096 \
	"$AGENT" -- true
like "$rc $err" "^2 .*display.memory = 64M is too little" \
	"a screen larger than its memory is an error"
like "$err" "hint: set display.memory = [0-9]+M" "that says what it takes"

# --- resolution and fonts -----------------------------------------------------------
n=$(name dpi)
start_desktop "$n" --set display.dpi=192 -- sleep 1000
in_box "$n" xdpyinfo
like "$out" "resolution: +19[23]x19[23] dots per inch" "the server tells display.dpi"
in_box "$n" appres Xft
like "$out" "^Xft.dpi:[[:space:]]+192$" "and so do the resources"
in_box "$n" fc-match monospace
like "$out" "Mono" "there is a font of fixed width"
in_box "$n" xterm -e true
is "$err" "" "xterm finds its own font"
in_box "$n" sh -c 'fc-list >/tmp/list; find $HOME -name "*.cache-*"'
is "$out" "" "the host's font cache is used: none is made"
"$S" rm -f "$n"
done_testing
