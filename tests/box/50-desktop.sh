#!/bin/bash
# The desktop: it is ready when the payload starts, steer drives it through the
# boundary, and what was typed arrives.
. "$(dirname "$0")/box.inc"
need perl

steer() {
	run_cmd "$B/steer" -s "$n" "$@"
	[ "$rc" = 0 ] || cmd_diag
}

# --- a fresh one ------------------------------------------------------------------
n=$(name fresh)
start_desktop "$n" -- sleep 1000
is "$rc" 0 "profiles/agent.ini starts"
steer size
is "$out" 1280x720 "the screen has the profile's size"
put_inside "$n" box_guest
in_box "$n" /tmp/box_guest windows 99
unlike "$out" "x(1[7-9]|[2-9][0-9]|[0-9]{3,})$" "only a bar of the window manager is on it"
in_box "$n" xprop -root _NET_CLIENT_LIST
unlike "$out" "0x" "and no window"
in_box "$n" sh -c 'echo "$DISPLAY $XAUTHORITY"; xprop -root _NET_SUPPORTING_WM_CHECK'
like "$out" "^:99 /run/desktop/xauthority$" "the display is :99"
like "$out" "window id # 0x[0-9a-f]+" "and has a window manager"
steer screenshot -o "$T/0.png"
steer screenshot -o "$T/1.png"
is "$("$B/tests/png_diff" "$T/0.png" "$T/1.png")" 0 "nothing moves on it"

# --- who runs it --------------------------------------------------------------------
in_box "$n" ps -e -o user=,comm=,pid=
x=$(awk '$2 == "Xvfb" { print $3 }' <<<"$out")
wm=$(awk '$2 == "fluxbox" { print $3 }' <<<"$out")
is "$(awk '$2 ~ /Xvfb|fluxbox|sleep/ { print $2 ":" $1 }' <<<"$out" | sort |
	xargs)" "Xvfb:display fluxbox:wm sleep:agent" "three users run it"
in_box "$n" sh -c "kill -TERM $x; kill -TERM $wm; kill -KILL 1"
is "$(grep -c 'not permitted' <<<"$err")" 3 "the agent can signal none of them"
in_box "$n" sh -c "cat /proc/$x/environ /proc/$wm/mem /proc/1/maps
	ls -l /proc/$x/fd /proc/1/root/ /proc/$wm/cwd/"
is "$(grep -c 'denied' <<<"$err") $out" "6 " "nor look into them"
init=$(field "$n" .init.pid)
for pair in "Xvfb 998" "fluxbox 997" "sleep 1000" "sandbox-init 0"; do
	pid=$(ps -e -o pid=,pidns=,comm= | awk -v c="${pair% *}" \
		-v ns="$(field "$n" .ns.pid)" '$2 == ns && $3 == c { print $1 }' |
		head -n 1)
	is "$(ps -o uid= -p "$pid" | tr -d ' ')" \
		"$(($(field "$n" .host_uid) + ${pair#* }))" \
		"${pair% *} has an unprivileged id outside"
	[ "${pair% *}" = sandbox-init ] ||
		is "$(awk '/^Cap[A-Z]/ && $2 !~ /^0+$/ ||
			/^NoNewPrivs/ && $2 != 1 || /^Seccomp:/ && $2 != 2' \
			"/proc/$pid/status")" "" "${pair% *} is confined"
done
like "$(tr '\0' ' ' <"/proc/$init/cmdline")" "^sandbox-init $" "init has no words"
in_box "$n" sh -c 'cat /proc/net/unix' 
unlike "$out" " 00010000 .*@/tmp/.X11-unix" "nobody listens on an abstract socket"
in_box "$n" cat /proc/net/tcp
is "$(tail -n +2 <<<"$out")" "" "and on no port"
in_box "$n" xdpyinfo
unlike "$out" "GLX" "there is no GLX unless asked for"
"$S" rm -f "$n"
is_gone "$n" "nothing is left of it"

