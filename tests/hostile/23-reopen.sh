#!/bin/bash
# The streams by name, which programs open like files.
. "$(dirname "$0")/../box/box.inc"

both='echo a >/dev/stdout; echo b >/dev/stderr; cat /dev/stdin'
echo c >"$T/in"
"$S" run "$MINIMAL" -- sh -c "$both" <"$T/in" >"$T/out" 2>"$T/err"
is "$? $(tr '\n' ' ' <"$T/out")$(cat "$T/err")" "0 a c b" \
	"the payload can open its streams by name"
n=$(name reopen)
start_min "$n" -- sh -c 'echo by name >/dev/stdout; exec sleep 1000'
"$S" exec "$n" -- sh -c "$both" <"$T/in" >"$T/out" 2>"$T/err"
is "$? $(tr '\n' ' ' <"$T/out")$(cat "$T/err")" "0 a c b" \
	"so can a program that joined it"
wait_until logged "$n" 'payload: by name$'
ok $? "and one whose output goes to the log"

# A file of the host is not handed over, whatever the caller's streams are.
"$S" run "$MINIMAL" -- sh -c "$both" <"$T/in" >"$T/file" 2>&1
is "$(stat -c %u "$T/file")" "$(id -u)" "a file behind a stream keeps its owner"
mkfifo "$T/fifo"
cat "$T/fifo" >"$T/read" &
"$S" run "$MINIMAL" -- echo through >"$T/fifo"
wait $!
is "$(stat -c %u "$T/fifo") $(cat "$T/read")" "$(id -u) through" \
	"and so does a pipe"
"$S" rm -f "$n"

done_testing
