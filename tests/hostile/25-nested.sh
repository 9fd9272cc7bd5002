#!/bin/bash
# What a nested user namespace opens, and what the other policies let through.
# The attempts all succeed, but for a few, in a user namespace of a bare host.
. "$(dirname "$0")/../box/box.inc"

# nested POLICY ARG...: the probe, as the program of a sandbox of that policy.
nested() {
	local policy=$1

	shift
	run_inside attack_nested --set security.seccomp="$policy" \
		--set security.accept=unconfined --set limits.pids=900 -- "$@"
}

# --- as root of a user and a network namespace -----------------------------------
nested browser
attempts=$(sed -n '/^static const struct attempt/,/^};/p' \
	"$TOP/tests/helpers/attack_nested.c" | grep -o 'TRY([a-z0-9_]*)' | wc -l)
[ "$attempts" -gt 50 ]
ok $? "the table has $attempts attempts"
is "$(wc -l <<<"$out")" "$attempts" "each is made"
while read -r what how; do
	unlike "$how" DONE "$what is $how"
done <<<"$out"

# Whom the kernel calls root there is root there, and may make more of it.
start "$MINIMAL" "$(name root)" --set security.seccomp=browser -- sleep 1000
put_inside "$(name root)" attack
put_inside "$(name root)" attack_nested
in_box "$(name root)" /tmp/attack_nested run /tmp/attack
is "$(sed -n 's/ DONE$//p' <<<"$out" | xargs)" \
	"change_root keep_caps unshare_user unshare_net clone_user become_root take_caps" \
	"as that root the other attempts fail as well"
is "$(field "$(name root)" .state)" running "PID 1 lives through it"
run_cmd "$S" rm -f "$(name root)"

# --- the fence -------------------------------------------------------------------
for kind in "user 15" "pid 256" "net 16"; do
	nested browser count "${kind% *}"
	is "$out" "${kind#* } ENOSPC" \
		"there is an end to ${kind% *} namespaces"
done
refused="mnt uts ipc cgroup time"
nested browser make
is "$(sed -n 's/ DONE$//p' <<<"$out" | xargs)" "user pid net" \
	"a browser makes three kinds"
for policy in default strict; do
	nested $policy make
	is "$(grep -c 'refused EPERM$' <<<"$out")" 8 "$policy refuses all"
done
nested unconfined make
is "$(grep -c 'refused ENOSPC$' <<<"$out")" 8 \
	"without any filter the fence alone refuses all"
run_inside attack_nested --set security.seccomp=unconfined \
	--set security.userns=fenced --set security.accept=unconfined -- make
is "$(sed -n 's/ refused ENOSPC$//p' <<<"$out" | xargs)" "$refused" \
	"or five, if it is told to"

# --- everything else -------------------------------------------------------------
box() { "$S" "$@"; }
steer() { "$B/steer" "$@"; }
left() { left_of "$n"; }
for policy in strict browser; do
	# shellcheck disable=SC2034
	profile=$T/t$$-$policy.ini
	{ cat "$AGENT" && printf '[security]\nseccomp = %s\n' $policy; } \
		>"$profile"
	# shellcheck disable=SC2034
	allowed=
	[ $policy = strict ] || allowed="unshare_user clone_user"
	. "$(dirname "$0")/attempts.inc"
done
done_testing
