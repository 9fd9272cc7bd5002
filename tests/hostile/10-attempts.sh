#!/bin/bash
# An agent that tries everything, in a sandbox of root's.
. "$(dirname "$0")/../box/box.inc"

# shellcheck disable=SC2034
profile=$AGENT
box() { "$S" "$@"; }
steer() { "$B/steer" "$@"; }
left() { left_of "$n"; }
. "$(dirname "$0")/attempts.inc"
done_testing
