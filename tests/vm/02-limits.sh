#!/bin/bash
# Limits where there is only cgroup version 2: the points of
# inside/limits.sh, which runs in a virtual machine of its own.
# time-limit: 1200
set -u
here=$(cd "$(dirname "$0")" && pwd -P)
if [ "$(id -u)" != 0 ]; then
	echo "1..0 # SKIP needs root"
	exit 0
fi
exec "$here/vm" -t 1100 bash "$here/inside/limits.sh"
