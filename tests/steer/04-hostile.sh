#!/bin/bash
# A server that means harm gets an error within the deadline, nothing else.
. "$(dirname "$0")/desk.inc"

# attack HOW ACTION...
attack() {
	local how=$1 begin took
	shift

	X=$T/$how.sock
	mkfifo "$T/$how"
	"$B/tests/hostile_x" "$X" "$how" <"$T/$how" >"$T/ready" &
	tap_pids+=("$!")
	exec 7>"$T/$how"
	wait_until grep -q ready "$T/ready" || fail "$how: it listens"
	begin=$SECONDS
	steer --timeout 2 "$@"
	took=$((SECONDS - begin))
	exec 7>&-
	wait "${tap_pids[-1]}"
	rm "$T/$how" "$X" "$T/ready"
	like "$rc $err" "^$want .*steer: " "$how: $1 ends with $want" || cmd_diag
	unlike "$err" "runtime error|Sanitizer" "$how: and no fault"
	[ "$took" -le $((20 * ${WAIT_FACTOR:-1})) ]
	ok $? "$how: and does not hang"
}

want=5
for how in mute random short length close silent bomb garbage errors cut huge \
	zero fds; do
	case $how in huge) want=1 ;; *) want=5 ;; esac
	attack "$how" screenshot -o "$T/never.png"
done
want='(1|5)'
for how in bomb garbage errors cut fds; do
	attack "$how" type text
	attack "$how" position
	attack "$how" click -m ctrl 1 1
	attack "$how" release
done
for how in events garbage errors; do
	want='(1|5|124)'
	attack "$how" wait focus
	attack "$how" wait stable
done
[ ! -e "$T/never.png" ]
ok $? "no picture was made of it"

: >"$T/file"
X=$T/file
steer size
like "$rc $err" "^5 .*not a socket" "a file is no display"
X=$T/absent
steer size
like "$rc $err" "^5 .*absent.*No such file" "an absent socket is named"
done_testing
