#!/bin/bash
# Waiting: for events, with a limit.
. "$(dirname "$0")/desk.inc"

desk_start
steer wait focus --timeout 0.3
like "$rc $err" "^124 .*focus" "no window: the wait for a focus times out"
steer wait stable
is "$rc" 0 "an idle screen is stable"
# Descriptor 7 keeps a client going; nobody else may have it.
mkfifo "$T/hold"
"$B/tests/xraw" "$X" flood <"$T/hold" >"$T/flood" &
tap_pids+=("$!")
exec 7>"$T/hold"
wait_until grep -q ready "$T/flood" || fail "the client draws"
steer wait stable --timeout 0.6
like "$rc $err" "^124 .*stable" "a screen that changes all the time is not"
"$B/steer" --socket "$X" wait stable --timeout 60 7>&- &
waiting=$!
exec 7>&-
wait "$waiting"
is $? 0 "the wait ends when the drawing does"
desk_fluxbox
"$B/steer" --socket "$X" wait focus --timeout 60 &
waiting=$!
desk_cat "$T/typed"
wait "$waiting"
is $? 0 "a wait for a focus ends when a window has it"
kill -STOP "$desk_xvfb"
steer size --timeout 0.5
like "$rc $err" "^5 .*not answer" "a stopped server does not answer"
kill -CONT "$desk_xvfb"
"$B/tests/xraw" "$X" grab <"$T/hold" >"$T/grab" &
tap_pids+=("$!")
exec 7>"$T/hold"
wait_until grep -q ready "$T/grab" || fail "the client has the grab"
steer size --timeout 0.5
like "$rc $err" "^5 .*not answer" "a grabbed server does not answer"
exec 7>&-
steer size --timeout 30
is "$rc" 0 "and does when the grab ends"
steer wait forever
like "$rc $err" "^2 .*stable\|focus" "only what is known can be waited for"
"$B/steer" --socket "$X" wait stable --timeout 60 &
waiting=$!
kill -TERM "$waiting"
wait "$waiting"
is $? 143 "a wait ends on a signal, by that signal"
done_testing
