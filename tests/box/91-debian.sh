#!/bin/bash
# A distribution's root, made from packages, that the desktop runs from. It is
# made once for a checkout, in build/rootfs, in about half a minute.
# time-limit: 600
. "$(dirname "$0")/image.inc"
need mmdebstrap flock
need_layers

packages=bash,coreutils,xvfb,x11-xkb-utils,xkb-data,fluxbox,dbus-daemon,xterm,fonts-dejavu-core
suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-bookworm}")
root=$TOP/build/rootfs/$suite-$(sha256sum <<<"$packages" | cut -c 1-16)

# make_root DIR: extracted, not installed: no package's script runs as root
# here, and it takes a third of the time. What the scripts would have made and
# is needed is one link.
make_root() {
	mmdebstrap --quiet --variant=extract --include="$packages" \
		--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr \
		--dpkgopt=path-exclude='/usr/share/doc/*' \
		--dpkgopt=path-exclude='/usr/share/man/*' \
		--dpkgopt=path-exclude='/usr/share/locale/*' \
		"$suite" "$1" >"$T/mmdebstrap" 2>&1 &&
		ln -sf bash "$1/usr/bin/sh"
}

mkdir -p "$TOP/build/rootfs" && chmod 0700 "$TOP/build/rootfs"
exec 7>"$TOP/build/rootfs/lock"
flock 7
if [ ! -d "$root" ]; then
	rm -rf "$root.new"
	if ! make_root "$root.new"; then
		diag "$(tail -n 20 "$T/mmdebstrap")"
		rm -rf "$root.new"
		skip_all "no root can be made: mmdebstrap fails"
	fi
	mv "$root.new" "$root"
fi
exec 7>&-
run_min --set rootfs.image="$root" -- true
if [ "$rc" != 0 ] && [ "$trees" != "$T" ]; then
	cp -a "$root" "$trees/root"
	root=$trees/root
fi
before=$(manifest "$root" | sha256sum)

n=$(name debian)
start_desktop "$n" --set rootfs.image="$root" -- xterm
is "$rc" 0 "the desktop starts from it"
unlike "$(field "$n" '.mounts[]')" "^/(usr|bin|lib|etc)" \
	"nothing of the host's programs is mounted"
in_box "$n" cat /etc/debian_version
is "$out" "$(cat "$root/etc/debian_version")" "the files are its own"
in_box "$n" sh -c 'ls /usr/local/bin /usr/bin/jq /usr/bin/gcc; readlink /bin'
is "$out" usr/bin "and only those"

steer() {
	run_cmd "$B/steer" -s "$n" "$@"
}
steer wait focus
is "$rc" 0 "its terminal has the focus"
steer wait stable
steer screenshot -o "$T/before.png"
# shellcheck disable=SC2088 # for the shell inside
steer type $'id -un >~/typed\n'
upper=$(field "$n" .rootfs.writable)
wait_until grep -q . "$upper/home/agent/typed"
is "$(cat "$upper/home/agent/typed")" agent \
	"what is typed from the host arrives, and shows in the writable layer"
steer wait stable
steer screenshot -o "$T/after.png"
like "$(head -c 16 "$T/after.png" | tr -d '\0')" PNG "a picture of it is one"
cmp -s "$T/before.png" "$T/after.png"
isnt $? 0 "and shows what was typed"
in_box "$n" sh -c 'rm -rf /usr/* /etc/* ~; echo x >>/etc/passwd; echo more >~/.x'
"$S" rm -f "$n"
is_gone "$n" "it ends without a trace"
drop_caches
is "$(manifest "$root" | sha256sum)" "$before" \
	"its files are unchanged, read back from the disk"
done_testing
