#!/bin/bash
# What the host can and cannot give: `doctor` and `run` agree on hosts that
# lack something, each made in a mount namespace of its own.
# time-limit: 600
. "$(dirname "$0")/box.inc"
need mount umount prlimit

# As it comes: what `doctor` asks for when nobody says what.
PLAIN=$T/t$$-plain.ini
cp "$TOP/profiles/agent.ini" "$PLAIN"
chmod 0644 "$PLAIN"
# What covers things in the private namespaces.
: >"$T/nothing"
chmod 0644 "$T/nothing"
export T

# finding ID FIELD: of what doctor printed, in $out.
finding() {
	jq -r --arg id "$1" --arg field "$2" \
		'.findings[] | select(.id == $id) | .[$field] // ""' <<<"$out"
}

# under OBSTACLE COMMAND...: run_cmd's way, where the shell text was run first;
# it may begin its own command with $with.
under() {
	local obstacle=$1

	shift
	run_cmd private sh -c "with=; $obstacle
		"'exec $with "$@"' sh "$@"
}

# refuses OBSTACLE ID WHAT [OPTION...]: doctor says so, and names ID; so does
# run, in words of its own: doctor's are in $said.
refuses() {
	local obstacle=$1 id=$2 what=$3

	shift 3
	under "$obstacle" "$S" doctor --json "$@"
	is "$rc $(finding "$id" state)" "4 missing" \
		"$what: doctor names it" || cmd_diag
	like "$(finding "$id" remedy)" "..." "$what: with a remedy"
	said=$(finding start found | sed 's/doctor-[0-9]*/NAME/')
	under "$obstacle" "$S" run "$@" "$PLAIN" -- true
	isnt "$rc" 0 "$what: run is refused" || cmd_diag
	"$S" rm -f "t$$-plain" >"$T/rm" 2>&1
}

# refused OBSTACLE ID WHAT [OPTION...]: in the same words as doctor's last check.
refused() {
	refuses "$@"
	is "$(sed -n '/^sandboxd: warning/d; s/^sandboxd: //p' <<<"$err" |
		head -n 1 | sed "s/t$$-plain/NAME/")" \
		"$said" "$3: and says what doctor says"
}

# allowed OBSTACLE ID STATE WHAT: doctor names it, and run goes on.
allowed() {
	under "$1" "$S" doctor --json
	is "$rc $(finding "$2" state)" "0 $3" "$4: doctor names it" || cmd_diag
	under "$1" "$S" run "$PLAIN" -- echo ran
	is "$rc $out" "0 ran" "$4: run goes on" || cmd_diag
}

# --- here ---------------------------------------------------------------------
run_cmd "$S" doctor
is "$rc" 0 "doctor finds that agent.ini can run" || cmd_diag
text=$out
is "$err" "" "and says nothing else"
like "$out" "^agent.ini can run here: missing: 0, " "it says so in a line"
like "$out" "^ok +overlayfs +overlayfs with a writable layer$" \
	"what is fine takes a line"
is "$(awk '/^(missing|degraded|advice|ok)/ { print $1 }' <<<"$out" |
	uniq | sort | uniq -d)" "" "and comes after what is not"
run_cmd "$S" run "$PLAIN" -- echo ran
is "$rc $out" "0 ran" "run agrees" || cmd_diag
is "$(find "$SANDBOXD_STATE_DIR" "$SANDBOXD_DATA_DIR" -name 'doctor*')" "" \
	"nothing is left of what was tried"

run_cmd "$S" doctor --json
is "$(jq -r '[.profile, .runs] | map(tostring) | join(" ")' <<<"$out")" \
	"agent.ini true" "JSON says the same"
is "$(jq -r '.findings[] | "\(.state) \(.id)"' <<<"$out" | sort)" \
	"$(awk '/^(missing|degraded|advice|ok) / { print $1, $2 }' \
		<<<"$text" | sort)" "of every check"
is "$(jq '[.findings[] | select((.state == "ok") == (.means != null))] |
	length' <<<"$out")" 0 "what is not ok has a meaning"
