#!/bin/bash
# The log: apart by source, in order, followed to the end, never more than its
# share of the disk.
. "$(dirname "$0")/box.inc"

# without_times, as a filter
without_times() {
	sed 's/^[0-9T:.-]*Z //'
}
payload_lines() {
	"$S" logs --source payload "$@" | without_times
}

# --- what it holds --------------------------------------------------------------
n=$(name said)
start_min "$n" -- sh -c 'printf "one\n\ntwo \033]0;title\007\n"; echo "{\"" >&2
	printf "no end"'
wait_until state_is "$n" stopped
run_cmd "$S" logs "$n"
like "$out" '^[0-9]{4}(-[0-9]{2}){2}T([0-9]{2}:){2}[0-9]{2}\.[0-9]{3}Z payload: one$' \
	"a line has a time and a source"
is "$(payload_lines "$n")" 'payload: one
payload: 
payload: two ?]0;title?
payload: {"
payload: no end' "all that the program wrote is there, and no control character"
like "$out" "Z sandboxd: exited with status 0" "and what the monitor did"
is "$(cut -c 1-24 <<<"$out")" "$(cut -c 1-24 <<<"$out" | sort)" \
	"in the order of time"
is "$("$S" logs --json "$n" | jq -r '"\(.time) \(.source): \(.text)"')" "$out" \
	"--json says the same"
run_cmd "$S" logs -n 2 --source payload "$n"
is "$(without_times <<<"$out")" 'payload: {"
payload: no end' "-n gives the last lines"
is "$("$S" logs --tail 0 "$n")" "" "as few as none"
is "$("$S" logs -n 100000000000000000 "$n" | wc -l)" "$("$S" logs "$n" | wc -l)" \
	"or more than there are"
second=$("$S" logs --json "$n" | jq -rs '.[-1].time')
is "$("$S" logs --since "$second" --json "$n" | jq -rs '.[0].time')" "$second" \
	"--since is exact to the millisecond"
later=$(date -u -d "$second + 1 second" +%FT%T.%3NZ)
is "$("$S" logs --since "$later" "$n")" "" "nothing is newer than the last line"
is "$("$S" logs --since 1h "$n")" "$("$S" logs "$n")" "--since takes a duration"
is "$("$S" logs -f "$n")" "$("$S" logs "$n")" "-f of one that has ended ends"

run_cmd "$S" logs --source paylod "$n"
like "$rc $err" "^2 .*--source 'paylod'" "an unknown source is refused"
like "$err" "^hint: did you mean 'payload'" "with the nearest one"
run_cmd "$S" logs --since yesterday "$n"
like "$rc $err" "^2 .*--since 'yesterday': expected" "so is what is no time"
run_cmd "$S" logs -n some "$n"
like "$rc $err" "^2 .*--tail 'some': expected" "and what is no number"
run_cmd "$S" logs "${n%?}x"
like "$rc $err" "^3 .*there is none" "no sandbox has no log"
"$S" logs "$n" >/dev/full 2>"$T/err"
is $? 1 "a full output is an error"
echo '{' >"$SANDBOXD_STATE_DIR/$n/record.json"
is "$(payload_lines -n 1 "$n")" "payload: no end" \
	"a damaged record does not hide the log"
"$S" rm "$n"
is_gone "$n" "it goes with the sandbox"

# --- following ------------------------------------------------------------------
n=$(name follow)
start_min "$n" -- sh -c 'mkfifo /tmp/go; echo ready; read -r x </tmp/go
	seq 30000; echo last'
wait_until logged "$n" 'payload: ready'
"$S" logs -f --source payload "$n" >"$T/followed" &
follower=$!
"$S" logs -f -n 1 --source payload "$n" >"$T/tail" &
tail=$!
"$S" exec "$n" -- sh -c 'echo >/tmp/go'
wait "$follower"
is $? 0 "-f ends with the sandbox"
is "$(sed 's/^.*payload: //' "$T/followed" | tr '\n' ' ' | md5sum)" \
	"$({ echo ready; seq 30000; echo last; } | tr '\n' ' ' | md5sum)" \
	"and has seen every line once, files that turned over included"
wait "$tail"
is "$(head -n 1 "$T/tail" | sed 's/^.*Z //') $(tail -n 1 "$T/tail" |
	sed 's/^.*Z //')" "payload: ready payload: last" "-n says where -f begins"
