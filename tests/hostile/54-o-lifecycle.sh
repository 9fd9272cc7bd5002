#!/bin/bash
# Races of the beginning and the end: the launcher or one of its helpers is killed
# at a step of a start, wherever that is; groups are frozen when they should end;
# many come and go at once. The canary is a sandbox beside, which lives through it
# all; what is killed must leave nothing that `gc` does not find.
# time-limit: 600
. "$(dirname "$0")/../box/box.inc"

beside=$(name beside)
start_min "$beside" -- sleep 1000
lives() {
	in_box "$beside" echo alive
	is "$out" alive "$1: the one beside lives"
}

# --- killed at a step ---------------------------------------------------------------
# killed_at STEP NAME: sets victim. Steps differ by little from start to start.
killed_at() {
	run_cmd timeout -k 5 60 "$B/tests/killat" "$1" "$S" run -n "$2" \
		"$MINIMAL" -- true
	victim=${out#* }
}
n=$(name whole)
killed_at 0 "$n"
total=${out% *}
like "$rc $out" "^0 [0-9]+ nobody$" "a start is $total steps when nobody is killed"
is "$(end_of "$n")" "stopped exited 0" "and ends well under the eyes of a tracer"
"$S" rm "$n"

points=${POINTS:-36}
left='' dirty=0 victims='' failed=''
for ((i = 1; i <= points; i++)); do
	n=$(name "k$i")
	killed_at $((total * i / (points + 1))) "$n"
	victims+="$victim
"
	# What is there now is what a crash leaves; init needs a moment to die.
	[ -z "$(left_of "$n")" ] || dirty=$((dirty + 1))
	wait_until "$S" gc
	"$S" rm -f "$n" 2>"$T/rm"
	wait_until gone "$n" || failed+="$i "
	left+=$(left_of "$n")
done
is "$left$failed" "" "after $points kills gc leaves nothing"
[ $dirty -gt $((points / 8)) ]
ok $? "of what $dirty of them left"
is "$(grep -cv '^nobody$' <<<"${victims%$'\n'}")" "$points" "somebody died at each"
diag "$(sort <<<"${victims%$'\n'}" | uniq -c | xargs)"
lives "after $points kills"

# --- frozen ------------------------------------------------------------------------------
# v1 holds a signal back until the thaw; v2 ends what is frozen.
freeze() {
	local dir

	for dir in $(groups_of "$1"); do
		echo FROZEN >"$dir/freezer.state"
		echo 1 >"$dir/cgroup.freeze"
	done 2>"$T/freeze"
}
is_frozen() {
	local pid

	pid=$(pid_of "$1" 1000 sleep)
	[ -n "$pid" ] && ! timeout 0.5 "$S" exec "$1" -- true
}
n=$(name frozen)
for words in "stop" "rm -f" "kill"; do
	start_min "$n" -- sleep 1000
	freeze "$n"
	is_frozen "$n"
	ok $? "one is frozen"
	# shellcheck disable=SC2086
	run_cmd timeout -k 5 60 "$S" $words "$n"
	is "$rc" 0 "'$words' of it does its work" || cmd_diag
	run_cmd timeout -k 5 60 "$S" rm -f "$n"
	is_gone "$n" "and nothing is left"
done
n=$(name stops)
start_min "$n" -- sh -c 'trap "" TERM; kill -STOP -1; kill -STOP $$'
run_cmd timeout -k 5 60 "$S" stop -t 1s "$n"
is "$rc" 0 "who stops himself is ended" || cmd_diag
"$S" rm -f "$n"
lives "frozen and stopped"

# --- many at once ----------------------------------------------------------------------
pids=() ends=
for i in {1..24}; do
	"$S" run -n "$(name "m$i")" "$MINIMAL" -- sh -c "exit $i" \
		>"$T/out" 2>"$T/err" </dev/null &
	pids+=($!)
done
for pid in "${pids[@]}"; do
	wait "$pid"
	ends+="$? "
done
is "$ends" "$(echo {1..24}) " "24 at once all run, each with its end" ||
	diag "$(cat "$T/err")"
left='' pids=()
for i in {1..24}; do
	"$S" rm -f "$(name "m$i")" &
	pids+=($!)
done
wait "${pids[@]}"
for i in {1..24}; do
	left+=$(left_of "$(name "m$i")")
done
is "$left" "" "and go at once"
lives "many at once"
"$S" rm -f "$beside"
done_testing
