#!/bin/bash
# Runs inside the machine of tests/vm/vm: the limits of version 2, by the same
# tests as on any machine, and what takes a machine of one's own.
# shellcheck source=tests/box/box.inc
. "$(dirname "$0")/../../box/box.inc"
cd "$TOP" || exit 1
export WAIT_FACTOR=20
PATH=$PATH:/sbin:/usr/sbin

# points_of TEST: its points become ours.
points_of() {
	local line

	run_cmd bash "$1"
	while read -r line; do
		case $line in
		'ok '*) pass "${line#ok * - }" ;;
		'not ok '*) fail "${line#not ok * - }" ;;
		'# '*) echo "$line" ;;
		esac
	done <<<"$out"
	is "$rc" 0 "$1 ends well" || cmd_diag
}

# What udev would make.
ln -s /proc/self/fd /dev/fd
modprobe null_blk nr_devices=1
ok $? "there is a disk"
sysctl -q vm.nr_hugepages=16
is "$(cat /proc/sys/vm/nr_hugepages)" 16 "there are huge pages"
points_of tests/box/31-limits.sh
points_of tests/vm/inside/core.sh

run_inside box_guest -- huge 8
is "$out" "8 made" "huge pages can be had"
run_inside box_guest --set limits.hugepages=2M=6M -- huge 8
is "$out" "3 ENOMEM" "no more of them than the limit"
run_inside box_guest --set limits.hugepages=2M=0 -- huge 8
is "$out" "0 ENOMEM" "or none"

# cached NAME: bytes of files that it holds in memory.
cached() {
	awk '$1 == "file" { print $2 }' \
		"/sys/fs/cgroup/sandboxd/$1/memory.stat"
}
# Each reads what nobody has read before: memory is on the account of the first
# reader. (Not many files: the file server outside holds each one open.) Then
# the whole machine is made to give memory back, by little, until one of them
# has lost most: asked for more than that, none is spared.
kept=$(name kept) other=$(name other)
start_min "$kept" --set limits.memory_low=64M -- sleep 1000
start_min "$other" -- sleep 1000
echo 3 >/proc/sys/vm/drop_caches
# reads NAME SORT-OPTION
reads() {
	in_box "$1" sh -c 'find /usr/lib -maxdepth 2 -type f -size +256k | sort "$0" |
		xargs cat | head -c 40M | wc -c' "$2"
	is "$out" 41943040 "$3 reads files" || cmd_diag
	[ "$(cached "$1")" -gt $((32 << 20)) ]
	ok $? "and holds them" || diag "$(cached "$1")"
}
reads "$kept" -s "one sandbox"
reads "$other" -r "another"
tries=40
while [ "$(cached "$other")" -gt $((16 << 20)) ] && [ $((tries--)) -gt 0 ]; do
	(echo 4M >/sys/fs/cgroup/memory.reclaim) 2>"$T/reclaim"
done
isnt "$tries" -1 "memory is given back"
[ "$(cached "$kept")" -gt $((32 << 20)) ]
ok $? "but not by a sandbox with memory_low" ||
	diag "kept: $(cached "$kept"), other: $(cached "$other")"
"$S" rm -f "$kept" "$other"

# From a container, whose root group is not the machine's.
nested() {
	# shellcheck disable=SC2016 # expanded by the inner shells
	sh -c 'echo 0 >"$0/cgroup.procs" && exec unshare --cgroup --mount sh -c "
		umount /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup && $1"' "$@"
}
outer=/sys/fs/cgroup/container
echo "+memory +cpu +pids" >/sys/fs/cgroup/cgroup.subtree_control
mkdir "$outer"
run_cmd nested "$outer" "exec '$S' run '$MINIMAL' -- echo ran"
like "$rc $err" "^4 .*processes are in the group above" \
	"a group that holds processes gives no controllers"
like "$err" "^hint: .*move what is in it" "which can be helped"
run_cmd nested "$outer" "mkdir /sys/fs/cgroup/shell &&
	echo 0 >/sys/fs/cgroup/shell/cgroup.procs &&
	exec '$S' run '$MINIMAL' -- echo ran"
is "$rc $out" "0 ran" "as said" || cmd_diag
rmdir "$outer/shell" "$outer"
is "$?" 0 "nothing is left in the container's group"

# One process may exceed the caller of exec, not the sandbox.
n=$(name exec)
start_min "$n" --set limits.nofile=200 -- sleep 1000
run_cmd prlimit --nofile=100:100 "$S" exec "$n" -- bash -c 'ulimit -Hn'
is "$rc $out" "0 200" "exec gives what the sandbox has, not the caller"
"$S" rm -f "$n"
done_testing
