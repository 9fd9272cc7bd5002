#!/bin/bash
# Things that die: whatever it is, the sandbox ends in order or goes on, the
# record says which, and nothing is left.
. "$(dirname "$0")/box.inc"

# what_left NAME: beside its record and log there must be nothing.
what_left() {
	groups_of "$1"
	find "$SANDBOXD_STATE_DIR/$1" -mindepth 1 ! -name record.json ! -name lock \
		! -name plan ! -name root
}

# --- interrupted while it starts --------------------------------------------------
# There is no event for "the start has come so far": a bounded, busy look.
look_for() {
	local tries=200000

	while ! compgen -G "$1" >/dev/null; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return 1
	done
}
points=("$SANDBOXD_STATE_DIR/NAME" "$SANDBOXD_STATE_DIR/NAME/record.json"
	"$SANDBOXD_STATE_DIR/NAME/x11/X" "$SANDBOXD_STATE_DIR/NAME/plan")
[ -n "${ROOTLESS:-}" ] || points+=("/sys/fs/cgroup/*/sandboxd/NAME"
	"/sys/fs/cgroup/*/sandboxd/NAME/payload")
i=0
for point in "${points[@]}"; do
	for s in INT:130 TERM:143; do
		i=$((i + 1))
		n=$(name "int$i")
		"$S" run -n "$n" "$AGENT" -- sleep 1000 >"$T/out" 2>"$T/err" &
		cli=$!
		look_for "${point//NAME/$n}"
		kill -"${s%:*}" "$cli"
		wait "$cli"
		is $? "${s#*:}" "SIG${s%:*} at ${point##*NAME} of a start"
		"$S" rm "$n" 2>"$T/rm" || true
		is_gone "$n" "leaves nothing"
	done
done

# Stages that do not go on by themselves: a display that never says it is
# ready, a window manager that never manages.
printf '#!/bin/sh\nexec sleep 1000\n' >"$T/mute"
chmod 755 "$T/mute"
# In the background only: it replaces the shell that it runs in.
stuck() {
	local program=$1

	shift
	exec unshare --mount --propagation private sh -c \
		'mount --bind "$0" "$1" && shift && exec "$@"' \
		"$T/mute" "/usr/bin/$program" "$S" run -n "$n" "$@" "$AGENT" -- true
}
# A program of the desktop's runs, but is not what it should be.
is_stuck() {
	[ -n "$(pid_of "$n" 998 sleep)$(pid_of "$n" 997 sleep)" ]
}
for program in Xvfb fluxbox; do
	for s in INT:130 KILL:137; do
		n=$(name "stuck-${program,,}-${s%:*}")
		n=${n,,}
		stuck "$program" >"$T/out" 2>"$T/err" &
		cli=$!
		wait_until is_stuck
		kill -"${s%:*}" "$cli"
		wait "$cli" 2>"$T/wait"
		is $? "${s#*:}" "SIG${s%:*} while $program does not get ready"
		wait_until gone "$n"
		is_gone "$n" "leaves nothing"
	done
done
n=$(name stuck-detached)
stuck Xvfb -d >"$T/out" 2>"$T/err" &
cli=$!
wait_until is_stuck
kill -INT "$cli"
wait "$cli"
is $? 130 "SIGINT while a detached one starts"
is_gone "$n" "leaves nothing"
n=$(name detached)
"$S" run -d -n "$n" "$AGENT" -- sleep 1000 >"$T/out" 2>"$T/err" &
cli=$!
look_for "$SANDBOXD_STATE_DIR/$n/plan"
kill -KILL "$cli"
wait "$cli" 2>"$T/wait"
wait_until state_is "$n" running
ok $? "SIGKILL of the command line of a detached one changes nothing"
"$S" rm -f "$n"

n=$(name stuck-stop)
stuck Xvfb >"$T/out" 2>"$T/err" &
cli=$!
wait_until is_stuck
run_cmd "$S" stop "$n"
wait "$cli"
isnt $? 0 "stop ends one that is starting"
is_gone "$n" "and leaves nothing"

