#!/bin/bash
# Whoever shares a terminal or a pipe with the guest cannot be held by it.
. "$(dirname "$0")/../box/box.inc"
need script timeout

up() {
	grep -q up "$1"
}

# --- stopped ------------------------------------------------------------------
# PID 1 ends only when all that joined it are reaped, which `exec` does.
n=$(name keys)
start_min "$n" -- sleep 1000
background "$S" exec "$n" -- sh -c 'echo up; exec sleep 1000' >"$T/up"
wait_until up "$T/up"
kill -TSTP "$bg"
run_cmd timeout 60 "$S" stop "$n"
is "$rc" 0 "a sandbox ends though exec was told to stop by a key"
kill -CONT "$bg"
wait "$bg"
is $? 137 "and exec ends with it"
"$S" rm "$n"
is_gone "$n" "and leaves nothing"

n=$(name terminal)
start_min "$n" -- sleep 1000
mkfifo "$T/keys"
cat >"$T/job" <<EOF
set -m
"$S" exec $n -- sh -c 'echo up; cat; echo eof; exec sleep 1000' &
exec sleep 1000
EOF
script -qfec "bash $T/job" /dev/null <>"$T/keys" >"$T/screen" &
tap_pids+=("$!")
wait_until up "$T/screen"
echo typed >"$T/keys"
wait_until grep -q typed "$T/screen"
in_box "$n" ps -C cat -o comm=
is "$out" cat "a job in the background takes no input from the terminal"
run_cmd timeout 60 "$S" rm -f "$n"
is "$rc" 0 "and nothing that is typed stops it"
is_gone "$n" "so that its sandbox ends"

# --- a flood that outlives its program ----------------------------------------
n=$(name flood)
start_min "$n" -- sleep 1000
mkfifo "$T/slow"
while read -r -n 1; do :; done <"$T/slow" &
tap_pids+=("$!")
timeout -k 5 60 "$S" exec "$n" -- sh -c \
	'yes & yes & head -c 500000 /dev/zero; exit 3' </dev/null >"$T/slow"
is $? 3 "exec ends with its program, whoever goes on writing"
"$S" rm -f "$n"
is_gone "$n" "and leaves nothing"

done_testing
