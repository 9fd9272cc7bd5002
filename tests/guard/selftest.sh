#!/bin/bash
# The guard itself: each kind of leak is made, and must be reported by name;
# what the test cleans up, or what others do meanwhile, must not be.
# What is mounted here is mounted in a private mount namespace.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
need_root

unset GUARD_IGNORE
export GUARD_SCOPE=own

# guard COMMAND...: runs it watched; sets rc and report.
guard() {
	rc=0
	"$B/tests/guard" -g 1 -r "$T/report" -- "$@" >"$T/out" 2>&1 </dev/null ||
		rc=$?
	report=$(cat "$T/report")
}

# mine TEXT: the lines of the report that this test caused; on a machine where
# others work, the rest is theirs.
mine() {
	grep -E -e "$1" <<<"$report"
}

guard sh -c 'exit 7'
is "$rc" 7 "the status of the test is the guard's"
unlike "$report" "of the test" "a test that leaves nothing is not accused"

guard sh -c 'kill -9 $$'
is "$rc" 137 "a killed test is 128 and the signal"

guard sh -c "setsid sh -c 'setsid sleep 300 & exec sleep 300' & exit 0"
is "$(mine 'left behind: process [0-9]+ \(sleep\) of the test' | wc -l)" 2 \
	"orphans in sessions of their own are reported"
pids=$(sed -n 's/.*process \([0-9]*\) .*/\1/p' "$T/report")
alive=
for p in $pids; do
	[ ! -d "/proc/$p" ] || alive+=" $p"
done
is "$alive" "" "and killed"

guard sh -c 'unshare -p -f --kill-child sleep 300 & exit 0'
like "$report" "process [0-9]+ \((unshare|sleep)\) of the test" \
	"a process in a PID namespace is reported"

guard unshare -m sh -c 'mount --make-rprivate / && mount -t tmpfs x /mnt'
unlike "$report" "mount .* /mnt " "a mount in a private namespace is not"

# The guard inside a mount namespace of its own, so that the leak is there.
unshare -m --propagation private "$B/tests/guard" -g 1 -r "$T/report" -- \
	mount -t tmpfs guard-selftest /mnt >"$T/out" 2>&1
report=$(cat "$T/report")
like "$report" "left behind: mount .* /mnt .*guard-selftest" \
	"a mount is reported"

# shellcheck disable=SC2016 # expanded by the inner shell
unshare -m --propagation private sh -c '
	mount -t tmpfs guard-selftest /mnt || exit 1
	exec "$0" -g 1 -r "$1" -- umount /mnt
' "$B/tests/guard" "$T/report" >"$T/out" 2>&1
report=$(cat "$T/report")
like "$report" "gone: mount .*guard-selftest" "a missing mount is reported"

unshare -n "$B/tests/guard" -g 1 -r "$T/report" -- \
	ip link add guardtest0 type veth peer name guardtest1 >"$T/out" 2>&1
report=$(cat "$T/report")
like "$report" "left behind: link guardtest0" "a network link is reported"

group=
while read -r _ _ _ _ point _ rest; do
	case $rest in
	*"- cgroup2 "* | *"- cgroup "*) [ ! -w "$point" ] || group=$point ;;
	esac
done </proc/self/mountinfo
if [ -n "$group" ]; then
	name=$(name group)
	guard mkdir -p "$group/sandboxd/$name"
	like "$report" "left behind: cgroup $group/sandboxd/$name" \
		"a control group is reported"
	rmdir "$group/sandboxd/$name"
	rmdir "$group/sandboxd" 2>/dev/null
else
	skip "a control group is reported" "no writable hierarchy"
fi

guard ipcmk -M 4096
like "$report" "left behind: ipc shm [0-9]+" "shared memory is reported"
ipcrm -m "$(sed -n 's/.*ipc shm //p' "$T/report" | tail -n 1)"

mkdir "$T/tmp"
TMPDIR=$T/tmp guard touch "$T/tmp/forgotten"
like "$report" "left behind: file $T/tmp/forgotten" \
	"a file in the test's directory is reported"

lock=/tmp/.X$((5000 + $$ % 1000))-lock
guard touch "$lock"
rm -f "$lock"
like "$report" "left behind: file $lock" "a display's lock file is reported"

shm=/dev/shm/sandboxd-selftest.$$
guard touch "$shm"
rm -f "$shm"
like "$report" "left behind: file $shm" "a file in /dev/shm is reported"

guard sh -c '(exec sleep 0.5) & exit 0'
unlike "$report" "of the test" "what ends within the grace is not a leak"

rc=0
"$B/tests/guard" -t 1 -g 1 -r "$T/report" -- \
	sh -c 'sleep 300; true' >"$T/out" 2>&1 || rc=$?
is "$rc" 143 "a test that takes too long is ended"
like "$(cat "$T/report")" "^time limit passed" "and the report says so"

# All: names that have nothing to do with us count as well.
stray=/tmp/guard-stray.$$
guard touch "$stray"
unlike "$report" "$stray" "a stranger's file is not ours on a shared machine"
rm -f "$stray"
GUARD_SCOPE=all guard touch "$stray"
rm -f "$stray"
like "$report" "left behind: file $stray" "on a quiet machine every file counts"
GUARD_IGNORE='guard-stray' GUARD_SCOPE=all guard touch "$stray"
rm -f "$stray"
unlike "$report" "$stray" "GUARD_IGNORE leaves it out"

done_testing
