#!/bin/bash
# CVE-2019-14271, CVE-2024-0132, CVE-2025-23266: a program of the host, in the
# guest's view, loads what the guest has there - a name service, a converter of
# characters, whatever the environment asks for - and runs it as who it is. Each
# library of that kind is a trap here, which tells who fell into it.
. "$(dirname "$0")/../box/image.inc"
need_layers
need python3

I=$trees/image
mini_image "$I" cat id sleep
libs=usr/lib/$(gcc -print-multiarch 2>/dev/null || echo x86_64-linux-gnu)
mkdir -p "$I/opt" "$I/$libs/gconv" "$I/usr/lib/gconv" "$I/usr/lib/locale"
chmod 1777 "$I/tmp"
for lib in opt/trap.so usr/lib/libnss_trap.so.2 usr/lib/libnss_files.so.2 \
	usr/lib/libnss_dns.so.2 usr/lib/libnss_compat.so.2 usr/lib/libgcc_s.so.1 \
	usr/lib/libnss_systemd.so.2 "$libs/libnss_trap.so.2" \
	"$libs/libnss_files.so.2" "$libs/libgcc_s.so.1" "$libs/gconv/UTF-16.so" \
	usr/lib/gconv/UTF-16.so; do
	cp "$B/tests/trap" "$I/$lib"
	chmod 0755 "$I/$lib"
done
for dir in "$I/$libs/gconv" "$I/usr/lib/gconv"; do
	echo 'module INTERNAL UTF-16// UTF-16 1' >"$dir/gconv-modules"
done
echo 'passwd: trap
group: trap
hosts: trap' >"$I/etc/nsswitch.conf"

# --- the trap works --------------------------------------------------------------------
# A program of the host changes its root and looks up a name.
python3 -c 'import os, pwd, sys
os.chroot(sys.argv[1])
try:
    pwd.getpwnam("somebody")
except KeyError:
    pass' "$I"
like "$(cat "$I/tmp/trap")" "^uid 0 caps [0-9a-f]*[1-9a-f][0-9a-f]* of " \
	"a program of root's falls into it"
rm "$I/tmp/trap"

# --- an image ----------------------------------------------------------------------------
# Here every program of the guest falls in: a loader of its own asks for it.
echo /opt/trap.so >"$I/etc/ld.so.preload"
n=$(name traps)
# fell CAPTION [UIDS]: the agent's programs have, and nobody else but UIDS.
fell() {
	local who=1000${2:+|$2}

	run_cmd "$S" exec "$n" -- /bin/cat /tmp/trap
	like "$out" "^uid 1000 caps 0+ of " \
		"$1: the agent's programs fall in"
	is "$(grep -Ev "^uid ($who) caps 0+ of " <<<"$out")" "" \
		"$1: and nobody else does"
}
start_min "$n" --set rootfs.image="$I" -- sleep 1000
fell run
looks=("exec $n -- id" "exec -t $n -- id" "exec -d $n -- id"
	"exec -w /opt $n -- id" "exec $n -- no-such-program" "logs $n" "ps"
	"inspect $n" "exec -u agent $n -- id" "kill --signal CONT $n")
for words in "${looks[@]}"; do
	# shellcheck disable=SC2086
	run_cmd env LANG=de_DE.UTF-8 LC_ALL=C.UTF-8 "$S" $words
	[ "$rc" = 0 ] || [ "$rc" = 127 ]
	ok $? "'${words//$n/NAME}' does its work" || cmd_diag
done
fell "all commands"
run_cmd "$S" rm -f "$n"
is "$rc" 0 "it ends as always"
start_min "$n" -t --set rootfs.image="$I" -- sleep 1000
fell "run -t"
"$S" rm -f "$n"

# --- the environment ----------------------------------------------------------------------
allowed=
for variable in LD_PRELOAD LD_AUDIT LD_LIBRARY_PATH GCONV_PATH LOCPATH BASH_ENV \
	NLSPATH ENV IFS; do
	{ cat "$MINIMAL"; echo "[env]"; echo "$variable = /opt/trap.so"; } \
		>"$trees/t$$-env.ini"
	run_cmd "$S" run --set rootfs.image="$I" "$trees/t$$-env.ini" -- id
	[[ "$rc $err" == "2 "*"'$variable' in [env] is not allowed"* ]] ||
		allowed+="$variable "
done
is "$allowed" "" "a profile cannot ask for it by the environment"

# --- a desktop ------------------------------------------------------------------------------
# All its programs are the guest's, and fall in as who they are there. PID 1 and
# what joins are not.
mkdir -p "$trees/layer/opt" "$trees/layer/etc"
cp "$B/tests/trap" "$trees/layer/opt/trap.so"
echo /opt/trap.so >"$trees/layer/etc/ld.so.preload"
chmod -R a+rX "$trees/layer"
start_desktop "$n" --set rootfs.layers="$trees/layer" -- xterm
is "$rc" 0 "a desktop starts" || cmd_diag
run_cmd "$B/steer" -s "$n" wait focus
is "$rc" 0 "and a window opens"
run_cmd "$B/steer" -s "$n" screenshot -o "$T/shot.png"
is "$rc" 0 "which can be looked at"
fell desktop "997|998"
in_box "$n" cat /tmp/trap
like "$out" "^uid 998 .*Xvfb" "the X server is among them"
unlike "$out" "sandbox|steer" "and no program of ours"
"$S" rm -f "$n"
is_gone "$n" "nothing is left"
done_testing