# --- the command line dies ----------------------------------------------------------
n=$(name fg)
"$S" run -n "$n" "$MINIMAL" -- sh -c \
	'trap "exit 9" TERM; sleep 1000 & wait' \
	>"$T/out" 2>&1 &
cli=$!
wait_until state_is "$n" running
kill -KILL "$cli"
wait "$cli" 2>"$T/wait"
wait_until state_is "$n" stopped
is "$(end_of "$n")" "stopped stopped 9" \
	"a killed foreground command stops its sandbox in order"
like "$(log_of "$n")" "foreground command is gone" "and the log says why"
is "$(what_left "$n")" "" "nothing of it is left"
"$S" rm "$n"

n=$(name fg-unnamed)
sed "s/^\[sandbox\]/&\nname = $n/" "$MINIMAL" >"$T/named.ini"
"$S" run "$T/named.ini" -- sleep 1000 &
cli=$!
wait_until state_is "$n" running
kill -KILL "$cli"
wait "$cli" 2>"$T/wait"
wait_until gone "$n"
is_gone "$n" "without a name not even its record"

n=$(name bg)
start_min "$n" -- sleep 1000
monitor=$(field "$n" .monitor.pid)
is "$(ps -o sid= -p "$monitor" | tr -d ' ')" "$monitor" \
	"the monitor of a detached one is in a session of its own"
is "$(readlink "/proc/$monitor/cwd")" / "and in no directory of the caller's"
in_box "$n" true
is "$rc" 0 "the end of its command line changes nothing"

# --- exec ---------------------------------------------------------------------------
"$S" exec "$n" -- sleep 1234 &
cli=$!
in_box "$n" sh -c 'until pgrep -f "^sleep 1234" >/dev/null; do :; done; pgrep -f "^sleep 1234"'
like "$out" "^[0-9]+$" "exec runs a second program"
kill -KILL "$cli"
wait "$cli" 2>"$T/wait"
exec_gone() {
	! "$S" exec "$n" -- pgrep -f "^sleep 1234"
}
wait_until exec_gone
ok $? "which dies with its command line"
is "$(field "$n" .state)" running "and with nothing else"

for code in 0 3; do
	in_box "$n" sh -c "exit $code"
	is "$rc" "$code" "exec passes status $code"
done
in_box "$n" sh -c 'kill -TERM $$'
is "$rc" 143 "exec passes a signal"
in_box "$n" no-such-program
like "$rc $err" "^127 .*no-such-program" "exec of nothing gives 127"
in_box "$n" /etc/passwd
like "$rc $err" "^126 .*/etc/passwd" "exec of no program gives 126"
head -c 4M /dev/urandom >"$T/in"
"$S" exec "$n" -- cat <"$T/in" >"$T/back"
cmp -s "$T/in" "$T/back"
ok $? "4 MiB through exec come back the same"

seen='grep -E "^(Cap|NoNew|Seccomp:|Umask|Sig(Ign|Blk)|Uid|Gid|Groups)" \
	/proc/self/status; cat /proc/self/cgroup; ls -l /proc/self/ns | sed "s/.* //"
	ulimit -a; env | sort; pwd; cat /proc/self/oom_score_adj'
m=$(name twin)
"$S" run -n "$m" "$MINIMAL" -- sh -c "$seen" >"$T/as-payload"
"$S" rm "$m"
in_box "$n" sh -c "$seen"
is "$(grep -v ':\[' <<<"$out")" "$(grep -v ':\[' "$T/as-payload")" \
	"exec has the boundaries of a payload, line by line"
put_inside "$n" box_guest
in_box "$n" /tmp/box_guest fds
is "$out" "0 1 2 " "and its descriptors"
in_box "$n" sh -c 'for n in user mnt pid net ipc uts cgroup time; do
	readlink /proc/self/ns/$n; done'
