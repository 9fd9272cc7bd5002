#!/bin/bash
# Limits of CPUs, disks, huge pages, file systems and single processes, on
# either version of control groups.
. "$(dirname "$0")/box.inc"
need prlimit

# on_v2 CONTROLLER
on_v2() {
	local root

	while read -r root; do
		grep -qw -e "$1" "$root/cgroup.controllers" && return 0
	done < <(awk '$3 == "cgroup2" { print $2 }' /proc/self/mounts)
	return 1
}

# limit NAME KEY: requested, in force, enforced
limit() {
	field "$1" ".limits.$2 | [.requested, .effective, .enforced] |
		map(tostring) | join(\" \")"
}

# kernel GROUP V1-FILE V2-FILE
kernel() {
	cat "$(group_file any "$@")"
}

# --- of the whole sandbox ---------------------------------------------------------
cpu=$(awk '/^Cpus_allowed_list:/ { n = split($2, list, /[-,]/)
	print list[n] }' /proc/self/status)
n=$(name cpu)
start_min "$n" --set limits.cpus=0.5 --set limits.cpu_weight=200 \
	--set limits.cpu_burst=20ms --set "limits.cpuset=$cpu" -- sleep 1000
is "$(limit "$n" cpu_weight)" "200 200 true" "a weight is in force"
is "$(kernel "$n" cpu.shares cpu.weight)" \
	"$(on_v2 cpu && echo 200 || echo 2048)" "in the kernel's own unit"
is "$(limit "$n" cpu_burst)" "20 20 true" "a burst is in force"
is "$(kernel "$n" cpu.cfs_burst_us cpu.max.burst)" 20000 "in microseconds"
is "$(limit "$n" cpuset)" "$cpu $cpu true" "a choice of CPUs is in force"
like "$(cat "/proc/$(field "$n" .init.pid)/status")" \
	"^Cpus_allowed_list:	$cpu$" "from PID 1 on"
in_box "$n" sh -c 'grep Cpus_allowed_list /proc/self/status; nproc'
is "$out" "Cpus_allowed_list:	$cpu"$'\n'1 "for what joins it, too"
is "$(groups_of "$n/desktop")" "" \
	"without a display there is no group for one"
"$S" rm -f "$n"
is_gone "$n" "all groups go with the sandbox"

n=$(name plain)
start_min "$n" -- sleep 1000
unlike "$(groups_of "$n")" "/(cpuset|blkio|hugetlb)/" \
	"no hierarchy is used without need"
for l in cpu_weight:100 cpu_burst:0 memory_low:0; do
	is "$(limit "$n" "${l%:*}")" "${l#*:} ${l#*:} true" \
		"${l%:*} is what the kernel starts with"
done
for l in memory_high cpuset io hugepages; do
	is "$(limit "$n" "$l")" "null null true" "$l is not limited"
done
"$S" rm -f "$n"

run_min --set limits.cpuset=0,8000 -- true
like "$rc $err" "^4 .*'limits.cpuset': there is no CPU 8000 here" \
	"a CPU that is not there is named"
n=$(name nocpu)
run_min -n "$n" --set limits.cpuset=0,8000 --set limits.best_effort=cpuset \
	-- echo ran
is "$rc $out" "0 ran" "best_effort lets it run on all"
is "$(limit "$n" cpuset)" "0,8000 null false" "and inspect says so"
like "$(field "$n" '.notes[]')" "^limits.cpuset is not enforced: .*8000" \
	"with the reason"
"$S" rm "$n"

# --- memory -----------------------------------------------------------------------
n=$(name soft)
soft=(--set limits.memory=256M --set limits.memory_high=32M
	--set limits.memory_low=8M)
if on_v2 memory; then
	start_min "$n" "${soft[@]}" -- sleep 1000
	is "$(limit "$n" memory_high)" "33554432 33554432 true" \
		"memory_high is in force"
	is "$(limit "$n" memory_low)" "8388608 8388608 true" \
		"memory_low is in force"
	for g in "$n" "$n/payload" "$n/init"; do
		is "$(kernel "$g" none memory.low)" 8388608 "in ${g#"$n"} of it"
	done
	is "$(kernel "" none memory.low)" 8388608 "and in the group above"
	in_box "$n" sh -c 'find /usr/lib -maxdepth 2 -type f -size +256k |
		xargs cat | head -c 96M | wc -c'
	is "$out" 100663296 "files of three times memory_high are read"
	like "$(kernel "$n" none memory.events)" "^high [1-9]" \
		"it was held back"
	[ "$(kernel "$n" none memory.current)" -lt $((48 << 20)) ]
	ok $? "and gave back what it had read"
	"$S" rm -f "$n"
	gone=$(kernel "" none memory.low 2>"$T/none" || echo 0)
	is "$gone" 0 "nothing is kept for what is gone"
else
	run_min "${soft[@]}" -- true
	like "$rc $err" "^4 .*'limits.memory_high': .*no such limit" \
		"memory_high takes version 2"
	run_min --set limits.memory_low=8M -- true
	like "$rc $err" "^4 .*'limits.memory_low': .*no such limit" \
		"memory_low takes version 2"
	run_min -n "$n" "${soft[@]}" \
		--set limits.best_effort=memory_high,memory_low -- echo ran
	is "$rc $out" "0 ran" "best_effort lets it run without"
	is "$(limit "$n" memory_high), $(limit "$n" memory_low)" \
		"33554432 null false, 8388608 0 false" "and inspect says so"
	"$S" rm "$n"
fi

# --- disks ------------------------------------------------------------------------
disk=$(find /sys/block/ -mindepth 1 ! -name 'loop*' ! -name 'ram*' \
	-printf '%f\n' | sort | head -n 1)
if [ -n "$disk" ]; then
	numbers=$(cat "/sys/block/$disk/dev")
	n=$(name io)
	start_min "$n" --set "limits.io=$numbers rbps=10M riops=100" -- sleep 1000
	is "$(limit "$n" io)" \
		"$numbers rbps=10M riops=100 $numbers rbps=10M riops=100 true" \
		"the speed of a disk is in force"
	like "$(kernel "$n" blkio.throttle.read_bps_device io.max)" \
		"^$numbers (rbps=)?10485760( |$)" "in bytes"
	in_box "$n" cat /proc/self/cgroup
	like "$out" ":blkio:/payload$|^0::/payload$" "for what joins it, too"
	"$S" rm -f "$n"
	is_gone "$n" "its groups go with it"
	run_min --set "limits.io=$numbers rbps=1M, $numbers riops=9" -- true
	like "$rc $err" "^2 .*'limits.io': '$numbers' .*a limit already" \
		"one disk has one limit"
	n=$(name writes)
	run_min -n "$n" --set "limits.io=$numbers wbps=1M" -- true
	if on_v2 io && on_v2 memory; then
		is "$rc $(limit "$n" io)" \
			"0 $numbers wbps=1M $numbers wbps=1M true" \
			"writes can be limited"
	else
		like "$rc $err" "^4 .*'limits.io': .*only writes that wait" \
			"writes cannot be held back on version 1"
		run_min -n "$n" --set "limits.io=$numbers wbps=1M" \
			--set limits.best_effort=io -- true
		is "$rc $(limit "$n" io)" \
			"0 $numbers wbps=1M $numbers wbps=1M false" \
			"what is in force of it can be had"
	fi
	"$S" rm "$n"
else
	skip "the speed of a disk" "there is no disk"
fi
run_min --set "limits.io=/proc rbps=1M" -- true
like "$rc $err" "^4 .*'/proc' is not on one disk" "not all paths are on a disk"
run_min --set "limits.io=/no/such rbps=1M" -- true
like "$rc $err" "^4 .*'/no/such': No such file" "nor there"
run_min --set "limits.io=$T rbps=0" -- true
like "$rc $err" "^2 .*limits.io = " "no speed at all is refused"

# --- huge pages -------------------------------------------------------------------
n=$(name huge)
run_min -n "$n" --set limits.hugepages=2M=5M -- true
is "$rc $(limit "$n" hugepages)" "0 2M=5M 2M=4M true" \
	"huge pages are counted whole"
"$S" rm "$n"
run_min --set limits.hugepages=3M=6M -- true
like "$rc $err" "^4 .*'limits.hugepages': .*no huge pages of 3M" \
	"of sizes that there are"

# --- file systems -----------------------------------------------------------------
for fs in tmp:/tmp shm:/dev/shm; do
	key=limits.${fs%:*} dir=${fs#*:}
	n=$(name "${fs%:*}")
	run_min -n "$n" --set "$key=1M" --set "${key}_inodes=20" -- sh -c '
		cd "$1" && head -c 2M /dev/zero >full; stat -c %s full; rm full
		i=0; while touch f$i; do i=$((i + 1)); done; echo $i' sh "$dir"
	is "$out" 1048576$'\n'19 "$dir takes as much as it may"
	like "$err" "No space left" "and then is full"
	is "$(limit "$n" "${key#*.}"), $(limit "$n" "${key#*.}_inodes")" \
		"1048576 1048576 true, 20 20 true" "$key is as inspect says"
	"$S" rm "$n"
done

# --- processes --------------------------------------------------------------------
n=$(name rlimits)
rlimits=(--set limits.nofile=64 --set limits.fsize=1M --set limits.stack=1M
	--set limits.memlock=64K)
start_min "$n" "${rlimits[@]}" -- sleep 1000
in_box "$n" prlimit --raw --noheadings -o RESOURCE,SOFT,HARD
for l in "NOFILE 64 64" "FSIZE 1048576 1048576" "STACK 1048576 1048576" \
	"MEMLOCK 65536 65536" "CORE 1 1"; do
	like "$out" "^$l$" "inside: $l"
done
for l in nofile:64 fsize:1048576 stack:1048576 memlock:65536 core:0; do
	is "$(limit "$n" "${l%:*}")" "${l#*:} ${l#*:} true" "inspect: $l"
done
in_box "$n" bash -c 'i=10; while eval "exec $i</dev/null"; do
	i=$((i + 1)); done; echo $i'
is "$out" 64 "no file is opened beyond"
in_box "$n" sh -c 'head -c 2M /dev/zero >/tmp/x; echo $?; stat -c %s /tmp/x'
is "$out" 153$'\n'1048576 "no file grows beyond"
"$S" rm -f "$n"

dump='cd /tmp && bash -c "ulimit -c; kill -SEGV \$\$"; find . -name "core*"'
run_min -- sh -c "$dump"
is "$out" 0 "there are no dumps by default"
run_min --set limits.core=16M -- sh -c "$dump"
case $(cat /proc/sys/kernel/core_pattern) in
'|'*)
	like "$rc $err" "^4 .*'limits.core': .*outside the sandbox" \
		"dumps that leave the sandbox are refused"
	;;
/*)
	is "${out%%$'\n'*}" 16384 "they can be had"
	;;
*)
	like "$out" "^\./core" "they can be had"
	;;
esac

# A caller who may not raise his own limits.
low() {
	setpriv --bounding-set=-sys_resource prlimit --nofile=100:100 "$@"
}
run_cmd low "$S" run --set limits.nofile=200 "$MINIMAL" -- true
like "$rc $err" "^4 .*'limits.nofile': the hard limit here is 100" \
	"more than the caller has cannot be given"
n=$(name low)
run_cmd low "$S" run -n "$n" --set limits.nofile=200 \
	--set limits.best_effort=nofile "$MINIMAL" -- bash -c 'ulimit -Hn'
is "$rc $out $(limit "$n" nofile)" "0 100 200 100 false" \
	"best_effort takes what there is"
"$S" rm "$n"

# --- odd places -------------------------------------------------------------------
run_cmd unshare --cgroup "$S" run "$MINIMAL" -- echo ran
is "$rc $out" "0 ran" "it starts from a cgroup namespace"
n=$(name readonly)
# shellcheck disable=SC2016 # expanded by the inner shell
run_cmd private sh -c 'for root in $0; do mount -o remount,bind,ro "$root"
	done; exec "$@"' "$(hierarchies | xargs)" "$S" run -n "$n" "$MINIMAL" \
	-- true
like "$rc $err" "^4 .*create cgroup" "read-only groups are an error"
like "$err" "^hint: .*must be writable" "with a remedy"
is_gone "$n" "and nothing is left"
done_testing
