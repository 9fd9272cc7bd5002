#!/bin/bash
# Walls as an older kernel has them, and AppArmor, which it has: the points of
# box/96-landlock.sh, 97-devices.sh and 98-labels.sh, in a virtual machine of
# their own.
# time-limit: 1800
set -u
here=$(cd "$(dirname "$0")" && pwd -P)
if [ "$(id -u)" != 0 ]; then
	echo "1..0 # SKIP needs root"
	exit 0
fi
exec "$here/vm" -t 1700 env WAIT_FACTOR=20 bash "$here/inside/walls.sh"
