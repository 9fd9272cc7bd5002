#!/bin/bash
# ps: for people and for programs.
. "$(dirname "$0")/box.inc"

a=$(name one) b=$(name other)
start_desktop "$a" -- sleep 1000
start_min "$b" -- sh -c 'exit 3' $'tab\tand\033[31m' "it's"
wait_until state_is "$b" stopped

run_cmd "$S" ps
like "$out" '^NAME +STATE +PID +AGE +DISPLAY +EXIT +PROGRAM$' "ps has a heading"
like "$out" "^$a +running +$(field "$a" .init.pid) +[0-9]+s +:99 +- +sleep\$" \
	"a line for one that runs"
like "$out" "^$b +stopped +[0-9]+ +[0-9]+s +- +3 exited +sh\$" \
	"and for one that has ended"
is "$(cut -c "$(($(head -n 1 <<<"$out" | grep -bo STATE | cut -d : -f 1) + 1))-" \
	<<<"$out" | cut -d ' ' -f 1 | tr '\n' ' ')" "STATE running stopped " \
	"its columns are aligned"
is "$("$S" ps -q)" "$a
$b" "-q gives names only"
run_cmd "$S" ps --format state,name,exit_code,reason,display
is "$out" "running	$a	-	-	:99
stopped	$b	3	exited	-" "--format gives columns with tabs, in its order"
run_cmd "$S" ps --format command --filter "name=$b"
is "$out" "sh -c 'exit 3' 'tab?and?[31m' 'it'\\''s'" \
	"a command is quoted, and cannot write to the terminal"
for f in state=running display=:99 "name=$a" exit=-; do
	is "$("$S" ps -q --filter "$f")" "$a" "--filter $f"
done
is "$("$S" ps -q --filter state=stopped --filter reason=exited)" "$b" \
	"of two filters both hold"
is "$("$S" ps -q --filter state=stopped --filter display=:99)" "" "or nothing"

run_cmd "$S" ps --json
is "$(jq -r '.[] | [.name, .state, .exit_code, .display] | map(tostring) |
	join(" ")' <<<"$out")" "$a running null :99
$b stopped 3 null" "--json is an array with types"
is "$(jq -r '.[0] | .pid == '"$(field "$a" .init.pid)"' and .started ==
	"'"$(field "$a" .started)"'"' <<<"$out")" true "that says what inspect says"
for c in $(jq -r '.[0] | keys[]' <<<"$out"); do
	run_cmd "$S" ps --format "$c"
	is "$rc $(wc -l <<<"$out")" "0 2" "--format knows $c"
done
is "$("$S" ps --json --format name,pid --filter "name=$a" | jq -c .)" \
	"[{\"name\":\"$a\",\"pid\":$(field "$a" .init.pid)}]" \
	"--json takes columns and filters"
is "$("$S" ps --json --filter name=none | jq -c .)" "[]" "nothing is an empty array"

run_cmd "$S" ps --format name,stat
like "$rc $err" "^2 .*--format 'stat': no such column" "an unknown column is refused"
like "$err" "^hint: did you mean 'state'" "with the nearest name"
run_cmd "$S" ps --format ,
is "$rc" 2 "so is none at all"
run_cmd "$S" ps --filter state=running1
like "$rc $err" "^2 .*'running1': no such state" "and a state that there is none of"
like "$err" "^hint: did you mean 'running'" "with the nearest one"
run_cmd "$S" ps --filter running
like "$rc $err" "^2 .*expected COLUMN=VALUE" "and a filter that is none"

echo '{' >"$SANDBOXD_STATE_DIR/$b/record.json"
run_cmd "$S" ps --json
is "$(jq -r '.[1] | .name, .state, .pid' <<<"$out")" "$b
damaged
null" "a damaged record has a line"
like "$err" "warning: read record of '$b': damaged" "and a warning says why"
is "$("$S" ps -q --filter state=damaged 2>/dev/null)" "$b" "it can be found so"
"$S" rm -f "$a" "$b"

done_testing
