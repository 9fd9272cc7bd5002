#!/bin/bash
# CVE-2015-1335 and all that follow it: trees that somebody prepared. What is not a
# directory where a sandbox needs
# one is refused by name, and nothing in a tree leads out of it.
. "$(dirname "$0")/../box/image.inc"
need_layers
need setfattr

echo canary >"$T/canary"
chmod 0644 "$T/canary"
good=$trees/good
mini_image "$good" cat ls id

# try TREE [OPTION...]: its shell says hello.
try() {
	run_min --set rootfs.image="$1" "${@:2}" -- /bin/sh -c 'echo hello'
}

# --- refused ------------------------------------------------------------------
# What is there, what it is called, and how it came about ($1 is the tree).
while IFS='|' read -r path what make; do
	tree=$trees/bad
	mini_image "$tree"
	set -- "$tree"
	rm -rf "$tree$path"
	mkdir -p "$(dirname "$tree$path")"
	eval "$make"
	try "$tree"
	like "$rc $err" "^125 .*'$tree': $path in it is $what, and a sandbox needs" \
		"$path that is $what is refused"
	rm -rf "$tree"
	mkdir -p "$trees/layer$(dirname "$path")"
	set -- "$trees/layer"
	eval "$make"
	try "$good" --set rootfs.layers="$trees/layer"
	like "$rc $err" "^125 .*'$trees/layer': $path in it is $what" \
		"in a layer above a good image, too"
	rm -rf "$trees/layer"
done <<'END'
/dev|a symbolic link|ln -s / "$1/dev"
/proc|a symbolic link|ln -s /proc/self/root "$1/proc"
/proc|a file|: >"$1/proc"
/sys|a device|mknod "$1/sys" c 1 3
/tmp|a symbolic link|ln -s ../../.. "$1/tmp"
/run|a FIFO|mkfifo "$1/run"
/etc|a symbolic link|ln -s / "$1/etc"
/etc|a symbolic link|ln -s etc "$1/etc"
/var|a device|mknod "$1/var" b 7 0
/var/lib|a symbolic link|ln -s /etc "$1/var/lib"
/var/lib/xkb|a file|: >"$1/var/lib/xkb"
/home|a symbolic link|ln -s /root "$1/home"
/home/agent|a symbolic link|ln -s /etc "$1/home/agent"
END
mini_image "$trees/bad"
mkdir -p "$trees/bad/etc"
ln -s /usr "$trees/bad/etc/sandboxd"
run_cmd "$S" run --set rootfs.image="$trees/bad" "$AGENT" -- sh
like "$rc $err" "^125 .*/etc/sandboxd in it is a symbolic link" \
	"so is one in the way of the desktop's configuration"
like "$err" "^hint: " "with what to do"
is "$(ls "$SANDBOXD_STATE_DIR")" lock "nothing is left of any"

# --- a desktop's programs --------------------------------------------------------
tree=$trees/desktop
while IFS='|' read -r what make; do
	mini_image "$tree"
	set -- "$tree/usr/bin/Xvfb"
	eval "$make"
	run_cmd "$S" run --set rootfs.image="$tree" "$AGENT" -- sh
	like "$rc $err" "^4 .*find 'Xvfb': the program is not in the image" \
		"an X server that is $what is none"
	rm -rf "$tree"
done <<END
not there|:
a FIFO|mkfifo "\$1"
a directory|mkdir "\$1"
not executable|: >"\$1"
a link to the host's|ln -s /../../../../../../..$(command -v Xvfb) "\$1"
a link by way of a process|ln -s /proc/1/root/usr/bin/Xvfb "\$1"
a link to itself|ln -s Xvfb "\$1"
END
mini_image "$tree"
printf '#!/bin/sh\necho my last words >&2\nexit 3\n' >"$tree/usr/bin/Xvfb"
chmod 0755 "$tree/usr/bin/Xvfb"
for program in xkbcomp setxkbmap fluxbox dbus-daemon; do
	cp "$tree/usr/bin/Xvfb" "$tree/usr/bin/$program"
done
run_cmd "$S" run --set rootfs.image="$tree" --set display.dbus=no "$AGENT" -- sh
like "$rc $err" "^5 .*start 'Xvfb': it ended at once: my last words" \
	"one that is something else is a desktop that did not start"

# --- taken, and harmless -------------------------------------------------------------
evil=$trees/evil
mini_image "$evil" cat ls id
rm -rf "${evil:?}/etc"
mkdir -p "$evil/etc/machine-id" "$evil/opt" "$evil/var/lib" "$evil/sbin"
mkfifo "$evil/etc/passwd"
ln -s /etc/shadow "$evil/etc/group"
ln -s "$T/canary" "$evil/etc/hosts"
mknod "$evil/etc/hostname" b 7 0
ln -s "$T/canary" "$evil/opt/absolute"
ln -s "../../../../../../../../../..$T/canary" "$evil/opt/climbs"
ln -s /proc/1/root "$evil/opt/root"
ln -s "$T" "$evil/opt/dir"
ln -s loop "$evil/opt/loop"
long=$(printf 'n%.0s' {1..255})
: >"$evil/opt/$long"
mkdir "$evil/opt/deep"
(cd "$evil/opt/deep" && for _ in {1..40}; do mkdir "$long" && cd "$long" || exit; done)
: >"$evil/opt/"$'new\nline\e[31m\xff'
ln -s / "$evil/var/run"
run_min --set rootfs.image="$evil" -- /bin/sh -c \
	'cat /etc/passwd /etc/hosts /etc/group /etc/hostname /etc/machine-id
	cat /opt/absolute /opt/climbs /opt/root'"$T"'/canary /opt/dir/canary
	ls /opt/loop/ /var/run/ /opt; :'