"$S" rm "$n"

n=$(name unkept)
sed "s/^\[sandbox\]/&\nname = $n/" "$MINIMAL" >"$T/named.ini"
mkfifo "$T/in"
"$S" run "$T/named.ini" -- cat <"$T/in" >"$T/out" &
cli=$!
exec 9>"$T/in"
wait_until state_is "$n" running
"$S" logs -f "$n" >"$T/followed" &
follower=$!
wait_until grep -q running "$T/followed"
exec 9>&-
wait "$follower"
is $? 0 "-f ends with one that keeps no record"
wait "$cli"
like "$(cat "$T/followed")" "sandboxd: exited with status 0" \
	"and has its last line"
is_gone "$n" "nothing of which is left"

# --- a flood --------------------------------------------------------------------
n=$(name flood)
start_desktop "$n" -- sh -c 'head -c 200M /dev/zero | tr "\0" x | fold -w 99 &
	echo $! >/tmp/pid; wait'
desktop=$("$S" logs --source desktop "$n")
wait_until test -e "$SANDBOXD_DATA_DIR/logs/$n/payload.log.old"
ok $? "a flood turns its file over"
in_box "$n" echo in
is "$rc $out" "0 in" "others get in beside it"
run_cmd "$S" stop "$n"
is "$rc" 0 "it can be stopped"
disk=$(du -sk "$SANDBOXD_DATA_DIR/logs/$n" | cut -f 1)
[ "$disk" -le 3200 ]
ok $? "and takes no more than its share of the disk ($disk KiB)"
is "$(find "$SANDBOXD_DATA_DIR/logs/$n" -size +513k)" "" "no file of it more"
is "$("$S" logs --source sandboxd "$n" | without_times | head -n 1)" \
	"sandboxd: running" "the monitor's lines are still there"
is "$("$S" logs --source desktop "$n" | head -n 1)" "${desktop%%$'\n'*}" \
	"and the desktop's"
unlike "$("$S" logs --source payload "$n" | sed 's/^.*Z payload: //')" \
	'^x*[^x]' "its own lines are whole"
"$S" rm "$n"
is_gone "$n" "all of it goes with the sandbox"

# --- a full disk ----------------------------------------------------------------
# A file system of its own for the data, filled and emptied beneath a sandbox.
mkdir "$T/full"
cat >"$T/full.sh" <<'END'
mount -t tmpfs -o size=64k,mode=0700,uid=$OWNER tmpfs "$T/full" || exit 99
export SANDBOXD_DATA_DIR=$T/full
go() {
	"$B/sandboxd" exec "$n" -- sh -c 'echo >/tmp/go'
}
has_read() {
	awk '$1 == "rchar:" { print $2 }' "/proc/$monitor/io"
}
until_logged() {
	until "$B/sandboxd" logs "$n" | grep -q "$1"; do :; done
}
n=$1
"$B/sandboxd" run -d -n "$n" "$2" -- sh -c 'mkfifo /tmp/go; echo first
	read -r x </tmp/go; seq 2000; read -r x </tmp/go; echo second
	exec sleep 1000'
monitor=$("$B/sandboxd" inspect "$n" | jq .monitor.pid)
until_logged first
before=$(has_read)
head -c 64k /dev/zero >"$T/full/.fill" 2>/dev/null
go
until [ "$(has_read)" -ge $((before + 8893)) ]; do :; done
rm "$T/full/.fill"
go
until_logged second
"$B/sandboxd" stop "$n"
"$B/sandboxd" logs "$n"
"$B/sandboxd" rm "$n"
END
n=$(name full)
OWNER=$OWNER run_cmd private bash "$T/full.sh" "$n" "$MINIMAL"
lost=$(sed -nE 's/^.*sandboxd: ([0-9]+) lines of payload were lost: No space.*$/\1/p' \
	<<<"$out")
like "$lost" '^[0-9]+$' "a full disk loses lines, and says how many" || cmd_diag
kept=$(grep -Ec 'payload: [0-9]*$' <<<"$out")
# The one that was cut is seen, and counted as lost.
like "$((kept + ${lost:-0}))" '^200[01]$' "those kept and those lost are all"
like "$out" 'payload: first$' "what was there stays"
like "$out" 'payload: second$' "and there is more when there is room again"

done_testing
