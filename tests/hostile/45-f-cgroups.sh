#!/bin/bash
# CVE-2022-0492, CVE-2023-25809 and their kin: control groups as a way out. The
# kernel runs a hierarchy's release agent as root of the host, when a group with
# notify_on_release is empty: here it makes a file. And what is the group's own,
# its limits and its members, is the host's to change.
if [ -z "${PRIVATE:-}" ] && [ "$(id -u)" = 0 ]; then
	PRIVATE=1 exec unshare --mount --propagation private bash "$0"
fi
. "$(dirname "$0")/../box/box.inc"
[ -z "${ROOTLESS:-}" ] || skip_all "has no groups"

# --- outside, where it works ------------------------------------------------------------
# In a hierarchy of our own without controllers, which hangs in our mounts only.
hierarchy=none,name=$(name agent)
mkdir "$T/tree"
printf '#!/bin/sh\n: >"%s/canary"\n' "$T" >"$T/agent"
chmod 0755 "$T/agent"
if mount -t cgroup -o "$hierarchy" cgroup "$T/tree" 2>"$T/err"; then
	echo "$T/agent" >"$T/tree/release_agent"
	mkdir "$T/tree/empty"
	echo 1 >"$T/tree/empty/notify_on_release"
	sh -c 'echo $$ >"$1/empty/cgroup.procs"' sh "$T/tree"
	wait_until test -e "$T/canary"
	ok $? "outside, the release agent is run"
	rm "$T/canary"
	rmdir "$T/tree/empty"
else
	skip "outside, the release agent is run" "the kernel has no old control groups"
fi

# The kernel forgets a hierarchy a moment after it was unmounted; one that was
# unmounted too soon after its last group was removed, only at the next time.
forgotten() {
	! grep -q "${hierarchy#*,}:" /proc/self/cgroup
}
forget() {
	umount "$T/tree" 2>"$T/umount"
	for _ in {1..20}; do
		forgotten && return
		sleep 0.05
	done
	mount -t cgroup -o "$hierarchy" cgroup "$T/tree"
	return 1
}
ends() {
	local status=$?

	wait_until forget
	(exit "$status")
	tap_end
}
trap ends EXIT

# --- inside -------------------------------------------------------------------------------
n=$(name groups)
start_min "$n" -- sleep 1000
init=$(field "$n" .init.pid)
outside_view() {
	local dir

	groups_of "$n" | while read -r dir; do
		grep -rs . "$dir" --include='*.max' --include='*limit_in_bytes' \
			--include=cgroup.procs --include=notify_on_release \
			--include=release_agent --include='cpu.cfs*' \
			--include=freezer.state --include=cgroup.freeze
		find "$dir" -printf '%p %m %u\n'
	done | sort
}
before=$(outside_view)
like "$before" "payload/(pids.max|cgroup.procs):" "the sandbox has groups"

# Everything that is mounted or mountable, and every file of control in it.
cat >"$T/try.sh" <<'EOP'
mkdir -p /tmp/g
tried=0
for what in cpu cpuacct cpuset memory devices freezer blkio pids "$1" \
	none,name=systemd none,name=new v2 here; do
	case $what in
	here) dir=/sys/fs/cgroup ;;
	v2) mount -t cgroup2 cgroup2 /tmp/g && dir=/tmp/g || dir= ;;
	*) mount -t cgroup -o "$what" cgroup /tmp/g && dir=/tmp/g || dir= ;;
	esac 2>/dev/null
	tried=$((tried + 1))
	[ -n "$dir" ] || continue
	[ $what = here ] || echo "mounted $what"
	for d in $dir $dir/.. $dir/payload $dir/init; do
		mkdir $d/canary 2>/dev/null && echo "made a group in $what"
		for f in release_agent notify_on_release cgroup.procs tasks \
			cgroup.subtree_control cgroup.kill cgroup.freeze \
			freezer.state devices.allow memory.limit_in_bytes \
			memory.max pids.max cpu.max cpuset.cpus cgroup.max.depth; do
			(exec 3<>$d/$f) 2>/dev/null && echo "opened $what $f"
			chmod 666 $d/$f 2>/dev/null && echo "chmod $what $f"
		done
	done
	[ $what = here ] || umount -l /tmp/g
done
echo "tried $tried"
EOP
"$S" exec "$n" -- sh -s "${hierarchy}" <"$T/try.sh" >"$T/out" 2>"$T/err"
is "$(cat "$T/out")" "tried 13" "the agent mounts and opens nothing"
nsenter -t "$init" -U -m -p -n -i -u -C -S 0 -G 0 -- sh -s "$hierarchy" \
	<"$T/try.sh" >"$T/out" 2>"$T/err"
like "$(cat "$T/out")" "^tried 13$" "root inside, with every capability, tries as well"
diag "$(grep -c ^mounted "$T/out") kinds he can mount"
is "$(grep -Ev '^(mounted|tried) ' "$T/out")" "" "and opens nothing either"
forgotten || {
	is "$(cat "$T/tree/release_agent")" "$T/agent" "the release agent is ours"
	is "$(cat "$T/tree/notify_on_release")" 0 "and is not asked for"
}
is "$(outside_view)" "$before" "the groups are as they were"
[ ! -e "$T/canary" ]
ok $? "nobody ran the release agent"
"$S" rm -f "$n"
is_gone "$n" "nothing is left"

# --- names --------------------------------------------------------------------------------
wrong=
for bad in .. . ../x a/b /x 'a
b' ' ' 'a b' -x "$(printf 'x%.0s' {1..300})" 'a%s' $'\xff'; do
	run_cmd "$S" run -n "$bad" "$MINIMAL" -- true
	[ "$rc" = 2 ] || wrong+="'$bad' gives $rc "
done
is "$wrong" "" "a name that is a path, or nearly, is refused"
is "$(ls -A "$SANDBOXD_STATE_DIR")" lock "and nothing is made of it"
done_testing
