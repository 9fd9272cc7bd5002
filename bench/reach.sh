#!/bin/bash
# reach.sh - which doors stand open to a program in ours, in others, and in no
# sandbox at all: the same static probe (reach.c) in each. With JSON=FILE in the
# environment the whole goes there, too.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/peers.inc"

USER_ID=64120
SECONDS_EACH=20
columns=()
declare -A command reason
mkdir "$W/got"

# column NAME COMMAND...: the launcher, up to what it launches.
column() {
	columns+=("$1")
	command[$1]=${*:2}
}

# unless_missing PROGRAM NAME COMMAND...: a peer, if it is there.
unless_missing() {
	column "${@:2}"
	command -v "$1" >/dev/null || reason[$2]="$1 is not installed"
}

# --- the host -----------------------------------------------------------------

mkdir -m 0755 "$W/canary"
mkdir -m 0700 "$W/home"
chown $USER_ID:$USER_ID "$W/home"
{ cat /etc/passwd; echo "bench:x:$USER_ID:$USER_ID::$W/home:/bin/sh"; } \
	>"$W/passwd"
mount --bind "$W/passwd" /etc/passwd || exit 1
"$TOOLS/reach" canary "$W/canary" >"$W/told" &
canary=$!
hide_host
finish() {
	kill $canary && wait $canary
	kill $holder
	umount /etc/passwd
}
trap finish EXIT
while [ ! -s "$W/told" ] && kill -0 $canary; do sleep 0.05; done
read -ra told <"$W/told"

# --- who is asked -------------------------------------------------------------

skeleton "$W/root"
profile=$W/bench-$$.ini
cp "$TOP/profiles/minimal.ini" "$profile"
user="setpriv --reuid $USER_ID --regid $USER_ID --clear-groups
	env HOME=$W/home USER=bench"

# What Docker and podman hide of /proc and /sys.
oci() {
	[ -r /usr/share/containers/seccomp.json ] || return 1
	bundle "$W/plain" "$W/root" && mkdir "$W/oci" && jq --args '
	.process.args = $ARGS.positional |
	.mounts += [{destination: "/sys", type: "sysfs", source: "sysfs",
		options: ["nosuid", "noexec", "nodev", "ro"]}] |
	.linux.maskedPaths = ["/proc/acpi", "/proc/asound",
		"/proc/interrupts", "/proc/kcore", "/proc/keys",
		"/proc/latency_stats", "/proc/sched_debug", "/proc/scsi",
		"/proc/timer_list", "/proc/timer_stats", "/sys/firmware",
		"/sys/devices/virtual/powercap"] |
	.linux.readonlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq",
		"/proc/sys", "/proc/sysrq-trigger"]' \
		-- "${inside[@]}" <"$W/plain/config.json" >"$W/oci/config.json"
}

# The probe goes in by the standard input of all. Not every shell hands on which
# signals are blocked; bash does.
file=/tmp/reach.${W##*.}
inside=(bash -c 'set -C; cat >"$0" && chmod 755 "$0" && exec "$0" probe "$@"'
	"$file" "${told[@]}")
bwrap="bwrap --unshare-all --die-with-parent --new-session
	--ro-bind /usr /usr --symlink usr/bin /bin --symlink usr/lib /lib
	--symlink usr/lib64 /lib64 --proc /proc --dev /dev --tmpfs /tmp"

column none
column "none, as a user" "$user"
for policy in strict default browser; do
	column "sandboxd, $policy" "$S" run --set security.seccomp=$policy \
		"$profile" --
done
unless_missing bwrap bwrap "$user $bwrap --"
unless_missing bwrap "bwrap, by root" "$bwrap --"
there="nsenter --mount=$hidden"
for runtime in runc crun; do
	unless_missing $runtime $runtime \
		"$there $runtime run --bundle $W/oci bench-$runtime"
done
oci || for runtime in runc crun; do
	reason[$runtime]="no filter in /usr/share/containers"
done
unless_missing firejail firejail \
	"$there $user firejail --quiet --net=none --private --"
unless_missing systemd-nspawn nspawn "$there systemd-nspawn -q --pipe" \
	"--register=no --keep-unit --private-network -U -D $W/root" \
	"--bind-ro=/usr --"

# ask NAME: its column, in $W/got/NAME; complete, or there is a reason.
ask() {
	local launch status=0 args=("${inside[@]}")

	read -ra launch -d '' <<<"${command[$1]}"
	case $1 in
	runc | crun) args=() ;; # its bundle says it
	esac
	# shellcheck disable=SC2094 # the program, and what it is to hand in
	timeout -k 5 $SECONDS_EACH "$TOOLS/reach" parent "${launch[@]}" \
		"${args[@]}" <"$TOOLS/reach" >"$W/got/$1" 2>"$W/said" ||
		status=$?
	rm -f "$file"
	[ "$(wc -l <"$W/got/$1")" != "$(wc -l <"$W/got/none")" ] || return 0
	reason[$1]="status $status: $(tail -n 1 "$W/said")"
	: >"$W/got/$1"
}
for name in "${columns[@]}"; do
	[ -n "${reason[$name]:-}" ] || ask "$name"
	[ -e "$W/got/$name" ] || : >"$W/got/$name"
done

# --- what they said -----------------------------------------------------------

for name in "${columns[@]}"; do
	jq -Rn --arg tool "$name" --arg command "${command[$name]}" \
		--arg reason "${reason[$name]:-}" '{$tool,
		command: ($command | gsub("\\s+"; " ")),
		missing: (if $reason == "" then null else $reason end),
		doors: [inputs | split("\t") | {group: .[0], name: .[1],
			result: .[2], why: .[3]}]} |
		.open = if .missing then null else
			[.doors[] | select(.result == "open")] | length end' \
		<"$W/got/$name"
done | jq -s . >"$W/reach.json"
[ -z "${JSON:-}" ] || cp "$W/reach.json" "$JSON"

echo "## Doors that a program finds open"
echo
jq -r '
	def line: "| " + join(" | ") + " |";
	def mark: if .result == "open" then "" else " \\*" end;
	. as $all | .[0].doors as $none |
	def row: . as $i | [$all[] | .doors[$i].result // "-"];
	(["door"] + map(.tool) | line), (["---"] + map(":-:") | line),
	(["**open, of \($none | length)**"] + map(if .missing then "-"
		else "**\(.open)**" end) | line),
	([$none | to_entries[] | select(.key | row | any(. == "open"))] |
		group_by(.value.group)[][] |
		[.value.group + ": " + .value.name + (.value | mark)] +
		(.key | row) | line)' "$W/reach.json"
echo
echo "\\* Shut without any sandbox, too. '-': there is no such thing, or it was" \
	"not asked. Shut everywhere, so that this host tells nothing of them:"
jq -r '. as $all | [.[0].doors | to_entries[] | select(.key as $i |
	[$all[].doors[$i].result] | any(. == "open") | not) | .value.name] |
	join("; ") + "."' "$W/reach.json" | fold -s -w 79
jq -r '.[] | select(.missing) | "\nNot asked: \(.tool): \(.missing)"' \
	"$W/reach.json"
echo
open_in() {
	jq --arg tool "$1" '.[] | select(.tool == $tool and .missing == null) |
		.open' "$W/reach.json"
}
expect "doors open under strict (none)" "$(open_in "sandboxd, strict")" 0
expect "doors open under default (none)" "$(open_in "sandboxd, default")" 0
[ "$(open_in none)" -gt 50 ] ||
	{ echo "the probe finds nothing where all is open" >&2; exit 1; }
