#!/bin/bash
# CVE-2019-9893, GHSA-4q85-33p6-j5g6 and CVE-2019-7303: a filter that says another
# thing than its rules. Compilers got ranges wrong, and authors compared 64 bits
# of an argument of which the kernel takes 32. What every policy says to every
# call is proved in unit/test_seccomp; here the filters in force are attacked.
. "$(dirname "$0")/../box/box.inc"
need python3

# --- a filter that falls for it --------------------------------------------------------
# ioctl(2) with TIOCSTI is refused where both halves of the request are its.
cat >"$T/naive.py" <<'EOP'
import ctypes, os, struct
libc = ctypes.CDLL(None, use_errno=True)
LD, JEQ, RET, ALLOW, EPERM = 0x20, 0x15, 0x06, 0x7fff0000, 0x00050001
code = b"".join(struct.pack("HBBI", *i) for i in (
    (LD, 0, 0, 0), (JEQ, 0, 5, 16), (LD, 0, 0, 24), (JEQ, 0, 3, 0x5412),
    (LD, 0, 0, 28), (JEQ, 0, 1, 0), (RET, 0, 0, EPERM), (RET, 0, 0, ALLOW)))
class Program(ctypes.Structure):
    _fields_ = [("len", ctypes.c_ushort), ("code", ctypes.c_char_p)]
assert libc.prctl(38, 1, 0, 0, 0) == 0
assert libc.prctl(22, 2, ctypes.byref(Program(len(code) // 8, code))) == 0
null = os.open("/dev/null", os.O_RDWR)
for request in 0x5412, 0x5412 | 1 << 32:
    libc.syscall(16, null, ctypes.c_ulong(request), b"x")
    print("refused" if ctypes.get_errno() == 1 else "passed")
EOP
run_cmd python3 "$T/naive.py"
is "$(xargs <<<"$out")" "refused passed" \
	"a filter that compares 64 bits is passed by a bit above"

# --- ours, with bits above ------------------------------------------------------------
cat >"$T/high.py" <<'EOP'
import ctypes, os, signal, sys
libc = ctypes.CDLL(None, use_errno=True)
null = os.open("/dev/null", os.O_RDWR)
NEW = {"mnt": 0x20000, "uts": 0x4000000, "ipc": 0x8000000, "user": 0x10000000,
       "pid": 0x20000000, "net": 0x40000000, "cgroup": 0x2000000}
def call(name, number, *args):
    ctypes.set_errno(0)
    rc = libc.syscall(number, *[ctypes.c_ulong(a & (1 << 64) - 1) for a in args])
    if rc == 0 and number == 56:
        os._exit(0)
    if rc > 0 and number == 56:
        os.waitpid(rc, 0)
    print(name, "DONE" if rc >= 0 else os.strerror(ctypes.get_errno()), flush=True)
for high in 0, 1 << 32, 0x80000000 << 32, 0xffffffff << 32:
    for request in 0x5412, 0x541c, 0x541d, 0x5423:
        call("ioctl", 16, null, request | high, 0)
    for name, flag in NEW.items():
        call("clone-" + name, 56, flag | signal.SIGCHLD | high, 0, 0, 0, 0)
        call("clone-both-" + name, 56, flag | 0x100 | 17 | high, 4096, 0, 0, 0)
    for family in 16, 17, 38, 40, 44:
        call("socket", 41, family | high, 3, 4)
    call("personality", 135, 0x400000 | high)
    call("prctl-mm", 157, 35 | high, 1, 0, 0, 0)
EOP
n=$(name high)
start_min "$n" -- sleep 1000
"$S" exec "$n" -- python3 - <"$T/high.py" >"$T/out" 2>&1
tried=$(wc -l <"$T/out")
[ "$tried" -ge 100 ]
ok $? "$tried calls are made, three of four with bits that the kernel passes over"
is "$(grep -vE '(Operation not permitted|Address family not supported.*)$' "$T/out")" \
	"" "each is refused by the filter, and by it alone"
is "$(awk '{ print > "'"$T"'/part" int((NR - 1) / ('"$tried"' / 4)) }
	END { print NR }' "$T/out")" "$tried" "as many with any bits"
cmp -s "$T/part0" "$T/part1" && cmp -s "$T/part0" "$T/part2" &&
	cmp -s "$T/part0" "$T/part3"
ok $? "with the same words"
"$S" rm -f "$n"

# --- ours, as they are -------------------------------------------------------------------
# Arguments are compared by equality, at most under a mask: no order among them,
# which is what compilers got wrong.
cat >"$T/forms.py" <<'EOP'
import struct, sys
code = open(sys.argv[1], "rb").read()
loaded, compared = None, 0
for at in range(0, len(code), 8):
    op, yes, no, k = struct.unpack_from("HBBI", code, at)
    if op == 0x20:
        loaded = k
    if op & 7 == 5 and op & 0xf0 in (0x20, 0x30) and loaded is not None:
        if loaded >= 16:
            print("instruction", at // 8, "orders an argument")
    compared += op & 7 == 5 and loaded is not None and loaded >= 16
print("compared", compared)
EOP
for policy in strict default browser; do
	"$S" seccomp $policy --bpf >"$T/bpf"
	run_cmd python3 "$T/forms.py" "$T/bpf"
	like "$out" "^compared [1-9][0-9]" "$policy compares arguments"
	unlike "$out" "orders" "$policy: each by equality"
done
done_testing
