#!/bin/bash
# What the kernel counts by user, for the owner of the user namespaces too, or
# for the whole machine: a guest that takes all that it gets leaves its owner
# some of each.
. "$(dirname "$0")/box.inc"

take_all() {
	start_min "$1" --set limits.pids=50 -- sh -c \
		'until [ -x /tmp/attack_counts ]; do sleep 0.05; done
		exec /tmp/attack_counts all'
	put_inside "$1" attack_counts
	wait_until logged "$1" 'payload: aio [0-9]+ '
}

n=$(name counts) m=$(name others)
take_all "$n"
# Half of it each: two sandboxes of root, who owns no namespace of theirs.
[ -n "${ROOTLESS:-}" ] || take_all "$m"
log_of "$n" | sed -n 's/^.*payload: //p' >"$T/taken"
as_owner "$B/tests/attack_counts" one >"$T/left"
for what in inotify timer queue aio; do
	like "$(cat "$T/taken")" "^$what [0-9]+ E[A-Z]+$" \
		"a guest takes all of $what that it gets"
	like "$(cat "$T/left")" "^$what [1-9][0-9]* -$" "and leaves some"
done
half() { echo $(($(cat "/proc/sys/fs/inotify/max_user_$1") / 2)); }
in_box "$n" cat /proc/sys/user/max_inotify_{instances,watches}
is "$(xargs <<<"$out")" "$(half instances) $(half watches)" \
	"of inotify that is half of what a user has"
run_cmd "$S" rm -f "$n"
is "$rc" 0 "it can be removed"
if [ -z "${ROOTLESS:-}" ]; then
	"$S" rm -f "$m"
	run_cmd setpriv --bounding-set -sys_ptrace "$S" run -d -n "$n" \
		"$MINIMAL" -- sleep 1000
	is "$rc" 0 "root who may look into nobody's namespaces owns them"
	like "$(field "$n" '.notes[]')" "CAP_SYS_PTRACE" "which is noted"
	run_cmd setpriv --bounding-set -sys_ptrace "$S" exec "$n" -- true
	is "$rc" 0 "and can be entered" || cmd_diag
	"$S" rm -f "$n"
fi
done_testing
