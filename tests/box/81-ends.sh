#!/bin/bash
# Ways to an end: kill, stop with a time, a time limit; and what comes behind.
. "$(dirname "$0")/box.inc"

# --- kill -----------------------------------------------------------------------
n=$(name kill)
start_min "$n" -- bash -c 'for s in HUP INT USR1 USR2 RTMIN RTMIN+1 RTMAX; do
		trap "echo got $s" "$s"
	done
	trap "echo got TERM; exit 5" TERM
	echo ready
	while :; do sleep 1000 & wait; done'
wait_until logged "$n" 'payload: ready'
for s in HUP SIGINT usr1 12 RTMIN RTMIN+1 RTMAX; do
	run_cmd "$S" kill -s "$s" "$n"
	is "$rc $err" "0 " "kill -s $s succeeds"
done
for s in HUP INT USR1 USR2 RTMIN RTMIN+1 RTMAX; do
	wait_until logged "$n" "payload: got ${s/+/[+]}\$"
	ok $? "the program gets $s"
done
is "$(field "$n" .state)" running "and goes on"
is "$(log_of "$n" | grep -c ' payload: got')" 7 "each was sent once"
run_cmd "$S" kill -s TERN "$n"
like "$rc $err" "^2 .*read signal 'TERN'" "what is no signal is refused"
like "$err" "^hint: did you mean 'TERM'" "with the nearest name"
run_cmd "$S" kill -s 0 "$n"
is "$rc" 2 "0 is none"
run_cmd "$S" kill "$n"
is "$rc $err" "0 " "kill alone succeeds"
wait_until state_is "$n" stopped
is "$(end_of "$n")" "stopped exited 5" "it is SIGTERM, and the end is the program's"
run_cmd "$S" kill "$n"
like "$rc $err" "^1 .*kill '$n': it is stopped" "one that has ended gets none"
"$S" rm "$n"

# While the monitor reads none of them they all wait, for a program that takes
# none.
n=$(name queue)
start_min "$n" -- env --block-signal sleep 1000
pending() {
	grep -qx 'ShdPnd:.0000000400000201' "/proc/$1/status"
}
kill -STOP "$(field "$n" .monitor.pid)"
for s in HUP USR1 RTMIN+1; do
	"$S" kill -s "$s" "$n"
done
kill -CONT "$(field "$n" .monitor.pid)"
wait_until pending "$(pid_of "$n" 1000 sleep)"
ok $? "no signal swallows another on its way"
"$S" rm -f "$n"

a=$(name hard) b=$(name soft)
start_desktop "$a" -- sleep 1000
start_min "$b" -- sleep 1000
run_cmd "$S" kill --signal=KILL "$a" "$b"
is "$rc" 0 "kill takes several names"
wait_until state_is "$a" stopped
wait_until state_is "$b" stopped
is "$(end_of "$a")" "stopped signal 137" "a killed program ends its sandbox"
is "$(end_of "$b")" "stopped signal 137" "each its own"
unlike "$(log_of "$a")" "(Xvfb|fluxbox) (ended|was killed)" "in order"
is "$(groups_of "$a")$(groups_of "$b")" "" "and nothing of them is left"
"$S" rm "$a" "$b"

# --- stop -t ---------------------------------------------------------------------
# stubborn NAME [OPTION...]: it does not end by itself.
stubborn() {
	start_min "$@" -- sh -c 'trap "echo asked" TERM; echo ready
		while :; do sleep 1000 & wait; done'
	wait_until logged "$1" 'payload: ready'
}
for t in 0 500ms; do
	n=$(name "stop-$t")
	stubborn "$n" --set sandbox.stop_timeout=1h
	run_cmd "$S" stop -t "$t" "$n"
	is "$rc" 0 "stop -t $t ends what would take an hour"
	is "$(end_of "$n")" "stopped stopped 137" "by SIGKILL"
	"$S" rm "$n"
done
n=$(name stop-long)
start_min "$n" --set sandbox.stop_timeout=0 -- \
	sh -c 'trap "sleep 1; exit 6" TERM; echo ready
		while :; do sleep 1000 & wait; done'
wait_until logged "$n" 'payload: ready'
run_cmd "$S" stop --time 1h "$n"
is "$(end_of "$n")" "stopped stopped 6" "stop -t can give more than the profile"
"$S" rm "$n"

n=$(name again)
stubborn "$n" --set sandbox.stop_timeout=1h
"$S" stop "$n" &
first=$!
wait_until logged "$n" 'payload: asked'
run_cmd "$S" stop -t 100ms "$n"
wait "$first"
is "$? $rc $(end_of "$n")" "0 0 stopped stopped 137" \
	"a second stop makes the first one sooner"
"$S" rm "$n"
for t in 10 -1s 2h soon; do
	run_cmd "$S" stop "--time=$t" x
	like "$rc $err" "^2 .*--time '$t': expected a time" "stop -t $t is refused"
done

# --- a time limit -------------------------------------------------------------------
n=$(name limit)
run_min -n "$n" --timeout 300ms -- sleep 1000
is "$rc" 124 "run --timeout ends with 124"
like "$err" "sandbox '$n' ended: it ran for sandbox.timeout = 300ms" "and says so"
is "$(end_of "$n")" "stopped timeout 124" "as the record does"
is "$(groups_of "$n")" "" "nothing is left of it"
"$S" rm "$n"
run_min --timeout 1h -- sh -c 'exit 3'
is "$rc $err" "3 " "a program that is quicker keeps its own status"
run_min --set sandbox.timeout=100ms --set sandbox.stop_timeout=0 -- \
	sh -c 'trap "" TERM; sleep 1000'
is "$rc" 124 "one that does not listen is killed, with 124"
run_min --timeout 1ms --set sandbox.timeout=none -- sleep 0.1
is "$rc" 0 "the last of --timeout and --set counts"
run_min --set sandbox.timeout=100ms -- sh -c 'trap "exit 7" TERM
	sleep 1000 & wait'
is "$rc" 124 "what the program says to that does not count"
for t in 0 5 never; do
	run_min --timeout "$t" -- true
	like "$rc $err" "^2 .*sandbox.timeout = '$t': expected a time .*or none" \
		"--timeout $t is refused"
done
n=$(name detached)
start_min "$n" --timeout 200ms -- sleep 1000
wait_until state_is "$n" stopped
is "$(end_of "$n")" "stopped timeout 124" "a detached one ends, too"
"$S" rm "$n"

# --- a killed monitor ------------------------------------------------------------
# The moment in which its lock is still held cannot be hit on purpose; somebody
# else's holding it for a while can.
n=$(name held)
start_min "$n" -- sleep 1000
kill -KILL "$(field "$n" .monitor.pid)"
wait_until state_is "$n" lost
exec 9<>"$SANDBOXD_STATE_DIR/$n/lock"
flock 9
"$S" rm -f "$n" 9<&- &
rm=$!
# It is in poll(2).
wait_until grep -q "^7 " "/proc/$rm/syscall"
exec 9<&-
wait "$rm"
is $? 0 "rm -f waits for a lock that is about to go"
is_gone "$n" "and removes it"

done_testing
