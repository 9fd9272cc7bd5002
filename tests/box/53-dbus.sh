#!/bin/bash
# The session bus: the agent's own, there before its program is.
. "$(dirname "$0")/box.inc"
need dbus-send dbus-daemon

ping=(dbus-send --session --print-reply --dest=org.freedesktop.DBus /
	org.freedesktop.DBus.GetId)
running() {
	[ "$("$S" exec "$n" -- ps -e -o comm= | grep -cx dbus-daemon)" = "$1" ]
}

n=$(name bus)
start_desktop "$n" -- sh -c "${ping[*]} >/tmp/answer; exec sleep 1000"
is "$rc" 0 "profiles/agent.ini has one" || cmd_diag
wait_until "$S" exec "$n" -- grep -q "^method return" /tmp/answer
ok $? "it answers the payload's first words"
in_box "$n" "${ping[@]}"
is "$rc" 0 "and those of exec" || cmd_diag
in_box "$n" sh -c 'echo $DBUS_SESSION_BUS_ADDRESS; ls -l $XDG_RUNTIME_DIR/bus
	ps -e -o user=,comm='
like "$out" "^unix:path=/run/user/1000/bus$" "its address is the usual one"
like "$out" "^srw.* agent +agent .*bus$" "its socket is the agent's"
like "$out" "^agent +dbus-daemon$" "and so is the bus"
bus=$("$S" exec "$n" -- pgrep -x dbus-daemon)
in_box "$n" cat "/proc/$bus/cgroup"
[ -n "${ROOTLESS:-}" ] ||
	like "$out" ":/payload$" "it lives on the agent's limits"
in_box "$n" dbus-send --session --print-reply --dest=org.example.None / \
	org.example.None.Do
like "$err" "ServiceUnknown" "who is not there is not"

"$S" exec "$n" -- kill -KILL "$bus"
noted() {
	[ "$(field "$n" '.notes | last')" = "the session bus has ended" ]
}
wait_until noted
ok $? "when it ends, that is noted"
is "$(field "$n" .state)" running "and the sandbox goes on"
"$S" rm -f "$n"

n=$(name anew)
start_desktop "$n" --set display.restart=always -- sleep 1000
"$S" exec "$n" -- pkill -KILL -x dbus-daemon
in_box "$n" "${ping[@]}"
is "$rc" 0 "with display.restart = always it comes back" || cmd_diag
unlike "$(field "$n" '.notes[]')" "session bus" "without a note"
"$S" rm -f "$n"

n=$(name none)
start_desktop "$n" --set display.dbus=no -- sleep 1000
in_box "$n" sh -c 'env; ls -A $XDG_RUNTIME_DIR'
unlike "$out" "DBUS|^bus$" "none is there that was not asked for"
wait_until running 0
ok $? "nor its program"
"$S" rm -f "$n"

# What the bus starts for the agent writes where the bus does.
n=$(name speaks)
start_desktop "$n" -- sleep 1000
in_box "$n" sh -c 'd=$HOME/.local/share/dbus-1/services; mkdir -p "$d"
	printf "#!/bin/sh\necho forged >&2\nexec yes flood >&2\n" >~/flood
	chmod 755 ~/flood
	printf "[D-BUS Service]\nName=org.example.F\nExec=$HOME/flood\n" \
		>"$d/org.example.F.service"
	dbus-send --session --dest=org.example.F / org.example.F.Do'
wait_until test -e "$SANDBOXD_DATA_DIR/logs/$n/bus.log.old"
ok $? "a service that floods turns the file of the bus over"
run_cmd "$S" logs --source desktop "$n"
unlike "$out" "forged|flood" "and not the desktop's, where it has no word"
in_box "$n" pkill -x yes
"$S" rm -f "$n"

n=$(name broken)
printf '#!/bin/sh\necho "no bus today" >&2\nexit 1\n' >"$T/fake"
chmod 755 "$T/fake"
run_cmd private sh -c 'mount --bind "$0" /usr/bin/dbus-daemon && exec "$@"' \
	"$T/fake" "$S" run -n "$n" "$AGENT" -- true
is "$rc" 5 "one that cannot start fails the start"
like "$err" "start 'dbus-daemon': it ended at once: no bus today" \
	"with its last words"
is_gone "$n" "and nothing is left"
done_testing