for ns in user mnt pid net ipc uts cgroup time; do
	like "$out" "^$ns:\[$(field "$n" ".ns.$ns")\]$" "exec is in its $ns namespace"
done
"$B/tests/hostile_parent" "$S" exec "$n" -- sh -c "$seen" >"$T/out"
is "$(grep -v ':\[' "$T/out")" "$(grep -v ':\[' "$T/as-payload")" \
	"a hostile parent of exec changes none of it"
"$S" stop "$n"
in_box "$n" true
like "$rc $err" "^125 .*it is stopped" "exec into a stopped one fails"
like "$err" "^hint: " "with a hint"
run_cmd "$S" rm "$n"
is "$rc" 0 "rm removes what has ended"
is_gone "$n" "all of it"
for word in exec wait stop kill rm inspect logs; do
	args=()
	[ $word != exec ] || args=(-- true)
	run_cmd "$S" "$word" "$n" "${args[@]}"
	like "$rc $err" "^3 .*'$n': there is none" "$word of none gives 3"
done

# --- the monitor dies ------------------------------------------------------------------
n=$(name lost)
start_desktop "$n" -- sh -c 'trap "" TERM; sleep 1000'
monitor=$(field "$n" .monitor.pid) init=$(field "$n" .init.pid)
kill -KILL "$monitor"
wait_until has_ended "$init"
ok $? "the sandbox ends with its monitor"
is "$(field "$n" .state)" lost "and is lost"
run_cmd "$S" ps
like "$out" "^$n +lost " "ps says lost"
in_box "$n" true
like "$rc $err" "^125 .*it is lost" "exec says lost"
run_cmd "$B/steer" -s "$n" size
isnt "$rc" 0 "steer does not hang"
run_cmd "$S" gc
is "$rc $out" "0 cleared 1" "gc clears it"
is_gone "$n" "and nothing is left"
run_cmd "$S" gc
is "$rc $out" "0 " "after which there is nothing to clear"

n=$(name swept)
start_min "$n" -- sleep 1000
kill -KILL "$(field "$n" .monitor.pid)"
wait_until state_is "$n" lost
run_min -- true
is "$(groups_of "$n")" "" "the next run sweeps what a lost one held"
"$S" rm "$n"
is_gone "$n" "rm removes a lost one"
m=$(name begun)
stuck_pid() {
	jq -r .monitor.pid "$SANDBOXD_STATE_DIR/$n/record.json"
}
n=$m
stuck Xvfb >"$T/out" 2>"$T/err" &
cli=$!
wait_until is_stuck
kill -KILL "$(stuck_pid)"
wait "$cli"
is $? 125 "a monitor killed while it starts is a failure"
like "$(cat "$T/err")" "monitor died" "that is told"
wait_until has_ended "$(field "$n" .init.pid)"
run_cmd "$S" gc
is "$out" "cleared 1" "gc clears the half of it"
is_gone "$n" "and nothing is left of that"

# --- init dies -------------------------------------------------------------------------
n=$(name init)
rc=0
"$S" run -n "$n" "$MINIMAL" -- sleep 1000 2>"$T/err" &
cli=$!
wait_until state_is "$n" running
kill -KILL "$(field "$n" .init.pid)"
wait "$cli"
is $? 137 "a killed init gives 137"
like "$(cat "$T/err")" "init was killed by signal 9" "and says so"
is "$(end_of "$n")" "stopped init-died 137" "as the record does"
is "$(what_left "$n")" "" "and nothing is left of that"
"$S" rm "$n"

