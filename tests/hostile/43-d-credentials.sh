#!/bin/bash
# CVE-2022-24769, CVE-2022-29162, CVE-2022-36109, CVE-2023-25173, CVE-2026-30892:
# capabilities and groups that were left over, a user that was misread, files
# that make their caller somebody else. The canary is a file that only those may
# read who should not be there.
. "$(dirname "$0")/../box/image.inc"
need_layers
need setfattr

chmod 0711 "$T" "$trees"
[ "${TMPDIR:-/tmp}" = /tmp ] || chmod 0711 "$TMPDIR"
I=$trees/image
mini_image "$I" cat id sleep stat
mkdir "$I/opt"
canary() {
	echo secret >"$I/opt/$1"
	chown "$2" "$I/opt/$1"
	chmod "$3" "$I/opt/$1"
}
canary roots 0:0 0600
canary groups 0:4242 0640
canary wms 997:997 0600
cp "$I/usr/bin/cat" "$I/opt/setuid"
cp "$I/usr/bin/cat" "$I/opt/setgid"
cp "$I/usr/bin/cat" "$I/opt/able"
chown 0:4242 "$I/opt/setgid"
chmod 4755 "$I/opt/setuid"
chmod 2755 "$I/opt/setgid"
# CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH, permitted and effective, version 2.
setfattr -n security.capability \
	-v 0x0100000206000000000000000000000000000000 "$I/opt/able"

# --- on the host, where it works -----------------------------------------------------
nobody="setpriv --reuid 1000 --regid 1000 --clear-groups"
for file in setuid able; do
	is "$($nobody "$I/opt/$file" "$I/opt/roots")" secret \
		"outside, $file reads what is root's"
done
is "$($nobody "$I/opt/setgid" "$I/opt/groups")" secret "setgid what is the group's"
is "$(setpriv --reuid 1000 --regid 1000 --groups 4242 cat "$I/opt/groups")" \
	secret "as does whoever kept the group"
is "$(setpriv --reuid 1000 --regid 1000 --clear-groups \
	--inh-caps +dac_override --ambient-caps +dac_override \
	cat "$I/opt/roots")" secret "or a capability"

# --- files of the image ----------------------------------------------------------------
read_all='for p in cat /opt/setuid /opt/setgid /opt/able; do
	$p /opt/roots /opt/groups /opt/wms; done 2>/dev/null; echo tried'
n=$(name image)
start_min "$n" --set rootfs.image="$I" -- sleep 1000
in_box "$n" sh -c "$read_all"
is "$rc $out" "0 tried" "in the image they make nobody anybody else"
run_min --set rootfs.layers="$I/opt" -- sh -c 'for p in /setuid /able; do
	$p /roots /groups; done; echo tried'
is "$out" tried "nor in a layer"
# The agent's own, which he may make so himself.
in_box "$n" sh -c 'cat /opt/setuid >/tmp/x; chmod 6755 /tmp/x 2>&1
	/tmp/x /opt/roots 2>/dev/null; stat -c %a /tmp/x >/dev/null && echo tried'
like "$out" "tried$" "nor does one that he makes"
unlike "$out" secret "give him anything"

# --- what the caller leaves --------------------------------------------------------------
# Groups and capabilities that a child of his would have.
caps=+dac_override,+setuid,+setgid,+chown,+kill
keeps() {
	rc=0
	setpriv --groups 4242,0,5 --inh-caps "$caps" --ambient-caps "$caps" "$@" \
		>"$T/out" 2>"$T/err" </dev/null || rc=$?
	out=$(cat "$T/out") err=$(cat "$T/err")
}
look='grep -E "^(Groups|Cap|NoNewPrivs)" /proc/self/status; cat /opt/groups /opt/roots'
wanted='Groups:
CapInh: 0000000000000000
CapPrm: 0000000000000000
CapEff: 0000000000000000
CapBnd: 0000000000000000
CapAmb: 0000000000000000
NoNewPrivs: 1'
status() { sed 's/[[:space:]]\+/ /; s/ $//'; }
cp "$(command -v grep)" "$I/usr/bin/"
ldd "$I/usr/bin/grep" | grep -o '/[^ ]*' | xargs -I{} cp -L {} "$I/usr/lib/"
keeps sh -c "grep -E '^(Groups|CapAmb)' /proc/self/status"
unlike "$(status <<<"$out")" "^Groups:$|CapAmb: 0000000000000000" \
	"the caller has groups and capabilities to leave"
keeps "$S" run --set rootfs.image="$I" "$MINIMAL" -- sh -c "$look"
is "$(status <<<"$out")" "$wanted" "run leaves none of them" || cmd_diag
"$S" rm -f "$n"
start_min "$n" --set rootfs.image="$I" -- sleep 1000
keeps "$S" exec "$n" -- sh -c "$look"
is "$(status <<<"$out")" "$wanted" "nor does exec" || cmd_diag
run_min --set rootfs.owners=nobody --set rootfs.image="$I" -- cat /opt/groups
is "$out" "" "the host's own group is nobody's, too"

# --- a user misread ------------------------------------------------------------------------
# Each is a user of its own, or refused: never root.
users=(1 +0 -0 -1 00 0x0 4294967295 4294967296 18446744073709551616 ' 0' '0 ' 0: :0
	0:0x 1:+0 root:root root: 'agent:' 'agent:0x0' $'0\n' 0.0 1e0 '' 997 wm 998)
wrong=''
for user in "${users[@]}"; do
	run_cmd "$S" exec -u "$user" "$n" -- sh -c 'id -u; cat /opt/roots /opt/wms'
	case $rc in
	2 | 3 | 125) ;;
	*) [ "$(head -n 1 <<<"$out")" != 0 ] || wrong+="'$user' is root " ;;
	esac
	[[ $out != *secret* ]] || wrong+="'$user' reads "
done
is "$wrong" "" "of ${#users[@]} ways to write a user none is read as root's"
run_cmd "$S" exec -u 1234:4242 "$n" -- id
like "$rc $out" "^0 uid=1234.*gid=4242" "and a number is that number" || cmd_diag
"$S" rm -f "$n"
done_testing