# --- typing ---------------------------------------------------------------------------
text="The quick brown fox: 0123456789 ~!@#\$%^&*()_+-={}[]|\\:;\"'<>,.?/\`"
n=$(name typed)
start_desktop "$n" -- xterm -geometry 100x10+40+40 -e sh -c 'cat >/tmp/typed'
steer wait focus
is "$rc" 0 "the terminal gets the focus"
steer wait stable
steer screenshot -o "$T/before.png"
steer type "$text"
steer wait stable
steer screenshot -o "$T/after.png"
read -r in out < <("$B/tests/png_diff" "$T/before.png" "$T/after.png" \
	40 40 700 200)
[ "$in" -gt 500 ]
ok $? "pixels change where text was typed ($in)"
is "$out" 0 "and nowhere else"
steer key Return
steer type $'second line\n'
steer key ctrl+d
wait_until state_is "$n" stopped
is "$(field "$n" .exit_code)" 0 "its end of input ends the terminal"
"$S" rm "$n"

n=$(name read)
start_desktop "$n" -- xterm -e sh -c 'cat >/tmp/typed; exec sleep 1000'
steer wait focus
steer type "$text"
steer type $'\nsecond line\n'
steer key ctrl+d
in_box "$n" sh -c 'until [ -z "$(pgrep -x cat)" ]; do :; done; cat /tmp/typed'
is "$out" "$text"$'\n'"second line" "what is read inside is what was typed"

# --- pointer --------------------------------------------------------------------------
# The root menu of fluxbox opens by the right button; a click raises a window.
in_box "$n" sh -c 'xterm -geometry 40x10+800+400 >/tmp/log 2>&1 & echo $!'
steer wait stable
steer click 850 450
in_box "$n" sh -c 'echo ok'
steer type $'echo clicked >/tmp/clicked\n'
wait_until "$S" exec "$n" -- grep -q clicked /tmp/clicked
ok $? "a click gives a window the focus"
steer move 10 20
is "$rc" 0 "the pointer moves"
steer type $'echo ü >/tmp/other\n'
wait_until "$S" exec "$n" -- grep -qx ü /tmp/other
ok $? "other characters are typed, too"
"$S" rm -f "$n"

# --- one that cannot start --------------------------------------------------------------
fake() {
	private sh -c 'mount --bind "$0" "$1" && shift && exec "$@"' "$@"
}
for program in Xvfb fluxbox; do
	n=$(name "broken-${program,,}")
	printf '#!/bin/sh\necho one\necho "%s: no %s today" >&2\nexit 1\n' \
		"$program" "screen" >"$T/fake"
	chmod 755 "$T/fake"
	run_cmd fake "$T/fake" "/usr/bin/$program" \
		"$S" run -n "$n" "$AGENT" -- true
	is "$rc" 5 "a $program that ends at once gives 5"
	like "$err" "start '$program': it ended at once: $program: no screen today" \
		"with its last words"
	is_gone "$n" "and nothing is left ($program)"
done
printf '#!/bin/sh\nprintf "\\033[31mred\\007\\n"; exit 3\n' >"$T/fake"
run_cmd fake "$T/fake" /usr/bin/Xvfb "$S" run "$AGENT" -- true
unlike "$err" $'\033|\007' "control characters in them are replaced"
like "$err" "red" "and the rest stays"

# --- sizes and depths -------------------------------------------------------------------
n=$(name small)
start_desktop "$n" --set display.width=640 --set display.height=480 \
	--set display.depth=16 --set display.number=7 -- sleep 1000
steer size
is "$out" 640x480 "another size is possible"
in_box "$n" sh -c 'echo $DISPLAY; ls /tmp/.X11-unix'
is "$(xargs <<<"$out")" ":7 X7" "and another number"
"$S" rm -f "$n"

n=$(name nowm)
start_desktop "$n" --set display.window_manager=none -- sleep 1000
in_box "$n" ps -e -o comm=
unlike "$out" fluxbox "a desktop without a window manager"
steer screenshot -o "$T/x.png"
is "$rc" 0 "can be looked at"
"$S" rm -f "$n"
done_testing
