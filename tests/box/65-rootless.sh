#!/bin/bash
# Sandboxes of ordinary users: what they have, what they go without, and that
# they have nothing to do with those of anybody else.
. "$(dirname "$0")/rootless.inc"

user_forks() {
	local name=$1

	shift
	# shellcheck disable=SC2016
	user "$name" "$US" run "$@" "$UM" -- sh -c \
		'cat >/tmp/p && chmod 755 /tmp/p && exec /tmp/p forks 100' \
		<"$B/tests/box_guest" >"$T/out" 2>"$T/err"
	rc=$? out=$(cat "$T/out")
}

# --- a shell ------------------------------------------------------------------
user_run alice "$US" run "$UM" -- sh -c 'id -u; id -G; cat /proc/self/uid_map
	cat /proc/self/cgroup; echo "$USER"; exit 7'
is "$rc" 7 "a user runs minimal.ini and has its status"
is "$(sed -n '1,2p' <<<"$out" | xargs)" "1000 1000" "as the agent inside"
unlike "$out" "64101|alice" "who knows nothing of the user"
unlike "$out" ":/.+" "nor of the user's control groups"
is "$err" "sandboxd: warning: not enforced for an ordinary user:\
 limits.memory, limits.swap, limits.cpus" "what is lost is said at start"
is "$(user_left alice)" "" "and nothing is left"

user_run alice "$US" run -t "$UM" -- sh -c 'tty; stat -c %U "$(tty)"'
is "$rc $(tr -d '\r' <<<"$out" | xargs)" "0 /dev/pts/0 agent" \
	"a terminal is the sandbox's own, too"

# --- a desktop ----------------------------------------------------------------
user_run alice "$US" run -d -n desk "$UA" -- sleep 1000
is "$rc $out" "0 desk" "a user runs agent.ini"
init=$(user_field alice desk .init.pid)
user_run alice "$US" ps
like "$out" "^desk +running +$init " "ps lists it"
user_run alice "$US" exec desk -- sh -c 'id -u; exit 5'
is "$rc $out" "5 1000" "exec joins it"
user_run alice "$US" exec -t desk -- tty
like "$rc $out" "^0 /dev/pts/0" "on a terminal, too"
head -c 1M /dev/urandom >"$T/in"
user alice "$US" exec desk -- cat <"$T/in" >"$T/back"
cmp -s "$T/in" "$T/back"
ok $? "1 MiB through exec comes back the same"
user_run alice "$US" exec -N net desk -- true
like "$rc $err" "^4 .*'desk': only root can" "tools of the host do not"
run_cmd env SANDBOXD_STATE_DIR="${runtime[alice]}/sandboxd" \
	"$S" exec -N net desk -- true
like "$rc $err" "^125 .*it belongs to uid" "not even root's: a user's state is not root's"
user_run alice "$U/steer" -s desk size
is "$rc $out" "0 1280x720" "steer sees its display"
user alice "$US" exec desk -- xterm >"$T/xterm" 2>&1 &
tap_pids+=("$!")
user_run alice "$U/steer" -s desk --timeout 120 wait focus
is "$rc" 0 "a window opens"
user alice "$U/steer" -s desk type 'tty >/tmp/typed
'
typed() { user alice "$US" exec desk -- test -s /tmp/typed; }
wait_until typed
ok $? "what is typed arrives"
user alice "$U/steer" -s desk screenshot -o - >"$T/desk.png"
is "$(head -c 8 "$T/desk.png" | od -An -tx1 | tr -d ' ')" 89504e470d0a1a0a \
	"a screenshot is a picture"

# --- ids ----------------------------------------------------------------------
is "$(awk '{ print $1, $2, $3 }' "/proc/$init/uid_map")" \
	"0 $ALICE_FIRST 65536" "only subordinate users are mapped"
is "$(awk '{ print $1, $2, $3 }' "/proc/$init/gid_map")" \
	"0 $ALICE_FIRST 65536" "only subordinate groups are mapped"
ns=$(readlink "/proc/$init/ns/user")
foreign='' seen=0
for dir in /proc/[0-9]*; do
	[ "$(readlink "$dir/ns/user" 2>/dev/null)" = "$ns" ] || continue
	seen=$((seen + 1))
	foreign+=$(awk -v a="$ALICE_FIRST" '/^[UG]id:/ {
		for (i = 2; i <= 5; i++)
			if ($i < a || $i >= a + 65536)
				print FILENAME, $0
	} /^Groups:/ && NF > 1' "$dir/status")
