#!/bin/bash
# Control groups of ordinary users, from a systemd that delegates them: the
# points of inside/delegation.sh, which runs in a virtual machine of its own.
# time-limit: 1200
set -u
here=$(cd "$(dirname "$0")" && pwd -P)
if [ "$(id -u)" != 0 ]; then
	echo "1..0 # SKIP needs root"
	exit 0
fi
exec "$here/vm" -s -t 1100 env WAIT_FACTOR=20 bash "$here/inside/delegation.sh"