is "$(jq -r '.findings[] | select(.state == "missing" or .state == "advice") |
	select(.remedy == null) | .id' <<<"$out")" "" "and a remedy"
"$S" doctor --checks --json | jq -r '.[].id' >"$T/checks"
is "$(jq -r '.findings[].id' <<<"$out" | grep -vxFf "$T/checks")" "" \
	"each is in the list of all"

run_cmd "$S" doctor "$MINIMAL" --json
is "$rc $(finding start state) $(finding desktop-programs state)" "0 ok " \
	"a profile without a display is not asked for one"
run_cmd "$S" doctor --checks "$MINIMAL"
is "$rc" 2 "the list of checks is of no profile"
run_cmd "$S" doctor --set display.width=a
is "$rc" 2 "a mistake in the profile is one"
run_cmd "$S" doctor --set security.accept=unconfined \
	--set sandbox.command=none-of-this --json
is "$rc $(finding command state)" "4 missing" \
	"a program that is not there is named"

# --- programs -----------------------------------------------------------------
cover='mount --bind "$T/nothing"'
refused "$cover /usr/bin/Xvfb" desktop-programs "without Xvfb"
under "$cover /usr/bin/Xvfb; $cover /usr/bin/fluxbox" "$S" doctor
like "$out" "^missing +desktop-programs +not installed: Xvfb, fluxbox; " \
	"all that are missing are named"
like "$(tr -s ' \n' ' ' <<<"$out")" "apt-get install xvfb fluxbox " \
	"with their packages"
like "$out" "^agent.ini cannot run here: missing: 2, " "and counted"
refused 'mount -t tmpfs none /usr/share/X11/xkb' keymap "without xkb-data"

# --- views --------------------------------------------------------------------
refused 'mount --bind /dev/null /proc/cpuinfo' fresh-proc "with /proc masked"
under 'mount --bind /dev/null /proc/cpuinfo' "$S" doctor --json
like "$(finding fresh-proc found)" "covered here: /proc/cpuinfo$" \
	"what masks it is named"
refused 'mount -t tmpfs none /sys/class' fresh-sysfs "with /sys masked"

# --- namespaces ---------------------------------------------------------------
# In a container: a user namespace that maps everybody to himself.
background unshare --user --mount --propagation private sleep 600
owned() {
	[ "$(readlink "/proc/$bg/ns/user")" != "$(readlink /proc/self/ns/user)" ]
}
wait_until owned
echo "0 0 4294967295" >"/proc/$bg/uid_map"
echo "0 0 4294967295" >"/proc/$bg/gid_map"
enter="nsenter --user --mount --target $bg --setuid 0 --setgid 0"

# few KIND N: there can be N of them.
few() {
	$enter sh -c "echo $2 >/proc/sys/user/max_$1_namespaces"
}
contained="with='$enter'"
allowed "$contained" start ok "in a container that is like a host"
few user 0
refused "$contained" user-namespaces "without user namespaces"
under "$contained" "$S" doctor --json
like "$(finding user-namespaces remedy)" "user.max_user_namespaces=" \
	"the setting is named"
is "$(finding namespaces state)$(finding fresh-proc state)" "" \
	"and what follows from that is not"
few user 1000
for kind in mnt pid net ipc uts cgroup time; do
	few $kind 0
	refused "$contained" namespaces "without $kind namespaces"
	under "$contained" "$S" doctor --json
	like "$(finding namespaces remedy)" \
		" user.max_${kind}_namespaces=15000$" "the setting is named"
	few $kind 1000
done

# --- older kernels ------------------------------------------------------------
older() { echo "with='$B/tests/enosys $1'"; }
for call in clone3 pidfd_open openat2 open_tree fsopen mount_setattr; do
	refused "$(older $call)" system-calls "without $call"
	like "$said" "'$call': this kernel has none" "which is named"