done
[ "$seen" -ge 4 ]
ok $? "init, display, window manager and payload are there"
is "$foreign" "" "and run as subordinate ids alone"
is "$(user_field alice desk '.host_uid, .host_gid' | xargs)" \
	"$ALICE_FIRST $ALICE_FIRST" "inspect says which"
nothing_unlocks "$init"

# --- what is lost -------------------------------------------------------------
is "$(user_field alice desk '.limits | [.memory, .swap, .cpus, .pids] |
	map(.enforced | tostring) | join(" ")')" "false false false true" \
	"inspect says which limits are in force"
is "$(user_field alice desk '.limits.memory |
	[.requested, .effective] | map(tostring) | join(" ")')" \
	"536870912 null" "what was asked for, and what there is"
like "$(user_field alice desk '.notes[]')" "^limits.cpus is not enforced: an\
 ordinary user has no control groups here: " "and why"
marks=0
case $(uname -r) in [0-5].* | 6.[0-5].*) marks=1 ;; esac
is "$(user_field alice desk '.notes[]' | grep -c 'no user attributes')" $marks \
	"a kernel that cannot mark directories is said to be one"
is "$(user_field alice desk .cgroups)" false "there are no control groups"
sed '/^best_effort/d' "$UM" >"$T/strict.ini"
user_run alice "$US" run -n strict "$T/strict.ini" -- true
like "$rc $err" "^4 .*'limits.memory': an ordinary user has no control groups" \
	"a profile that does not allow the loss is refused by name"
like "$err" "^hint: .*best_effort = rootless" "with what to do"
user_run alice "$US" run -n strict --set limits.best_effort=memory,swap \
	"$T/strict.ini" -- true
like "$rc $err" "^4 .*'limits.cpus'" "so is the one loss that it leaves out"
user_run alice "$US" run --set limits.memory=unlimited \
	--set security.accept=no-memory-limit \
	--set limits.cpus=unlimited "$T/strict.ini" -- true
is "$rc $err" "0 " "one that asks for none of it has nothing to lose"
# --- an image -----------------------------------------------------------------
I=$T/alice/image
mini_image "$I" cat stat touch
mkdir -p "$I/opt/open" "$I/opt/shut"
echo image | tee "$I/opt/open/file" >"$I/opt/shut/file"
chmod 0777 "$I/opt/open"
chmod 0666 "$I/opt/open/file"
chmod 0700 "$I/opt/shut"
chown -R "${uid[alice]}:${uid[alice]}" "$I"
user_run alice "$US" run -n image --set rootfs.image="$I" "$UM" -- true
like "$rc $err" "^4 .*'$I': only root can" \
	"owners of an image's files cannot be shifted by a user"
like "$err" "^hint: .*rootfs.owners = nobody" "with what he can do"
image() {
	user_run "$1" "$US" run --set rootfs.image="$I" \
		--set rootfs.owners=nobody "$UM" -- sh -c "$2"
}
image alice 'cat /opt/open/file; stat -c %U /usr/bin/cat /etc; echo own >~/x
	cat ~/x'
is "$rc $(xargs <<<"$out")" "0 image nobody root own" \
	"without that it is his sandbox's root" || cmd_diag
image alice 'echo mine >/opt/open/file && cat /opt/open/file
	cat /opt/shut/file || echo closed
	touch /opt/new || echo refused'
is "$(xargs <<<"$out") $(cat "$I/opt/open/file")" "mine closed refused image" \
	"in which the agent has what all have, and changes nothing"
user_run alice "$US" run --set rootfs.layers="$I/opt" \
	--set rootfs.owners=nobody "$UM" -- cat /open/file
is "$rc $out" "0 image" "a layer is used alike"
chmod 0711 "$T/alice"
image bob true
like "$rc $(tail -n 2 <<<"$err")" \
	"^125 .*$I belongs to uid ${uid[alice]}, who could exchange" \
	"not by somebody else, whom its owner could deceive"
chmod 0700 "$T/alice"
chmod 0777 "$I"
image alice true
like "$rc $(tail -n 2 <<<"$err")" "^125 .*others may write to $I" \
	"nor when all can"
is "$(ls "$T/alice/run/sandboxd")" "$(printf 'desk\nlock')" \
	"and nothing is left of what was refused"

