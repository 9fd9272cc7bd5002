#!/bin/bash
# No door stands open to a program, under either strict policy. The probe is
# that of `make bench-reach`; bench/reach.c says what a door is.
. "$(dirname "$0")/../box/box.inc"

reach=$B/bench/reach
mkdir -m 0755 "$T/canary"
background "$reach" canary "$T/canary" >"$T/told"
wait_until test -s "$T/told"
read -ra told <"$T/told"

# What a careless parent left must not get in.
careless() { "$reach" parent "$@"; }
# Not every shell hands on which signals are blocked; bash does.
inside=(bash -c 'cat >"$0" && chmod 755 "$0" && exec "$0" probe "$@"'
	/tmp/probe "${told[@]}")

opened() {
	awk -F '\t' '$3 == "open" { print $1 ": " $2 " (" $4 ")" }' "$1"
}

# --- it would find them -----------------------------------------------------------
run_cmd careless "$reach" probe "${told[@]}"
is "$rc $err" "0 " "the probe runs on the bare host"
cp "$T/out" "$T/none"
doors=$(wc -l <"$T/none")
[ "$doors" -ge 150 ]
ok $? "it knows $doors doors"
is "$(cut -f 1,2 "$T/none" | sort | uniq -d)" "" "each by a name of its own"
while read -r group; do
	like "$(opened "$T/none")" "^$group: " "root finds one open: $group"
done < <(cut -f 1 "$T/none" | sort -u)
while read -r door; do
	like "$(opened "$T/none")" "^$door \(" "and this one: $door"
done <<-END
	call: mount
	call: fsopen
	call: chroot
	call: sethostname
	device: mknod
	file: write: any of /proc/sys
	host: port on loopback
	host: abstract socket
	host: socket in a directory
	host: file in /tmp
	host: System V memory
	host: process in /proc
	host: socket through /proc/PID
	identity: uid is the host's root
	identity: group of the host's root
	identity: capabilities
	identity: bounding set
	identity: new privileges by exec
	inherited: ignored signals
	inherited: blocked signals
	inherited: descriptors
	inherited: umask
	inherited: environment
	socket: raw IPv4
	END

# --- and finds none ---------------------------------------------------------------
# asked HOW: what was printed is of all doors, and none is open.
asked() {
	is "$rc $err" "0 " "$1: the probe runs"
	is "$(cut -f 1,2 "$T/out")" "$(cut -f 1,2 "$T/none")" \
		"$1: it tries the same doors"
	is "$(cut -f 3 "$T/out" | sort | uniq -c | xargs)" "$doors shut" \
		"$1: all are shut" || diag "$(opened "$T/out")"
}
for policy in strict default; do
	careless "$S" run --set security.seccomp=$policy "$MINIMAL" -- \
		"${inside[@]}" <"$reach" >"$T/out" 2>"$T/err"
	rc=$? err=$(cat "$T/err")
	asked "run, $policy"
done
n=$(name reach)
start_desktop "$n" -- sleep 1000
careless "$S" exec "$n" -- "${inside[@]}" <"$reach" >"$T/out" 2>"$T/err"
rc=$? err=$(cat "$T/err")
asked "exec beside a desktop"

# The namespaces that a browser needs are the only difference.
careless "$S" run --set security.seccomp=browser "$MINIMAL" -- "${inside[@]}" \
	<"$reach" >"$T/out" 2>"$T/err"
is "$(opened "$T/out" | sed 's/ ()$//')" "namespace: user, by unshare
namespace: user, by clone
namespace: user and network" "run, browser: three namespaces are not"

done_testing
