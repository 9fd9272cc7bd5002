#!/bin/bash
# The same name, twice: in two state directories, and at the same time.
. "$(dirname "$0")/../box/box.inc"

# --- another state directory --------------------------------------------------
# Control groups have one name on the whole host.
n=$(name shared)
start_min "$n" -- sleep 1000
mkdir -m 0700 "$T/state2" "$T/data2"
run_cmd env SANDBOXD_STATE_DIR="$T/state2" SANDBOXD_DATA_DIR="$T/data2" \
	"$S" run -n "$n" "$MINIMAL" -- true
is "$rc" 125 "a name that another state directory uses is refused"
like "$err" "^hint: another state directory" "and says why"
in_box "$n" echo alive
is "$out" alive "the other's sandbox goes on"
is "$(ls "$T/state2")" lock "nothing of the refused one is left"
is "$(find "$T/data2" -type f)" "" "nor of its log"
"$S" rm -f "$n"
is_gone "$n" "the first one ends as always"

# --- relative directories -----------------------------------------------------
# The monitor works in another directory than its caller.
cd "$T" || exit 1
run_cmd env SANDBOXD_STATE_DIR=here "$S" run "$MINIMAL" -- true
like "$rc $err" "^2 .*'here': it is not an absolute path" \
	"a relative state directory is refused"
like "$err" "^hint: set SANDBOXD_STATE_DIR" "with what to do"
run_cmd env SANDBOXD_DATA_DIR=here "$S" run "$MINIMAL" -- true
like "$rc $err" "^2 .*'here': it is not an absolute path" \
	"a relative data directory is refused"
[ ! -e here ] && [ ! -e /here ]
ok $? "and neither is made"

# --- many at once -------------------------------------------------------------
n=$(name race)
: >"$T/race"
for _ in 1 2 3 4 5; do
	pids=()
	for args in "run -d -n $n $MINIMAL -- sleep 1000" "rm -f $n" \
		"run -n $n $MINIMAL -- true" "stop $n" gc "rm -f $n"; do
		# shellcheck disable=SC2086
		"$S" $args </dev/null >>"$T/race" 2>&1 &
		pids+=($!)
	done
	wait "${pids[@]}"
done
unlike "$(cat "$T/race")" "cgroup|lock|mount|record|damaged" \
	"starting and ending one name at once goes wrong in known ways only"
run_cmd "$S" rm -f "$n"
like "$rc" "^[03]$" "and it can be removed"
is_gone "$n" "and leaves nothing"

done_testing
