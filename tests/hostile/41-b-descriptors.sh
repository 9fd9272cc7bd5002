#!/bin/bash
# CVE-2016-9962, CVE-2019-5736, CVE-2024-21626: a descriptor of the host, the
# launcher's working directory or its own program, reached from inside.
. "$(dirname "$0")/../box/box.inc"

canary=$T/canary
mkdir -m 777 "$canary"
echo secret-of-the-host >"$canary/secret"
chmod 666 "$canary/secret"
cd "$canary" || exit 1

# What a careless caller holds: the directory and the file, many times.
for fd in {10..59}; do
	eval "exec $fd<\"\$canary\""
done
for fd in {60..69}; do
	eval "exec $fd<>\"\$canary/secret\""
done

# --- a directory that is the working directory -------------------------------------
(cd /proc/self/fd/15 && cat secret) >"$T/out"
is "$(cat "$T/out")" secret-of-the-host "through a held directory the host is read"
n=$(name fds)
start_min "$n" -- sleep 1000
look='cat secret ../secret ./canary/secret; ls'
seen='' ran=0
for fd in {3..20} 40 59; do
	run_min --set sandbox.workdir="/proc/self/fd/$fd" -- sh -c "$look"
	seen+=$(grep secret-of-the-host <<<"$out")
	in_box "$n" true
	run_cmd "$S" exec -w "/proc/self/fd/$fd" "$n" -- sh -c "$look"
	seen+=$(grep secret-of-the-host <<<"$out")
	ran=$((ran + 1))
done
is "$ran $seen" "20 " "as run's and exec's directory it is not"
run_cmd "$S" exec -w /proc/1/cwd "$n" -- sh -c "$look"
isnt "$rc" 0 "nor is that of PID 1 to be had"
run_cmd "$S" exec -w /proc/self/cwd "$n" -- pwd
is "$rc $out" "0 /" "and a program's own is inside"

# --- a descriptor ----------------------------------------------------------------------
# shellcheck disable=SC2016
write='for fd in 3 4 5 6 7 8 9 60 61 65 69; do
	for p in self 1 $$; do
		echo overwritten >/proc/$p/fd/$fd
		cat /proc/$p/fd/$fd/secret
	done; done 2>/dev/null; ls /proc/self/fd | wc -l'
cp "$canary/secret" "$T/kept"
sh -c "$write" >"$T/out"
is "$(cat "$canary/secret")" overwritten "a held file is overwritten from any child"
cat "$T/kept" >"$canary/secret"
run_min -- sh -c "$write"
is "$rc $out" "0 4" "in a sandbox there are three, and that of ls"
in_box "$n" sh -c "$write"
is "$rc $out" "0 4" "for exec, too"
is "$(cat "$canary/secret")" secret-of-the-host "the file is as it was"

# --- the launcher's own program --------------------------------------------------------
# Whoever has its inode can write to it once it does not run any more.
cat >"$T/prey.py" <<'EOP'
import os, sys
held = {}
while not os.path.exists("/tmp/enough"):
    for p in os.listdir("/proc"):
        if not p.isdigit():
            continue
        try:
            with open(f"/proc/{p}/comm") as f:
                if f.read().strip() != sys.argv[1] or p in held:
                    continue
            held[p] = os.open(f"/proc/{p}/exe", os.O_PATH)
            print("held", flush=True)
        except OSError:
            pass
    for fd in held.values():
        try:
            os.write(os.open(f"/proc/self/fd/{fd}", os.O_WRONLY), b"canary")
            print("DONE", flush=True)
            sys.exit()
        except OSError:
            pass
EOP
cp "$(command -v sleep)" "$T/victim"
"$T/victim" 1000 &
victim=$!
python3 "$T/prey.py" victim >"$T/preyed" &
tap_pids+=("$!")
wait_until grep -q held "$T/preyed"
kill "$victim"
wait "$victim" 2>"$T/wait"
wait_until grep -q DONE "$T/preyed"
is "$(head -c 6 "$T/victim")" canary "a program of the host is overwritten so"

programs() {
	sha256sum "$PROGRAMS/sandbox-init" "$PROGRAMS/sandboxd"
}
before=$(programs)
[ "$(field "$n" .security.landlock)" = null ] || {
	in_box "$n" /proc/self/exe
	like "$rc $err" "^126 .*Permission denied" \
		"under Landlock sandbox-init does not become itself"
}
# Without that wall:
"$S" rm -f "$n"
run_cmd "$B/tests/enosys" landlock_create_ruleset "$S" run -d -n "$n" \
	"$MINIMAL" -- sleep 1000
"$S" exec "$n" -- sh -c 'cat >/tmp/prey.py; printf "#!/proc/self/exe\n" >/tmp/script
	chmod 755 /tmp/script; exec python3 /tmp/prey.py sandbox-init' \
	<"$T/prey.py" >"$T/preyed" 2>&1 &
preyer=$!
tap_pids+=("$preyer")
wait_until "$S" exec "$n" -- test -x /tmp/script
# Asked to become itself, by its link and by that of a script's interpreter.
becomes() {
	"$S" exec "$n" -- /proc/self/exe
	"$S" exec "$n" -- /tmp/script
	grep -q held "$T/preyed"
}
wait_until becomes
ok $? "without Landlock it does, and the agent gets hold of it"
in_box "$n" sh -c 'for p in /proc/[0-9]*; do echo canary >$p/exe; done'
in_box "$n" sh -c ': >/tmp/enough'
wait "$preyer"
unlike "$(cat "$T/preyed")" DONE "but cannot write to it"
is "$(programs)" "$before" "the programs are as they were"
is "$(field "$n" .state)" running "the sandbox lives"
"$S" rm -f "$n"
done_testing
