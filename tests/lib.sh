# shellcheck shell=bash
# lib.sh - what every shell test begins with:
#
#	. "$(dirname "$0")/../lib.sh"
#	plan 2
#	run_cmd "$B/sandboxd" ps
#	is "$rc" 0 "ps of nothing succeeds"
#	like "$out" "^NAME" "ps prints a heading"
#
# A test is bash, speaks TAP on stdout, and needs no order among tests. It
# works in a private directory, $T, on state and data directories of its own,
# so it never meets the sandboxes of the user; only control groups are named
# on the host, hence name() for sandbox names. At the end the sandboxes that
# are left are removed, and $T with them; what survives that is a leak, and
# the guard outside reports it.

set -u

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
B=${B:-build}
case $B in /*) ;; *) B=$TOP/$B ;; esac
export TOP B

T=$(mktemp -d "${TMPDIR:-/tmp}/t.XXXXXX") || exit 1
export T
export SANDBOXD_STATE_DIR=$T/state SANDBOXD_DATA_DIR=$T/data
mkdir -m 0700 "$SANDBOXD_STATE_DIR" "$SANDBOXD_DATA_DIR" || exit 1

tap_count=0
tap_failed=0
tap_pids=()
rc=0 out='' err=''

# plan N: how many points will follow. Without it, end with done_testing.
plan() {
	echo "1..$1"
}

done_testing() {
	plan "$tap_count"
}

# skip_all REASON: nothing of this file can run here.
skip_all() {
	echo "1..0 # SKIP $*"
	exit 0
}

diag() {
	printf '%s\n' "$*" | sed 's/^/# /'
}

# ok COMMAND_STATUS NAME, as in: ok $? "it worked"
ok() {
	tap_count=$((tap_count + 1))
	if [ "$1" = 0 ]; then
		echo "ok $tap_count - $2"
		return 0
	fi
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_count - $2"
	return 1
}

pass() { ok 0 "$1"; }
fail() { ok 1 "$1"; }

# skip NAME REASON: one point that cannot be tried here.
skip() {
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1 # SKIP $2"
}

# is GOT WANTED NAME
is() {
	[ "$1" = "$2" ]
	ok $? "$3" && return 0
	diag "got:    $1"
	diag "wanted: $2"
	return 1
}

# isnt GOT UNWANTED NAME
isnt() {
	[ "$1" != "$2" ]
	ok $? "$3" && return 0
	diag "got what is not wanted: $1"
	return 1
}

# like TEXT ERE NAME: a line of the text matches.
like() {
	grep -Eq -e "$2" <<<"$1"
	ok $? "$3" && return 0
	diag "no match for: $2"
	diag "in: $1"
	return 1
}

# unlike TEXT ERE NAME: no line of the text matches.
unlike() {
	! grep -Eq -e "$2" <<<"$1"
	ok $? "$3" && return 0
	diag "unwanted match for: $2"
	diag "in: $1"
	return 1
}

# run_cmd COMMAND...: runs it with $T/empty as input; sets rc, out and err.
run_cmd() {
	: >"$T/empty"
	rc=0
	"$@" <"$T/empty" >"$T/out" 2>"$T/err" || rc=$?
	out=$(tr -d '\0' <"$T/out")
	err=$(tr -d '\0' <"$T/err")
}

# cmd_diag: what the last run_cmd said, for a failure that needs it.
cmd_diag() {
	diag "status $rc"
	[ -z "$out" ] || diag "stdout: $out"
	[ -z "$err" ] || diag "stderr: $err"
}

# name SUFFIX: a sandbox name that no other test has.
name() {
	echo "t$$-$1"
}

# background COMMAND...: starts it; its pid is in $bg. Ended at the end.
background() {
	"$@" &
	bg=$!
	tap_pids+=("$bg")
}

# wait_until COMMAND...: tries again, for what has no event to wait for. The
# count bounds it; a slow machine sets WAIT_FACTOR. Fails when it never held.
wait_until() {
	local tries=$((${WAIT_FACTOR:-1} * 200))

	while ! "$@" >"$T/wait" 2>&1; do
		tries=$((tries - 1))
		if [ "$tries" -le 0 ]; then
			diag "never held: $*"
			diag "$(cat "$T/wait")"
			return 1
		fi
		sleep 0.05
	done
}

# need_root: some tests are for root only.
need_root() {
	[ "$(id -u)" = 0 ] || skip_all "needs root"
}

# need PROGRAM...: programs that the test itself calls.
need() {
	local p

	for p; do
		command -v "$p" >/dev/null || skip_all "$p is not installed"
	done
}

tap_remove_sandboxes() {
	local dir

	for dir in "$SANDBOXD_STATE_DIR"/*/; do
		[ -d "$dir" ] || continue
		"$B/sandboxd" rm -f "$(basename "$dir")" >"$T/rm" 2>&1 ||
			diag "rm -f: $(cat "$T/rm")"
	done
}

tap_end() {
	local status=$? pid

	trap - EXIT
	for pid in "${tap_pids[@]+"${tap_pids[@]}"}"; do
		kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
	done
	tap_remove_sandboxes
	cd / && rm -rf --one-file-system "$T"
	if [ "$status" = 0 ] && [ "$tap_failed" -gt 0 ]; then
		status=1
	fi
	exit "$status"
}
trap tap_end EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
