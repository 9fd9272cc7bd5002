#!/bin/bash
# exec --namespaces: a tool of the host in some namespaces of a sandbox, and in
# nothing else of it.
. "$(dirname "$0")/box.inc"
need ss python3

n=$(name spaces)
start_min "$n" -- sleep 1000
init=$(field "$n" .init.pid)
kinds=(cgroup ipc mnt net pid time user uts)

# tool KINDS COMMAND...
tool() {
	local list=$1

	shift
	run_cmd "$S" exec --namespaces "$list" "$n" -- "$@"
}

# --- which ----------------------------------------------------------------------
# spaces_of PID: one a line.
spaces_of() {
	local kind

	for kind in "${kinds[@]}"; do
		readlink "/proc/$1/ns/$kind"
	done
}
host=$(spaces_of self)
box=$(spaces_of "$init")
is "$(comm -12 <(sort <<<"$host") <(sort <<<"$box"))" "" \
	"the sandbox shares no namespace with the host"

# expected KINDS: those of the sandbox, the others of the host.
expected() {
	local kind

	for kind in "${kinds[@]}"; do
		if [[ ,$1, = *,$kind,* ]]; then
			grep "^$kind:" <<<"$box"
		else
			grep "^$kind:" <<<"$host"
		fi
	done
}
for list in net pid ipc uts cgroup time uts,net cgroup,ipc,net,pid,time,uts; do
	tool "$list" sh -c 'for k; do readlink /proc/self/ns/$k; done' \
		sh "${kinds[@]}"
	is "$rc $err" "0 " "'$list' runs"
	is "$out" "$(expected "$list")" "in those namespaces and no other"
done

# --- with what --------------------------------------------------------------------
put_inside "$n" box_guest
background "$S" exec "$n" -- /tmp/box_guest tcp-listen 4711 >"$T/listener"
wait_until grep -q listening "$T/listener"
run_cmd "$S" exec -N net "$n" -- ss -Hltn
like "$out" "127.0.0.1:4711" "the host's ss sees who listens inside"
run_cmd ss -Hltn
unlike "$out" "127.0.0.1:4711" "who is not among the host's own"
tool uts hostname
is "$out" "$("$S" exec "$n" -- uname -n)" "hostname tells the sandbox's"
tool pid unshare --mount-proc ps -e -o pid=,comm=
like "$out" "^ *1 sandbox-init$" "ps of its processes shows PID 1"
unlike "$out" "systemd|bash" "and none of the host's"

# Where the guest has bounds, the tool has none.
tool net,pid,ipc sh -c 'id -u; cat /proc/self/uid_map /proc/self/cgroup
	grep -E "^(CapEff|Seccomp|NoNewPrivs):" /proc/self/status
	pwd; echo "$MARK"'
is "$out" "$(id -u; cat /proc/self/uid_map /proc/self/cgroup
	grep -E "^(CapEff|Seccomp|NoNewPrivs):" /proc/self/status
	pwd; echo)" "ids, groups, capabilities, filter, directory are the caller's"
MARK=mine tool net sh -c 'echo "$MARK"'
is "$out" mine "so is the environment"
for list in net pid; do
	exec 77<"$T"
	tool "$list" "$B/tests/box_guest" fds
	exec 77<&-
	is "$out" "0 1 2 " "$list: of descriptors it has the streams alone"
	echo typed | "$S" exec -N $list "$n" -- cat >"$T/cat"
	is "$(cat "$T/cat")" typed "$list: which are the caller's"
done

# --- how it ends ------------------------------------------------------------------
for list in net pid; do
	tool $list sh -c 'exit 7'
	is "$rc" 7 "$list: the status goes through"
	tool $list sh -c 'kill -KILL $$'
	is "$rc" 137 "$list: a signal is 128 and its number"
	tool $list no-such-program
	like "$rc $err" "^127 .*'no-such-program': no such program on the host" \
		"$list: a program that is not there is 127"
	tool $list /etc/passwd
	like "$rc $err" "^126 .*'/etc/passwd': Permission denied" \
		"$list: one that is none is 126"
	: >"$T/relay" # by us: the other shell may be late
	"$S" exec -N $list "$n" -- sh -c '
		trap "kill \$!; exit 9" TERM; sleep 1000 & echo up; wait' \
		>"$T/relay" &
	bg=$!
	tap_pids+=("$bg")
	wait_until grep -q up "$T/relay"
	kill -TERM $bg
	wait $bg
	is $? 9 "$list: SIGTERM gets there"
done

