#!/bin/bash
# Sandboxes of ordinary users whose systemd gives them control groups. To be run
# as root by a systemd that is process 1. alice is somebody of whose processes
# systemd knows nothing, as those of a login session; what it starts for her
# itself is one point of its own.
# shellcheck source=tests/box/rootless.inc
. "$(dirname "$0")/../../box/rootless.inc"

cat "$T/etc/passwd" >/etc/passwd
cat "$T/etc/subuid" >/etc/subuid
cat "$T/etc/subgid" >/etc/subgid
ALICE=${uid[alice]}
echo "alice:*:20000::::::" >>/etc/shadow
echo "alice:x:$ALICE:" >>/etc/group
runtime[alice]=/run/user/$ALICE
MANAGER=/sys/fs/cgroup/user.slice/user-$ALICE.slice/user@$ALICE.service

as_user() {
	local name=$1

	shift
	argv=(setpriv --reuid "${uid[$name]}" --regid "${uid[$name]}"
		--clear-groups env -i PATH="$PATH" HOME="$T/$name"
		XDG_RUNTIME_DIR="${runtime[$name]}" "$@")
}

# Scopes and their groups go when systemd has heard of the last process.
scopes() {
	find "$MANAGER" -name '*sandboxd*'
	user alice systemctl --user list-units --all --plain --no-legend \
		'sandboxd-*'
}
no_scopes() { [ -z "$(scopes)" ]; }
nothing_left() {
	wait_until no_scopes || diag "$(scopes)"
	is "$(scopes)$(user_left alice | grep -v -e 'systemd --user' \
		-e sd-pam -e dbus-daemon)" "" "$1"
}

systemctl start "user@$ALICE.service" || skip_all "no user manager"

# --- limits -------------------------------------------------------------------
user_run alice "$US" run "$UM" -- sh -c 'cat /proc/self/cgroup; exit 7'
is "$rc $out $err" "7 0::/payload " "a user's sandbox has all its limits" ||
	cmd_diag
nothing_left "and leaves nothing"

user_run alice "$US" run -d -n desk --set limits.memory=256M \
	--set display.memory=128M --set limits.pids=20 "$UA" -- sleep 1000
is "$rc $out $err" "0 desk " "so has one with a desktop" || cmd_diag
group=$(user_field alice desk '.groups[0]')
like "$group" "^$MANAGER/.*/sandboxd-desk-[0-9]+.scope/sandboxd/desk$" \
	"its groups are in a scope of the user's manager"
is "$(user_field alice desk '.limits | [.memory, .swap, .cpus, .pids] |
	map(.enforced | tostring) | join(" ")')" "true true true true" \
	"inspect says what is in force"
unlike "$(user_field alice desk '.notes[]')" "enforced|group" \
	"and notes no loss"
is "$(cat "$group/memory.max" "$group/payload/memory.max" \
	"$group/payload/pids.max" "$group/cpu.max" | xargs)" \
	"268435456 134217728 20 150000 100000" "so do the groups"
is "$(sed 's,.*/,,' "/proc/$(user_field alice desk .monitor.pid)/cgroup")" \
	supervisor "the monitor has a group of its own"
user_run alice "$US" exec desk -- sh -c 'cat /proc/self/cgroup; exit 5'
is "$rc $out" "5 0::/payload" "exec lands in the payload's group" || cmd_diag
user_run alice systemd-run --user --pipe --wait -q "$US" exec desk -- \
	sh -c 'cat /proc/self/cgroup; exit 6'
is "$rc $out" "6 0::/payload" "from a service of the user's, too" || cmd_diag
user_run alice env -u XDG_RUNTIME_DIR "$US" exec desk -- cat /proc/self/cgroup
is "$rc $out" "0 0::/payload" "and where nothing names the bus" || cmd_diag
user_run alice "$US" exec desk -- sh -c 'for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
	sleep 1000 & done; for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 1000 &
	done'
