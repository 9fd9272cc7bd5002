#!/bin/bash
# An agent that takes what it can get: the sandbox stays within its bounds, and
# can be looked at and ended.
. "$(dirname "$0")/../box/box.inc"

n=$(name bomb)
start_desktop "$n" -- sh -c 'trap "" TERM HUP INT
	until [ -x /tmp/box_guest ]; do sleep 0.05; done
	exec /tmp/box_guest bomb'
put_inside "$n" box_guest
bombed() {
	[ "$(sed -n 's/^max //p' "$(group_file pids "$n/payload" pids.events \
		pids.events)")" -gt 100 ]
}
wait_until bombed
ok $? "a fork bomb runs into its limit"
[ "$(cat "$(group_file pids "$n/payload" pids.current pids.current)")" -le 100 ]
ok $? "and stays below it"
is "$("$B/steer" -s "$n" size)" 1280x720 "the display answers"
run_cmd "$S" inspect "$n"
is "$rc" 0 "inspect answers"
run_cmd "$S" rm -f "$n"
is "$rc" 0 "it can be removed"
is_gone "$n" "and nothing is left"

# Whoever forks faster than he is killed, in sessions of his own.
n=$(name hydra)
start_min "$n" -- sh -c 'h() { trap "" TERM HUP INT
	while :; do setsid sh -c "sleep 0.01" & sleep 0.01; done; }
	h & h & h & echo ready; wait'
wait_until logged "$n" 'payload: ready'
run_cmd "$S" stop "$n"
is "$rc" 0 "one that keeps forking can be stopped"
is "$(groups_of "$n")" "" "and no process of it is left"
"$S" rm "$n"

# Memory through files, pipes and shared memory is counted like any other.
for what in 'head -c 300M /dev/zero >/dev/shm/x' \
	'head -c 300M /dev/zero >/tmp/x' \
	'head -c 300M /dev/zero | tail -c 300M >/dev/null'; do
	run_min --set limits.memory=64M --set limits.shm=512M \
		--set limits.tmp=512M -- sh -c "$what"
	is "$rc" 137 "memory ends at its limit: $what"
	like "$err" "memory ran out" "and that is said"
done

# A flood on every stream that the host reads.
n=$(name flood)
start_desktop "$n" -- sh -c 'yes >&2 & yes & exec xterm -e yes'
wait_until test -e "$SANDBOXD_DATA_DIR/logs/$n/payload.log.old"
is "$("$B/steer" -s "$n" size)" 1280x720 "a flood does not stop the display"
run_cmd "$S" stop "$n"
is "$rc" 0 "nor a stop"
find "$SANDBOXD_DATA_DIR" -size +513k >"$T/big"
is "$(cat "$T/big")" "" "and fills no disk"
"$S" rm "$n"

# All files, all inodes, all of /run.
n=$(name full)
start_desktop "$n" --set rootfs.size=8M --set limits.tmp=8M -- sleep 1000
in_box "$n" sh -c 'for d in ~ /tmp /dev/shm /run/user/1000 /run/lock /var/tmp; do
	head -c 80M /dev/zero >$d/x; done 2>/dev/null; true'
in_box "$n" true
is "$rc" 0 "a sandbox without space can be entered"
run_cmd "$B/steer" -s "$n" screenshot -o "$T/full.png"
is "$rc" 0 "and looked at"
run_cmd "$S" stop "$n"
is "$rc" 0 "and stopped"
"$S" rm "$n"
is_gone "$n" "nothing is left of it"
done_testing
