#!/bin/bash
# Runs inside the machine of tests/vm/vm, which is slow: nothing is timed.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../../lib.sh"
cd "$TOP" || exit 1
export WAIT_FACTOR=20

run_cmd grep -cE ' - cgroup ' /proc/self/mountinfo
is "$out" 0 "this machine has no hierarchy of version 1"

CMOCKA_MESSAGE_OUTPUT=TAP run_cmd timeout 300 "$B/tests/test_cgroup"
is "$rc" 0 "the unit tests of control groups pass" || cmd_diag

# inspected FILTER: what jq finds in the last record of $box.
inspected() {
	"$B/sandboxd" inspect "$box" | jq -r "$1"
}

box=$(name true)
run_cmd "$B/sandboxd" run -n "$box" profiles/minimal.ini -- /bin/true
is "$rc" 0 "a program runs to its end" || cmd_diag
for limit in memory cpus pids; do
	is "$(inspected ".limits.$limit.enforced")" true "$limit is enforced"
	is "$(inspected ".limits.$limit.effective")" \
		"$(inspected ".limits.$limit.requested")" \
		"$limit in force is $limit asked for"
done

run_cmd "$B/sandboxd" doctor --json
is "$rc $(jq -r '[.findings[] | select(.id | test("^(start|cgroup-)")) |
	"\(.id) \(.found)"] | sort | join(", ")' <<<"$out")" \
	"0 cgroup-cpu cpu is on version 2, cgroup-cpuset cpuset is on version 2,\
 cgroup-hugetlb hugetlb is on version 2, cgroup-io io is on version 2,\
 cgroup-memory memory is on version 2, cgroup-pids pids is on version 2,\
 cgroup-tree null, cgroup-writable null, start null" \
	"doctor knows where each controller is" || cmd_diag

box=$(name memory)
run_cmd "$B/sandboxd" run -n "$box" --set limits.memory=64M \
	profiles/minimal.ini -- tail /dev/zero
is "$rc" 137 "a program that runs out of memory ends with 137" || cmd_diag
is "$(inspected .reason)" oom "and the record says why"
isnt "$(inspected .oom_kills)" 0 "and how often"

run_cmd "$B/sandboxd" run --set limits.pids=10 profiles/minimal.ini -- \
	/bin/sh -c 'n=1; while [ $n -lt 40 ]; do echo $n; sleep 99 & n=$((n+1)); done'
is "$(tail -n 1 <<<"$out")" 10 "process 11 of 10 is refused" || cmd_diag
like "$err" "[Ff]ork" "and the shell says so"

box=$(name quota)
run_cmd "$B/sandboxd" run -d -n "$box" --set limits.cpus=0.5 \
	profiles/minimal.ini -- sleep 9999
is "$rc" 0 "a sandbox is left running" || cmd_diag
is "$(cat "/sys/fs/cgroup/sandboxd/$box/cpu.max")" "50000 100000" \
	"half a CPU is half of every period"
init=$(inspected .init.pid)

is "$(inspected .security.device_list)" bpf "a program keeps its list of devices"
in_group=(bash -c 'echo $$ >"/sys/fs/cgroup/sandboxd/$1/payload/cgroup.procs" &&
	: <>"$2" && echo opened' bash "$box")
run_cmd "${in_group[@]}" /dev/null
is "$out" opened "root in its group opens what is in the list" || cmd_diag
run_cmd "${in_group[@]}" /dev/kmsg
like "$err" "kmsg: Operation not permitted" "and nothing else"

# A guest with every capability that its user namespace has.
guest_root() {
	run_cmd nsenter -t "$init" -U -m -p -r -w -- "$@"
}
guest_root mount -t tmpfs none /mnt
is "$rc" 0 "root of the guest's user namespace can mount" || cmd_diag
guest_root mount -o remount,bind,rw /usr
isnt "$rc" 0 "but cannot make /usr writable"
guest_root umount /usr
isnt "$rc" 0 "nor uncover what lies beneath it"
guest_root touch /usr/mark
like "$err" "Read-only file system" "and /usr is read-only"

run_cmd "$B/sandboxd" exec "$box" -- cat /proc/self/cgroup
like "$out" '^0::/(payload)?$' "the guest sees no group above its own" ||
	cmd_diag
run_cmd "$B/sandboxd" stop "$box"
is "$rc" 0 "it is stopped" || cmd_diag
run_cmd "$B/sandboxd" rm "$box"
is "$rc" 0 "and removed" || cmd_diag
ok "$([ ! -e "/sys/fs/cgroup/sandboxd/$box" ]; echo $?)" "its group is gone"

box=$(name desktop)
run_cmd "$B/sandboxd" run -d -n "$box" profiles/agent.ini
is "$rc" 0 "a desktop starts" || cmd_diag
run_cmd "$B/steer" -s "$box" --timeout 120 screenshot -o "$T/desktop.png"
is "$rc" 0 "its screen is read" || cmd_diag
is "$(od -An -tu1 -j16 -N8 "$T/desktop.png" | tr -s ' ')" " 0 0 5 0 0 0 2 208" \
	"as a picture of 1280 by 720"
run_cmd "$B/sandboxd" rm -f "$box"
is "$rc" 0 "a running desktop is removed by force" || cmd_diag

done_testing
