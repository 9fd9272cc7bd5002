#!/bin/bash
# Two sandboxes of the same profile, side by side: neither knows of the other.
. "$(dirname "$0")/box.inc"

a=$(name a) b=$(name b)
start_desktop "$a" -- sleep 1000
start_desktop "$b" -- sleep 1001
put_inside "$a" box_guest
put_inside "$b" box_guest

base_a=$(field "$a" .id_base) base_b=$(field "$b" .id_base)
isnt "$base_a" "$base_b" "they have different ids"
[ $((base_a - base_b)) -ge 65536 ] || [ $((base_b - base_a)) -ge 65536 ]
ok $? "whose ranges do not overlap"
is "$(field "$a" '.ns | keys | length')" 8 "inspect tells eight namespaces"
is "$(jq -n --argjson a "$(field "$a" .ns)" --argjson b "$(field "$b" .ns)" \
	'[$a, $b | to_entries[] | .value] | unique | length')" 16 \
	"none of them is shared"

in_box "$a" ps -e -o args=
like "$out" "^sleep 1000$" "the first sees its own processes"
unlike "$out" "sleep 1001" "and not the other's"
is "$(grep -c '^Xvfb' <<<"$out")" 1 "one X server"
# Counted, so that the payload, its ps and the desktop are all there are.
is "$(wc -l <<<"$out")" 6 "init, bus, Xvfb, fluxbox, payload, ps: that is all"

in_box "$a" sh -c 'echo mine >/tmp/canary; echo mine >/dev/shm/canary
	echo mine >~/canary; echo mine >/var/tmp/canary'
is "$rc" 0 "the first leaves files"
in_box "$b" sh -c 'ls /tmp/canary /dev/shm/canary /home/agent/canary \
	/var/tmp/canary'
is "$(grep -c 'No such file' <<<"$err") $out" "4 " "the other sees none of them"

mkfifo "$T/said"
listener() {
	"$S" exec "$a" -- /tmp/box_guest "$@" >"$T/said" 2>&1 &
	tap_pids+=("$!")
	read -r said <"$T/said"
	is "$said" listening "the first listens: $*"
}
listener abstract-listen canary
in_box "$a" /tmp/box_guest abstract-connect canary
is "$out" accepted "and reaches its own abstract socket"
in_box "$b" /tmp/box_guest abstract-connect canary
is "$out" ECONNREFUSED "the other does not"
is "$("$B/tests/box_guest" abstract-connect canary)" ECONNREFUSED \
	"nor does the host"
listener tcp-listen 4711
in_box "$a" /tmp/box_guest tcp-connect 4711
is "$out" accepted "and reaches its own port"
in_box "$b" /tmp/box_guest tcp-connect 4711
is "$out" ECONNREFUSED "the other does not find it on its loopback"

in_box "$a" /tmp/box_guest shm-make 815
is "$out" made "the first makes shared memory"
in_box "$a" /tmp/box_guest shm-find 815
is "$out" found "and finds it"
in_box "$b" /tmp/box_guest shm-find 815
is "$out" ENOENT "the other does not"

cookie_a=$(od -An -v -tx1 "$SANDBOXD_STATE_DIR/$a/x11/cookie" | tr -d ' \n')
cookie_b=$(od -An -v -tx1 "$SANDBOXD_STATE_DIR/$b/x11/cookie" | tr -d ' \n')
isnt "$cookie_a" "$cookie_b" "each display has a cookie of its own"
in_box "$b" /tmp/box_guest x 99 own
is "$out" accepted "its own cookie lets it in"
in_box "$b" /tmp/box_guest x 99 none
is "$out" refused "no cookie does not"
in_box "$b" /tmp/box_guest x 99 "$cookie_a"
is "$out" refused "nor does the other's"
in_box "$b" /tmp/box_guest x 99 "$cookie_b"
is "$out" accepted "which is read right, as its own shows"

# Same display number, two pictures: what happens on one is not on the other.
"$B/steer" -s "$b" screenshot -o "$T/b0.png" >"$T/out"
in_box "$a" sh -c 'xterm -geometry 80x24+200+200 >/tmp/xterm.log 2>&1 &'
"$B/steer" -s "$a" wait focus >"$T/out" 2>&1
ok $? "a window opens on the first"
"$B/steer" -s "$b" screenshot -o "$T/b1.png" >"$T/out"
is "$("$B/tests/png_diff" "$T/b0.png" "$T/b1.png")" 0 \
	"and not a pixel changes on the other"

# The host's ids of one own nothing that the other's could touch.
in_box "$a" sh -c 'kill -0 2; kill -KILL -1'
is "$(field "$b" .state)" running "killing everything ends nothing over there"
state_is "$a" running || wait_until state_is "$a" stopped
"$S" rm -f "$a" "$b"
is_gone "$a" "nothing is left of the first"
is_gone "$b" "nor of the other"
done_testing
