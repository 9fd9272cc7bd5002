#!/bin/bash
# init.sh - PID 1: what it holds when idle, against small inits of others.
. "$(dirname "$0")/lib.sh"

echo "## PID 1"
echo
echo "| init | file, bytes | RSS, KiB | PSS, KiB | written, KiB |"
echo "|---|--:|--:|--:|--:|"

# facts NAME PID FILE: a row; the PSS goes to $W/NAME.
facts() {
	local map=/proc/$2/smaps_rollup rss pss dirty

	rss=$(awk '$1 == "Rss:" { print $2 }' "$map")
	pss=$(awk '$1 == "Pss:" { print $2 }' "$map")
	dirty=$(awk '$1 == "Private_Dirty:" { print $2 }' "$map")
	echo "| $1 | $(stat -Lc %s "$3") | $rss | $pss | $dirty |"
	echo "$pss" >"$W/init.$1"
}

# Two of each, the second one counted: a page that all share is nobody's.
name=bench-$$
for i in 1 2; do
	"$S" run -d -n $name-$i "$TOP/profiles/minimal.ini" -- sleep infinity \
		>"$W/out" || exit 1
done
facts sandbox-init "$("$S" inspect $name-2 | jq .init.pid)" "$B/sandbox-init"
"$S" rm -f $name-1 $name-2

started=()
for init in tini tini-static catatonit; do
	have $init $init || continue
	for i in 1 2; do
		unshare --pid --fork -- $init -- sleep infinity 2>/dev/null &
		until pid=$(cat "/proc/$!/task/$!/children" 2>/dev/null) &&
			[ -n "$pid" ] && [ -n "$(cat "/proc/${pid% }/task/${pid% }/children")" ]; do
			kill -0 $! || exit 1
			sleep 0.05
		done
		started+=("${pid% }")
	done
	facts $init "${pid% }" "$(command -v $init)"
done
# unshare waits for PID 1, which ends with what it started.
kill -KILL "${started[@]}" && wait
[ ! -s "$W/skipped" ] || { echo; cat "$W/skipped"; }
echo
expect "memory of PID 1, of tini-static's (at most a third)" \
	"$([ -s "$W/init.tini-static" ] && awk '{ v[NR] = $1 }
	END { printf "%.3f", v[1] / v[2] }' "$W/init.sandbox-init" \
	"$W/init.tini-static")" 0.334
