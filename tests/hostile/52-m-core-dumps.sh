#!/bin/bash
# CVE-2022-28656, CVE-2025-4598, CVE-2025-5054: where the pattern of core dumps is
# a pipe, the kernel runs a program of the host, as root, on what a guest's crash
# left. The canary is a core file here; in a machine of its own (vm/02-limits) it is
# the mark of that program, since the pattern is one for the whole kernel.
. "$(dirname "$0")/../box/box.inc"

knob=/proc/sys/kernel/core_pattern
pattern=$(cat $knob)
mkdir "$T/crash"
crash='ulimit -c unlimited 2>/dev/null; sh -c "kill -SEGV \$\$"; echo $?'
(cd "$T/crash" && sh -c "$crash") >"$T/out" 2>&1
case $pattern in
/* | "|"*) skip "outside, a crash leaves a core" "core dumps go elsewhere here" ;;
*)
	is "$(find "$T/crash" -type f | wc -l) $(tail -n 1 "$T/out")" "1 139" \
		"outside, a crash leaves a core"
	;;
esac

# Whatever the crash is made by, and whatever it asks for before.
cat >"$T/crash.sh" <<'EOP'
cd /tmp
for raise in "ulimit -c unlimited" "ulimit -Hc 100000" "ulimit -Sc 1" \
	"prlimit --pid \$\$ --core=unlimited:unlimited" \
	"prlimit --pid 1 --core=unlimited" \
	"echo 0xff >/proc/self/coredump_filter" ":"; do
	for signal in SEGV QUIT ABRT ILL BUS SYS TRAP XCPU XFSZ; do
		sh -c "$raise; kill -$signal \$\$" >/dev/null 2>&1
	done
done
find / -xdev \( -name 'core' -o -name 'core.*' \) -type f -newer /proc/1 2>/dev/null
find /tmp /home /run /dev -name 'core*' ! -path /dev/core
awk '/core file/ { print $5, $6 }' /proc/self/limits
EOP
# 0 says nothing to a pipe, which can be set at any time; 1 makes the kernel pass
# over it (core(5)).
n=$(name core)
start_min "$n" --set security.seccomp=browser -- sleep 1000
"$S" exec "$n" -- sh -s <"$T/crash.sh" >"$T/out" 2>&1
is "$(cat "$T/out")" "1 1" \
	"63 crashes inside leave no core, and the limit is 1"
# Root of a nested namespace has the capability, of that namespace.
put_inside "$n" attack_nested
in_box "$n" /tmp/attack_nested run /bin/sh -c 'ulimit -Hc unlimited
	awk "/core file/ { print \$5, \$6 }" /proc/self/limits'
is "$out" "1 1" "root of a nested namespace does not raise it"
is "$(field "$n" .state)" running "and the sandbox lives"
"$S" rm -f "$n"
is "$(cat $knob)" "$pattern" "the host's pattern is its own"
done_testing
