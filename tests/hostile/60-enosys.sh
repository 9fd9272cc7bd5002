#!/bin/bash
# A kernel that lacks a call, or a container whose filter says so: what the call
# is for is refused by its name, before anything is made. Nothing falls back on
# paths, which a hostile tree could bend (CVE-2026-87766 and its kin).
. "$(dirname "$0")/../box/box.inc"

mapfile -t calls < <(grep -o 'CALL([a-z0-9_]*)' "$TOP/src/sys/calls.c" |
	sed 's/CALL(\(.*\))/\1/; /^name$/d')
[ ${#calls[@]} -gt 10 ]
ok $? "there are ${#calls[@]} calls that nothing replaces"

lacks() {
	local call=$1

	shift
	run_cmd "$B/tests/enosys" "$call" "$@"
}

# Others may be missing, and a filter alone changes nothing.
lacks acct,swapon,nfsservctl "$S" run "$MINIMAL" -- echo ran
is "$rc $out" "0 ran" "without calls that nobody needs it runs" || cmd_diag

n=$(name enosys)
start_min "$n" -- sleep 1000
m=$(name refused)
for call in "${calls[@]}"; do
	lacks "$call" "$S" run -n "$m" "$MINIMAL" -- echo ran
	like "$rc $out$err" "^4 .*system call '$call': this kernel has none" \
		"without $call run is refused by name"
	is_gone "$m" "and leaves nothing"
	lacks "$call" "$S" exec "$n" -- echo ran
	like "$rc $out$err" "^4 .*system call '$call': this kernel has none" \
		"so is exec"
done
like "$err" "^hint: Linux [0-9.]+ has all" "with what helps"

# Who cannot find out says so, and does not take what runs for ended.
while read -r call word; do
	# shellcheck disable=SC2086
	lacks "$call" "$S" $word "$n"
	like "$rc $err" "^1 .*'$n': Function not implemented" \
		"without $call '$word' fails, and says why"
done <<END
pidfd_open stop
pidfd_open kill
pidfd_open wait
pidfd_open rm -f
pidfd_open logs -f
pidfd_send_signal stop
pidfd_send_signal kill
pidfd_send_signal rm -f
END
lacks openat2 "$B/steer" -s "$n" size
isnt "$rc" 0 "without openat2 steer fails"
is "$(field "$n" .state)" running "all the while it ran"
run_cmd "$S" rm -f "$n"
is "$rc" 0 "with all calls it is removed"
is_gone "$n" "and nothing is left"

# --- Landlock, for which there is a named way without -------------------------------
lacks landlock_create_ruleset "$S" run -d -n "$n" "$MINIMAL" -- sleep 1000
is "$rc" 0 "without Landlock a sandbox starts" || cmd_diag
is "$(field "$n" .security.landlock)" null "inspect says that it has none"
like "$(field "$n" '.notes[]')" "no second wall .* by Landlock: the kernel has none" \
	"and notes what that means"
run_cmd "$S" rm -f "$n"
lacks landlock_create_ruleset "$S" run -n "$n" \
	--set security.require=landlock "$MINIMAL" -- true
like "$rc $err" "^4 .*require 'Landlock': the kernel has none" \
	"who requires it is refused"
is_gone "$n" "and nothing is left"
run_min -n "$n" --set security.require=landlock -- true
[ "$rc" = 4 ] || for call in landlock_add_rule landlock_restrict_self; do
	run_cmd "$S" rm -f "$n"
	lacks "$call" "$S" run "$MINIMAL" -- echo ran
	like "$rc $out$err" "^125 .*restrict by Landlock" \
		"half of it is none: without $call it is refused"
done
run_cmd "$S" rm -f "$n"
done_testing
