#!/bin/bash
# A terminal of the payload's own: what is shown, typed and resized, and what
# becomes of the caller's. tests/helpers/on_pty.c sits before it.
. "$(dirname "$0")/box.inc"

# at SCRIPT COMMAND...: on a terminal. What was shown, without the carriage
# returns, is in $out; the command's status and "kept" or "changed" in $end.
at() {
	rc=0
	"$B/tests/on_pty" "$@" >"$T/out" 2>"$T/err" || rc=$?
	out=$(tr -d '\r\0' <"$T/out")
	err=$(tr -d '\0' <"$T/err")
	end=$(tail -n 1 "$T/err")
	[ "$rc" = 0 ] || cmd_diag
}

shown() {
	grep -q -e "$1" "$2"
}

# --- run ----------------------------------------------------------------------
at end env TERM=screen-256color "$S" run "$MINIMAL" -- sh -c \
	'tty; stty size; echo "$TERM"; stat -c "%U %G %a" "$(tty)"; ls -1 /dev/pts'
is "$out" "/dev/pts/0
24 80
screen-256color
agent tty 620
0
ptmx" "a program on a terminal has one of its own, the only one it sees"
is "$end" "0 kept" "and ours is as it was"
at end env TERM='../x y' "$S" run "$MINIMAL" -- sh -c 'echo "$TERM"'
is "$out" xterm "a TERM that is no name does not go in"
at end "$S" run "$MINIMAL" -- sh -c 'exit 7'
is "$end" "7 kept" "the status goes through"
at end "$S" run "$MINIMAL" -- no-such-program
is "$end" "127 kept" "what does not start leaves the terminal as it was"

at $'wait up\nsize 33 101\nwait 33 101\nend' "$S" run "$MINIMAL" -- sh -c \
	'trap "stty size; exit 3" WINCH; echo up; sleep 1000 & wait'
is "$rc $end" "0 3 kept" "a new size goes in, and is said"
at $'wait up\nsend \\x03\nend' "$S" run "$MINIMAL" -- \
	sh -c 'echo up; exec sleep 1000'
is "$rc $end" "0 130 kept" "Ctrl-C is the program's interrupt"
at $'wait up\nsend typed\\r\nwait typed\nwait typed\nsend \\x04\nend' \
	"$S" run "$MINIMAL" -- sh -c 'echo up; cat; exit 5'
is "$rc $end" "0 5 kept" "Ctrl-D ends its input"
at $'wait $ \nsend stty -echo\\r\nwait $ \nsend echo a$((20+1))b\\r
wait a21b\nsend exit 4\\r\nend' "$S" run "$MINIMAL" -- sh
is "$rc $end" "0 4 kept" "a shell is a shell"
at $'wait up\nkill 15\nend' "$S" run "$MINIMAL" -- \
	sh -c 'echo up; exec sleep 1000'
is "$rc $end" "0 143 kept" "a signal to the command goes through"
at $'wait up\nhangup\nend' "$S" run "$MINIMAL" -- \
	sh -c 'echo up; while :; do echo y; done'
like "$end" "^129 " "a terminal that is taken away hangs up the program's"

# --- to the last byte ---------------------------------------------------------
at end "$S" run "$MINIMAL" -- sh -c \
	'stty -opost; yes 0123456789 | head -c 1000000; printf last; exit 6'
is "$end $(tail -c 4 "$T/out")" "6 kept last" \
	"much output just before the end arrives on a terminal"
yes 0123456789 | head -c 1000000 >"$T/in"
printf last >>"$T/in"
cmp -s "$T/in" "$T/out"
ok $? "to the last byte"

# --- whether or not -------------------------------------------------------------
at end "$S" run -T "$MINIMAL" -- sh -c 'tty; echo out; echo err >&2'
is "$end" "0 kept" "-T gives pipes on a terminal"
like "$out" "^not a tty" "where the program has none"
run_cmd "$S" run "$MINIMAL" -- tty
is "$rc $out" "1 not a tty" "without a terminal there is none"
run_cmd "$S" run -t "$MINIMAL" -- sh -c 'tty; stty size'
is "$rc ${out//$'\r'}" "0 /dev/pts/0
24 80" "with -t there is, of the usual size"
echo 'echo ty""ped' >"$T/typed"
"$S" run -t "$MINIMAL" -- sh <"$T/typed" >"$T/out"
is "$?" 0 "input that ends, ends the terminal's"
like "$(tr -d '\r' <"$T/out")" "typed$" "after all of it"
"$S" run -t "$MINIMAL" -- yes 2>"$T/err" | head -n 1 >"$T/out"
is "${PIPESTATUS[0]}" 129 "a reader who leaves hangs it up"

