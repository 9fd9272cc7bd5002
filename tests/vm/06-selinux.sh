#!/bin/bash
# Labels where SELinux is in force, though without a policy: the points of
# box/98-labels.sh, in a virtual machine of their own.
# time-limit: 900
set -u
here=$(cd "$(dirname "$0")" && pwd -P)
if [ "$(id -u)" != 0 ]; then
	echo "1..0 # SKIP needs root"
	exit 0
fi
exec "$here/vm" -t 800 -a lsm=landlock,yama,selinux env WAIT_FACTOR=20 \
	bash "$here/../box/98-labels.sh"
