#!/bin/bash
# CVE-2016-10124, CVE-2017-5226, CVE-2019-7303, CVE-2019-10063, CVE-2023-28100:
# a guest types into the terminal that it was started from. What is typed there
# is a command, and the shell outside runs it: it makes a file.
. "$(dirname "$0")/../box/box.inc"

# By each descriptor that may be a terminal, by requests that the kernel takes
# for the same: it looks at the lower half alone.
cat >"$T/inject.py" <<'EOP'
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
TIOCSTI, TIOCLINUX, TIOCCONS, TIOCSETD = 0x5412, 0x541c, 0x541d, 0x5423
try:
    tty = os.open("/dev/tty", os.O_RDWR)
except OSError:
    tty = 2
def ioctl(fd, request, data):
    return libc.syscall(16, fd, ctypes.c_ulong(request), data) >= 0
typed = others = 0
for high in 0, 1 << 32, 0xffffffff << 32:
    for fd in 0, 1, 2, tty:
        for c in b"\n: >" + sys.argv[1].encode() + b"\n":
            typed += ioctl(fd, TIOCSTI | high, ctypes.create_string_buffer(bytes([c])))
        others += ioctl(fd, TIOCLINUX | high, ctypes.create_string_buffer(b"\2\0"))
        others += ioctl(fd, TIOCLINUX | high, ctypes.create_string_buffer(b"\3\0"))
        others += ioctl(fd, TIOCCONS | high, None)
        others += ioctl(fd, TIOCSETD | high, ctypes.create_string_buffer(b"\1\0\0\0"))
print("typed", "some" if typed else "none", others, flush=True)
EOP
inject=$(cat "$T/inject.py")

# outside COMMAND...: from a shell at a terminal, which afterwards does what is
# typed there. What was shown is in $out.
outside() {
	rm -f "$T/canary"
	# shellcheck disable=SC2016
	"$B/tests/on_pty" end bash -c '"$@"
		while IFS= read -r -t 0.3 line; do eval "$line"; done' bash "$@" \
		>"$T/out" 2>"$T/err"
	out=$(tr -d '\r\0' <"$T/out")
}

outside python3 -c "$inject" "$T/canary"
like "$out" "^typed some" "without a sandbox it is typed"
[ -e "$T/canary" ]
ok $? "and the shell outside obeys"

# refused WHAT COMMAND...
refused() {
	local what=$1

	shift
	outside "$@" python3 -c "$inject" "$T/canary"
	like "$out" "^typed none 0" "$what: the kernel takes nothing"
	[ ! -e "$T/canary" ]
	ok $? "$what: the shell outside reads nothing"
}

n=$(name tty)
start_min "$n" -- sleep 1000
refused run "$S" run "$MINIMAL" --
refused "run -T" "$S" run -T "$MINIMAL" --
refused exec "$S" exec "$n" --
refused "exec -T" "$S" exec -T "$n" --
for policy in strict browser; do
	refused "$policy" "$S" run --set security.seccomp=$policy "$MINIMAL" --
done

# The second wall: without any filter the terminal is the guest's own.
outside "$S" run --set security.seccomp=unconfined \
	--set security.accept=unconfined "$MINIMAL" -- python3 -c "$inject" \
	"$T/canary"
like "$out" "^typed" "unconfined: it is tried"
[ ! -e "$T/canary" ]
ok $? "unconfined: the shell outside reads nothing all the same"
outside "$S" run --set security.seccomp=unconfined \
	--set security.accept=unconfined "$MINIMAL" -- sh -c 'ps -o tty= -p $$
	ls /dev/pts'
like "$out" "^pts/0" "since its terminal is another"
"$S" rm -f "$n"
done_testing
