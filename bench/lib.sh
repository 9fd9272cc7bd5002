# shellcheck shell=bash
# lib.sh - what every part of the bench begins with.
#
#	. "$(dirname "$0")/lib.sh"
#	row NAME PAUSE COMMAND...    collects a row for pair
#	rotate FILE                  runs them, prints the table
#	expect "start <= 1.5 x floor" "$(ratio FILE ours floor)" 1.5
#
# A part is run by bench/run, as root, in a mount namespace of its own, with
# W (a work directory, removed afterwards), TOOLS (pair and the like), N
# (rounds) and state and data directories of its own.
set -u

: "${TOP:?run bench/run}" "${W:?}" "${TOOLS:?}" "${N:?}" "${B:?}"
export S=$B/sandboxd STEER=$B/steer
rows=()

# have PROGRAM NAME: whether a peer is there; tells when it is not.
have() {
	command -v "$1" >/dev/null && return
	echo "skipped: $2: $1 is not installed" >>"$W/skipped"
	return 1
}

# row NAME PAUSE COMMAND...
row() {
	local IFS=$'\t'

	rows+=("$*")
}

# rotate FILE [WARM-UPS]: every row once a round; FILE gets the times.
rotate() {
	printf '%s\n' "${rows[@]}" | "$TOOLS/pair" -n "$N" -w "${2:-2}" -o "$1"
	rows=()
	[ ! -s "$W/skipped" ] || { echo; cat "$W/skipped"; rm "$W/skipped"; }
}

# median: of the numbers on standard input, one a line.
median() {
	sort -g | awk '{ v[NR] = $1 }
	END { if (NR) printf "%.3f\n", (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'
}

# ratio FILE ROW OTHER: the median of the ratios, round by round. Nothing when
# one of them is missing.
ratio() {
	awk -F '\t' -v a="$2" -v b="$3" '
	$1 == a { for (i = 2; i <= NF; i++) x[i] = $i; n = NF }
	$1 == b { for (i = 2; i <= NF; i++) y[i] = $i; m = NF }
	END { if (n && m) for (i = 2; i <= n; i++)
		if (x[i] > 0 && y[i] > 0) print x[i] / y[i] }' "$1" |
		median
}

# expect WHAT FOUND LIMIT: one line of the verdict.
expect() {
	if [ -z "$2" ]; then
		echo "SKIP  $1 (no reference)"
	elif awk "BEGIN { exit !($2 <= $3) }"; then
		echo "PASS  $1: $2"
	else
		echo "MISS  $1: $2"
	fi | tee -a "$VERDICT"
}

# pss PID...: KiB of memory, shared pages by their share.
pss() {
	local pid

	for pid; do
		sed -n 's/^Pss: *\([0-9]*\) kB/\1/p' "/proc/$pid/smaps_rollup"
	done 2>/dev/null | awk '{ sum += $1 } END { print sum + 0 }'
}
