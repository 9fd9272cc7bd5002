#!/bin/bash
# CVE-2020-25697, and the host's way to the X server: who comes by a path is led
# out of the sandbox by the guest's links, and who takes any server for the right
# one talks to another. The canary is a server outside, which writes down who
# came. Hostile replies of the right server: steer/04-hostile.
. "$(dirname "$0")/../box/box.inc"
need python3 xdpyinfo

cat >"$T/server.py" <<'EOP'
import os, socket, sys
s = socket.socket(socket.AF_UNIX)
address = sys.argv[1]
if address.startswith("@"):
    s.bind("\0" + address[1:])
else:
    os.chdir(os.path.dirname(address))
    s.bind(os.path.basename(address))
    os.chmod(os.path.basename(address), 0o777)
s.listen(8)
print("ready", flush=True)
while True:
    c, _ = s.accept()
    print("visit", c.recv(1), flush=True)
    c.close()
EOP
visits() { grep -c visit "$T/canary"; }
# Who comes is served in turn: what was before N is written down with it.
had() { [ "$(visits)" -ge "$1" ]; }
mkdir -m 0755 "$T/dir"
chmod 0711 "$T"
[ "${TMPDIR:-/tmp}" = /tmp ] || chmod 0711 "$TMPDIR"
background python3 "$T/server.py" "$T/dir/canary.sock" >"$T/canary"
wait_until grep -q ready "$T/canary"

n=$(name display)
start_desktop "$n" -- sleep 1000
init=$(field "$n" .init.pid)
visit='import socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1]); s.send(b"l")'

# --- by a path, through what the guest made -----------------------------------------
in_box "$n" sh -c 'ln -s "$1" /tmp/X99; ln -s "$(dirname "$1")" /tmp/dir' sh \
	"$T/dir/canary.sock"
run_cmd python3 -c "$visit" "/proc/$init/root/tmp/X99"
wait_until had 1
is "$rc $(visits)" "0 1" "who goes by a path comes out at the host's server"
run_cmd python3 -c "$visit" "/proc/$init/root/tmp/dir/canary.sock"
wait_until had 2
is "$rc $(visits)" "0 2" "by a directory, too"

# What the agent can do about the places that steer goes by: nothing.
# shellcheck disable=SC2016
in_box "$n" sh -c 'cd /tmp; x=.X11-unix
	for f in "mv $x old" "rm -rf $x" "rm $x/X99" "mv X99 $x/X99" \
		"ln -sfT $1 $x/X99" "ln -sfT dir $x" "chmod 777 $x" \
		"mount --bind dir $x" "ln -f X99 $x/X98"; do
		$f 2>/dev/null && echo "done: $f"
	done
	kill -9 $(pidof Xvfb) 2>/dev/null && echo killed
	kill -STOP $(pidof Xvfb fluxbox) 2>/dev/null && echo stopped
	for f in mem environ fd/3 root/ cwd/ maps; do
		head -c 1 /proc/$(pidof Xvfb)/$f 2>/dev/null && echo "read $f"
	done; echo tried' sh "$T/dir/canary.sock"
is "$out" tried "the agent neither moves the socket nor ends or reads the server"
for words in size windows "screenshot -o $T/shot.png" "type x" "move 5 5"; do
	# shellcheck disable=SC2086
	run_cmd "$B/steer" -s "$n" $words
	is "$rc" 0 "steer ${words%% *} does its work" || cmd_diag
done
run_cmd python3 -c "$visit" "$T/dir/canary.sock"
wait_until had 3
is "$(visits)" 3 "and none but we came to the host's server"

# --- another server in its place ---------------------------------------------------------
# By the abstract name that X clients try first: whoever has it is their server.
"$S" exec "$n" -- sh -c 'cat >/tmp/server.py; exec python3 /tmp/server.py \
	@/tmp/.X11-unix/X99 2>&1' <"$T/server.py" >"$T/squat" 2>&1 &
tap_pids+=("$!")
wait_until grep -qE 'ready|in use' "$T/squat"
like "$(cat "$T/squat")" "Address already in use" \
	"the abstract name of the display is taken"
in_box "$n" xdpyinfo
is "$rc" 0 "and a client finds the server" || cmd_diag
unlike "$(cat "$T/squat")" visit "not the agent's"
"$S" exec "$n" -- python3 /tmp/server.py @/tmp/.X11-unix/X98 >"$T/other" 2>&1 &
tap_pids+=("$!")
wait_until grep -q ready "$T/other"
in_box "$n" env DISPLAY=:98 xdpyinfo
isnt "$rc" 0 "another display's name can be had"
like "$(cat "$T/other")" visit "and whoever has it is visited"

# In the host-only directory, by a hand of root's that was led astray.
x11=$SANDBOXD_STATE_DIR/$n/x11
mv "$x11/X" "$x11/kept"
# put WHAT: lies in the socket's place now.
put() {
	rm -f "$x11/X"
	eval "$1"
	run_cmd timeout -k 1 20 "$B/steer" -s "$n" size
}
put 'ln -s "$T/dir/canary.sock" "$x11/X"'
like "$rc $err" "^5 .*'$n': Too many levels" "steer follows no link"
put 'mkfifo "$x11/X"'
like "$rc $err" "^5 .*it is not a socket" "and opens no FIFO"
put ': >"$x11/X"'
like "$rc $err" "^5 .*it is not a socket" "and no file"
mkdir -m 0777 "$T/his"
setpriv --reuid 64104 --regid 64104 --clear-groups /usr/bin/python3 -c "$(cat "$T/server.py")" \
	"$T/his/sock" >"$T/his.out" 2>&1 &
tap_pids+=("$!")
wait_until grep -q ready "$T/his.out"
put 'mv "$T/his/sock" "$x11/X"'
like "$rc $err" "^5 .*'$n': user 64104 listens there, not the sandbox" \
	"nor does it talk to a server of somebody else's" || cmd_diag
rm -f "$x11/X"
mv "$x11/kept" "$x11/X"
is "$("$B/steer" -s "$n" size)" 1280x720 "with its own it goes on"
run_cmd python3 -c "$visit" "$T/dir/canary.sock"
wait_until had 4
is "$(visits)" 4 "nobody but we came to the host's server"
"$S" rm -f "$n"
is_gone "$n" "nothing is left"
done_testing
