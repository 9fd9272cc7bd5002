#!/bin/bash
# Limits: what was asked is in force, and what happens at the edge.
. "$(dirname "$0")/box.inc"

# members CONTROLLER GROUP, and by name
members() {
	file "$1" "$2" cgroup.procs cgroup.procs
}
names() {
	members "$@" | xargs -I @ cat /proc/@/comm | sort
}

# --- in force, from the first instruction ---------------------------------------
n=$(name set)
start_desktop "$n" --set limits.memory=200M --set limits.cpus=0.5 \
	--set limits.pids=33 --set limits.swap=0 --set display.memory=64M \
	-- sleep 1000
for l in memory:209715200 swap:0 cpus:500 pids:33; do
	is "$(field "$n" ".limits.${l%:*} | [.requested, .effective, .enforced] |
		map(tostring) | join(\" \")")" "${l#*:} ${l#*:} true" \
		"inspect: ${l%:*} is in force as asked"
done
is "$(field "$n" '.notes | length')" 0 "no limit is missing"
file() {
	cat "$(group_file "$@")"
}
is "$(file memory "$n" memory.limit_in_bytes memory.max)" 209715200 \
	"the kernel has the memory of the whole"
is "$(file memory "$n/payload" memory.limit_in_bytes memory.max)" 142606336 \
	"the payload has it less what is kept for the desktop"
like "$(file memory "$n" memory.memsw.limit_in_bytes memory.swap.max)" \
	"^(209715200|0)$" "the kernel allows no swap"
like "$(file memory "$n/desktop" memory.kmem.tcp.limit_in_bytes memory.max)" \
	"^(209715200|max)$" "sockets of the desktop count as well"
is "$(file pids "$n/payload" pids.max pids.max)" 33 "the kernel has the pids"
quota=$(file cpu "$n" cpu.cfs_quota_us cpu.max)
period=$(file cpu "$n" cpu.cfs_period_us cpu.max)
is "$((${quota% *} * 1000 / ${period#* }))" 500 "and half a CPU"
for g in payload:sleep desktop:Xvfb desktop:fluxbox init:sandbox-init; do
	for c in pids memory cpu; do
		like "$(names "$c" "$n/${g%:*}")" "^${g#*:}$" \
			"${g#*:} is in group ${g%:*} of $c"
	done
done
is "$(members pids "$n")" "" \
	"nothing is in the group above them"
in_box "$n" cat /proc/self/cgroup
like "$out" "pids:/payload$|^0::/payload$" "exec is born in the payload's group"
"$S" rm -f "$n"
is_gone "$n" "the groups go with the sandbox"

run_min -- cat /proc/self/cgroup
for c in memory pids cpu; do
	like "$out" ":([a-z,]*,)?$c(,[a-z,]*)?:/payload$|^0::/payload$" \
		"the payload's first program is in its group of $c"
done

# --- processes --------------------------------------------------------------------
run_inside box_guest --set limits.pids=20 -- forks 100
is "$out" "19 EAGAIN" "process 21 of 20 is refused"
is "$rc" 0 "and nothing else breaks"
n=$(name pids)
start_desktop "$n" -- sleep 1000
put_inside "$n" box_guest
in_box "$n" /tmp/box_guest forks 200
# Its program, its session bus and this helper are there already.
is "$out" "97 EAGAIN" "profiles/agent.ini: process 101 is refused"
like "$(cat "$(group_file pids "$n/payload" pids.events pids.events)")" \
	"^max [1-9]" "and counted"
"$S" exec "$n" -- /tmp/box_guest hold 98 >"$T/held" 2>&1 &
tap_pids+=("$!")
wait_until grep -q made "$T/held"
in_box "$n" true
is "$rc" 125 "a full sandbox cannot be entered"
like "$err" "limit of processes" "which is said"
is "$("$B/steer" -s "$n" size)" 1280x720 "its display answers all the same"
"$S" stop "$n"
is "$?" 0 "and it can be stopped"
"$S" rm "$n"

# --- memory -----------------------------------------------------------------------
run_inside box_guest --set limits.memory=32M -- eat 16
is "$rc $(tail -n 1 <<<"$out")" "0 ate" "memory below the limit can be used"
n=$(name oom)
run_inside box_guest -n "$n" --set limits.memory=32M -- eat 64
is "$rc $out" "137 eating" "memory above it ends the payload with 137"
like "$err" "sandbox '$n' ended: memory ran out" "and a sentence"
is "$(field "$n" '.reason + " " + (.exit_code | tostring)')" "oom 137" \
	"the record says oom"
is "$(field "$n" '.oom_kills > 0 and .oom_ms >= .started_ms')" true \
	"how many and when"
"$S" rm "$n"
run_min --set limits.memory=32M -- sh -c 'kill -KILL $$'
is "$rc $err" "137 " "a kill by hand is not taken for it"

# Of what its own connections hold nothing is read; 128 would hold half a GiB.
run_inside box_guest --set limits.memory=64M -- buffers 128
[ "$rc" = 0 ] && [ "$out" -gt 0 ] && [ "$out" -le 72 ]
ok $? "buffers of sockets end at the limit, too: $out MiB" || cmd_diag

# With the monitor held still nobody ends what the kernel left alone.
n=$(name survive)
start_desktop "$n" --set limits.memory=160M --set display.dbus=no -- \
	sh -c 'mkfifo /tmp/go; read -r x </tmp/go; exec /tmp/box_guest eat 400'
put_inside "$n" box_guest
wait_until "$S" exec "$n" -- test -p /tmp/go
monitor=$(field "$n" .monitor.pid)
payload=$(members pids "$n/payload" | head -n 1)
kill -STOP "$monitor"
in_box "$n" sh -c 'echo >/tmp/go'
wait_until has_ended "$payload"
ok $? "the payload is killed when its memory ends"
is "$("$B/steer" -s "$n" size)" 1280x720 "the display survives it"
is "$(names pids "$n/desktop" | xargs)" "Xvfb fluxbox" \
	"so does the window manager"
kill -CONT "$monitor"
wait_until state_is "$n" stopped
is "$(field "$n" '.reason + " " + (.exit_code | tostring)')" "oom 137" \
	"the record names memory, not the display"
unlike "$(log_of "$n")" "(Xvfb|fluxbox) ended" "and all ended in order"
"$S" rm "$n"

# More than the writable layer's share: files in memory are counted.
n=$(name files)
run_min -n "$n" --set limits.memory=32M --set limits.tmp=256M -- \
	head -c 100M /dev/zero >"$T/out"
is "$rc" 0 "output is not counted"
run_min --set limits.memory=32M --set limits.tmp=256M -- \
	sh -c 'head -c 100M /dev/zero >/tmp/x'
is "$rc" 137 "files in memory are"
"$S" rm "$n"

# --- what cannot be set -------------------------------------------------------------
without() {
	local root

	root=$(awk -v c="$1" '$3 == "cgroup" && $4 ~ "(^|,)" c "(,|$)" {
		print $2 }' /proc/self/mounts)
	[ -n "$root" ] || return 1
	shift
	private sh -c 'umount "$0" && exec "$@"' "$root" "$@"
}
for c in pids:pids memory:memory cpu:cpus; do
	key=limits.${c#*:}
	what="without the controller ${c%:*} the start fails"
	if ! without "${c%:*}" true; then
		skip "$what" "the controller is on version 2"
		continue
	fi
	n=$(name "no-${c%:*}")
	run_cmd without "${c%:*}" "$S" run -n "$n" "$MINIMAL" -- true
	like "$rc $err" "^4 .*'$key': .*no cgroup controller" "$what by name"
	like "$err" "^hint: .*best_effort = ${c#*:}" "and says how to go without"
	is_gone "$n" "and leaves nothing ($key)"
	run_cmd without "${c%:*}" "$S" run -n "$n" --set "limits.best_effort=${c#*:}" \
		--set limits.best_effort="${c#*:}, swap" "$MINIMAL" -- echo ran
	is "$rc $out" "0 ran" "best_effort lets it run ($key)"
	like "$(field "$n" '.notes[]')" "^$key is not enforced" \
		"and the record says so ($key)"
	is "$(field "$n" ".limits.${c#*:}.enforced")" false \
		"in its limits too ($key)"
	"$S" rm "$n"
done
run_min --set limits.memory=1K -- true
like "$rc $err" "^2 .*limits.memory" "less memory than can work is refused"
done_testing
