#!/bin/bash
# inspect: everything in force, and what is used just now.
. "$(dirname "$0")/box.inc"

n=$(name all)
start_desktop "$n" --set limits.memory=200M --set limits.cpus=0.5 \
	--set env.GREETING='hello.world=x' -- sh -c 'exec sleep 1000' $'a\033b'
run_cmd "$S" inspect "$n"
is "$rc" 0 "inspect succeeds"
json=$out
value() {
	jq -r "$1" <<<"$json"
}

# --- settings --------------------------------------------------------------------
is "$(value '.settings | del(.env) | to_entries[] | .key as $s | .value |
	keys_unsorted[] | $s + "." + .' | sort)" \
	"$("$S" profile keys --json | jq -r '.[].key' | grep -v '^env\.' | sort)" \
	"every key of the table is among the settings"
is "$(value '.settings.limits | .memory + " " + .cpus + " " + .pids')" \
	"200M 0.5 100" "as it would be written in a profile"
is "$(value .settings.env.GREETING)" "hello.world=x" "variables, too"
is "$(value .settings.sandbox.home)" /home/agent "and what follows from others"

# --- the host's side --------------------------------------------------------------
is "$(value '.directory')" "$SANDBOXD_STATE_DIR/$n" "it tells its directory"
for s in sandboxd desktop; do
	grep -q . "$(value ".logs.$s")"
	ok $? "and the log of $s"
done
is "$(value '.groups[]' | sort)" "$(groups_of "$n" | sort)" \
	"its groups are those that are there"
if [ -z "${ROOTLESS:-}" ]; then
	like "$(value '.usage | "\(.memory) \(.cpu_usec) \(.pids)"')" \
		'^[1-9][0-9]{5,} [1-9][0-9]* [1-9][0-9]?$' "what it uses is counted"
	is "$(value '.usage.payload.pids')" \
		"$(cat "$(group_file pids "$n/payload" pids.current pids.current)")" \
		"by group"
	is "$(value '.usage | keys_unsorted | map(select(. == "desktop" or . == "init")) |
		length')" 2 "for each of them"
fi
is "$(value '[.init.pid, .monitor.pid] | map(type) | unique[]')" number \
	"processes have numbers"
is "$(date -d "$(value .started)" +%s%3N)" "$(value .started_ms)" \
	"times are written out, too"
is "$(value '.stages[-1].name')" payload "up to the payload"
is "$(value '(.stages | map(.usec) | add) / 1000 <= .started_ms - .created_ms + 500')" \
	true "the stages took no longer than the start"
is "$(value '.stages[] | select(.name == "desktop") | .usec > 1000')" true \
	"and the desktop took its time"

# --- one value -------------------------------------------------------------------
show() {
	run_cmd "$S" inspect --format "$@"
}
show .limits.memory.requested "$n"
is "$rc $out" "0 209715200" "--format prints one value"
show .command.2 "$n"
is "$out" "exec sleep 1000" "a text has no quotes"
show .command.3 "$n"
is "$out" "a?b" "and cannot write to the terminal"
show .exit_code "$n"
is "$out" null "what there is none of is null"
show .display "$n"
is "$(jq -r .width <<<"$out") $(wc -l <<<"$out")" "1280 1" "an object is one line"
show .limits.memroy "$n"
like "$rc $err" "^2 .*find '.limits.memroy': there is no 'memroy'" \
	"a key that there is none of is refused"
like "$err" "^hint: did you mean 'memory'" "with the nearest one"
show .command.9 "$n"
is "$rc" 2 "so is an index past the end"
show limits "$n"
like "$rc $err" "^2 .*expected a path" "and what is no path"

# --- several, ended ---------------------------------------------------------------
m=$(name min)
start_min "$m" -- true
wait_until state_is "$m" stopped
show .name "$n" "$m"
is "$out" "$n
$m" "inspect takes several names"
is "$("$S" inspect "$n" "$m" | jq -rs '.[1].name')" "$m" "an object each"
is "$(field "$m" '"\(.usage) \(.groups | length)"')" "null 0" \
	"one that has ended uses nothing"
run_cmd "$S" inspect "$n" "${m%?}x"
is "$rc" 3 "one that there is none of is an error"
"$S" rm -f "$n" "$m"

done_testing
