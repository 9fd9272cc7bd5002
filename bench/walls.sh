#!/bin/bash
# walls.sh PROFILE - starts a sandbox as the row beside it does, and fails
# unless every wall is up: read inside, by the program, and from the record.
set -u
name=bench-walls-$$
S=$B/sandboxd
trap '"$S" rm -f $name >/dev/null 2>&1' EXIT

found=$("$S" run -n $name "$1" -- sh -c '
	grep -E "^(Seccomp|NoNewPrivs|Cap...):" /proc/self/status
	readlink /proc/self/ns/*') || exit 1
wall() {
	grep -qE "$1" <<<"$found" || { echo "no wall: $1" >&2; exit 1; }
}
wall '^Seccomp:[[:space:]]*2$'
wall '^NoNewPrivs:[[:space:]]*1$'
for set in CapInh CapPrm CapEff CapBnd CapAmb; do
	wall "^$set:[[:space:]]*0+$"
done
for ns in user mnt pid net ipc uts cgroup time; do
	own=$(grep "^$ns:" <<<"$found")
	case $own in
	"" | "$(readlink "/proc/self/ns/$ns")")
		echo "no $ns namespace of its own" >&2
		exit 1
		;;
	esac
done
"$S" inspect $name | jq -e '.limits | [.memory, .cpus, .pids] |
	all(.[]; .enforced and .effective != null)' >/dev/null ||
	{ echo "a limit is not in force" >&2; exit 1; }
