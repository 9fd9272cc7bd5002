#!/bin/bash
# What is left to the process that reads a display's answers.
. "$(dirname "$0")/desk.inc"

desk_start

# jailed PARENT: the child that waits, once it is behind the filter.
jailed() {
	child=$(cat "/proc/$1/task/$1/children") && child=${child% } &&
		[ -n "$child" ] && grep -q '^Seccomp:.*2$' "/proc/$child/status"
}

# look NAME UID: checks the child of the steer that waits as $1.
look() {
	local who=$1 uid=$2 status ns

	wait_until jailed "$waiting"
	ok $? "$who: there is a child behind a filter" || return
	jailed "$waiting"
	status=$(cat "/proc/$child/status")
	like "$status" "^Uid:	$uid	$uid	$uid	$uid\$" "$who: its user"
	like "$status" '^Groups:[[:space:]]*$' "$who: no groups"
	like "$status" '^NoNewPrivs:	1$' "$who: no new privileges"
	for set in CapInh CapPrm CapEff CapBnd CapAmb; do
		like "$status" "^$set:	0+\$" "$who: $set is empty"
	done
	for ns in mnt net ipc uts; do
		isnt "$(readlink "/proc/$child/ns/$ns")" \
			"$(readlink "/proc/$$/ns/$ns")" "$who: own $ns namespace"
	done
	is "$(ls -A "/proc/$child/root/")" "" "$who: its root is empty"
	! touch "/proc/$child/root/file" 2>"$T/null"
	ok $? "$who: and cannot be written, not even by us"
	is "$(find "/proc/$child/fd" -lname '/*' ! -lname '/dev/null' \
		! -lname '/memfd:*')" "" "$who: no file is open but its memory"
	is "$(find "/proc/$child/fd" -lname 'socket:*' | wc -l)" 2 \
		"$who: two sockets, the display's and ours"
	like "$(cat "/proc/$child/limits")" '^Max core file size +0 +0 ' \
		"$who: no core file"
	kill -KILL "$waiting"
	wait "$waiting" 2>"$T/null"
	wait_until [ ! -e "/proc/$child" ]
	ok $? "$who: it ends with its parent"
}

"$B/steer" --socket "$X" wait focus --timeout 60 &
waiting=$!
look root 65533

chmod 0755 "$T"
if setpriv --reuid 65534 --clear-groups unshare --user true 2>"$T/null"; then
	cp "$B/steer" /tmp/steer
	setpriv --reuid 65534 --regid 65534 --clear-groups /tmp/steer \
		--socket "$X" wait focus --timeout 60 &
	waiting=$!
	look nobody 65534
else
	skip "an unprivileged caller is jailed" "no user namespaces for users"
fi
done_testing