like "$err" "fork" "process 21 of 20 is refused"
user_run alice "$US" exec desk -- true
like "$rc $err" "^125 .*'desk': its limit of processes is reached" \
	"exec finds the sandbox full"
user_run alice "$US" rm -f desk
is "$rc" 0 "rm -f ends it"
nothing_left "and leaves nothing"

# --- memory -------------------------------------------------------------------
user_run alice "$US" run -n hungry --set limits.memory=256M \
	--set display.memory=128M "$UA" -- sh -c 'head -c 1G /dev/zero | tail'
is "$rc" 137 "a program that takes too much memory is killed"
is "$(user_field alice hungry '[.reason, .exit_code, .oom_kills > 0] |
	map(tostring) | join(" ")')" "oom 137 true" "and the reason is told"
user_run alice "$US" rm hungry
user alice "$US" run -d -n desk --set limits.memory=256M \
	--set display.memory=128M "$UA" -- sh -c \
	'sh -c "head -c 1G /dev/zero | tail"; echo went on; exec sleep 1000' \
	>"$T/out" 2>&1
ended() { user_state alice desk stopped; }
wait_until ended
like "$(user_field alice desk '.reason, .detail' | xargs)" \
	"^oom memory ran out .[0-9]+ killed.$" \
	"memory that runs out ends the program, not its desktop"
user_run alice "$US" rm desk
nothing_left "and nothing is left"

# --- what is not delegated ----------------------------------------------------
user_run alice "$US" run -n set --set limits.cpuset=0 --set \
	limits.best_effort= "$UM" -- true
like "$rc $err" "^4 .*'limits.cpuset': the cgroup controller 'cpuset' is not\
 delegated" "a controller that the user was not given is named"
like "$err" "^hint: .*user@.service.*Delegate=cpu cpuset io memory pids" \
	"with the remedy"
user_run alice "$US" run -n set --set limits.cpuset=0 "$UM" -- true
like "$rc $err" "^0 .*not enforced for an ordinary user: limits.cpuset$" \
	"or its loss is told"
like "$(user_field alice set '.notes[]')" "^limits.cpuset is not enforced: the\
 cgroup controller 'cpuset' is not delegated" "and noted"
is "$(user_field alice set '.limits | [.memory, .cpuset] |
	map(.enforced | tostring) | join(" ")')" "true false" \
	"the others hold all the same"
user_run alice "$US" rm set
user_run alice "$US" run --set limits.memory_low=32M --set \
	limits.best_effort= "$UM" -- true
like "$rc $err" "^4 .*'limits.memory_low': .*only root" \
	"what depends on groups that are not the user's is refused"
nothing_left "and nothing is left"

user_run alice env -u XDG_RUNTIME_DIR "$US" doctor --json
is "$rc $(jq -r '[.findings[] | select(.id | test("^(start|cgroup-)")) |
	"\(.id) \(.state)"] | sort | join(", ")' <<<"$out")" \
	"0 cgroup-cpu ok, cgroup-cpuset degraded, cgroup-hugetlb degraded,\
 cgroup-io degraded, cgroup-memory ok, cgroup-pids ok, cgroup-user ok,\
 start ok" "doctor knows what is delegated" || cmd_diag
user_run alice "$US" doctor --json --set limits.cpuset=0 \
	--set limits.best_effort=
is "$rc $(jq -r '.findings[] | select(.id == "cgroup-cpuset") | .state' \
	<<<"$out")" "4 missing" "and that a profile asks for more" || cmd_diag
like "$(jq -r '.findings[] | select(.id == "cgroup-cpuset") | .remedy' \
	<<<"$out")" "Delegate=cpu cpuset io memory pids" "with the remedy"
nothing_left "and nothing is left"

