#!/bin/bash
# More of what an agent tries, under every policy that has a filter: the other
# ways to the same ends, every signal to PID 1, everything of other processes,
# every device. What shows whether anything came of it is on the host.
. "$(dirname "$0")/../box/box.inc"

helper=$B/tests/attack_corpus
names=$(sed -n '/^static const struct attempt/,/^};/p' \
	"$TOP/tests/helpers/attack_corpus.c" | grep -o 'TRY([a-z0-9_]*)')
attempts=$(wc -l <<<"$names")
[ "$attempts" -ge 48 ]
ok $? "the table has $attempts attempts"

# --- outside, where they work -----------------------------------------------------
# Those that harm nobody there.
free="file_handle watch_files pick new_uts new_ipc new_cgroup raw6
	packet_datagrams generic join_keyring false_credentials"
# shellcheck disable=SC2086
run_cmd private "$helper" $free
is "$(grep -c ' DONE$' <<<"$out")" 11 "on the host, root can" || cmd_diag

# --- inside ---------------------------------------------------------------------------
canaries() {
	cat /proc/sys/kernel/{core_pattern,modprobe,hostname,domainname} 2>/dev/null
	sha256sum /etc/passwd /usr/bin/env
	stat -c '%a %u %i %h' /etc /usr /usr/bin /dev /sys
	swapon --show
	cut -d ' ' -f 1 /proc/modules 2>/dev/null | sort
	awk '$3 ~ /^cgroup/ { print $2 }' /proc/self/mounts
}
before=$(canaries)
offset=$(($(date +%s) - $(cut -d . -f 1 /proc/uptime)))
# What the kernel tells anybody of any process, in one process namespace.
known="arch_status attr autogroup cgroup cmdline comm coredump_filter cpuset
	cpu_resctrl_groups gid_map ksm_stat latency limits loginuid mountinfo
	mounts net numa_maps oom_adj oom_score oom_score_adj patch_state projid_map
	sched schedstat sessionid setgroups stat statm status task
	timens_offsets uid_map wchan"
for policy in strict default browser; do
	n=$(name "$policy")
	start_desktop "$n" --set security.seccomp="$policy" -- sleep 1000
	put_inside "$n" attack_corpus
	init=$(field "$n" .init.pid)
	in_box "$n" /tmp/attack_corpus
	is "$(wc -l <<<"$out")" "$attempts" "$policy: each attempt is made"
	is "$(grep ' DONE$' <<<"$out")" "" "$policy: none is let through"
	in_box "$n" /tmp/attack_corpus signals
	is "$out" sent "$policy: no signal may be sent to PID 1"
	is "$(field "$n" .init.pid) $(awk '/^(SigPnd|ShdPnd)/ { print $2 }' \
		"/proc/$init/status" | sort -u)" "$init 0000000000000000" \
		"$policy: and none came"
	in_box "$n" /tmp/attack_corpus processes
	like "$out" "^read 1 status$" "$policy: it looks at PID 1"
	is "$(awk '$1 == "read" { print $3 }' <<<"$out" | sort -u |
		grep -vxFf <(xargs -n 1 <<<"$known"))" "" \
		"$policy: what it reads of others' processes anybody may"
	is "$(grep -vE '^(read |looked$)' <<<"$out")" "" \
		"$policy: it writes to nothing of theirs and follows no link"
	in_box "$n" /tmp/attack_corpus devices
	is "$(sort -u <<<"$out" | xargs)" "open /dev/full open /dev/null\
 open /dev/pts/ptmx open /dev/random open /dev/urandom open /dev/zero tried" \
		"$policy: no device but the harmless opens, and none is made"
	state_is "$n" running
	ok $? "$policy: the sandbox lives"
	run_cmd "$S" rm -f "$n"
	is_gone "$n" "$policy: and nothing is left"
done
is "$(canaries)" "$before" "nothing changed on the host"
drift=$(($(date +%s) - $(cut -d . -f 1 /proc/uptime) - offset))
[ $drift -le 1 ] && [ $drift -ge -1 ]
ok $? "nor did its clock"
done_testing
