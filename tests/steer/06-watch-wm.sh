#!/bin/bash
# The watcher that tells sandboxd of the window manager.
. "$(dirname "$0")/desk.inc"

cookie=0123456789abcdef
# Xauthority(5) as Xau(3) lays it out: any host, any display.
{
	printf '\377\377\000\000\000\000\000\022MIT-MAGIC-COOKIE-1\000\020'
	printf %s "$cookie"
} >"$T/auth"
printf %s "$cookie" >"$T/cookie"
printf %s fedcba9876543210 >"$T/wrong"
printf %s short >"$T/short"
desk_start -auth "$T/auth"

steer size
like "$rc $err" "^5 .*refused" "without the cookie the display is closed"
steer --cookie "$T/wrong" size
like "$rc $err" "^5 .*refused" "with another one too"
steer --cookie "$T/cookie" size
is "$rc $out" "0 1280x720" "with it it is open"
steer --cookie "$T/short" size
like "$rc $err" "^1 .*16 bytes" "a cookie of another length is refused"

# watch COOKIE: becomes the watcher, as sandboxd would run it; a cat puts what
# it reports into $T/report.
watch() {
	exec 6<"$1"
	XRAW_FD=5 exec "$B/tests/xraw" "$X" exec "$B/steer" watch-wm --socket-fd 5 \
		--cookie-fd 6 --report-fd 9 --uid 65533 9>"$T/pipe"
}
mkfifo "$T/pipe"
cat "$T/pipe" >"$T/report" &
reader=$!
(watch "$T/wrong")
is $? 5 "the watcher fails when the display refuses it"
wait "$reader"
like "$(cat "$T/report")" '^F.*refused' "and reports why"

cat "$T/pipe" >"$T/report" &
reader=$!
watch "$T/cookie" &
watcher=$!
wait_until grep -q '^Seccomp:.*2$' "/proc/$watcher/status"
ok $? "the watcher is confined"
is "$(cat "$T/report")" "" "it reports nothing while there is no window manager"
XAUTHORITY=$T/auth
export XAUTHORITY
desk_fluxbox
wait "$watcher"
is $? 0 "it ends when there is one"
wait "$reader"
is "$(cat "$T/report")" R "and reports it with one byte"

cat "$T/pipe" >"$T/report" &
reader=$!
(watch "$T/cookie")
is $? 0 "one that was there before is seen too"
wait "$reader"
is "$(cat "$T/report")" R "and reported"
done_testing
