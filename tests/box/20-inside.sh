#!/bin/bash
# What the payload sees and is, from its first instruction.
. "$(dirname "$0")/box.inc"

# --- identity -----------------------------------------------------------------
run_min --set sandbox.hostname=inside -- sh -c 'id -u; id -g; id -G; id -un
	hostname; pwd; umask; cat /proc/1/comm; ps -e -o pid=,comm=,user=
	cat /proc/self/uid_map /proc/self/gid_map'
{
	read -r uid; read -r gid; read -r groups; read -r user; read -r host
	read -r cwd; read -r mask; read -r comm
} <<<"$out"
is "$uid $gid $groups $user" "1000 1000 1000 agent" "the payload is the agent"
is "$host" inside "the host name is the profile's"
is "$cwd" /home/agent "it starts at home"
is "$mask" 0022 "umask is 0022"
is "$comm" sandbox-init "process 1 is sandbox-init"
is "$(grep -c ' root$\| agent$' <<<"$out")" 3 "it sees init, itself and its ps"
is "$(grep -Ec '^ +0 +[0-9]+ +65536$' <<<"$out")" 2 "ids map to one range"
base=$(awk 'NF == 3 && $3 == 65536 { print $2; exit }' <<<"$out")
[ "$base" -ge 65536 ]
ok $? "of unprivileged ids of the host"

run_min -- cat /proc/self/status
status=$out
is "$(grep -c '^Cap[A-Za-z]*:.0000000000000000$' <<<"$status")" 5 \
	"every capability set is empty"
like "$status" "^NoNewPrivs:.1$" "no new privileges"
like "$status" "^Seccomp:.2$" "a seccomp filter is in force"
like "$status" "^SigIgn:.0000000000000000$" "no signal is ignored"
like "$status" "^SigBlk:.0000000000000000$" "none is blocked"
like "$status" "^Umask:.0022$" "umask again, before any shell"
like "$status" "^Groups:[[:space:]]*$" "no supplementary group"
like "$status" "^Threads:.1$" "one thread"

cat >"$T/env" <<'END'
HOME=/home/agent
LANG=C.UTF-8
LOGNAME=agent
PATH=/usr/local/bin:/usr/bin:/bin
SHELL=/bin/bash
USER=agent
XDG_RUNTIME_DIR=/run/user/1000
END
run_min -- env
is "$(sort <<<"$out")" "$(cat "$T/env")" "the environment is exactly that"
printf '[env]\nGREETING = hello\nLANG = de_DE.UTF-8\n' |
	cat "$MINIMAL" - >"$T/t$$-env.ini"
run_cmd "$S" run "$T/t$$-env.ini" -- env
is "$(grep -c '^LANG=' <<<"$out") $(grep -c '^GREETING=hello$' <<<"$out")" \
	"1 1" "and what the profile adds or replaces"

run_inside box_guest -- fds
is "$out" "0 1 2 " "descriptors 0, 1 and 2 are all there are"

# --- a parent that leaves everything in disorder --------------------------------
"$B/tests/hostile_parent" "$S" run "$MINIMAL" -- sh -c 'cat /proc/self/status
	ls /proc/$$/fd; echo; pwd; env' >"$T/out" 2>"$T/err"
is $? 0 "a hostile parent cannot keep it from starting"
hostile=$(cat "$T/out")
like "$hostile" "^SigIgn:.0000000000000000$" "no signal is ignored for it"
like "$hostile" "^SigBlk:.0000000000000000$" "none is blocked for it"
like "$hostile" "^Umask:.0022$" "umask is 0022 for it"
like "$hostile" "^/home/agent$" "it starts at home for it"
like "$hostile" "^Groups:[[:space:]]*$" "it has no supplementary group for it"
unlike "$hostile" "HOSTILE|canary|^IFS" "nothing of the environment comes in"
is "$(sed -n '/^0$/,/^$/p' <<<"$hostile" | xargs)" "0 1 2" \
	"nor any of its descriptors"

# --- namespaces -----------------------------------------------------------------
run_min -- sh -c 'for n in user mnt pid net ipc uts cgroup time; do
	readlink /proc/self/ns/$n; done'
