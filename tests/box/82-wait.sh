#!/bin/bash
# Waiting for an end, whatever is left of the sandbox by then.
. "$(dirname "$0")/box.inc"

# held NAME PROFILE [OPTION...]: a foreground sandbox that ends with status 9
# when let_go is called.
held() {
	local name=$1 profile=$2

	shift 2
	mkfifo "$T/$name"
	"$S" run "$@" "$profile" -- sh -c 'read -r x; exit 9' <"$T/$name" &
	cli=$!
	exec 9>"$T/$name"
	wait_until state_is "$name" running
}
let_go() {
	exec 9>&-
}
# await OPTION...: in the background, until it polls.
await() {
	"$S" wait "$@" >"$T/waited" 2>"$T/waited.err" 9<&- &
	waiter=$!
	wait_until grep -q "^7 " "/proc/$waiter/syscall"
}

# --- kept -----------------------------------------------------------------------
n=$(name kept)
held "$n" "$MINIMAL" -n "$n"
await "$n"
let_go
wait "$waiter"
is "$? $(cat "$T/waited")" "0 9" "wait prints the exit code"
wait "$cli"
run_cmd "$S" wait "$n"
is "$rc $out" "0 9" "and of one that has ended as well"
run_cmd "$S" wait --json "$n"
is "$(jq -r '[.name, .exit_code, .reason, .detail] | join("|")' <<<"$out")" \
	"$n|9|exited|exited with status 9" "--json tells how"
"$S" rm "$n"

a=$(name first) b=$(name second)
start_min "$a" -- sh -c 'exec sleep 1000'
start_min "$b" -- sh -c 'exit 4'
await "$a" "$b"
"$S" kill -s KILL "$a"
wait "$waiter"
is "$? $(tr '\n' ' ' <"$T/waited")" "0 137 4 " \
	"wait prints one a line in the order of the names"
"$S" rm "$a" "$b"

# --- not kept -------------------------------------------------------------------
n=$(name unkept) m=$(name quick)
sed "s/^\[sandbox\]/&\nname = $n/" "$MINIMAL" >"$T/unkept.ini"
sed "s/^\[sandbox\]/&\nname = $m/" "$MINIMAL" >"$T/quick.ini"
held "$n" "$T/unkept.ini"
start_min "$m" -- sleep 1000
await --json "$m" "$n"
let_go
wait "$cli"
is_gone "$n" "one without a name leaves nothing"
"$S" rm -f "$m"
is_gone "$m" "nor does one that is removed"
wait "$waiter"
is "$(jq -r '[.name, .exit_code, .reason] | join(" ")' "$T/waited")" \
	"$m 137 stopped
$n 9 exited" "wait knows how both ended"

n=$(name reused)
sed "s/^\[sandbox\]/&\nname = $n/" "$MINIMAL" >"$T/named.ini"
held "$n" "$T/named.ini"
await "$n"
kill -STOP "$waiter"
let_go
wait "$cli"
start_min "$n" -- sleep 1000
kill -CONT "$waiter"
wait "$waiter"
is "$? $(cat "$T/waited")" "0 9" "another one of that name is not taken for it"
"$S" rm -f "$n"

# --- lost, absent, late ------------------------------------------------------------
n=$(name lost)
start_min "$n" -- sleep 1000
await "$n"
kill -KILL "$(field "$n" .monitor.pid)"
wait "$waiter"
is "$? $(cat "$T/waited")" "1 lost" "one whose monitor was killed is lost"
like "$(cat "$T/waited.err")" "wait for '$n': its monitor was killed" "and why"
run_cmd "$S" wait --json "$n"
is "$rc $(jq -c . <<<"$out")" "1 {\"name\":\"$n\",\"exit_code\":null,\"reason\":\"lost\",\"detail\":\"its monitor was killed\"}" \
	"--json says so, too"
"$S" rm "$n"

n=$(name late)
start_min "$n" -- sleep 1000
run_cmd "$S" wait --timeout 100ms "$n"
is "$rc $out" "124 " "wait --timeout ends with 124"
like "$err" "wait for '$n': it has not ended in that time" "and says so"
run_cmd "$S" wait "$n" "${n%?}x"
like "$rc $err" "^3 .*there is none" "no sandbox is not waited for"
is "$out" "" "nor are those beside it"
run_cmd "$S" wait --timeout soon "$n"
like "$rc $err" "^2 .*--timeout 'soon': expected" "what is no time is refused"
"$S" rm -f "$n"

# --- a start that fails ---------------------------------------------------------
n=$(name failed)
printf '#!/bin/sh\nexec sleep 1000\n' >"$T/mute"
chmod 755 "$T/mute"
(exec unshare --mount --propagation private sh -c \
	'mount --bind "$0" /usr/bin/Xvfb && exec "$@"' "$T/mute" \
	"$S" run -n "$n" "$AGENT" -- true 2>"$T/err") &
cli=$!
wait_until state_is "$n" starting
await --json "$n"
kill -INT "$cli"
wait "$cli"
wait "$waiter"
is "$(jq -r '"\(.exit_code) \(.reason)"' "$T/waited")" "130 failed" \
	"a start that comes to nothing is said as such"
is_gone "$n" "and leaves nothing"

# --- a damaged record ---------------------------------------------------------------
n=$(name damaged)
start_min "$n" -- sleep 1000
cp "$SANDBOXD_STATE_DIR/$n/record.json" "$T/good"
echo '{' >"$SANDBOXD_STATE_DIR/$n/record.json"
run_min -- echo ran
is "$rc $out" "0 ran" "a damaged record does not keep others from starting"
like "$err" "warning: read record of '$n': damaged: .*, going on" "which is told"
run_cmd "$S" gc
like "$rc $err" "^1 .*read record of '$n': damaged" "gc tells it, too"
m=$(name beside)
start_min "$m" -- sleep 1000
isnt "$(field "$m" .id_base)" "$(jq .id_base "$T/good")" \
	"and nobody is given its ids"
cp "$T/good" "$SANDBOXD_STATE_DIR/$n/record.json"
is "$(field "$n" .state)" running "it runs all the while"
"$S" rm -f "$n" "$m"

done_testing