# --- exec -----------------------------------------------------------------------
n=$(name one)
start_min "$n" -t -- sleep 1000
at $'send stty size; tty\\r\nwait 24 80\nwait /dev/pts/1\nsize 40 100
send stty size\\r\nwait 40 100\nsend exit 9\\r\nend' "$S" exec "$n" -- sh
is "$rc $end" "0 9 kept" "exec on a terminal has one of its own, too"
at "send sh -c 'echo u\"\"p; exec sleep 1000'"$'\\r
wait up\nsend \\x1a\nwait Stopped\nsend exit 4; exit 4\\r\nend' \
	"$S" exec "$n" -- bash --norc -i
is "$rc $end" "0 4 kept" "and a shell controls jobs on it"
at $'wait up\nsend \\x03\nend' "$S" exec "$n" -- \
	sh -c 'echo up; exec sleep 1000'
is "$rc $end" "0 130 kept" "Ctrl-C in exec is the program's, too"
at end "$S" exec "$n" -- sh -c \
	'stty -opost; yes 0123456789 | head -c 1000000; printf last; exit 6'
cmp -s "$T/in" "$T/out"
ok $? "exec shows all of it"
is "$end" "6 kept" "and its status"
run_cmd "$S" exec -t "$n" -- tty
like "$rc $out" "^0 /dev/pts/" "exec -t gives one in any case"
at end "$S" exec -T "$n" -- tty
is "$out $end" "not a tty 1 kept" "exec -T none"

# --- detach and attach ------------------------------------------------------------
# The last one's program is a sleep: its terminal echoes.
at $'wait lets go\nsend one\\r\nwait one\nsend \\x10\\x11\nend' "$S" attach "$n"
is "$rc $end" "0 0 kept" "attach shows it until the detach keys are typed"
like "$out" "detached; 'sandboxd attach $n' comes back" "and says how to come back"
is "$(field "$n" .state)" running "the sandbox goes on"
"$B/tests/on_pty" $'wait lets go\nwait second\nsend \\x18x\nend' \
	"$S" attach --detach-keys ctrl-x,x "$n" >"$T/first" 2>"$T/first.end" &
first=$!
wait_until shown "ctrl-x,x lets go" "$T/first"
run_cmd "$S" attach "$n"
is "$rc" 125 "a second one is refused"
like "$err" "another command shows its terminal" "and told why"
in_box "$n" sh -c 'echo second >/dev/pts/0'
wait "$first"
is "$? $(tail -n 1 "$T/first.end")" "0 0 kept" \
	"the first one goes on; other keys can be chosen"
at $'wait lets go\nkill 15\nend' "$S" attach "$n"
is "$rc $end" "0 143 kept" "a signal ends attach"
is "$(field "$n" .state)" running "and nothing else"
monitor=$(field "$n" .monitor.pid)
kill -STOP "$monitor"
background "$S" attach "$n" 2>"$T/early"
wait_until grep -q '^SigBlk:.*[1-9a-f]' "/proc/$bg/status"
kill "$bg"
wait "$bg"
is "$? $(cat "$T/early")" "143 " "so does one that comes before its terminal"
kill -CONT "$monitor"
in_box "$n" sh -c 'echo for the log >/dev/pts/0'
wait_until logged "$n" 'for the log'
ok $? "what is printed while nobody is attached goes to the log"
run_cmd "$S" attach --detach-keys ctrl-xx "$n"
like "$rc $err" "^2 .*ctrl-xx.*expected" "keys that are none are refused"
"$S" rm -f "$n"
is_gone "$n" "and nothing is left"

n=$(name back)
at $'wait up\nsend \\x10\\x11\nend' "$S" run -n "$n" "$MINIMAL" -- \
	sh -c 'echo up; read -r x; exit "$x"'
is "$rc $end" "0 0 kept" "the detach keys leave a foreground run running"
is "$(field "$n" '[.state, .foreground, .terminal] | map(tostring) | join(" ")')" \
	"running false true" "which the record says"
at $'wait lets go\nsend 8\\r\nend' "$S" attach "$n"
is "$rc $end" "0 8 kept" "attach ends as the sandbox ends"
run_cmd "$S" attach "$n"
like "$rc $err" "^125 .*it is stopped" "after which there is nothing to attach to"
"$S" rm "$n"

n=$(name none)
start_min "$n" -- sleep 1000
run_cmd "$S" attach "$n"
is "$rc" 125 "what has no terminal is not attached to"
like "$err" "^hint: .*-t" "and the hint says what would have one"
"$S" rm -f "$n"
run_cmd "$S" attach "$n"
is "$rc" 3 "nor what is not there"

# --- what is no stream ------------------------------------------------------------
for odd in / /dev/zero; do
	"$S" run "$MINIMAL" -- true <"$odd" 2>"$T/err"
	is $? 2 "$odd as stdin is refused"
	like "$(cat "$T/err")" "use 'stdin': it is a d" "and named"
	like "$(cat "$T/err")" "^hint: " "with what to do"
done
"$S" run -t "$MINIMAL" -- true </dev/full 2>"$T/err"
is $? 2 "nor is a device taken with -t"

done_testing