is "$(wc -l <<<"$out")" 8 "the guest has eight namespaces"
for n in user mnt pid net ipc uts cgroup time; do
	inode=$(grep "^$n:" <<<"$out")
	isnt "$inode" "$(readlink /proc/self/ns/$n)" "its $n namespace is its own"
done
run_min -- cat /proc/self/cgroup
unlike "$out" "/sandboxd|/\.\." "it does not see where it is among groups"
[ -n "${ROOTLESS:-}" ] ||
	like "$out" ":/payload$" "only that it is the payload"

# --- file systems ---------------------------------------------------------------
run_min -- cat /proc/self/mountinfo
mounts=$out
unlike "$mounts" " /(old|root|work|home) " "no mount of the host is left over"
for dir in /usr /sys /proc/sys /etc/alternatives /dev; do
	is "$(awk -v d="$dir" '$5 == d { print substr($6, 1, 2) }' \
		<<<"$mounts")" ro "$dir is read-only"
done
is "$(awk '$6 !~ /nosuid/' <<<"$mounts")" "" "no mount honours set-user-id bits"
is "$(awk '$6 !~ /nodev/ { print $5 }' <<<"$mounts" | sort | xargs)" \
	"/dev /dev/full /dev/null /dev/pts /dev/random /dev/tty /dev/urandom /dev/zero" \
	"and none device nodes, but for those of /dev"
private sh -c 'mount -t tmpfs tmpfs /usr/src &&
	"$1" run "$2" -- cat /proc/self/mountinfo' sh "$S" "$MINIMAL" >"$T/out"
is "$(awk '$5 == "/usr/src" { print $6 }' "$T/out")" \
	"ro,nosuid,nodev,relatime" "what is mounted in a directory is locked as well"
run_min -- sh -c 'cd /dev && find . | sort | xargs'
is "$out" ". ./fd ./full ./mqueue ./null ./ptmx ./pts ./pts/ptmx ./random \
./shm ./stderr ./stdin ./stdout ./tty ./urandom ./zero" "/dev is minimal"
run_min -- sh -c 'stat -c "%n %F %t:%T" /dev/null /dev/zero /dev/full \
	/dev/random /dev/urandom /dev/tty; echo lost >/dev/null &&
	head -c 4 /dev/zero | od -An -tx1; head -c 1 /dev/zero 2>&1 >/dev/full'
is "$(grep -c 'character special file' <<<"$out")" 6 "its nodes are devices"
like "$out" "^/dev/null .* 1:3$" "null is null"
like "$out" "^ 00 00 00 00$" "zero is zero"
like "$out" "No space left" "full is full"
run_min -- sh -c 'stat -c "%A %a %U" /tmp; stat -c %a /dev/shm /var/tmp
	stat -c "%a %U" /run/user/1000 /home/agent'
is "$(xargs <<<"$out")" "drwxrwxrwt 1777 root 1777 1777 700 agent 700 agent" \
	"/tmp is sticky, home is the agent's own"
run_min -- sh -c 'for f in /usr/x /etc/x /sys/x /proc/x /dev/x /x /bin/x \
	/etc/passwd /proc/sys/kernel/hostname /etc/fonts/x; do
	(: >>$f) 2>/dev/null && echo "$f"; done; : >~/x && : >/tmp/x && echo fine'
is "$out" fine "only its own places can be written"

run_min --set rootfs.size=4M --set limits.tmp=2M --set limits.shm=1M -- sh -c '
	for f in ~/x /tmp/x /dev/shm/x /run/user/1000/x; do
		head -c 64M /dev/zero 2>&1 >$f | grep -o "No space left"
		wc -c <$f
		rm $f
	done'
{
	read -r why; read -r home; read -r _; read -r tmp; read -r _
	read -r shm; read -r _; read -r run
} <<<"$out"
is "$why" "No space left" "a full writable layer is an error inside"
[ "$home" -le $((4 << 20)) ] && [ "$home" -gt $((3 << 20)) ]
ok $? "at its size ($home)"
is "$tmp $shm" "$((2 << 20)) $((1 << 20))" "so are /tmp and /dev/shm"
[ "$run" -le $((16 << 20)) ]
ok $? "and /run ($run)"
run_min --set rootfs.inodes=100 -- sh -c 'cd && i=0
	while : >f$i; do i=$((i + 1)); done 2>&1 | grep -o "No space left"
	ls | wc -l'
