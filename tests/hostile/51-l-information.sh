#!/bin/bash
# GHSA-jq35-85cj-fj4p, GHSA-6fw5-f8r9-fgfm and their kin: what a guest learns of
# the machine and of its other tenants. The canaries are secrets of the host: the
# words of a process, a key, a mount, a socket.
. "$(dirname "$0")/../box/box.inc"
need python3

secret=canary$$secret
# In the name of a process, its arguments and environment, its directory, its
# open file, a mount of its, and a key in its keyring.
mkdir "$T/$secret"
cat >"$T/hold.py" <<'EOP'
import ctypes, os, socket, sys
libc = ctypes.CDLL(None, use_errno=True)
secret = sys.argv[1].encode()
os.chdir(os.environ["T"] + "/" + sys.argv[1])
f = open(sys.argv[1], "w")
s = socket.socket(socket.AF_UNIX)
s.bind("\0" + sys.argv[1])
libc.syscall(250, 1, None)
libc.syscall(248, b"user", secret, b"x", 1, ctypes.c_long(-3))
libc.prctl(15, secret[:15])
print("held", flush=True)
sys.stdin.read()
EOP
mkfifo "$T/hold"
SECRET=$secret unshare --mount --propagation private sh -c \
	'mount -t tmpfs "$1" /mnt && exec python3 "$2" "$1"' sh "$secret" \
	"$T/hold.py" <"$T/hold" >"$T/held" &
tap_pids+=("$!")
exec 9>"$T/hold"
wait_until grep -q held "$T/held"

# Everything in /proc and /sys that can be read, but what blocks. What to look for
# is in no argument: that would be found, too.
# shellcheck disable=SC2016
search='find /proc /sys -type f ! -path "/proc/*/task/*" ! -name kmsg \
	! -name "trace*" ! -path "/sys/kernel/debug/*" ! -name "*_pipe*" \
	! -name mem ! -name pagemap ! -name kcore ! -name vmlinux -print0 2>/dev/null | xargs -r0 timeout 60 grep -alsf ~/wanted 2>/dev/null
	echo searched'

# --- outside, where they are found ------------------------------------------------------
holder=$(pgrep -f "$T/hold.py $secret" | tail -n 1)
run_cmd sh -c 'cd /proc && grep -alse "$1" "$2/cmdline" "$2/environ" "$2/comm" \
	"$2/mountinfo" net/unix keys; readlink "$2/cwd"' sh "canary$$" "$holder"
is "$(grep -c . <<<"$out")" 7 "outside, each secret is found in its place" || cmd_diag
like "$(grep -m 1 ' T ' /proc/kallsyms)" "^[0-9a-f]+ T " \
	"and the kernel's own names"

# --- inside ----------------------------------------------------------------------------------
n=$(name info)
start_min "$n" -- sleep 1000
printf '%s\n' "canary$$" "$T" "$(basename "$TOP")/build" >"$T/wanted"
"$S" exec "$n" -- sh -c 'cat >~/wanted' <"$T/wanted"
in_box "$n" env OWN="canary$$" sh -c "$search"
like "$out" "^/proc/[0-9]+/environ$" "inside, what is there is found"
in_box "$n" sh -c "$search"
is "$out" searched \
	"inside, no file of /proc and /sys holds any, nor a path of the host" ||
	cmd_diag
in_box "$n" sh -c 'ls -l /proc/[0-9]*/cwd /proc/[0-9]*/fd /proc/[0-9]*/map_files
	cat /proc/[0-9]*/maps' sh
unlike "$out" "$secret|$T" "no link leads to one"

# What tells nothing by being read cannot be read at all.
mapfile -t masked < <(grep -o 'MASK_HIDE, "[^"]*"' "$TOP/src/box/masks.c" |
	cut -d '"' -f 2)
[ ${#masked[@]} -gt 30 ]
ok $? "there are ${#masked[@]} masks"
# shellcheck disable=SC2016
in_box "$n" sh -c 'for f; do for f in /proc/$f /sys/$f; do
	[ ! -f $f ] || [ ! -s $f ] || echo "$f has a size"
	cat $f 2>/dev/null; ls $f/ 2>/dev/null
	done; done; echo masked' sh "${masked[@]}"
is "$out" masked "what is behind them cannot be read or listed"
in_box "$n" sh -c 'dmesg; cat /dev/kmsg /proc/kmsg' </dev/null
is "$out" "" "nor is there a log of the kernel"
in_box "$n" sh -c 'ps -ef | wc -l; ls /proc | grep -c "^[0-9]"'
[ "$(head -n 1 <<<"$out")" -lt 10 ]
ok $? "and the only processes are its own"
"$S" rm -f "$n"
done_testing