done
refused "$(older seccomp)" seccomp "without seccomp"
refused "$(older unshare)" user-namespaces "without unshare"
allowed "$(older landlock_create_ruleset)" landlock degraded "without Landlock"

# --- limits -------------------------------------------------------------------
refused "with='prlimit --nofile=1000:1000 setpriv --bounding-set=-sys_resource'" \
	resource-limits "with few open files"

# --- directories --------------------------------------------------------------
mkdir "$T/lower" "$T/upper"
stack='mount -t tmpfs none "$T/upper" && mkdir "$T/upper/u" "$T/upper/w" &&
	mount -t overlay none -o \
	"lowerdir=$T/lower,upperdir=$T/upper/u,workdir=$T/upper/w" \
	"$SANDBOXD_DATA_DIR" && chown --reference="$SANDBOXD_STATE_DIR" \
	"$SANDBOXD_DATA_DIR"'
allowed "$stack" disk-layer degraded "with the data directory on overlay"
refused "$stack" disk-layer "and writable = disk there" \
	--set rootfs.writable=disk --set rootfs.size=unlimited \
	--set rootfs.inodes=unlimited
refused 'export SANDBOXD_DATA_DIR=/proc/none' data-directory \
	"without a data directory"
refused 'export SANDBOXD_STATE_DIR=/proc/none' state-directory \
	"without a state directory"

if [ -n "${ROOTLESS:-}" ]; then
	# --- an ordinary user -------------------------------------------------
	run_cmd "$S" doctor --json
	is "$(finding capabilities state)" "" "nobody expects root's privilege"
	allowed : cgroup-user degraded "without control groups"
	is "$(finding cgroup-memory state)" "" "of which none is told"
	refused : cgroup-user "and a profile that wants them" \
		--set limits.best_effort=
	refused "$cover /etc/subuid" subordinate-ids "without subordinate ids"
	refused "$cover /usr/bin/newuidmap" id-mappers "without newuidmap"
	# What no check knows the start does. The two are asked at once.
	refuses 'mount --bind /usr/bin /usr/bin &&
		mount -o remount,bind,nosuid /usr/bin' start \
		"without its set-user-ID bit"
	refused 'mount -t tmpfs none /proc/sys/kernel && echo 1 \
		>/proc/sys/kernel/apparmor_restrict_unprivileged_userns' \
		user-namespaces "with AppArmor's rule"
	done_testing
	exit
fi

# --- root -----------------------------------------------------------------------
# What stumbles first over the last of them depends on the host's groups.
for cap in sys_admin setuid setgid setpcap chown fowner sys_chroot \
	dac_override; do
	refuses "with='setpriv --bounding-set=-$cap'" capabilities \
		"without cap_$cap"
done
allowed "with='setpriv --bounding-set=-sys_resource'" hard-limits advice \
	"without cap_sys_resource"

# --- control groups -----------------------------------------------------------
each='awk "\$3 ~ /^cgroup/ { print \$2 }" /proc/self/mounts | tac |
	while read -r at; do'
refused "$each mount -o remount,bind,ro \$at; done" cgroup-writable \
	"with read-only groups"
refused "$each umount -l \$at; done" cgroup-writable "without groups"
under "$each umount -l \$at; done" "$S" doctor --json
is "$(for c in memory cpu pids io; do
	finding cgroup-$c state
done | xargs)" "missing missing missing degraded" \
	"each controller is named; what the profile does not ask for is not needed"
v1_of() {
	awk -v c="$1" '$3 == "cgroup" && $4 ~ "(^|,)" c "(,|$)" { print $2 }' \
		/proc/self/mounts
}
for c in memory cpu pids; do
	at=$(v1_of $c)
	if [ -n "$at" ]; then
		refused "umount -l $at" cgroup-$c "without $c"
	else
		skip "without $c" "it cannot be taken away alone"
	fi
done
if [ -n "$(v1_of memory)" ]; then
	allowed 'umount -l -a -t cgroup2' cgroup-tree degraded \
		"without version 2"
else
	skip "without version 2" "there is nothing else"
fi
done_testing
