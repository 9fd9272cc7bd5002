#!/bin/bash
# One table: --help, the manual's synopsis and the command line agree.
. "$(dirname "$0")/../lib.sh"

run_cmd "$B/steer" --help
is "$rc $err" "0 " "help goes to standard output"
help=$out
is "$(awk 'length > 80' <<<"$help")" "" "no line of it is over 80 columns"
sed -n '/^Actions:/,/^$/s/^  \([a-z]*\).*/\1/p' <<<"$help" >"$T/actions"
while read -r action; do
	run_cmd "$B/steer" "$action" --help
	sed -n 's/^usage: steer \[OPTION\]\.\.\. //p' <<<"$out"
done <"$T/actions" >"$T/help"
mandoc -T utf8 -O width=200 "$TOP/steer/steer.1" | col -bx |
	sed -n '/^SYNOPSIS/,/^DESCRIPTION/s/^ *steer \[option \.\.\.\] //p' |
	sed 's/ \.\.\./.../' >"$T/manual"
diff "$T/help" "$T/manual" >"$T/diff"
ok $? "the manual's synopsis has the actions of --help" || diag "$(cat "$T/diff")"
[ -s "$T/help" ]
ok $? "and there are some"
run_cmd "$B/steer" scroll --help
like "$out" '^ +-m, --modifiers CHORD ' "an action's help lists its own options"
is "$(awk 'length > 80' <<<"$out")" "" "no line of it is over 80 columns"
sed -n '/^Options:/,$s/.*\(--[a-z]*\).*/\1/p' <<<"$help" >"$T/options"
while read -r option; do
	grep -q -- "Fl -\?.*${option#-}" "$TOP/steer/steer.1"
	ok $? "$option is in the manual"
done <"$T/options"
run_cmd mandoc -T lint -W warning "$TOP/steer/steer.1"
is "$rc $out" "0 " "mandoc finds nothing to say"

run_cmd "$B/steer" --version
like "$out" '^steer [0-9]' "--version"
run_cmd "$B/steer"
like "$rc $err" '^2 .*action is missing' "no action is an error"
run_cmd "$B/steer" screenshit
like "$rc $err" "^2 .*'screenshit': no such action" "an unknown one is named"
like "$err" "^hint: did you mean 'screenshot'" "with the nearest"
run_cmd "$B/steer" move 1
like "$rc $err" '^2 .*missing' "a missing argument is an error"
like "$err" '^hint: usage: steer move X Y$' "that shows the usage"
run_cmd "$B/steer" click 1
like "$rc $err" '^2 ' "half a point is no point"
run_cmd "$B/steer" move 1 2 3
like "$rc $err" '^2 .*too many' "one too many is an error"
run_cmd "$B/steer" move 1 2x
like "$rc $err" "^2 .*'2x'" "a number is a number"
for t in 0 -1 x 3601 1e3; do
	run_cmd "$B/steer" --timeout="$t" size
	like "$rc $err" "^2 .*'$t'" "--timeout $t is refused"
done
run_cmd "$B/steer" --cookie x size
like "$rc $err" '^2 .*--socket' "a cookie alone is refused"
run_cmd "$B/steer" -s a --socket b size
like "$rc $err" '^2 ' "a sandbox and a socket exclude each other"
run_cmd "$B/steer" size
like "$rc $err" '^3 .*none' "no sandbox, none named: absent"
run_cmd "$B/steer" -s nobody-home size
like "$rc $err" '^3 .*nobody-home' "a sandbox that is not there is named"
done_testing
