#!/bin/bash
# A sandbox whose Xvfb is the image's own invention: what looks at it from the
# host is not taken in (tests/steer/11-hostile-every.sh has all that steer does).
. "$(dirname "$0")/../box/box.inc"
need fluxbox Xvfb

# A window manager that does nothing, a server that answers as it likes.
printf '#!/bin/sh\nexec sleep 1000\n' >"$T/manager"
fake=/usr/bin/startfluxbox # a program of the host that nobody needs

# with_server HOW COMMAND...: a run of a sandbox whose server is like that.
with_server() {
	printf '#!/bin/sh\nexec %s --xvfb %s "$@"\n' "$fake" "$1" >"$T/server"
	chmod 755 "$T/manager" "$T/server"
	shift
	run_cmd unshare --mount --propagation private sh -c '
		mount --bind "$0" /usr/bin/fluxbox &&
			mount --bind "$1" /usr/bin/Xvfb &&
			mount --bind "$2" "$3" && shift 3 && exec "$@"' \
		"$T/manager" "$T/server" "$B/tests/hostile_x" "$fake" "$@"
}

# clean WHAT: $out and $err have nothing that a terminal would obey.
clean() {
	! LC_ALL=C grep -q '[^[:print:][:space:]]' "$T/out" "$T/err" &&
		! grep -q $'[\r\v\f\b]' "$T/out" "$T/err"
	ok $? "$1: no control characters" || cmd_diag
}

for how in now refuse refuse-long close bomb fds garbage; do
	n=$(name "$how")
	with_server "$how" "$S" run -n "$n" "$AGENT" -- true
	like "$rc $err" "^5 sandboxd: .*'the window manager': .*" \
		"$how: the sandbox does not start, for its display"
	is "$(wc -l <<<"$err")" 1 "$how: one line says so"
	clean "$how"
	"$S" rm "$n" 2>"$T/err"
	is_gone "$n" "$how: nothing is left"
done

# It has three windows for whoever asks, the first of which is the manager's.
n=$(name titles)
with_server titles "$S" run -d -n "$n" "$AGENT" -- sleep 1000
is "$rc" 0 "a server that tells of evil windows is a server"
run_cmd "$B/steer" -s "$n" windows
like "$rc $out" '^0x00000300 .*evil' "its windows are listed"
clean windows
run_cmd "$B/steer" -s "$n" windows --json
is "$(jq -r '.windows[].title' <<<"$out" | grep -c '[[:cntrl:]]')" 0 \
	"nor has the JSON control characters"
run_cmd "$B/steer" -s "$n" focus evil
like "$rc $err" "^3 .*steer: " "several windows of a name are refused"
clean focus
server=$(pid_of "$n" 998 startfluxbox)
kill -STOP "$server"
run_cmd "$B/steer" -s "$n" --timeout 0.5 size
like "$rc $err" "^5 steer: talk to the display '$n': it does not answer" \
	"one that stops is told of by the sandbox's name"
run_cmd "$S" inspect "$n"
is "$rc" 0 "it can be inspected all the same"
clean inspect
run_cmd "$S" rm -f "$n"
is "$rc" 0 "and removed"
is_gone "$n" "and nothing is left"
done_testing
