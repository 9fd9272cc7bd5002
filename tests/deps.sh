#!/bin/bash
# deps.sh - installs the Debian packages that are missing.
#
#	tests/deps.sh [-n] [SET...]
#
# SET is build (to compile), run (programs of a desktop), test, fuzz (an engine
# that makes inputs up), bench or reach (whom we compare with); without any, the
# first three. -n only tells what is missing (status 4). apt-get is called only
# when something is missing, as root or through sudo; where neither is
# possible the command to run is printed (status 4).
set -u

build=(gcc libc6-dev linux-libc-dev make pkg-config musl-tools
	libseccomp-dev libcap-dev libinih-dev libjansson-dev libpng-dev
	libx11-dev libx11-xcb-dev libxcb1-dev libxcb-shm0-dev libxtst-dev
	libxdamage-dev libxfixes-dev libisal-dev libsystemd-dev)
run=(uidmap xvfb x11-xkb-utils xkb-data fluxbox dbus-daemon xterm fonts-dejavu-core xfonts-base)
test=(libcmocka-dev procps util-linux bsdutils bsdextrautils iproute2 jq
	attr mmdebstrap python3-minimal x11-utils dbus-bin scrot qemu-system-x86 qemu-system-common linux-image-cloud-amd64 cpio kmod
	systemd libpam-systemd dbus-user-session apparmor
	chromium python3 zsh fish shellcheck mandoc codespell clang-format clang-tidy cppcheck)
fuzz=(clang libclang-rt-dev)
# Whom bench/run compares with, and its part reach; nothing else needs them.
bench=(bubblewrap crun runc podman scrot maim xdotool tini catatonit jq
	util-linux)
reach=(bubblewrap crun runc golang-github-containers-common firejail
	systemd-container jq util-linux)

only_tell=
if [ "${1:-}" = -n ]; then
	only_tell=1
	shift
fi
[ $# -gt 0 ] || set -- build run test

if ! command -v dpkg-query >/dev/null; then
	[ -n "$only_tell" ] ||
		echo "deps: not a Debian system, nothing is installed" >&2
	exit 0
fi

wanted=()
for set; do
	case $set in
	build) wanted+=("${build[@]}") ;;
	run) wanted+=("${run[@]}") ;;
	test) wanted+=("${test[@]}") ;;
	fuzz) wanted+=("${fuzz[@]}") ;;
	bench) wanted+=("${bench[@]}") ;;
	reach) wanted+=("${reach[@]}") ;;
	*)
		echo "deps: unknown set '$set'" >&2
		exit 2
		;;
	esac
done

# An unknown package makes dpkg-query fail and still print the others.
have=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${wanted[@]}" \
	2>/dev/null | sed -n 's/^installed //p')
missing=()
for p in "${wanted[@]}"; do
	grep -Fxq -e "$p" <<<"$have" || missing+=("$p")
done
[ ${#missing[@]} -gt 0 ] || exit 0

if [ -n "$only_tell" ]; then
	echo "missing packages: ${missing[*]}" >&2
	echo "hint: make deps installs them" >&2
	exit 4
fi

become=()
if [ "$(id -u)" != 0 ]; then
	if ! command -v sudo >/dev/null || { ! [ -t 0 ] && ! sudo -n true; }; then
		echo "deps: not root; missing: ${missing[*]}" >&2
		echo "hint: as root: apt-get update && apt-get install -y" \
			"--no-install-recommends ${missing[*]}" >&2
		exit 4
	fi
	become=(sudo)
fi
echo "deps: installing ${missing[*]}"
apt() {
	"${become[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq \
		-o DPkg::Lock::Timeout=300 "$@" </dev/null
}
apt update && apt install -y --no-install-recommends "${missing[@]}" >/dev/null
status=$?
[ "$status" = 0 ] || echo "deps: apt-get failed" >&2
exit "$status"