is "$rc" 0 "a tree full of traps is used"
like "$out" "^agent:x:1000:1000:" "users come from nobody's FIFO"
like "$out" "^127.0.0.1 localhost" "nor hosts from behind a link"
like "$out" "^[0-9a-f]{32}$" "nor a machine id from a directory"
unlike "$out" "canary|^root:[^x]" "no link leads to a file of the host"
like "$out" "^user$" "/var/run is /run"
like "$out" "^n{255}$" "the longest names are names"

# In a path all that overlayfs or a mount table would have to escape.
odd="$trees/o:d,d \\\\\"upperdir=%s"
cp -a "$good" "$odd"
try "$odd"
is "$rc $out" "0 hello" "a directory's name may hold any of overlayfs's own marks"

# Marks of overlayfs in a tree, which would show another place of it.
mkdir -p "$good/private" "$trees/marked/opt/shown"
echo private >"$good/private/file"
setfattr -n trusted.overlay.redirect -v /private "$trees/marked/opt/shown"
run_min --set rootfs.image="$good" --set rootfs.layers="$trees/marked" -- \
	/bin/sh -c 'cat /private/file; cat /opt/shown/file; ls /opt/shown'
is "$out" private "a redirect in a layer is not followed"

# What happens to be mounted in it.
private sh -c 'mkdir -p "$1/opt/there" && mount --bind "$2" "$1/opt/there" &&
	"$3" run --set rootfs.image="$1" "$4" -- /bin/sh -c "ls -A /opt/there"' \
	sh "$good" "$T/data" "$S" "$MINIMAL" >"$T/out" 2>&1
is "$(cat "$T/out")" "" "what is mounted in a tree is not part of it"

# --- who could exchange it ---------------------------------------------------------------
mkdir -m 0755 "$trees/open" "$trees/owned"
cp -a "$good" "$trees/open/tree"
cp -a "$good" "$trees/owned/tree"
chmod 0777 "$trees/open"
try "$trees/open/tree"
like "$rc $err" "^125 .*others may write to $trees/open \(mode 0777\)" \
	"a tree in a directory that others may write to is refused"
chmod 1777 "$trees/open"
try "$trees/open/tree"
is "$rc $out" "0 hello" "a sticky one lets nobody exchange it"
chmod 0775 "$trees/open/tree"
try "$trees/open/tree"
like "$rc $err" "^125 .*others may write to $trees/open/tree \(mode 0775\)" \
	"one that a group may write to is refused"
chown 12345 "$trees/owned"
try "$trees/owned/tree"
like "$rc $err" "^125 .*$trees/owned belongs to uid 12345" \
	"one in a directory of somebody else's is refused"
ln -s "$good" "$trees/link"
try "$trees/link"
like "$rc $err" "^125 .*'$trees/link': a symbolic link is on the way" \
	"one behind a symbolic link is refused"
try "$trees/link/../good"
like "$rc $err" "^125 .*a symbolic link" "on the way, too"

# --- where it lies -----------------------------------------------------------------------
try /
like "$rc $(tail -n 2 <<<"$err")" "^2 .*'rootfs.image = /': .*\[host-tree\]" \
	"the host's root is refused"
for dir in "$T" "$SANDBOXD_STATE_DIR" "$SANDBOXD_DATA_DIR/logs"; do
	try "$dir"
	like "$rc $err" "^2 .*it is, holds, or lies in the (state|data) directory" \
		"${dir#"$T"} of a test's directory is refused"
done
try "$good" --set rootfs.layers="$good/usr"
like "$rc $err" "^2 .*'$good/usr': it is, holds, or lies in $good" \
	"so is a layer in another"
try "$good" --set rootfs.layers="$good"
like "$rc $err" "^2 .*'$good': it is, holds, or lies in $good" "or given twice"
try "$trees/nowhere"
like "$rc $err" "^3 .*'$trees/nowhere': No such file" "one that is not there gives 3"
try "$T/canary"
like "$rc $err" "^125 .*'$T/canary': Not a directory" "a file is none"
run_min --set rootfs.layers="$(printf "$trees/l%s:" {1..33})" -- true
like "$rc $err" "^2 .*can have 32 layers, these are 33" "layers are counted"
mkdir -p "$trees/usr-too/usr/bin"
run_min --set rootfs.layers="$trees/usr-too" -- true
like "$rc $err" "^125 .*this host's own /usr would hide what it has there" \
	"a layer that the host's /usr would cover is refused"
private sh -c 'mkdir -p "$1/m" "$1/u" "$1/w" && mount -t overlay overlay \
	-o "lowerdir=$2,upperdir=$1/u,workdir=$1/w" "$1/m" &&
	"$3" run --set rootfs.image="$1/m" "$4" -- true' sh "$trees" "$good" "$S" \
	"$MINIMAL" >"$T/out" 2>&1
like "$? $(cat "$T/out")" "^4 .*'$trees/m': overlay file system cannot be idmapped" \
	"a file system that cannot be idmapped is named"
like "$(cat "$T/out")" "^hint: keep it on ext4" "with what can"
is "$(ls "$SANDBOXD_STATE_DIR")" lock "nothing is left of any"
is "$(cat "$T/canary")" canary "the canary lives"
done_testing
