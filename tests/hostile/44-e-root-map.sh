#!/bin/bash
# The trap of the mapped root: who is root of the host in the map of ids writes
# what only root may, without a single capability. The canaries are settings of
# the kernel, opened for writing and never written.
. "$(dirname "$0")/../box/rootless.inc"

# Without capabilities: what the owner's id alone opens. For the sandbox's root
# and for the agent it must be nothing.
bare="setpriv --bounding-set=-all --inh-caps=-all --no-new-privs"
knobs=(/proc/sys/kernel/core_pattern /proc/sys/kernel/modprobe
	/proc/sys/vm/panic_on_oom /proc/sysrq-trigger /sys/kernel/mm/ksm/run)
# shellcheck disable=SC2016
open='for f; do (exec 3<>"$f") 2>/dev/null && echo "$f"; done'
writable=$($bare sh -c "$open" sh "${knobs[@]}")
if [ -z "$writable" ]; then
	skip "root of the host opens them" "this host's /proc and /sys are read-only"
else
	like "$writable" "core_pattern" "root of the host opens them, with no capability"
fi

n=$(name root)
start_min "$n" -- sleep 1000
in_box "$n" sh -c "$open; echo tried" sh "${knobs[@]}"
is "$out" tried "the agent opens none"
init=$(field "$n" .init.pid)
inside() {
	run_cmd nsenter -t "$init" -U -m -p -n -i -u -C -S 0 -G 0 -- "$@"
}
inside sh -c "$open; echo tried" sh "${knobs[@]}"
is "$out" tried "nor does root inside, with every capability"
inside grep CapEff /proc/self/status
unlike "$out" "0000000000000000" "which he has"

# All there is, and not just what we thought of.
put_inside "$n" attack
inside /tmp/attack sweep
is "$out" swept "root inside opens none of all files of /proc and /sys"
in_box "$n" /tmp/attack sweep
is "$out" swept "nor does the agent"

# With the mounts over them taken off, what is his namespaces' own; and by its
# mode anybody may ask to be told of pressure.
inside sh -c 'awk "\$5 ~ /^\/(proc|sys)\/./ { print \$5 }" /proc/self/mountinfo |
	xargs -n 1 umount -l 2>/dev/null; cat /proc/self/mountinfo
	echo ---; exec /tmp/attack sweep'
unlike "${out%%---*}" " /proc/sys " "he takes off what is mounted over them"
own='net/|user/|fs/mqueue/|kernel/(ns_last_pid|pid_max|hostname|domainname|shm|msg|sem|auto_)'
is "$(sed '1,/^---$/d' <<<"$out" | grep -vE "^(/proc/sys/($own)|/proc/pressure/|swept$)")" "" \
	"and opens nothing of the machine all the same"
like "$out" "^swept$" "of all that there are"

is "$(awk '$2 == 0 || $2 < 65536' "/proc/$init/uid_map" "/proc/$init/gid_map")" \
	"" "no id of a person is in the map"
"$S" rm -f "$n"

# --- what an administrator may have granted by mistake -----------------------------------
# newuidmap(1) maps what the files say. dave's own id is none of root's range.
uid[dave]=200000 runtime[dave]=$T/dave/run
mkdir -m 0700 "$T/dave" "$T/dave/run"
chown -R 200000:200000 "$T/dave"
echo "dave:x:200000:200000::$T/dave:/bin/sh" >>"$T/etc/passwd"
echo 'dave:0:65536' >"$T/etc/subuid"
cp "$T/etc/subuid" "$T/etc/subgid"
# shellcheck disable=SC2016
user_run dave sh -c 'unshare --user sleep 1000 & sleep 0.2
	until newuidmap $! 0 0 65536; do sleep 0.05; done 2>/dev/null
	cat /proc/$!/uid_map; kill $!'
like "$out" "^ +0 +0 +65536" "root of the host would be mapped"
user_run dave "$US" run "$UM" -- id
like "$rc $err" "^4 .*'dave': /etc/subuid grants 0-65535, and user id 0 among them is root's" \
	"a range with root in it is refused" || cmd_diag
like "$err" "^hint: as root: put a range in its place .*[0-9]+-[0-9]+" \
	"with another"
echo 'dave:150000:65536' >"$T/etc/subuid"
cp "$T/etc/subuid" "$T/etc/subgid"
user_run dave "$US" run "$UM" -- id
like "$rc $err" "^4 .*user id 200000 among them is the caller's own" \
	"so is one with the caller in it" || cmd_diag
echo 'dave:1800000000:65536' >"$T/etc/subuid"
echo 'dave:0:65536' >"$T/etc/subgid"
user_run dave "$US" run "$UM" -- id
like "$rc $err" "^4 .*/etc/subgid grants .* group id 0 among them is root's" \
	"or one of groups"
cp "$T/etc/subuid" "$T/etc/subgid"
user_run dave "$US" run "$UM" -- id -u
is "$rc $out" "0 1000" "one that is nobody's will do"
is "$(user_left dave)" "" "nothing is left of any"
done_testing
