#!/bin/bash
# What of the desktop dies ends the sandbox, or is started anew.
. "$(dirname "$0")/box.inc"

always=(--set display.restart=always)

# pid_of PROGRAM: of sandbox $n, outside.
pid_of() {
	ps -e -o pid=,pidns=,comm= | awk -v c="$1" \
		-v ns="$(field "$n" .ns.pid)" '$2 == ns && $3 == c { print $1 }'
}

# another PROGRAM PID: it runs, and is not the one that was.
another() {
	local now

	now=$(pid_of "$1")
	[ -n "$now" ] && [ "$now" != "$2" ]
}

# managed: a window manager holds the root, and it is alive.
managed() {
	local w

	w=$("$S" exec "$n" -- xprop -root _NET_SUPPORTING_WM_CHECK |
		grep -o '0x[0-9a-f]*') &&
		"$S" exec "$n" -- xprop -id "$w" _NET_SUPPORTING_WM_CHECK |
		grep -q "$w"
}

restarts_are() {
	[ "$(field "$n" .display.restarts)" = "$1" ]
}

# --- the window manager -----------------------------------------------------------
n=$(name wm)
start_desktop "$n" "${always[@]}" -- sh -c 'xterm & exec sleep 1000'
is "$(field "$n" .display.restarts)" 0 "nothing was started anew yet"
was=$(pid_of fluxbox)
xvfb=$(pid_of Xvfb)
kill -KILL "$was"
wait_until another fluxbox "$was"
ok $? "a killed window manager comes back"
wait_until managed
ok $? "and manages the windows"
is "$(pid_of Xvfb)" "$xvfb" "the X server stays"
is "$(field "$n" '.state, .display.restarts' | xargs)" "running 1" \
	"the sandbox runs on, and it is counted"
like "$("$S" logs "$n")" "fluxbox was killed by signal 9: it is started anew" \
	"and in the log"

# --- the X server -----------------------------------------------------------------
kill -KILL "$xvfb"
wait_until another Xvfb "$xvfb"
ok $? "a killed X server comes back"
wait_until managed
ok $? "with a window manager"
wait_until restarts_are 3
ok $? "both are counted"
run_cmd "$B/steer" -s "$n" screenshot -o "$T/x.png"
is "$rc" 0 "the host sees it" || cmd_diag
in_box "$n" xwininfo -root -tree
unlike "$out" xterm "its windows are gone"
in_box "$n" sh -c 'xterm & until xwininfo -root -tree | grep -q xterm; do
	kill -0 $! || exit 1; done; kill $!'
is "$rc" 0 "a program that comes later has a display" || cmd_diag
"$S" stop "$n"
is "$(field "$n" '.state, .reason' | xargs)" "stopped stopped" "it stops in order"
"$S" rm "$n"
is_gone "$n" "and nothing is left"

# --- the layout comes back with it ------------------------------------------------
n=$(name layout)
start_desktop "$n" "${always[@]}" --set 'display.keyboard=de(nodeadkeys)' \
	-- sleep 1000
was=$(pid_of Xvfb)
kill -KILL "$was"
wait_until another Xvfb "$was"
german() {
	"$S" exec "$n" -- setxkbmap -query | grep -q 'layout: *de$'
}
wait_until german
ok $? "a new X server gets the layout"
"$S" rm -f "$n"

# --- all too often ----------------------------------------------------------------
n=$(name often)
start_desktop "$n" "${always[@]}" -- sleep 1000
was=
while [ "$(field "$n" .state)" = running ]; do
	was=$(pid_of fluxbox) && kill -KILL "$was" 2>/dev/null
	wait_until sh -c '! kill -0 "$0"' "$was"
	wait_until eval 'another fluxbox "$was" || ! state_is "$n" running'
done
is "$(field "$n" '.reason, .exit_code, .display.restarts' | xargs)" \
	"display-died 5 5" "one that dies six times in a minute ends the sandbox"
"$S" rm "$n"
done_testing
