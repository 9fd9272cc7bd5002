#!/bin/bash
# CVE-2022-31214, CVE-2022-47952, CVE-2021-43784, CVE-2016-10117 and their kin: a
# user of the host against the launcher of root. He prepares state that root is
# to believe; the canary is a process of root's, which his records name as a
# sandbox, to be stopped, killed, entered or removed.
. "$(dirname "$0")/../box/box.inc"
[ -z "${ROOTLESS:-}" ] || skip_all "is about root"
mallory="setpriv --reuid 64104 --regid 64104 --clear-groups"

start_canary() {
	# The shell has its children ignore some signals.
	env --default-signal sleep 1000 &
	canary=$!
	tap_pids+=("$canary")
}
start_of() { sed 's/.*) //' "/proc/$1/stat" | cut -d ' ' -f 20; }
alive() { ! has_ended "$canary"; }

# forge DIR START: a running sandbox "victim" in DIR, whose monitor and first
# process are the canary, if it started at START.
n=$(name pattern)
start_min "$n" -- sleep 1000
cp "$SANDBOXD_STATE_DIR/$n/record.json" "$T/pattern.json"
pattern=$(jq '{ monitor, init }' "$T/pattern.json")
"$S" rm -f "$n"
like "$pattern" '"start": ' "a record names processes by their start, too"
forge() {
	mkdir -p "$1/victim"
	jq --argjson p "$canary" --argjson s "$2" '.name = "victim" |
		.monitor = { pid: $p, start: $s } | .init = { pid: $p, start: $s } |
		.state = "running" | .cgroups = false' \
		"$T/pattern.json" >"$1/victim/record.json"
	: >"$1/victim/lock"
}

commands=("stop victim" "kill victim" "rm -f victim" "gc" "exec victim -- true"
	"attach victim")
# all_in DIR: each command, with its state there; what they gave is in $gave.
all_in() {
	local words

	gave=
	for words in "${commands[@]}"; do
		# shellcheck disable=SC2086
		run_cmd timeout -k 1 20 env SANDBOXD_STATE_DIR="$1" "$S" $words
		gave+="$rc $err
"
	done
	run_cmd timeout -k 1 20 env SANDBOXD_STATE_DIR="$1" "$B/steer" \
		-s victim size
	gave+="$rc $err
"
}

# --- where a record is believed ---------------------------------------------------------
start_canary
mkdir -m 0700 "$T/own"
forge "$T/own" "$(start_of "$canary")"
run_cmd timeout -k 1 20 env SANDBOXD_STATE_DIR="$T/own" "$S" rm -f victim
alive
isnt $? 0 "in root's own directory a record decides which process ends"

# --- where it is not ---------------------------------------------------------------------
start_canary
chmod 0711 "$T"
[ "${TMPDIR:-/tmp}" = /tmp ] || chmod 0711 "$TMPDIR"
mkdir -m 1777 "$T/shared"
$mallory mkdir -m 0700 "$T/shared/his"
forge "$T/shared/his" "$(start_of "$canary")"
chown -R 64104:64104 "$T/shared/his"
all_in "$T/shared/his"
is "$(grep -Ec "^(1|125) .*$T/shared/his': it belongs to uid 64104" <<<"$gave")" 7 \
	"a state directory of his is refused by each command" || diag "$gave"

for mode in 1777 0777 0770 0711 0755; do
	mkdir -p "$T/open"
	forge "$T/open" "$(start_of "$canary")"
	chmod $mode "$T/open"
	all_in "$T/open"
	is "$(grep -Ec "^(1|125) .*its mode is $mode: others may enter" <<<"$gave")" 7 \
		"so is root's with mode $mode" || diag "$gave"
done
$mallory ln -s "$T/shared/his" "$T/shared/link"
$mallory ln -s "$T/open" "$T/shared/to-root"
chmod 0700 "$T/open"
for link in link to-root; do
	all_in "$T/shared/$link"
	is "$(grep -Ec "^(1|125) .*$T/shared/$link'" <<<"$gave")" 7 \
		"and a link that he made ($link)" || diag "$gave"
done
run_cmd env SANDBOXD_DATA_DIR="$T/shared/his" "$S" run "$MINIMAL" -- true
like "$rc $err" "^125 .*open data directory" "a data directory of his is refused"
run_cmd env SANDBOXD_STATE_DIR="$T/shared/his" "$S" run "$MINIMAL" -- true
like "$rc $err" "^125 .*belongs to uid 64104" "to run in his state is, too"

# A link in the place of a sandbox, in a directory that is root's.
mkdir -m 0700 "$T/linked"
ln -s "$T/shared/his/victim" "$T/linked/victim"
all_in "$T/linked"
is "$(grep -c '^0 $' <<<"$gave") $(ls "$T/linked/victim")" \
	"1 $(ls "$T/shared/his/victim")" "a link is no sandbox, and gc leaves it"

# --- a pid that is somebody else's by now ------------------------------------------------
# What the record means has ended long ago; its number is the canary's.
mkdir -m 0700 "$T/stale"
forge "$T/stale" $(($(start_of "$canary") - 1))
run_cmd env SANDBOXD_STATE_DIR="$T/stale" "$S" inspect victim
is "$(jq -r .state <<<"$out")" lost "a recycled pid is not taken for the sandbox"
all_in "$T/stale"
alive
ok $? "through all of it the canary lives"
is "$(grep -c 'SigQ\|SigPnd' "/proc/$canary/status")" 2 "and can be looked at"
is "$(awk '/^(SigPnd|ShdPnd)/ { print $2 }' "/proc/$canary/status" | sort -u)" \
	0000000000000000 "with no signal sent to it"

# --- what is installed ---------------------------------------------------------------------
find "$B" "$TOP/entrypoint" "$TOP/src" -maxdepth 1 -type f -perm /6000 >"$T/out"
is "$(cat "$T/out")" "" "no program of ours is set-user-id"
is "$(grep -c 'install -m [^0]\|install -m 0[^67]\|install -m 0[67][^45]' \
	"$TOP/Makefile")" 0 "nor is any installed so"
done_testing
