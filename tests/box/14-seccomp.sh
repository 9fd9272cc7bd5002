#!/bin/bash
# Policies of system calls: shown, loaded, told apart; what runs under them.
. "$(dirname "$0")/box.inc"
need python3

# --- shown -----------------------------------------------------------------------
for policy in strict default browser; do
	run_cmd "$S" seccomp $policy
	is "$rc" 0 "$policy is listed"
	like "$out" '^101 ptrace +EPERM$' "a call that is refused"
	like "$out" '^435 clone3 +ENOSYS$' "one that does not exist"
	like "$out" '^246 kexec_load +kill$' "one that kills"
	like "$out" '^ +EPERM if argument 1 is 0x541c$' "a test of an argument"
	like "$out" '^ +- any other number +ENOSYS$' "what is not known"
	json=$("$S" seccomp $policy --json)
	is "$(jq -r '.calls[] | select(.action) |
		"\(.number) \(.name) \(.action)"' <<<"$json")" \
		"$(awk '/^ *[0-9]/ && !/ if / { print $1, $2, $3 }' <<<"$out")" \
		"JSON says the same"
	is "$(jq '[.calls[] | select(.action == null) |
		.tests[-1].if == []] | all' <<<"$json")" true \
		"and every test comes to an end"
done
run_cmd "$S" seccomp strict
like "$out" '^275 splice +ENOSYS$' "strict is without splice"
run_cmd "$S" seccomp browser
like "$out" '^161 chroot +allow$' "a browser may change its root"
like "$out" '^ 56 clone +allow if argument 0 & 0xe020000 is 0$' \
	"and make namespaces, by a mask"
run_cmd "$S" seccomp unconfined
like "$out" '^no filter' "unconfined is none"
run_cmd "$S" seccomp unconfined --bpf
isnt "$rc" 0 "of which there is no program"
run_cmd "$S" seccomp brovser
like "$rc $err" '^2 .*no such policy' "an unknown one is bad usage"
like "$err" '^hint: one of .*browser' "and the hint lists them"
run_cmd "$S" seccomp strict --json --bpf
is "$rc" 2 "one form at a time"

# --- the program that --bpf writes -----------------------------------------------
cat >"$T/under.py" <<'END'
import ctypes
import os
import sys


class Program(ctypes.Structure):
    _fields_ = [("len", ctypes.c_ushort), ("insns", ctypes.c_char_p)]


code = open(sys.argv[1], "rb").read()
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(38, 1, 0, 0, 0) == 0
assert libc.prctl(22, 2, ctypes.byref(Program(len(code) // 8, code))) == 0
done = libc.syscall(*[int(a, 0) for a in sys.argv[2:]])
print("done" if done >= 0 else os.strerror(ctypes.get_errno()))
END
# under POLICY CALL ARG...: that call, under that filter, on the host.
under() {
	"$S" seccomp "$1" --bpf >"$T/bpf"
	shift
	run_cmd python3 "$T/under.py" "$T/bpf" "$@"
}
under default 272 0x10000000
is "$out" "Operation not permitted" "under default: no user namespace"
under browser 272 0x10000000
is "$out" "done" "under browser: one"
under browser 272 0x10020000
is "$out" "Operation not permitted" "but none of mounts"
under default 275 -1 0 -1 0 1 0
is "$out" "Bad file descriptor" "under default: a splice, if of nothing"
under strict 275 -1 0 -1 0 1 0
is "$out" "Function not implemented" "under strict: none"

# --- in force --------------------------------------------------------------------
n=$(name walls)
for policy in default strict browser unconfined; do
	start_min "$n" --set security.seccomp=$policy \
		--set security.accept=unconfined -- sleep 1000
	is "$(field "$n" '.security.seccomp.hash')" \
		"$("$S" seccomp $policy --json | jq -r .hash)" \
		"$policy: inspect tells the filters that are listed"
	loaded=$(field "$n" '.security.seccomp.instructions | length')
	for program in "sleep" "exec"; do
		if [ $program = exec ]; then
			in_box "$n" cat /proc/self/status
		else
			in_box "$n" sh -c 'cat /proc/$(pidof sleep)/status'
		fi
		like "$out" "^NoNewPrivs:.1$" \
			"$policy: $program can gain no privileges"
		own=$(awk '/^Seccomp_filters/ { print $2 }' /proc/self/status)
		is "$(awk '/^Seccomp_filters/ { print $2 }' <<<"$out")" \
			$((loaded + own)) "$policy: $program has $loaded of them"
	done
	in_box "$n" sh -c 'cd /proc/sys/user && for n in user mnt pid net ipc \
		uts cgroup time; do cat max_${n}_namespaces; done | xargs'
	is "$out" "$(field "$n" '[.security.namespaces[]] | join(" ")')" \
		"$policy: and the limits of namespaces are those it tells"
	run_cmd "$S" rm -f "$n"
done

# The desktop keeps the default policy, whatever the program has.
start_desktop "$n" --set security.seccomp=unconfined \
	--set security.accept=unconfined -- sleep 1000
in_box "$n" sh -c 'for p in Xvfb fluxbox dbus-daemon sleep; do
	awk -v p=$p "/^Seccomp:/ { print p, \$2 }" /proc/$(pidof -s $p)/status
	done'
is "$(xargs <<<"$out")" "Xvfb 2 fluxbox 2 dbus-daemon 0 sleep 0" \
	"unconfined: the desktop has a filter, the agent's own has none"
run_cmd "$S" rm -f "$n"

# --- strict, and what runs all the same ------------------------------------------
start_desktop "$n" --set security.seccomp=strict -- xterm
ok $? "strict: a desktop starts"
wait_until "$B/steer" -s "$n" wait focus
run_cmd "$B/steer" -s "$n" type $'echo typed >~/there\n'
wait_until "$S" exec "$n" -- test -s /home/agent/there
ok $? "strict: xterm works"
in_box "$n" python3 -c 'import multiprocessing, threading, socket, tempfile
t = threading.Thread(target=print, args=("thread",)); t.start(); t.join()
p = multiprocessing.Process(target=print, args=("process",))
p.start(); p.join()
print(len(socket.if_nameindex()), "interface")
with tempfile.TemporaryFile() as f: f.write(b"x")'
is "$(xargs <<<"$out")" "thread process 1 interface" "strict: Python works"
in_box "$n" bash -c 'cat <(echo a | tr a b) && cp /etc/passwd /tmp/copy &&
	cmp /etc/passwd /tmp/copy && mkfifo /tmp/f && sync && echo fine'
is "$(xargs <<<"$out")" "b fine" "strict: bash and the usual tools work"
in_box "$n" ipcmk -Q
like "$err" "Operation not permitted" "strict: no message queue"
done_testing
