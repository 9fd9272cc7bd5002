#!/bin/bash
# Whoever starts a sandbox, the guest finds itself the same.
. "$(dirname "$0")/image.inc"
need_layers

mkdir -p "$T/layer/opt"
cp "$B/tests/guest_view" "$T/layer/opt"
chmod -R go+rX "$T/layer"
layer=(--set rootfs.layers="$T/layer")
stays='^$'
# Who is nobody cannot shift owners, nor take back that he was nice.
if [ -n "${ROOTLESS:-}" ]; then
	layer+=(--set rootfs.owners=nobody)
	stays='^[<>] nice: '
fi
view=(/opt/guest_view canary-of-the-host)
worst=$B/tests/hostile_parent

# differences A B: lines of one that the other has not.
differences() {
	diff "$1" "$2" | grep '^[<>]' | grep -Ev "$stays"
}

# same NAME WHAT: two views, by all that is in them.
same() {
	[ -s "$T/$1.normal" ]
	ok $? "$2: a guest looked at itself" || return
	is "$(differences "$T/$1.normal" "$T/$1.worst")" "" \
		"$2: the worst parent changes nothing"
}

# --- such a parent ------------------------------------------------------------
"$B/tests/guest_view" canary-of-the-host </dev/null >"$T/out.normal"
"$worst" "$B/tests/guest_view" canary-of-the-host >"$T/out.worst"
changed=$(differences "$T/out.normal" "$T/out.worst")
for what in descriptor signal blocked limit policy 'io priority' \
	environment directory oom_score_adj coredump_filter umask personality \
	'timer slack' 'no huge pages' 'machine checks' has Umask SigIgn SigBlk; do
	like "$changed" "^> .*$what" "that parent spoils: $what"
done
[ "$(grep -c '^environment: HOSTILE' "$T/out.worst")" -ge 9 ] &&
	[ "$(grep '^environment' "$T/out.worst" | wc -c)" -ge 1000000 ]
ok $? "and its environment has a megabyte"

# --- run ------------------------------------------------------------------------
"$S" run "${layer[@]}" "$MINIMAL" -- "${view[@]}" </dev/null >"$T/run.normal"
"$worst" "$S" run "${layer[@]}" "$MINIMAL" -- "${view[@]}" >"$T/run.worst" \
	2>"$T/err"
same run run
is "$(grep -c 'warning: .*want of privilege: nice value$' "$T/err")" \
	"${ROOTLESS:-0}" "what stays is told by name"

# Nothing but the caller's key could be found: the call is refused otherwise.
open=(--set security.seccomp=unconfined --set security.accept=unconfined)
"$S" run "${layer[@]}" "${open[@]}" "$MINIMAL" -- "${view[@]}" </dev/null \
	>"$T/open.normal" 2>"$T/err"
"$worst" "$S" run "${layer[@]}" "${open[@]}" "$MINIMAL" -- "${view[@]}" \
	>"$T/open.worst" 2>"$T/err"
same open "run without a filter"
like "$(cat "$T/open.worst")" '^key: ENOKEY$' "and no key of it is found"

# --- run -d, exec ---------------------------------------------------------------
n=$(name one)
for parent in '' "$worst"; do
	$parent "$S" run -d -n "$n" "${layer[@]}" "$MINIMAL" -- \
		sh -c '"$@"; exec sleep 1000' sh "${view[@]}" </dev/null >"$T/id"
	wait_until logged "$n" 'payload: key: '
	log_of "$n" | sed -n 's/^.* payload: //p' \
		>"$T/detached.${parent:+worst}"
	"$S" exec "$n" -- "${view[@]}" </dev/null >"$T/exec.${parent:+worst}"
	"$worst" "$S" exec "$n" -- "${view[@]}" >"$T/exec.worst"
	"$S" rm -f "$n"
	[ -n "$parent" ] || for what in detached exec; do
		mv "$T/$what." "$T/$what.normal"
	done
	[ -n "$parent" ] || same exec exec
done
same detached "run -d"
same exec "exec into what such a parent started"

# --- hard limits ----------------------------------------------------------------
# Without CAP_SYS_RESOURCE those of the caller stay, and that is said. What an
# ordinary user cannot have need not be (best_effort).
if prlimit --nofile=256:256 sh -c 'ulimit -Hn 1024' 2>"$T/err"; then
	"$worst" --hard "$S" run "${layer[@]}" "$MINIMAL" -- "${view[@]}" \
		>"$T/run.worst"
	same run "run, with hard limits lowered"
	done_testing
	exit
fi
if [ -z "${ROOTLESS:-}" ]; then
	run_cmd "$worst" --hard "$S" run "$MINIMAL" -- true
	like "$rc $err" \
		"^4 .*'limits.nofile'.*hard limit.*256.*CAP_SYS_RESOURCE" \
		"a hard limit of fewer files than the profile's is refused"
fi
run_cmd "$worst" --hard "$S" run --set limits.best_effort=nofile \
	"${layer[@]}" "$MINIMAL" -- "${view[@]}"
kept='want of privilege: .*CPU time \(900\).*file locks \(7\)'
is "$rc" 0 "others are not"
like "$err" "warning: .*$kept" "but told by name"
mv "$T/out" "$T/run.worst"
only_limits='^[<>] (limit (0|7|10):|/proc/self/limits: Max (cpu|open f|file l))'
is "$(differences "$T/run.normal" "$T/run.worst" | grep -Ev "$only_limits")" "" \
	"and nothing else is different"
start_min "$n" "${layer[@]}" -- sleep 1000
run_cmd "$worst" --hard "$S" exec "$n" -- "${view[@]}"
is "$rc" 0 "nor for exec"
like "$err" "warning: .*$kept" "which tells of them, too"
like "$err" "open files \(256\)" "and of those that the profile has higher"
mv "$T/out" "$T/exec.worst"
is "$(differences "$T/exec.normal" "$T/exec.worst" | grep -Ev "$only_limits")" \
	"" "and nothing else is different"
done_testing
