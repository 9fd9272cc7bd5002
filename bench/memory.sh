#!/bin/bash
# memory.sh - what ten idle desktops hold, everything counted: the monitor,
# PID 1, the X server, the window manager, the session bus; each page by its
# share.
. "$(dirname "$0")/lib.sh"

echo "## Memory of idle desktops"
echo
count=10
for ((i = 0; i < count; i++)); do
	"$S" run -d -n bench-$$-$i "$TOP/profiles/agent.ini" \
		--set limits.memory=256M -- sleep infinity >"$W/out" || exit 1
done

# pids_of NAME: the monitor, and all in the sandbox's groups.
pids_of() {
	"$S" inspect "$1" | jq -r .monitor.pid
	cat /sys/fs/cgroup/{*,.}/sandboxd/"$1"/{.,*}/cgroup.procs 2>/dev/null |
		sort -u
}

for ((i = 0; i < count; i++)); do
	for pid in $(pids_of bench-$$-$i | sort -u); do
		[ -r "/proc/$pid/comm" ] || continue
		echo "$(cat "/proc/$pid/comm") $(pss "$pid")"
	done
done >"$W/processes"
echo "| process, of $count desktops | count | PSS each, KiB |"
echo "|---|--:|--:|"
awk '{ n[$1]++; sum[$1] += $2; all += $2 }
	END { for (p in n) printf "| %s | %d | %d |\n", p, n[p], sum[p] / n[p] }' \
	"$W/processes" | sort -t '|' -k 4 -rn
each=$(awk -v count=$count '{ sum += $2 } END { printf "%.1f", sum / count * 1.024 / 1000 }' \
	"$W/processes")
echo "| one desktop, all of it | | ${each} MB |"
echo
expect "ten idle desktops, MB each (at most 18)" "$each" 18
for ((i = 0; i < count; i++)); do
	"$S" rm -f bench-$$-$i
done
