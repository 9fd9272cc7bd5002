#!/bin/bash
# PID 1: it reaps, forwards signals, and ends all in order.
. "$(dirname "$0")/box.inc"

run_inside init_guest --set limits.pids=20000 -- orphans 10000
is "$rc $out" "0 2" "10000 orphans are reaped: init and one process are left"

# --- signals through the foreground command ---------------------------------------
# `wait` returns when a trap runs; the trap ends the script.
traps='trap "echo got TERM; exit 5" TERM; trap "echo got INT; exit 6" INT
	trap "echo got USR1; exit 7" USR1; trap "echo got HUP; exit 8" HUP
	sleep 1000 & echo ready; wait'
mkfifo "$T/fifo"
for s in TERM:5 INT:6 USR1:7 HUP:8; do
	"$S" run "$MINIMAL" -- sh -c "$traps" >"$T/fifo" &
	cli=$!
	exec 7<"$T/fifo"
	read -r line <&7
	kill -"${s%:*}" "$cli"
	read -r line <&7
	exec 7<&-
	wait "$cli"
	is "$? $line" "${s#*:} got ${s%:*}" "SIG${s%:*} reaches the payload"
done

n=$(name exec)
start_min "$n" -- sleep 1000
"$S" exec "$n" -- sh -c "$traps" >"$T/fifo" &
cli=$!
exec 7<"$T/fifo"
read -r line <&7
kill -TERM "$cli"
read -r line <&7
exec 7<&-
wait "$cli"
is "$? $line" "5 got TERM" "exec forwards signals as well"
"$S" rm -f "$n"

# --- stop ---------------------------------------------------------------------------
n=$(name polite)
start_min "$n" -- sh -c 'trap "echo bye; exit 3" TERM; sleep 1000 & echo ready; wait'
wait_until logged "$n" 'payload: ready'
run_cmd "$S" stop "$n"
is "$rc" 0 "stop succeeds"
like "$(log_of "$n")" "payload: bye$" "the payload got SIGTERM and time"
is "$(end_of "$n")" "stopped stopped 3" "its own status stands in the record"
is "$(groups_of "$n")" "" "no group is left"
"$S" stop "$n"
is $? 0 "stopping one that has ended succeeds"
"$S" rm "$n"

n=$(name stubborn)
start_min "$n" --set sandbox.stop_timeout=300ms -- \
	sh -c 'trap "" TERM INT HUP; echo ready; while :; do sleep 1000; done'
wait_until logged "$n" 'payload: ready'
run_cmd "$S" stop "$n"
is "$rc" 0 "a payload that ignores SIGTERM can be stopped"
is "$(end_of "$n")" "stopped stopped 137" "by SIGKILL"
"$S" rm "$n"

n=$(name frozen)
start_min "$n" -- sh -c 'trap "exit 4" TERM; echo ready; kill -STOP $$; exit 9'
wait_until logged "$n" 'payload: ready'
run_cmd "$S" stop "$n"
is "$rc $(field "$n" .exit_code)" "0 4" "a suspended payload is woken to end"
"$S" rm "$n"

# --- the order ----------------------------------------------------------------------
# In its last moments the payload still sees the desktop.
n=$(name order)
start_desktop "$n" -- sh -c 'trap "
	ps -e -o comm= | xargs; xdpyinfo >/tmp/x 2>&1 && echo answers; exit" TERM
	echo ready; sleep 1000 & wait'
wait_until logged "$n" 'payload: ready'
"$S" stop "$n"
like "$(log_of "$n")" "payload: .*Xvfb.*fluxbox.*" \
	"the desktop lives while the payload ends"
like "$(log_of "$n")" "payload: answers$" "and answers"
unlike "$(log_of "$n")" "desktop: .*(lost|broken|KILL)" \
	"the window manager ends before its X server"
"$S" rm "$n"

# What the payload left running goes with it.
n=$(name children)
run_cmd "$S" run -n "$n" "$MINIMAL" -- \
	sh -c 'setsid sleep 1000 & setsid sh -c "trap \"\" TERM; sleep 1000" & exit 0'
is "$rc" 0 "the payload's end is the sandbox's"
is "$(groups_of "$n")" "" "whatever it left behind"
"$S" rm "$n"
done_testing
