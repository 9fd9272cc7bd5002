#!/bin/bash
# Devices: the few of every sandbox, what a profile adds, what none can have,
# and the list of the control group behind the nodes.
. "$(dirname "$0")/box.inc"

# first PERMISSIONS DEVICE...: of those that are there, one whose mode ends so.
first() {
	local want=$1 d

	shift
	for d; do
		if [ -c "$d" ] && [[ $(stat -c %a "$d") =~ $want$ ]]; then
			echo "$d"
			return
		fi
	done
}
public=$(first '6' /dev/fuse /dev/net/tun /dev/vsock)
closed=$(first '0' /dev/kvm /dev/hwrng /dev/vhost-net /dev/ppp)
numbers() {
	stat -c '%Hr:%Lr' "$1"
}
usual=(full null ptmx random tty urandom zero)

# nodes NAME: its device nodes, but for terminals. By stat(2): where a node is
# bound, the directory still knows a file.
nodes() {
	"$S" exec "$1" -- sh -c 'cd /dev && for f in * */*; do
			case $f in std* | fd/* | pts/*) continue ;; esac
			[ ! -c "$f" ] || echo "$f"
			[ ! -b "$f" ] || echo "disk $f"
		done' | sort | xargs
}

# --- without a word ----------------------------------------------------------------
n=$(name none)
start_min "$n" -- sleep 1000
is "$(nodes "$n")" "${usual[*]}" "a sandbox has the usual nodes and no other"
if [ -n "${ROOTLESS:-}" ]; then
	is "$(field "$n" .security.device_list)" null \
		"an ordinary user's has no list behind them"
	like "$(field "$n" '.notes[]')" "^no list behind the device nodes: " \
		"which is said"
	run_min --set security.require=devices -- true
	like "$rc $err" "^4 .*require 'a device list': .*" \
		"who requires one does not start"
	like "$err" "^hint: .*security.require" "and is told what helps"
else
	like "$(field "$n" .security.device_list)" "^(v1|bpf)$" \
		"inspect says who keeps the list behind them"
	is "$(field "$n" '.security.devices | sort | join(" ")')" \
		"136:* 1:3 1:5 1:7 1:8 1:9 5:0 5:2" "and what it holds"
fi

# in_group NAME PROGRAM...: as root of the host in its group: what keeps a
# device from being opened then is the list alone.
in_group() {
	local dirs

	dirs=$(groups_of "$1/payload")
	shift
	run_cmd bash -c 'for d in $1; do
			[ ! -e "$d/tasks" ] || echo $$ >"$d/tasks"
			[ -e "$d/tasks" ] || echo $$ >"$d/cgroup.procs"
		done
		shift && exec "$@"' bash "$dirs" "$@"
}
opens=(sh -c 'for d; do : <>"$d" && echo "$d"; done' sh)
if [ -z "${ROOTLESS:-}" ]; then
	in_group "$n" "${opens[@]}" /dev/null /dev/zero /dev/full /dev/random \
		/dev/urandom /dev/ptmx
	is "$(wc -l <<<"$out")" 6 "what it holds can be opened" || cmd_diag
	in_group "$n" sh -c ': <>/dev/kmsg'
	like "$err" "kmsg: Operation not permitted" "the kernel's log cannot"
	in_group "$n" mknod "$T/node" c 1 3
	like "$err" "Operation not permitted" "and no node can be made"
	file=$(group_file devices "$n/payload" devices.list devices.list)
	if [ "$(field "$n" .security.device_list)" = v1 ]; then
		is "$(sort "$file" | xargs)" "c 136:* rw c 1:3 rw c 1:5 rw c 1:7 rw\
 c 1:8 rw c 1:9 rw c 5:0 rw c 5:2 rw" "the kernel has it so for the program"
	fi
	[ -z "$public" ] || {
		in_group "$n" "${opens[@]}" "$public"
		like "$err" "Operation not permitted" "$public cannot be opened"
	}
fi
"$S" rm -f "$n"

# --- what a profile adds --------------------------------------------------------
if [ -n "$public" ]; then
	n=$(name public)
	start_min "$n" --set security.devices="$public" -- sleep 1000
	is "$(nodes "$n")" "$(printf '%s\n' "${usual[@]}" "${public#/dev/}" | sort |
		xargs)" "$public is there when the profile names it"
	in_box "$n" stat -c '%Hr:%Lr' "$public"
	is "$out" "$(numbers "$public")" "and is that very device"
	in_box "$n" "${opens[@]}" "$public"
	is "$rc $out" "0 $public" "which the agent can open" || cmd_diag
	in_box "$n" awk -v d="$public" '$2 == d { print $4 }' /proc/self/mounts
	like "$out" "nosuid,noexec" "no program runs from it"
	if [ -z "${ROOTLESS:-}" ]; then
		in_group "$n" "${opens[@]}" "$public"
		is "$out" "$public" "the list has it, too" || cmd_diag
		is "$(field "$n" '.security.devices | last')" \
			"$(numbers "$public")" "as inspect says"
	fi
	"$S" rm -f "$n"
else
	skip "a device that all may open" "none here"
fi

if [ -n "$closed" ]; then
	mode=$(stat -c %a "$closed")
	n=$(name closed)
	run_cmd "$S" run -d -n "$n" --set security.devices="$closed" \
		"$MINIMAL" -- sleep 1000
	if [ -n "${ROOTLESS:-}" ]; then
		like "$err" "add device '$closed': its mode 0$mode keeps" \
			"what the agent could not open is refused"
		is "$rc" 4 "as not possible"
		like "$err" "^hint: start the sandbox as root" "with what helps"
		run_cmd "$S" check --set security.devices="$closed" "$MINIMAL"
		like "$out" ": warning lost-device: .*\(its mode keeps an ord" \
			"which check has said before"
	else
		is "$rc" 0 "what few may open on the host is added by root" ||
			cmd_diag
		in_box "$n" stat -c '%A %U %G %Hr:%Lr' "$closed"
		is "$out" "crw-rw---- root agent $(numbers "$closed")" \
			"as a node of the agent's"
		in_box "$n" sh -c ': <"$0" && echo opened' "$closed"
		is "$out" opened "who can open it" || cmd_diag
		in_box "$n" rm "$closed"
		like "$err" "Read-only file system" "and not remove it"
		is "$(stat -c %a "$closed")" "$mode" "the host's is as it was"
		"$S" rm -f "$n"
	fi
else
	skip "a device that few may open" "none here"
fi

# --- what none can have ----------------------------------------------------------
# refused DEVICE CAUSE [HINT]
refused() {
	run_min --set security.devices="$1" -- true
	like "$err" "add device '$1': $2" "$1 is refused"
	is "$rc" 2 "as a wrong profile"
	[ -z "${3:-}" ] || like "$err" "^hint: $3" "with what helps"
}
refused /dev/stdin "it is a link" "name the node"
refused /dev/null "every sandbox has it" "leave it out"
refused /dev/none "it is not there"
disk=$(find /dev -maxdepth 1 -type b | head -n 1)
[ -z "$disk" ] || refused "$disk" "it is a disk of this host" "name a directory"
if [ -c /dev/mem ]; then
	refused /dev/mem "it is the memory of this host"
fi

run_min --set security.devices=/dev/kmsg -- true
like "$err" "/dev/kmsg \(the kernel's log\).*\[host-device\]$" \
	"the kernel's log is grave"
is "$rc" 2 "as a wrong profile"
like "$err" "accept = host-device" "run says how to insist"

for bad in /dev/pts/0 /dev/../etc /dev/fd/0 /dev/kvm /etc/passwd /dev/ /dev//a; do
	printf '[security]\ndevices = /dev/kvm, %s\n' "$bad" >"$T/bad.ini"
	run_cmd "$S" check "$T/bad.ini"
	like "$rc $err" "^2 .*bad.ini:2.*security.devices.*expected" \
		"'/dev/kvm, $bad' is a mistake in line 2"
done

# --- check ---------------------------------------------------------------------------
if [ -n "$public" ]; then
	run_cmd "$S" check --set security.devices="$public" "$MINIMAL"
	like "$out" ": warning device: security.devices = $public \(.*\): " \
		"check warns of each, and says what it gives away"
fi
run_cmd "$S" check --set security.devices=/dev/stdin "$MINIMAL"
like "$out" ": warning lost-device: .*\(it is a link\): " \
	"and of what this host cannot give"
done_testing