# --- the desktop dies ----------------------------------------------------------------------
for victim in Xvfb:998 fluxbox:997; do
	id=${victim#*:} victim=${victim%:*}
	n=$(name "no-${victim,,}")
	start_desktop "$n" -- sleep 1000
	kill -KILL "$(pid_of "$n" "$id" "$victim")"
	wait_until state_is "$n" stopped
	is "$(end_of "$n")" "stopped display-died 5" "a killed $victim ends the sandbox"
	like "$(field "$n" .detail)" "^$victim (ended|was killed by signal 9)|broken" \
		"and the record says which"
	is "$(what_left "$n")" "" "nothing is left ($victim)"
	"$S" rm "$n"
done

# --- commands ---------------------------------------------------------------------------------
n=$(name cmds)
start_min "$n" -- sh -c 'trap "" TERM; sleep 1000'
run_cmd "$S" ps
like "$out" "^NAME +STATE" "ps has a heading"
like "$out" "^$n +running +$(field "$n" .init.pid) .* sh$" "and a line a sandbox"
is "$(field "$n" '[.name, .foreground, .exit_code] | map(tostring) | join(" ")')" \
	"$n false null" "inspect is JSON"
is "$(field "$n" '.mounts | map(select(startswith("/usr "))) | length')" 1 \
	"that lists the mounts"
is "$(field "$n" '.created_ms <= .started_ms')" true "and times"
run_cmd "$S" rm "$n"
like "$rc $err" "^1 .*$n': it is running" "rm refuses a running one"
is "$(field "$n" .state)" running "which goes on"
run_cmd "$S" rm -f "$n"
is "$rc" 0 "rm -f removes a running one"
is_gone "$n" "nothing is left of a removed one"
a=$(name x) b=$(name y)
start_min "$a" -- sleep 1000
start_min "$b" -- sleep 1000
run_cmd "$S" stop "$a" "$b"
is "$rc $(field "$a" .state) $(field "$b" .state)" "0 stopped stopped" \
	"stop takes several names"
"$S" rm "$a" "$b"
is "$(ls "$SANDBOXD_STATE_DIR")" lock "rm too"

if [ -z "${ROOTLESS:-}" ]; then # who makes no group has no such names
	run_cmd "$S" run -n cgroup.procs "$MINIMAL" -- true
	like "$err" "^hint: .*the kernel a file" \
		"a name of the kernel's is refused"
	is "$(ls "$SANDBOXD_STATE_DIR")" lock "and nothing is left"
fi

# Groups and logs have one name on the whole host, records one per directory.
n=$(name begun)
start_min "$n" -- sh -c 'echo here; exec sleep 1000'
install -d -m 0700 -o "$OWNER" "$T/other" "$T/other/$n"
run_cmd env SANDBOXD_STATE_DIR="$T/other" "$S" gc
is "$rc $out" "0 cleared 1" "gc removes what has no record yet"
is "$(field "$n" .state)" running "not the sandbox of its name elsewhere"
logged "$n" "payload: here"
ok $? "nor its log"
"$S" rm -f "$n"

# A damaged record is told and can be removed.
n=$(name damaged)
start_min "$n" -- true
wait_until state_is "$n" stopped
echo '{' >"$SANDBOXD_STATE_DIR/$n/record.json"
run_cmd "$S" ps
like "$out" "^$n +damaged" "ps shows a damaged record"
run_cmd "$S" inspect "$n"
like "$rc $err" "^1 .*$n" "inspect refuses it"
run_cmd "$S" rm "$n"
is "$rc" 0 "rm removes it"
is_gone "$n" "nothing is left of a damaged one"

# --- a flood ------------------------------------------------------------------------------------
n=$(name flood)
start_min "$n" -- yes "$(head -c 100 /dev/zero | tr '\0' x)"
wait_until test -e "$SANDBOXD_DATA_DIR/logs/$n/payload.log.old"
ok $? "a flood of output turns the log over"
find "$SANDBOXD_DATA_DIR/logs/$n" -size +513k >"$T/big"
is "$(cat "$T/big")" "" "neither file is larger than the cap"
run_cmd "$S" stop "$n"
is "$rc" 0 "it can be stopped all the same"
"$S" rm "$n"
is_gone "$n" "both files go with it"
n=$(name rude)
start_min "$n" -- printf 'a\033]0;title\007b\n'
wait_until state_is "$n" stopped
unlike "$(log_of "$n")" $'\033|\007' "control characters are not in the log"
"$S" rm "$n"
done_testing
