#!/bin/bash
# Labels of AppArmor and SELinux: what a profile names is in force, or the start
# is refused; a profile of the sandbox's own comes and goes with it.
. "$(dirname "$0")/box.inc"

has_apparmor() {
	cat /proc/self/attr/apparmor/current >"$T/label" 2>&1
}

n=$(name plain)
start_min "$n" -- sleep 1000
is "$(field "$n" '.security | [.apparmor, .apparmor_own, .selinux] |
	map(tostring) | join(" ")')" "null false null" \
	"without a word there is no label"
"$S" rm -f "$n"

if ! grep -q selinuxfs /proc/filesystems; then
	run_min --set security.selinux=system_u:system_r:container_t:s0 -- true
	like "$rc $err" "^4 .*use SELinux label 'system_u.*': SELinux is not in" \
		"a label of SELinux needs SELinux"
	like "$err" "^hint: boot with selinux=1" "and is told what helps"
fi
# A kernel that holds no policy knows a few contexts by their names alone, and
# allows all; another one it takes for its own.
if [ "$(tr -d '\0' </proc/self/attr/current 2>"$T/label")" = kernel ]; then
	n=$(name selinux)
	start_min "$n" --set security.selinux=unlabeled -- sleep 1000
	is "$(field "$n" .security.selinux)" unlabeled \
		"inspect tells a label of SELinux" || cmd_diag
	in_box "$n" sh -c 'cat /proc/self/attr/current /proc/"$1"/attr/current' \
		sh "$("$S" exec "$n" -- pidof sleep)"
	is "$rc $out" "0 unlabeledunlabeled" "program and who joins have it" ||
		cmd_diag
	"$S" rm -f "$n"
	run_min --set security.selinux=a:b:c:s0 -- true
	like "$rc $err" "^125 .*not what the profile promises: .*attr/exec: is anot" \
		"a label that the kernel takes for another is refused" ||
		cmd_diag
fi
long=$(printf 'x%.0s' {1..256})
run_min --set security.selinux="$long" -- true
like "$rc $err" "^2 .*security.selinux is longer than 255" "not any length"

if ! has_apparmor; then
	for name in generated docker-default unconfined; do
		run_min --set security.apparmor=$name -- true
		like "$rc $err" "^4 .*use AppArmor profile '$name': AppArmor is not in" \
			"'$name' needs AppArmor"
		like "$err" "^hint: boot with apparmor=1" "and is told what helps"
	done
	is "$(ls "$SANDBOXD_STATE_DIR")" lock "nothing is left of all that"
	done_testing
	exit
fi

# --- from here on in a machine that has it ------------------------------------------
need apparmor_parser python3
loaded=/sys/kernel/security/apparmor/profiles

run_min --set security.apparmor=no-such-profile -- true
like "$rc $err" "^4 .*'no-such-profile': the kernel holds none of that name" \
	"a profile that is not loaded is refused"
like "$err" "^hint: load its file" "with what helps"

n=$(name own)
start_min "$n" --set security.apparmor=generated -- sleep 1000
is "$rc" 0 "a sandbox gets a profile of its own" || cmd_diag
is "$(field "$n" '.security | .apparmor, .apparmor_own' | xargs)" \
	"sandboxd-$n true" "inspect tells its name"
is "$(field "$n" '.notes | length')" 0 "there is nothing to note"
like "$(cat $loaded)" "^sandboxd-$n \(enforce\)$" "the kernel enforces it"
is "$(cat "/proc/$(pid_of "$n" 1000 sleep)/attr/apparmor/current")" \
	"sandboxd-$n (enforce)" "the program is under it"
in_box "$n" cat /proc/self/attr/apparmor/current
is "$out" "sandboxd-$n (enforce)" "and who joins"
in_box "$n" sh -c 'echo x >/tmp/f && grep -q x /tmp/f && ls /usr >/dev/null &&
	sleep 100 & wait $! ; kill -0 $$ && echo alive'
is "$rc $out" "0 alive" "which goes on as before" || cmd_diag

# As root of the host, whom nothing else here holds back.
cat >"$T/enter.py" <<'PY'
import os, sys
if sys.argv[1]:
    with open("/proc/self/attr/apparmor/exec", "w") as f:
        f.write("exec " + sys.argv[1])