# --- processes ----------------------------------------------------------------
user_forks alice --set limits.pids=20
is "$rc $out" "0 19 EAGAIN" "process 21 of 20 is refused"
user alice "$US" run -d -n full --set limits.pids=4 "$UM" -- sh -c \
	'sleep 1000 & sleep 1000 & sleep 1000 & echo up; wait' >"$T/out" 2>&1
up() { user alice "$US" logs full | grep -q up; }
wait_until up
user_run alice "$US" exec full -- true
like "$rc $err" "^125 .*'true': the limit of processes is reached" \
	"exec finds the sandbox full"
user_forks alice --set limits.pids=20
is "$rc $out" "0 19 EAGAIN" "another sandbox of the same ids is not"
user alice "$US" rm -f full
user alice "$US" run -d -n bomb --set limits.pids=30 "$UM" -- sh -c \
	'f() { f | f & }; f; echo armed; exec sleep 1000' >"$T/out" 2>&1
armed() { user alice "$US" logs bomb | grep -q 'Cannot fork'; }
wait_until armed
pid=$(user_field alice bomb .init.pid)
agents=$(ps -o pid= -u "$((ALICE_FIRST + 1000))" |
	while read -r p; do readlink "/proc/$p/ns/pid"; done 2>/dev/null |
	grep -Fxc "$(readlink "/proc/$pid/ns/pid")")
[ "$agents" -le 30 ]
ok $? "a fork bomb stays within its limit ($agents)"
user_run alice "$US" rm -f bomb
is "$rc" 0 "and can be ended"

# --- apart from others --------------------------------------------------------
n=$(name root)
start_min "$n" -- sleep 1000
user_run alice "$US" ps
unlike "$out" "$n" "root's sandboxes are not listed"
for word in stop "rm -f" inspect; do
	# shellcheck disable=SC2086
	user_run alice "$US" $word "$n"
	like "$rc $err" "^3 .*'$n': there is none" "$word does not know them"
done
user_run alice env SANDBOXD_STATE_DIR="$SANDBOXD_STATE_DIR" "$US" stop "$n"
like "$rc $err" "^4 .*Permission denied" "nor does it reach them"
is "$(field "$n" .state)" running "they go on"
run_cmd "$S" ps
unlike "$out" "desk" "root does not list a user's"
user_run bob "$US" ps
unlike "$out" "desk" "nor does another user"
user_run bob env SANDBOXD_STATE_DIR="$T/alice/run/sandboxd" "$US" ps
like "$rc $err" "^4 .*Permission denied" "who cannot read them either"
user_run bob env XDG_RUNTIME_DIR="$T/alice/run" "$US" ps
like "$rc $err" "^4 .*$T/alice/run': Permission denied" "by whatever variable"
for pid in "$init" "$(user_field alice desk .monitor.pid)"; do
	user_run bob sh -c "kill -0 $pid"
	isnt "$rc" 0 "nor signal $(cat "/proc/$pid/comm")"
done
"$S" rm -f "$n"
is_gone "$n" "root's own is gone as always"

# --- ranges -------------------------------------------------------------------
for i in 1 2 3; do
	user bob "$US" run -d -n "b$i" "$UM" -- sleep 1000 >"$T/out" 2>&1
done
first_of() {
	awk '{ print $2 }' "/proc/$(user_field bob "$1" .init.pid)/uid_map"
}
is "$(first_of b1) $(first_of b2)" "$BOB_FIRST $((BOB_FIRST + 65536))" \
	"two ranges of ids are two sandboxes' own"
is "$(first_of b3)" "$BOB_FIRST" "and then shared"
user_run bob "$US" stop b1 b2 b3
is "$rc" 0 "stop ends them"
user_run bob "$US" rm b1 b2 b3
is "$(user_left bob)" "" "and nothing is left"

# --- ends ---------------------------------------------------------------------
monitor=$(user_field alice desk .monitor.pid)
kill -KILL "$monitor"
wait_until has_ended "$init"
ok $? "a sandbox ends with its monitor"
user_run alice "$US" ps
like "$out" "^desk +lost " "and is lost"
user_run alice "$US" gc
is "$rc $out" "0 cleared 1" "which gc clears"
is "$(user_left alice)" "" "and nothing is left"
as_user alice "$US" run "$UM" -- sh -c 'echo up; sleep 1000'
"${argv[@]}" >"$T/fg" 2>&1 &
cli=$!
wait_until grep -q up "$T/fg"
kill -TERM "$cli"
wait "$cli"
is $? 143 "a signal to a foreground command ends its program"
is "$(user_left alice)" "" "and leaves nothing"
"${argv[@]}" >"$T/fg" 2>&1 &
cli=$!
wait_until grep -q up "$T/fg"
kill -KILL "$cli"
wait "$cli" 2>"$T/wait"
all_gone() { [ -z "$(user_left alice)" ]; }
wait_until all_gone
ok $? "so does the death of that command"
user alice "$US" run -d -n hurt "$UA" -- sleep 1000 >"$T/out" 2>&1
kill -KILL "$(pgrep -u "$((ALICE_FIRST + 998))" Xvfb)"
wait_until user_state alice hurt stopped
is "$(user_field alice hurt '.reason, .exit_code' | xargs)" "display-died 5" \
	"a desktop that dies is told"
