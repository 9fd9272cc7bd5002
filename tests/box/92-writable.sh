#!/bin/bash
# The writable layer: in memory or on a disk, limited or said to be not.
. "$(dirname "$0")/box.inc"

unlimited=(--set rootfs.size=unlimited --set rootfs.inodes=unlimited)
disk=(--set rootfs.writable=disk "${unlimited[@]}"
	--set "security.accept=no-disk-limit,no-memory-limit")
D=$SANDBOXD_DATA_DIR/layers

run_min --set rootfs.writable=disk -- true
like "$rc $err" "^2 .*disk cannot be limited by rootfs.size and rootfs.inodes" \
	"a limit that a disk does not have is refused"
like "$err" "^hint: set both to unlimited" "with what to do"
run_min "${unlimited[@]}" -- sh -c 'head -c 80M /dev/zero >~/x && wc -c <~/x'
is "$rc $out" "0 $((80 << 20))" "memory without a size takes more than the profile's"

n=$(name disk)
start_min "$n" "${disk[@]}" --set limits.memory=64M -- sleep 1000
base=$(field "$n" .host_uid)
is "$(field "$n" .rootfs.on_disk)" true "inspect tells that it is on a disk"
is "$(stat -c '%a %u' "$D" | xargs) $(stat -c '%a %u' "$D/$n")" "700 $OWNER 700 $OWNER" \
	"nobody else of the host can reach it"
in_box "$n" sh -c 'head -c 160M /dev/zero >~/large && wc -c <~/large'
is "$rc $out" "0 $((160 << 20))" "files on a disk are not counted as memory"
is "$(field "$n" .oom_kills)" 0 "nobody was killed for them"
is "$(stat -c '%u %s' "$D/$n/upper/home/agent/large")" \
	"$((base + 1000)) $((160 << 20))" "they are where the host finds them"
is "$(stat -Lc '%d:%i' "$(field "$n" .rootfs.writable)")" \
	"$(stat -c '%d:%i' "$D/$n/upper")" "and where inspect says"
in_box "$n" sh -c 'cd; rm large; mkdir -p a/b && cd a/b && ln -s / root &&
	i=0; while [ $i -lt 300 ]; do mkdir d && cd d || exit; i=$((i + 1)); done
	echo kept >"$(printf "x\nx")"; sync; mkfifo f; chmod 000 .'
like "$rc" "^0$" "a tree of any kind can be made there"
in_box "$n" sh -c 'cp /usr/bin/id ~/suid; chmod 4755 ~/suid; stat -c %a ~/suid'
is "$out" 4755 "a set-user-ID bit can be set"
run_cmd setpriv --reuid 12345 --regid 12345 --clear-groups \
	sh -c '"$0" -u || exit 9' "$D/$n/upper/home/agent/suid"
like "$rc $err" "^9 .*Permission denied" "and is out of reach for users of the host"
"$S" stop "$n"
is "$(ls "$D")" "" "with the end it is removed"
is "$(field "$n" .rootfs.on_disk)" false "which the record says"
"$S" rm "$n"
is_gone "$n" "nothing is left"

n=$(name killed)
start_min "$n" "${disk[@]}" -- sh -c 'cd; mkdir -p deep/er; : >f; sleep 1000'
init=$(field "$n" .init.pid)
kill -KILL "$(field "$n" .monitor.pid)"
wait_until has_ended "$init"
[ -d "$D/$n" ]
ok $? "a killed monitor leaves it"
is "$(field "$n" .rootfs.writable)" null "but not the way that led there"
run_cmd "$S" gc
is "$rc $out" "0 cleared 1" "gc finds it by the record"
is "$(ls "$D")" "" "and removes it"

# A restart of the host leaves nothing but the disk.
n=$(name restart)
restart() {
	start_min "$n" "${disk[@]}" -- sleep 1000
	init=$(field "$n" .init.pid)
	kill -KILL "$(field "$n" .monitor.pid)"
	wait_until has_ended "$init"
	groups_of "$n" | while read -r group; do
		find "$group" -depth -type d -exec rmdir {} \;
	done
	rm -r "${SANDBOXD_STATE_DIR:?}/$n"
}
restart
run_min -n "$n" "${disk[@]}" -- sh -c 'ls -A ~'
is "$rc $out" "0 " "one whose record is gone is in nobody's way" || cmd_diag
is "$(ls "$D")" "" "and has gone itself"
"$S" rm "$n"
restart
start_min "$n-2" "${disk[@]}" -- sleep 1000
run_cmd "$S" gc
is "$rc $out $(ls "$D")" "0 cleared 1 $n-2" "gc clears it, and no other"
SANDBOXD_STATE_DIR=$T/other "$S" gc
is "$(ls "$D")" "$n-2" "nor one with its record elsewhere"
"$S" rm -f "$n-2"

n=$(name damaged)
start_min "$n" "${disk[@]}" -- sleep 1000
"$S" stop "$n"
echo nonsense >"$SANDBOXD_STATE_DIR/$n/record.json"
mkdir -p "$D/$n/upper"
chown -R "$OWNER" "$D/$n"
run_cmd "$S" rm -f "$n"
is "$rc $(ls "$D")" "0 " "rm removes it without a record, too"

n=$(name failed)
run_min -n "$n" "${disk[@]}" -- no-such-program
is "$rc" 127 "a start fails"
is "$(ls "$D")" "" "and leaves nothing there"
mkdir "$D/$n"
: >"$D/$n/precious"
chown -R "$OWNER" "$D/$n"
run_min -n "$n" "${disk[@]}" -- true
like "$rc $err" "^125 .*make 'the writable layer': File exists" \
	"what is there by that name is not taken"
[ -e "$D/$n/precious" ]
ok $? "nor removed"
rm -r "${D:?}/$n"

mkdir "$T/u" "$T/w" "$T/m"
OWNER=$OWNER private sh -c 'mount -t overlay overlay \
	-o "lowerdir=/usr/share,upperdir=$1/u,workdir=$1/w" "$1/m" && shift &&
	chmod 0700 "$T/m" && chown "$OWNER" "$T/m" && SANDBOXD_DATA_DIR=$T/m exec "$@"' sh "$T" "$S" run \
	"${disk[@]}" "$MINIMAL" -- true >"$T/out" 2>&1
like "$? $(cat "$T/out")" "^4 .*the data directory is on overlay" \
	"a data directory that cannot hold one is named"
done_testing
