#!/bin/bash
# Keyrings have no namespace: whoever keeps the caller's session keyring has its
# keys. The filter refuses to ask for any; here is none.
. "$(dirname "$0")/../box/box.inc"
need python3

cat >"$T/hold.py" <<'END'
import ctypes, os, sys
call = ctypes.CDLL(None, use_errno=True).syscall
assert call(250, 1, None) > 0  # keyctl(KEYCTL_JOIN_SESSION_KEYRING)
assert call(248, b"user", b"canary", b"of the host", 11, -3) > 0  # add_key
os.execvp(sys.argv[1], sys.argv[1:])
END
find='import ctypes, os
call = ctypes.CDLL(None, use_errno=True).syscall
key = call(250, 10, -3, b"user", b"canary", 0)  # KEYCTL_SEARCH
print("found" if key > 0 else os.strerror(ctypes.get_errno()))'
# holding COMMAND...: by a caller whose session keyring has a key in it.
holding() {
	run_cmd python3 "$T/hold.py" "$@"
}

holding python3 -c "$find"
is "$out" found "a program on the host finds the caller's key"
n=$(name keys)
for policy in unconfined default; do
	wanted="Required key not available"
	[ $policy = unconfined ] || wanted="Operation not permitted"
	holding "$S" run --set security.seccomp=$policy \
		--set security.accept=unconfined "$MINIMAL" -- python3 -c "$find"
	is "$rc $out" "0 $wanted" "$policy: a sandbox's does not"
	start_min "$n" --set security.seccomp=$policy \
		--set security.accept=unconfined -- sleep 1000
	holding "$S" exec "$n" -- python3 -c "$find"
	is "$rc $out" "0 $wanted" "$policy: nor does one that joins it"
	run_cmd "$S" rm -f "$n"
done
done_testing