user alice "$US" rm hurt
# What is on a disk belongs to ids that only a user namespace may touch.
on_disk=(--set rootfs.writable=disk --set rootfs.size=unlimited
	--set rootfs.inodes=unlimited)
layers=$T/alice/.local/share/sandboxd/layers
for way in "rm -f disk" gc; do
	user alice "$US" run -d -n disk "${on_disk[@]}" "$UM" -- sh -c \
		'mkdir -m 700 ~/own && echo mine >~/own/file && echo up
		exec sleep 1000' >"$T/out" 2>&1
	wait_until grep -q mine "$layers/disk/upper/home/agent/own/file"
	pid=$(user_field alice disk .init.pid)
	kill -KILL "$(user_field alice disk .monitor.pid)"
	wait_until has_ended "$pid"
	# shellcheck disable=SC2086
	user_run alice "$US" $way
	is "$rc $(ls "$layers")$(user_left alice)" "0 " \
		"$way removes what the agent had to itself on the disk"
done
# A record that cannot be read must not lead to another's control groups.
n=$(name same)
start_min "$n" -- sleep 1000
user alice "$US" run -d -n "$n" "$UM" -- true >"$T/out" 2>&1
wait_until user_state alice "$n" stopped
echo '{' >"$T/alice/run/sandboxd/$n/record.json"
user_run alice "$US" rm "$n"
is "$rc $(user_left alice)" "0 " "a damaged record can be removed"
is "$(field "$n" .state)" running "root's sandbox of that name goes on"
"$S" rm -f "$n"

n=$(name mine)
user_run alice "$US" run -d -t -n "$n" "$UM" -- perl -e \
	'ioctl(STDIN, 0x540c, 0); print "taken\n"; sleep 1000' # TIOCEXCL
taken() {
	user alice "$US" logs "$n" | grep -q 'payload: taken'
}
wait_until taken
rc=0
printf '\020\021' | user alice "$US" attach "$n" >"$T/out" 2>"$T/err" || rc=$?
is "$rc $(grep -c detached "$T/err")" "0 1" \
	"a program that wants its terminal for itself can be attached to" ||
	diag "$(cat "$T/err")"
user_run alice "$US" rm -f "$n"

# --- what is needed -----------------------------------------------------------
user_run carol "$US" run "$UM" -- true
like "$rc $err" "^4 .*'carol': /etc/subuid grants no user ids" \
	"a user without subordinate ids is refused"
like "$err" "^hint: as root: usermod --add-subuids 1700131072-1700196607 \
--add-subgids 1700131072-1700196607 carol$" "with the command that grants some"
: >"$T/no-program"
chmod 0644 "$T/no-program"
for program in newuidmap newgidmap; do
	as_user alice "$US" run "$UM" -- true
	run_cmd private sh -c 'mount --bind "$0" "$1" && shift && exec "$@"' \
		"$T/no-program" "$(command -v $program)" "${argv[@]}"
	like "$rc $err" "^4 .*'$program': the program is not installed" \
		"without $program it does not start"
	like "$err" "^hint: .*apt-get install uidmap" "which is in a package"
done
user_run alice env -u XDG_RUNTIME_DIR "$US" ps
like "$rc $err" "^4 .*'/run/user/64101'" "without a runtime directory"
like "$err" "^hint: .*XDG_RUNTIME_DIR" "there is a remedy"
chmod 0755 "$T/alice/run"
user_run alice "$US" ps
like "$rc $err" "^4 .*'$T/alice/run': others may enter it" \
	"one that is open to others is refused"
chmod 0700 "$T/alice/run"
user_run alice env -u HOME "$US" run "$UM" -- true
like "$err" "HOME is not set" "so is a user without a home"
done_testing
