#!/bin/bash
# The agent makes its X server hold more than there is memory for: the server
# refuses, and lives.
. "$(dirname "$0")/../box/box.inc"

n=$(name pictures)
start_desktop "$n" -- sleep 1000
put_inside "$n" xraw
in_box "$n" sh -c 'XRAW_AUTH=$XAUTHORITY /tmp/xraw /tmp/.X11-unix/X99 \
	pictures 100'
is "$rc" 0 "a hundred pictures of 16 MB are asked for" || cmd_diag
[ "${out:-0}" -gt 80 ]
ok $? "most of them are refused"
run_cmd "$B/steer" -s "$n" size
is "$out" 1280x720 "the server still answers"
is "$(field "$n" .state)" running "and the sandbox runs"
is "$(field "$n" .oom_kills)" 0 "nobody was killed for it"
"$S" rm -f "$n"
gone "$n"
ok $? "nothing is left of it"

done_testing
