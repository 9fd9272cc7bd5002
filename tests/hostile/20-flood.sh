#!/bin/bash
# A payload that floods its output costs the host next to nothing.
. "$(dirname "$0")/../box/box.inc"

n=$(name flood)
# 32768 lines, each of them one byte.
start_min "$n" -- sh -c 'yes a | head -c 65536; echo done; exec sleep 1000'
is "$rc" 0 "a sandbox that floods its log starts"
wait_until logged "$n" 'payload: done$'
ok $? "and all it wrote gets there"
calls=$(awk '$1 == "syscw:" { print $2 }' \
	"/proc/$(field "$n" .monitor.pid)/io")
[ "$calls" -lt 3000 ]
ok $? "its lines share their writes ($calls for 32768 lines)"
"$S" rm -f "$n"
ok $? "it is removed"
is_gone "$n" "and leaves nothing"

# Far more than is read while this looks: it waits in the pipe.
n=$(name endless)
start_min "$n" -- sh -c 'echo first; exec yes a'
is "$rc" 0 "one that never ends its flood starts"
run_cmd "$S" exec "$n" -- echo in
is "$rc $out" "0 in" "others get in beside it"
run_cmd "$S" stop "$n"
is "$rc" 0 "it can be stopped"
is "$(field "$n" .state)" stopped "and says that it is"
"$S" rm "$n"
is_gone "$n" "and leaves nothing"

n=$(name nul)
start_min "$n" -- printf 'be\0hind\033[31m\n'

wait_until state_is "$n" stopped
like "$(log_of "$n")" 'payload: be\?hind\?\[31m$' \
	"what follows a NUL is in the log, and no control character is"

done_testing
