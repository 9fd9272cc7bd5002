#!/bin/bash
# CVE-2023-28101, CVE-2016-10124 and their like: what a sandbox chose - titles,
# names, lines, errors - is shown on the caller's terminal, which would obey
# it. Each command that looks runs on a terminal here.
. "$(dirname "$0")/../box/box.inc"
need xprop xterm iconv jq

# A title for the terminal, an answer-back, colours by C0 and by C1, a bell,
# the direction of text, DEL, half a character.
NASTY=$'x\e]0;owned\a\e[31m\e[6n\xc2\x9b31m\xc2\x9d0;y\xc2\x9c\x7f\b\xe2\x80\xaeabc'
NASTY+=$'\xe2\x81\xa6z\xe2\x80\x8b\xf3\xa0\x80\x81\r\x0e'
# JSON can hold that as it is; this it cannot.
BROKEN=$NASTY$'\xc3('

# What may stand in the output of a terminal: lines, tabs, text.
dirty() {
	LC_ALL=C grep -aqP '[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\xc2[\x80-\x9f]' "$1" ||
		LC_ALL=C grep -aqP '\xe2\x80[\x8b-\x8f\xa8-\xae]' "$1" ||
		LC_ALL=C grep -aqP '\xe2\x81[\xa0-\xaf]|\xf3\xa0[\x80\x81]' "$1" ||
		LC_ALL=C grep -aqP '\r[^\r]' "$1" ||
		! iconv -f UTF-8 -t UTF-8 "$1" >"$T/null" 2>&1
}

# looks NAME ERE COMMAND...: on a terminal it is clean, and ERE was shown
looks() {
	local name=$1 shown=$2
	shift 2

	"$B/tests/on_pty" end "$@" >"$T/shown" 2>"$T/verdict" </dev/null
	! dirty "$T/shown"
	ok $? "$name is clean" || diag "$(od -c "$T/shown" | head -n 40)"
	like "$(tr -d '\0' <"$T/shown")" "$shown" "$name shows what there is"
}

printf '%s\r\n' "$NASTY" >"$T/probe"
dirty "$T/probe"
ok $? "the check itself sees what is dirty"
printf 'caf\303\251\t\r\nnext\r\n' >"$T/probe"
! dirty "$T/probe"
ok $? "and what is not"

n=$(name output)
# shellcheck disable=SC2016
start_desktop "$n" -- sh -c 'echo "line $0"; echo "oops $0" >&2
	printf "half"; exec sleep 1000' "$NASTY" "$BROKEN"
is "$rc" 0 "it starts"
wait_until logged "$n" oops

looks ps "$n.*running" "$S" ps
looks "ps --json" '"command": ".*owned' "$S" ps --json
looks "ps --format" 'owned' "$S" ps --format name,command
looks "inspect" '\\u001B\]0;owned.*\\u007F.*\\u202Eabc\\u2066z' \
	"$S" inspect "$n"
looks "inspect --format" 'owned' "$S" inspect "$n" --format .command
looks "inspect --format of a text" 'owned' \
	"$S" inspect "$n" --format .command.3
looks "inspect --format of what is broken" 'owned' \
	"$S" inspect "$n" --format .command.4
looks logs 'payload: oops x\?' "$S" logs "$n"
looks "logs --json" '"text":"oops x' "$S" logs --json "$n"

# Errors that speak of what somebody inside may have named.
looks "exec of no such program" "run '.*owned" "$S" exec "$n" -- "$NASTY"
looks "exec of what is no text" "run '.*owned" "$S" exec "$n" -- "$BROKEN"
looks "exec in no such directory" "working directory" \
	"$S" exec -w "/$NASTY" "$n" -- true
in_box "$n" sh -c 'echo junk >"/tmp/$1" && chmod 755 "/tmp/$1"' sh "$NASTY"
looks "exec of what is no program" "run '.*owned" \
	"$S" exec "$n" -- "/tmp/$NASTY"
looks "a name that is none" "no such sandbox|owned" "$S" inspect "$NASTY"
looks "a profile that is none" "owned" "$S" run "$T/$NASTY"
looks "a value of a profile" "owned" "$S" run --set "limits.pids=$NASTY" \
	"$MINIMAL"
printf '[env]\nA = %s\n' $'\xe2\x80\xaex' >"$T/bidi.ini"
looks "a profile that hides" "a control character" \
	"$S" profile show "$T/bidi.ini"

# The desktop: a window's title, class and icon.
"$S" exec -d "$n" -- xterm -T plain -e sleep 1000 >"$T/out" 2>&1
run_cmd "$B/steer" -s "$n" wait focus --timeout 60
is "$rc" 0 "a window is there" || cmd_diag
# shellcheck disable=SC2016
in_box "$n" sh -c 'for p in "_NET_WM_NAME 8u" "_NET_WM_ICON_NAME 8u" \
	"WM_NAME 8s" "WM_ICON_NAME 8s" "WM_CLASS 8s"; do
		xprop -name plain -f $p -set ${p% *} "$0" ||
			xprop -name "$0" -f $p -set ${p% *} "$0"
	done' "$NASTY"
looks "steer windows" "XTerm|owned" "$B/steer" -s "$n" windows
looks "steer windows --json" '"title":' "$B/steer" -s "$n" windows --json
looks "steer focus" "there is none" "$B/steer" -s "$n" focus nothing
looks "steer focus --json" '"cause":' "$B/steer" -s "$n" --json focus nothing
looks "steer close of a hostile word" "owned" "$B/steer" -s "$n" close "$NASTY"
looks "steer type of it" "control character" "$B/steer" -s "$n" type "$NASTY"

# The end.
looks kill "" "$S" kill "$n"
looks wait "^[0-9]" "$S" wait "$n"
looks "wait --json" '"reason":' "$S" wait --json "$n"
looks "ps of an ended one" stopped "$S" ps
looks "inspect of an ended one" owned "$S" inspect "$n"
looks "logs of an ended one" 'payload: half' "$S" logs "$n"
looks rm "" "$S" rm "$n"

# A program's own terminal is its own, as with ssh(1): said in sandboxd(1).
"$B/tests/on_pty" end "$S" run -t "$MINIMAL" -- printf '\033[31m' \
	>"$T/shown" 2>"$T/verdict" </dev/null
dirty "$T/shown"
ok $? "what a program shows on its own terminal is passed as it is"

done_testing
