#!/bin/bash
# What lasts over a second says so, on a terminal and nowhere else.
. "$(dirname "$0")/box.inc"

printf '#!/bin/sh\nexec sleep 1000\n' >"$T/mute"
chmod 755 "$T/mute"
# A start that lasts until it is interrupted: its X server never gets ready.
stuck=(unshare --mount --propagation private sh -c
	'mount --bind "$0" /usr/bin/Xvfb && exec "$@"' "$T/mute" "$S" run)

n=$(name start)
"$B/tests/on_pty" $'wait starting \''"$n"$'\': desktop ... \nkill 2\nend' \
	"${stuck[@]}" -n "$n" "$AGENT" -- true >"$T/out" 2>"$T/err"
is "$? $(tail -n 1 "$T/err")" "0 130 kept" "a start that lasts says at what it is"
tr '\r' '\n' <"$T/out" | grep -v '^ *$' | tail -n 2 >"$T/last"
like "$(cat "$T/last")" "^sandboxd: start '$n': interrupted" \
	"and no more once it has failed"
# Its last words on that line are blanks, as wide as it was.
like "$(tr '\r\n' '|+' <"$T/out")" \
	"sandboxd: starting '$n': desktop ... [0-9]+ s\| +\|" \
	"it takes its line away again"
is_gone "$n" "nothing is left"

# The monitor's own wait is over a second by then.
n=$(name stop)
start_min "$n" -- sh -c 'trap "" TERM; while :; do sleep 1; done'
"$B/tests/on_pty" end "$S" stop -t 2s "$n" >"$T/out" 2>"$T/err"
is "$(tail -n 1 "$T/err")" "0 kept" "stop, too"
like "$(tr '\r\n' '|+' <"$T/out")" \
	"^\|sandboxd: stopping '$n' ... [12] s.*\| +\|$" "says that it waits"
"$S" rm "$n"

n=$(name quiet)
start_min "$n" -- sh -c 'trap "" TERM; while :; do sleep 1; done'
run_cmd "$S" stop -t 2s "$n"
is "$rc $out$err" "0 " "but not where no terminal is"
"$S" rm "$n"

done_testing
