#!/bin/bash
# An agent that tries everything, in a sandbox of an ordinary user.
. "$(dirname "$0")/../box/rootless.inc"

# shellcheck disable=SC2034
profile=$UA
box() { user alice "$US" "$@"; }
steer() { user alice "$U/steer" "$@"; }
left() { user_left alice; }
. "$(dirname "$0")/attempts.inc"
done_testing
