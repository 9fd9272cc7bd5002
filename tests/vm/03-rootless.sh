#!/bin/bash
# Ordinary users' sandboxes on an older kernel with cgroup version 2 alone: the
# points of box/65-rootless.sh, in a virtual machine of their own.
# time-limit: 1200
set -u
here=$(cd "$(dirname "$0")" && pwd -P)
if [ "$(id -u)" != 0 ]; then
	echo "1..0 # SKIP needs root"
	exit 0
fi
exec "$here/vm" -t 1100 env WAIT_FACTOR=20 bash "$here/../box/65-rootless.sh"
