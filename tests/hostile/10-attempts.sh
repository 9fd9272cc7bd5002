#!/bin/bash
# An agent that tries everything it can think of; canaries on the host show
# whether anything came of it.
. "$(dirname "$0")/../box/box.inc"

canaries() {
	cat /proc/sys/kernel/core_pattern /proc/sys/kernel/modprobe \
		/proc/sys/kernel/hostname 2>/dev/null
	hostname
	sha256sum /etc/passwd /etc/shadow /usr/bin/env 2>/dev/null
	ls -la /usr/bin/canary /dev/canary 2>/dev/null
	stat -c '%a %u %i' /etc /usr /usr/bin /dev /sys /proc/1/root 2>/dev/null
	ulimit -a
	awk '$3 ~ /^cgroup/ { print $2 }' /proc/self/mounts
}
before=$(canaries)

n=$(name attack)
start_desktop "$n" -- sleep 1000
put_inside "$n" attack
in_box "$n" /tmp/attack
attempts=$(sed -n '/^static const struct attempt/,/^};/p' \
	"$TOP/tests/helpers/attack.c" | grep -o 'TRY([a-z0-9_]*)' | wc -l)
[ "$attempts" -gt 80 ]
ok $? "the table has $attempts attempts"
is "$(wc -l <<<"$out")" "$attempts" "each is made"
unlike "$out" "DONE" "none is let through"
while read -r what _ how; do
	isnt "$how" "" "$what is refused: $how"
done <<<"$out"
in_box "$n" /tmp/attack tty
is "$(grep -c 'refused$' <<<"$out")" 3 "no character is put into a terminal"
unlike "$out" DONE "by none of three ways"
is "$(field "$n" .state)" running "init lives through it"
is "$("$B/steer" -s "$n" size)" 1280x720 "so does the display"
is "$(canaries)" "$before" "and nothing changed on the host"

in_box "$n" /tmp/attack sweep
is "$rc $out" "0 swept" "no file of the kernel can be opened for writing"

# It sees processes of ours only while the host enters; then it must be quick.
"$S" exec "$n" -- /tmp/attack watch >"$T/watched" 2>&1 &
watcher=$!
tap_pids+=("$watcher")
for _ in {1..60}; do
	in_box "$n" true
done
is "$rc" 0 "entering works while it is preyed on"
in_box "$n" sh -c ': >/tmp/enough'
wait "$watcher"
like "$(cat "$T/watched")" "^seen some$" "the agent saw us come in"
unlike "$(cat "$T/watched")" "DONE" "and got at nothing"

# A crash is not served by a helper of the host, nor leaves a file.
in_box "$n" sh -c 'cd /tmp; ulimit -c unlimited 2>&1; ulimit -c; kill -SEGV $$'
is "$rc" 139 "a crash is a crash"
in_box "$n" sh -c 'ls /tmp/core* /home/agent/core*'
is "$out" "" "without a core file"
in_box "$n" sh -c 'ulimit -c'
like "$out" "^[01]$" "as its limit says"

# Links in the way of what the host does next.
in_box "$n" sh -c 'cd /tmp; ln -s /etc/shadow a; ln -s / b; ln -s /proc/1/root c
	for f in a b/etc/shadow c/etc/shadow; do cat $f; done'
is "$out" "" "links lead nowhere outside"
in_box "$n" sh -c 'rm -rf ~ /tmp/* /run/user/1000 2>/tmp/log
	ln -s / /run/user/1000/x; ln -s /etc ~/etc; echo $?'
run_cmd "$S" rm -f "$n"
is "$rc" 0 "removing it follows none of them"
is_gone "$n" "and leaves nothing"
is "$(canaries)" "$before" "the host is as it was"
done_testing
