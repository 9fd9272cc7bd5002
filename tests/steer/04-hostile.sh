#!/bin/bash
# A server that means harm gets the error that fits (11-hostile-every.sh has all
# actions and all servers).
. "$(dirname "$0")/desk.inc"

# hostile HOW: a server that does harm that way, until hostile_end
hostile() {
	X=$T/$1.sock
	mkfifo "$T/hold"
	"$B/tests/hostile_x" "$X" "$1" <"$T/hold" >"$T/ready" &
	tap_pids+=("$!")
	exec 7>"$T/hold"
	wait_until grep -q ready "$T/ready" || fail "$1: it listens"
}

hostile_end() {
	exec 7>&-
	wait "${tap_pids[-1]}"
	rm "$T/hold" "$X" "$T/ready"
}

# attack HOW ACTION...
attack() {
	local how=$1 begin took
	shift

	hostile "$how"
	begin=$SECONDS
	steer --timeout 2 "$@"
	took=$((SECONDS - begin))
	hostile_end
	like "$rc $err" "^$want .*steer: " "$how: $1 ends with $want" || cmd_diag
	unlike "$err" "runtime error|Sanitizer" "$how: and no fault"
	[ "$took" -le $((20 * ${WAIT_FACTOR:-1})) ]
	ok $? "$how: and does not hang"
}

want=5
for how in mute random short close bomb errors cut huge zero; do
	case $how in huge) want=1 ;; *) want=5 ;; esac
	attack "$how" screenshot -o "$T/never.png"
done
# A display may tell of any windows; they stay within what is read of them.
hostile list
steer --timeout 30 windows
hostile_end
is "$rc" 0 "a giant list of windows is read"
is "$(wc -l <<<"$out")" 258 "as much of it as there is room for"
like "$out" '^and [0-9]+ more$' "and what is left out is told"
is "$(tr -d ' -~\n' <"$T/out" | iconv -f UTF-8 -t UTF-8 | LC_ALL=C.UTF-8 \
	grep -c '[[:cntrl:]]')" 0 "titles of noise hold no control characters"
hostile ghosts
steer windows --json
hostile_end
is "$rc $(jq -c '.windows' <<<"$out")" "0 []" \
	"windows that vanish while they are asked for are left out"
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
