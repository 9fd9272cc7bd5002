#!/bin/bash
# Landlock as an older kernel has it: the points of box/96-landlock.sh, in a
# virtual machine of their own.
# time-limit: 1200
set -u
here=$(cd "$(dirname "$0")" && pwd -P)
if [ "$(id -u)" != 0 ]; then
	echo "1..0 # SKIP needs root"
	exit 0
fi
exec "$here/vm" -t 1100 env WAIT_FACTOR=20 bash "$here/../box/96-landlock.sh"