[ "$(tail -n 1 <<<"$out")" -lt 100 ]
ok $? "files are counted too"

# --- the host's secrets ---------------------------------------------------------
run_min -- sh -c 'ls -A /root /home /var/log /var/lib/dpkg /etc/ssh /boot \
	/lost+found /etc/shadow /etc/gshadow /etc/sudoers /etc/krb5.keytab \
	/etc/NetworkManager /var/spool/cron 2>&1; cat /etc/machine-id'
is "$(grep -v 'No such file' <<<"$out" | grep -v '^[0-9a-f]*$' |
	grep -v '^/\|^$' | xargs)" agent "nothing is where secrets live"
isnt "$(tail -n 1 <<<"$out")" "$(cat /etc/machine-id 2>/dev/null)" \
	"the machine id is not the host's"
like "$(tail -n 1 <<<"$out")" "^[0-9a-f]{32}$" "but one of its own"
export CANARY_TOKEN=canary-of-the-host
run_min -- sh -c 'env; cat /proc/*/environ /proc/*/cmdline 2>/dev/null | tr "\0" "\n"
	cat /proc/cmdline'
unlike "$out" "canary-of-the-host" "the host's environment is nowhere"
run_min -- sh -c 'find / -xdev -user agent ! -path "/proc/*" \
	! -path "/home/agent*" 2>/dev/null; find /usr /etc -perm /4000 -newer \
	/etc/hostname 2>/dev/null'
unlike "$out" "^/(usr|etc)" "nothing of the system belongs to the agent"
run_min -- cat /etc/passwd /etc/group
is "$(cut -d: -f1 <<<"$out" | sort -u | xargs)" \
	"agent display nobody nogroup root tty wm" "no account of the host is told"
run_min -- sh -c 'head -c 1 /proc/kcore; head -c 1 /proc/kmsg; dmesg
	head -c 1 /proc/kallsyms; ls /sys/firmware /sys/module /sys/kernel/debug' 
is "$out" "" "kernel memory, log and symbols tell nothing"
# What Docker, runc and nspawn hide, and what tells the same by another name.
hidden=()
for path in /proc/{acpi,asound,bus/input,config.gz,interrupts,kallsyms,kcore} \
	/proc/{key-users,keys,kmsg,kpagecgroup,kpagecount,kpageflags} \
	/proc/{latency_stats,modules,pagetypeinfo,pressure,sched_debug,scsi} \
	/proc/{slabinfo,softirqs,sysrq-trigger,timer_list,timer_stats} \
	/proc/vmallocinfo /sys/devices/system/cpu/cpu*/thermal_throttle \
	/sys/{devices/virtual/powercap,firmware,fs/bpf,fs/cgroup,fs/selinux} \
	/sys/kernel/{boot_params,debug,irq,notes,security,slab,tracing} \
	/sys/kernel/vmcoreinfo /sys/{module,power}; do
	[ ! -e "$path" ] || hidden+=("$path")
done
run_min -- sh -c 'for f; do
		[ -e "$f" ] || echo "$f is not there"
		{ head -c 1 "$f" || ls -A "$f/"; } 2>/dev/null | sed "s|^|$f: |"
	done' sh "${hidden[@]}"
is "$rc $out" "0 " "none of ${#hidden[@]} files and directories tells anything"
for path in /proc/{bus,driver,fs,irq,mtrr,sys}; do
	[ -e "$path" ] || continue
	like "$mounts" " $path ro,nosuid,nodev,noexec" "$path is locked"
done

# --- network --------------------------------------------------------------------
run_min -- sh -c 'tail -n +3 /proc/net/dev | cut -d: -f1 | xargs
	cat /sys/class/net/lo/flags; ls /sys/class/net; wc -l </proc/net/route'
is "$(xargs <<<"$out")" "lo 0x9 lo 1" "lo is up, and there is nothing else"

# --- locked ---------------------------------------------------------------------
n=$(name locked)
start_min "$n" -- sleep 1000
nothing_unlocks "$(field "$n" .init.pid)"
is "$(python3 -c 'import os, sys; print(os.statvfs(sys.argv[1]).f_flag & 7)' \
	"/proc/$(field "$n" .init.pid)/exe")" 7 \
	"the program of process 1 is on a mount that is locked, too"
"$S" rm -f "$n"

done_testing