shows() {
	"$S" exec "$n" -- ps -e -o args= | grep -Fq "$1"
}
hides() { ! shows "$1"; }
background "$S" exec -N pid "$n" -- sleep 1011
wait_until shows "sleep 1011"
ok $? "pid: the guest sees it"
pid=$("$S" exec "$n" -- ps -e -o pid=,args= | awk '/sleep 1011/ { print $1 }')
in_box "$n" sh -c "kill -KILL $pid"
like "$rc $err" "^1 .*Operation not permitted" "but cannot signal it"
in_box "$n" sh -c "cat /proc/$pid/environ; ls /proc/$pid/root/ /proc/$pid/fd/"
is "$out" "" "nor get at its environment, root or descriptors"
kill -KILL "$bg"
wait_until hides "sleep 1011"
ok $? "it dies with its caller"

# --- on a terminal ----------------------------------------------------------------
at() {
	rc=0
	"$B/tests/on_pty" "$@" >"$T/out" 2>"$T/err" || rc=$?
	out=$(tr -d '\r\0' <"$T/out")
	end=$(tail -n 1 "$T/err")
}
warning="^sandboxd: warning: 'true' runs outside the walls"
at end "$S" exec -N net "$n" -- true
like "$out" "$warning" "a terminal is told that the tool is outside the walls"
tool net true
is "$rc $err" "0 " "what is no terminal is not"
at end "$S" exec -N net none-such -- true
unlike "$out" "$warning" "nor is one where nothing runs"
# The parent is stopped while the tool takes its own; the second signal follows
# what becomes of the parent's.
at $'wait up\nkill 19\nsend \\x03\nwait got\nkill 18\nkill 10\nend' \
	"$S" exec -N pid "$n" -- python3 -c '
import signal as s
s.pthread_sigmask(s.SIG_BLOCK, {s.SIGINT, s.SIGUSR1})
print("up", flush=True)
s.sigwait({s.SIGINT})
print("got", flush=True)
s.sigwait({s.SIGUSR1})
raise SystemExit(5 if s.SIGINT in s.sigpending() else 3)'
is "$rc $end" "0 3 kept" "pid: Ctrl-C is one interrupt"
at $'wait up\nsend \\x1a\nsend end\\r\nwait ended\nend' \
	timeout --foreground 60 bash -mc '"$@"; echo "ended $?"' sh \
	"$S" exec -N pid "$n" -- sh -c 'echo up; read -r word; exit 4'
like "$rc $out" "ended 4" "pid: Ctrl-Z stops neither it nor its parent"

# --- what is refused --------------------------------------------------------------
tool mnt true
like "$rc $err" "^2 .*'mnt': programs and libraries of the guest would run" \
	"the guest's files are not for root"
tool net,user true
like "$rc $err" "^2 .*'user': what belongs to it can be traced" \
	"nor may the guest get a hold on the tool"
tool net,bad true
like "$rc $err" "^2 .*'bad': there is no such kind" "a wrong name is refused"
like "$err" "^hint: .*net, pid, ipc, uts, cgroup, time" "with those there are"
tool '' true
like "$rc $err" "^2 .*there is no such kind" "so is none"
tool net, true
like "$rc $err" "^2 .*there is no such kind" "and an empty one"
tool net,pid,net true
like "$rc $err" "^2 .*'net': it is named twice" "and one given twice"
for option in -d --env=A=1 --user=nobody --workdir=/tmp -t -T; do
	run_cmd "$S" exec "$option" -N net "$n" -- true
	like "$rc $err" "^2 .*not together with --namespaces" \
		"$option does not go with it"
done
like "$err" "option '--no-tty'" "it is named"
run_cmd "$S" exec -N net none-such -- true
like "$rc $err" "^3 .*'none-such'" "a sandbox that is not there is 3"
# Root who may not: what a container's root is.
run_cmd setpriv --bounding-set -sys_admin --inh-caps -sys_admin \
	"$S" exec -N net "$n" -- true
like "$rc $err" "^4 .*'$n': Operation not permitted" \
	"root without the capability is told so"
like "$err" "^hint: run it as root of the host" "and what would do"

# --- the end of the sandbox -------------------------------------------------------
"$S" exec -N pid "$n" -- sh -c 'echo up; exec sleep 1012' >"$T/last" &
bg=$!
tap_pids+=("$bg")
wait_until grep -q up "$T/last"
run_cmd timeout 60 "$S" stop "$n"
is "$rc" 0 "a tool in its process namespace does not keep a sandbox"
wait $bg
is $? 137 "but ends with it"
tool net true
like "$rc $err" "^125 .*'$n': it is stopped" "a stopped one has no namespaces"
"$S" rm "$n"
is_gone "$n" "and nothing is left"

# The record says running, and another process has its pid.
start_min "$n" -- sleep 1000
record=$SANDBOXD_STATE_DIR/$n/record.json
cp "$record" "$T/record"
for change in '.init.pid = 1' '.init.start += 1' '.ns.net += 1'; do
	jq "$change" "$T/record" >"$record"
	tool net true
	like "$rc $err" "^125 .*'$n': its first process is gone" \
		"not who the record means: $change"
done
cp "$T/record" "$record"
tool net true
is "$rc" 0 "with the true one it works again"

done_testing
