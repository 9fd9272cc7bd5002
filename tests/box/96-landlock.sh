#!/bin/bash
# Landlock, the second wall around files: what it refuses that mode and mount
# would allow, and what goes on as before.
. "$(dirname "$0")/box.inc"

n=$(name second)
start_min "$n" --set security.require=landlock -- sleep 1000
if [ "$rc" = 4 ]; then
	like "$err" "require 'Landlock': " "a wall that is missing is named"
	like "$err" "^hint: .*security.require" "with what helps"
	run_min -- echo ran
	is "$rc $out" "0 ran" "who does not require it goes without" || cmd_diag
	done_testing
	exit
fi
is "$rc" 0 "a profile can require it" || cmd_diag
like "$(field "$n" .security.landlock)" "^[1-9][0-9]*$" "inspect tells its version"
is "$(field "$n" '.notes | length')" 0 "there is nothing to note"

# --- what it refuses -----------------------------------------------------------------
in_box "$n" sh -c 'test -w /etc/sandboxd/canary && echo writable
	echo changed >/etc/sandboxd/canary || cat /etc/sandboxd/canary'
is "$rc $out" "0 writable" "what lies in a system directory cannot be changed"
like "$err" "canary: Permission denied" "whatever its mode says"

# A directory of the host, come in by a descriptor, with a file that anybody may
# read and write by its mode.
mkdir -m 777 "$T/outside"
echo original >"$T/outside/file"
chmod 666 "$T/outside/file"
cat >"$T/take.py" <<'EOF'
import os, socket
s = socket.socket(socket.AF_UNIX)
s.bind("/tmp/socket")
s.listen()
c, _ = s.accept()
_, fds, _, _ = socket.recv_fds(c, 1, 1)
print("entries", os.stat("file", dir_fd=fds[0]).st_size)
for flags, what in ((os.O_RDONLY, "read"), (os.O_WRONLY, "write"),
                    (os.O_CREAT | os.O_WRONLY, "make")):
    try:
        os.open("new" if what == "make" else "file", flags, dir_fd=fds[0])
        print(what, "allowed")
    except PermissionError:
        print(what, "refused")
EOF
give='import os, socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
socket.send_fds(s, [b"x"], [os.open(sys.argv[2], os.O_PATH)])'
"$S" exec "$n" -- sh -c 'cat >/tmp/take.py; python3 /tmp/take.py' \
	<"$T/take.py" >"$T/taken" 2>&1 &
pid=$(field "$n" .init.pid)
wait_until test -S "/proc/$pid/root/tmp/socket"
ok $? "a program waits for a descriptor"
python3 -c "$give" "/proc/$pid/root/tmp/socket" "$T/outside"
wait $!
is "$(xargs <"$T/taken")" "entries 9 read refused write refused make refused" \
	"what lies outside of the root is out of reach"

# --- what goes on ------------------------------------------------------------------
in_box "$n" sh -c 'for d in "$HOME" /tmp /var/tmp /run/lock /dev/shm \
		"$XDG_RUNTIME_DIR"; do
		mkdir "$d/a" "$d/b" && echo x >"$d/a/f" && ln "$d/a/f" "$d/b/g" &&
			mv "$d/a/f" "$d/b/f" && ln -s f "$d/b/l" &&
			: >"$d/b/f" && mkfifo "$d/b/p" && rm -r "$d/a" "$d/b" ||
			echo "not in $d"
	done
	mv /etc/hostname /tmp 2>/dev/null && echo "took /etc/hostname"
	echo 500 >/proc/self/oom_score_adj || echo "not in /proc"
	echo >/dev/null && head -c 1 /dev/zero >/dev/full 2>&1 | wc -c'
is "$rc $out$err" "0 0" "files come and go where they may" || cmd_diag
in_box "$n" python3 -c 'import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    sys.exit(0 if os.isatty(0) and os.open("/dev/tty", os.O_RDWR) else 1)
while True:
    try:
        if not os.read(fd, 100): break
    except OSError: break
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))'
is "$rc $out" "0 0" "terminals, too" || cmd_diag
in_box "$n" sh -c 'kill $(pidof sleep)'
is "$rc" 0 "who joins later can end the program" || cmd_diag
wait_until state_is "$n" stopped
like "$(end_of "$n")" "143$" "which it does"
"$S" rm -f "$n"
done_testing