# --- ends ---------------------------------------------------------------------
user_run alice "$US" run -d -n lost "$UM" -- sleep 1000
init=$(user_field alice lost .init.pid)
kill -KILL "$(user_field alice lost .monitor.pid)"
wait_until has_ended "$init"
ok $? "a sandbox ends with its monitor"
user_run alice "$US" gc
is "$rc $out" "0 cleared 1" "gc clears what is left"
nothing_left "and nothing is"
user_run alice "$US" run -d -n stop "$UM" -- sleep 1000
scope=$(basename "$(user_field alice stop .scope)")
user_run alice systemctl --user stop "$scope"
wait_until user_state alice stop stopped
is "$rc $(user_field alice stop .reason)" "0 stopped" \
	"systemd can stop one in order"
user_run alice "$US" rm stop

# --- without a manager --------------------------------------------------------
systemctl stop "user@$ALICE.service"
runtime[alice]=$T/alice/run
user_run alice "$US" run --set limits.best_effort= "$UM" -- true
like "$rc $err" "^4 .*'limits.memory': an ordinary user has no control groups\
 here: no systemd of this user is running" "without a manager there is none"
user_run alice "$US" run "$UM" -- true
like "$rc $err" "^0 .*limits.memory, limits.swap, limits.cpus$" \
	"and the loss is told"
user_run alice "$US" doctor --json
like "$rc $(jq -r '.findings[] | select(.id == "cgroup-user") | .found' \
	<<<"$out")" "^0 an ordinary user has no control groups here: no systemd\
 of this user is running" "doctor tells the same"

# --- what somebody else delegates ----------------------------------------------
GIVEN=/sys/fs/cgroup/given

# given GROUP COMMAND...: alice's, started in a group, run_cmd's way.
given() {
	local group=$1 argv

	shift
	as_user alice "$@"
	# shellcheck disable=SC2016 # expanded by the inner shell
	run_cmd sh -c 'echo 0 >"$1/cgroup.procs" && shift && exec "$@"' sh \
		"$group" "${argv[@]}"
}

echo +memory +pids +cpu >/sys/fs/cgroup/cgroup.subtree_control
mkdir "$GIVEN"
given "$GIVEN" "$US" run --set limits.best_effort= "$UM" -- true
like "$rc $err" "^4 .*'limits.memory'.*the group of this process is not\
 delegated" "a group that is not the user's is none of his"
is "$(echo "$GIVEN"/*/)" "$GIVEN/*/" "and is left alone"
chown "$ALICE" "$GIVEN" "$GIVEN/cgroup.procs" "$GIVEN/cgroup.subtree_control"
given "$GIVEN" sh -c "'$US' run -d -n desk --set limits.memory=256M \
	--set display.memory=128M '$UA' -- sleep 1000; cat /proc/self/cgroup"
is "$rc $out $err" "0 desk
0::/given/supervisor " "one that is, is used; who is in it makes room" ||
	cmd_diag
is "$(user_field alice desk '.scope, .groups[0]' | xargs)" \
	"given $GIVEN/sandboxd/desk" "inspect says where"
is "$(cat "$GIVEN"/sandboxd/desk/{,payload/}memory.max | xargs)" \
	"268435456 134217728" "its limits are in force"
given "$GIVEN/supervisor" "$US" exec desk -- cat /proc/self/cgroup
is "$rc $out" "0 0::/payload" "exec lands in the payload's group" || cmd_diag
given "$GIVEN/supervisor" "$US" run "$UM" -- cat /proc/self/cgroup
is "$rc $out $err" "0 0::/payload " "from there another one can be started"
given "$GIVEN/supervisor" "$US" doctor --json
is "$rc $(jq -r '.findings[] | select(.id == "cgroup-user") | .state' \
	<<<"$out")" "0 ok" "doctor finds the group" || cmd_diag
user_run alice "$US" exec desk -- true
like "$rc $err" "^125 .*'desk': they lie in the group 'given', and this process\
 does not$" "exec from elsewhere is refused, saying why"
user_run alice "$US" rm -f desk
is "$rc $(cd "$GIVEN" && echo */)" "0 supervisor/" "its end leaves no group of it"
done_testing