os.execvp(sys.argv[2], sys.argv[2:])
PY
# refuses WHAT PROGRAM...: under the profile, and not without.
refuses() {
	local what=$1

	shift
	run_cmd unshare --mount --propagation private \
		python3 "$T/enter.py" "" "$@"
	is "$rc" 0 "root can $what" || cmd_diag
	run_cmd unshare --mount --propagation private \
		python3 "$T/enter.py" "sandboxd-$n" "$@"
	isnt "$rc" 0 "but not under the profile" || cmd_diag
	like "$out$err" "[Pp]ermission denied|not permitted|read-only" \
		"which refuses it"
}
refuses "mount" mount -t tmpfs tmpfs /mnt
refuses "open a raw socket" python3 -c \
	'import socket; socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)'
refuses "open a packet socket" python3 -c \
	'import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)'
refuses "set a sysctl" sh -c 'v=$(cat /proc/sys/vm/swappiness) &&
	echo "$v" >/proc/sys/vm/swappiness'
refuses "write beneath /sys" sh -c 'v=$(cat /sys/kernel/mm/ksm/run) &&
	echo "$v" >/sys/kernel/mm/ksm/run'
refuses "read kernel addresses" head -c 1 /proc/kallsyms
refuses "use a capability" chroot / true
sleep 1000 &
other=$!
refuses "signal others" kill -CONT $other
refuses "read others' memory" head -c 1 /proc/$other/auxv
kill $other

"$S" rm -f "$n"
unlike "$(cat $loaded)" "sandboxd-$n" "it goes with its sandbox"

n=$(name lost)
start_min "$n" --set security.apparmor=generated -- sleep 1000
kill -KILL "$(field "$n" .monitor.pid)"
wait_until state_is "$n" lost
"$S" gc >"$T/gc" 2>&1
unlike "$(cat $loaded)" "sandboxd-$n" "gc takes that of a lost one"

n=$(name damaged)
start_min "$n" --set security.apparmor=generated -- sleep 1000
kill -KILL "$(field "$n" .monitor.pid)"
wait_until state_is "$n" lost
echo '{' >"$SANDBOXD_STATE_DIR/$n/record.json"
run_cmd "$S" rm -f "$n"
is "$rc" 0 "one with a damaged record is removed" || cmd_diag
unlike "$(cat $loaded)" "sandboxd-$n" "with its profile"

# --- one that is there ------------------------------------------------------------
apparmor_parser -r -K 2>"$T/parser" <<-END
profile t$$-named flags=(attach_disconnected) { file, signal, ptrace, }
profile t$$-lenient flags=(attach_disconnected, complain) { file, }
END
ok $? "two profiles are loaded" || diag "$(cat "$T/parser")"
run_min --set security.apparmor=t$$-named -- \
	cat /proc/self/attr/apparmor/current
is "$rc $out" "0 t$$-named (enforce)" "a program runs under one by name" ||
	cmd_diag
n=$(name lenient)
start_min "$n" --set security.apparmor=t$$-lenient -- sleep 1000
like "$(field "$n" '.notes[]')" "t$$-lenient refuses nothing: its mode is compl" \
	"that the other refuses nothing is noted"
"$S" rm -f "$n"
like "$(cat $loaded)" "^t$$-lenient " "it stays where it was"
run_min --set security.apparmor=unconfined -- \
	cat /proc/self/attr/apparmor/current
is "$rc $out" "0 unconfined" "and under none, if it is said so" || cmd_diag
printf '%s' t$$-named >/sys/kernel/security/apparmor/.remove
printf '%s' t$$-lenient >/sys/kernel/security/apparmor/.remove

n=$(name desk)
start_desktop "$n" --set security.apparmor=generated \
	--set display.dbus=yes -- sleep 1000
is "$rc" 0 "a desktop starts under a profile of its own" || cmd_diag
is "$(cat "/proc/$(pid_of "$n" 998 Xvfb)/attr/apparmor/current")" \
	"sandboxd-$n (enforce)" "the X server is under it, too"
run_cmd "$B/steer" -s "$n" --timeout 120 screenshot -o "$T/desktop.png"
is "$rc" 0 "its screen is read" || cmd_diag
"$S" rm -f "$n"
done_testing
