#!/bin/bash
# Roots from directories: what the guest sees of them, what it changes, and
# that they are as they were.
. "$(dirname "$0")/image.inc"
need setfattr getfattr
need_layers

I=$trees/image
mini_image "$I" cat ls stat id mkdir rm rmdir mv ln chmod touch readlink find \
	sleep env head
mkdir -p "$I"/opt/tree/deep "$I"/opt/gone "$I"/home/agent/own "$I"/var/spool/x \
	"$I"/root "$I"/opt/agent
echo image >"$I/etc/os-release"
echo 'evil:x:0:0::/:/bin/sh' >"$I/etc/passwd"
echo 'evil:x:0:' >"$I/etc/group"
echo '6.6.6.6 localhost' >"$I/etc/hosts"
ln -s /run/elsewhere/resolv.conf "$I/etc/resolv.conf"
ln -s /opt/tree "$I/opt/absolute"
for f in one two three; do
	echo "$f of the image" >"$I/opt/agent/$f"
	echo "$f of the image" >"$I/opt/tree/$f"
done
mkdir "$I/opt/agent/dir" "$I/opt/agent/replaced"
echo under >"$I/opt/agent/dir/under"
echo under >"$I/opt/agent/replaced/under"
chown -R 1000:1000 "$I/opt/agent" "$I/home/agent"
echo secret >"$I/root/secret"
chmod 0700 "$I/root"
chmod 0600 "$I/root/secret"
echo far >"$I/opt/far"
chown 70000:70000 "$I/opt/far"
cp "$I/usr/bin/id" "$I/usr/bin/suid"
chmod 4755 "$I/usr/bin/suid"
mknod "$I/opt/null" c 1 3
chmod 0666 "$I/opt/null"
before=$(manifest "$I")

# --- what is seen ---------------------------------------------------------------
image() {
	run_min --set rootfs.image="$I" -- sh -c "$@"
}
image 'cat /etc/os-release; ls /usr/bin/cat; ls /opt/tree'
is "$(xargs <<<"$out")" "image /usr/bin/cat deep one three two" \
	"the programs and files are the image's"
image 'ls /usr/bin/bash /usr/share /sbin /etc/alternatives /etc/fonts /mnt'
is "$out" "" "nothing of the host is there"
image 'stat -c "%U %u %g" / /usr /usr/bin/cat /etc /opt/agent/one /opt/far'
is "$(xargs <<<"$out")" \
	"root 0 0 root 0 0 root 0 0 root 0 0 agent 1000 1000 nobody 65534 65534" \
	"root's files are root's inside, an id beyond the range is nobody's"
image 'cat /root/secret; ls /root'
is "$out" "" "what is root's alone in the image is closed to the agent"
image 'cat /etc/passwd /etc/group /etc/hosts /etc/resolv.conf; id -un
	stat -c %F /etc/resolv.conf'
unlike "$out" "evil|6\.6\.6" "users, groups and hosts are not the image's"
like "$out" "^agent:x:1000:1000:" "but generated ones"
like "$out" "^agent$" "by which names are found"
like "$out" "^regular file$" "a link in the place of one is replaced"
image '/usr/bin/suid -u; : >/opt/null; echo "$?"; cat /opt/null; echo x >/opt/null'
like "$out" "^1000$" "set-user-ID counts for nothing"
unlike "$out" "^0$" "nor does a device"
image 'echo "$SHELL"; cat /etc/passwd'
is "$(grep -Ec '^(/bin/sh|agent:.*:/bin/sh)$' <<<"$out")" 2 \
	"an image without bash gives the agent sh"
image 'cat /opt/absolute/one; readlink /bin /lib'
is "$(xargs <<<"$out")" "one of the image usr/bin usr/lib" \
	"links of the image lead where they should"
image 'ls -A ~; stat -c "%a %U" ~ /tmp /var/tmp; touch ~/own/x && echo ours'
is "$(xargs <<<"$out")" "own 700 agent 1777 root 1777 root ours" \
	"the home holds what the image has there"
image 'ls /dev /proc/self/exe /sys/class >/dev/null && ls /dev | head -n 2'
is "$(xargs <<<"$out")" "fd full" "/dev, /proc and /sys are there"
run_min --set rootfs.image="$I" -- cat /proc/self/mountinfo
unlike "$out" "$I" "where the image is on the host is not told"
is "$(grep -c ' / / .*nosuid,nodev.* - overlay ' <<<"$out")" 1 \
	"the root honours neither set-user-ID bits nor devices"
printf '[rootfs]\nimage = ./image\nsize = 8M\n[display]\nenabled = no\n' \
	>"$trees/t$$-relative.ini"
run_cmd "$S" run "$trees/t$$-relative.ini" -- cat /etc/os-release
is "$out" image "a relative image starts where the profile is"

# --- layers over it -------------------------------------------------------------
mkdir -p "$trees/a/opt/tree" "$trees/a/opt/only-a" "$trees/b/opt/tree" "$trees/b/opt/gone"
echo a >"$trees/a/opt/tree/one"
echo b >"$trees/b/opt/tree/one"
echo b >"$trees/b/opt/tree/two"
mknod "$trees/a/opt/tree/three" c 0 0
setfattr -n trusted.overlay.opaque -v y "$trees/b/opt/gone"
echo hidden >"$I/opt/gone/hidden"
before=$(manifest "$I")
layers() {
	run_min --set rootfs.image="$I" --set rootfs.layers="$1" -- sh -c \
		'cat /opt/tree/*; ls -A /opt/gone; ls -d /opt/only-a'
}
layers "$trees/a:$trees/b"
is "$(xargs <<<"$out")" "a b /opt/only-a" \
	"the first layer is topmost; whiteouts and opaque directories count"
layers "$trees/b:$trees/a"
is "$(xargs <<<"$out")" "b b /opt/only-a" "the other way round"
n=$(name desc)
start_min "$n" --set rootfs.image="$I" --set rootfs.layers="$trees/a:$trees/b" -- \
	sleep 1000
is "$(field "$n" '.rootfs | [.image] + .layers | join(" ")')" \
	"$I $trees/a $trees/b" "inspect tells them"
"$S" rm -f "$n"
run_min --set rootfs.layers="$trees/a" -- cat /opt/tree/one /etc/shells
is "$rc $(xargs <<<"$out")" "0 a /bin/sh /bin/bash" "a layer adds to the host's programs as well"

private sh -c 'mkdir -p "$1/o/m" "$1/o/u" "$1/o/w" && mount -t overlay overlay \
	-o "lowerdir=$2,upperdir=$1/o/u,workdir=$1/o/w" "$1/o/m" && shift 2 &&
	exec "$@"' sh "$trees" "$I" "$S" run -n "$n" --set rootfs.owners=nobody \
	--set rootfs.image="$trees/o/m" "$MINIMAL" -- sh -c '
	stat -c %U /usr/bin/cat /opt/agent/one; cat /opt/agent/one /root/secret
	echo x >/opt/agent/one || touch ~/mine && ls -d ~/mine; cat /opt/far' \
	>"$T/out" 2>"$T/err"
is "$(xargs <"$T/out")" "nobody nobody one of the image /home/agent/mine far" \
	"a file system without id maps will do, with nobody as the owner"
like "$(field "$n" '.notes[]')" "belong to nobody: rootfs.owners" \
	"which is noted"
"$S" rm "$n"

many=
for i in {1..31}; do
	mkdir -p "$trees/many/$i/opt/many"
	echo "$i" >"$trees/many/$i/opt/many/all"
	echo "$i" >"$trees/many/$i/opt/many/$i"
	many+=$trees/many/$i:
done
run_min --set rootfs.image="$I" --set rootfs.layers="$many" -- sh -c \
	'cd /opt/many && cat all 31 && set -- * && echo $#'
is "$(xargs <<<"$out")" "1 31 32" "a root can have 32 layers"

# --- what it changes --------------------------------------------------------------
n=$(name cow)
start_min "$n" --set rootfs.image="$I" -- sleep 1000
upper=$(field "$n" .rootfs.writable)
base=$(field "$n" .id_base)
in_box "$n" cat /opt/agent/one
[ ! -e "$upper/opt" ]
ok $? "reading copies nothing up"
in_box "$n" sh -c 'cd /opt/agent && echo more >>one && chmod 600 two &&
	rm three && mv dir moved; rm -r replaced && mkdir replaced &&
	echo new >replaced/new && ln one hard && ls -A . replaced'
is "$rc" 0 "the agent changes what is its own"
is "$(cat "$upper/opt/agent/one")" $'one of the image\nmore' \
	"a changed file is seen from outside, as a whole"
is "$(stat -c '%u:%g' "$upper/opt/agent/one")" \
	"$((base + 1000)):$((base + 1000))" "owned in the sandbox's range"
is "$(stat -c '%a' "$upper/opt/agent/two") $(cat "$upper/opt/agent/two")" \
	"600 two of the image" "a changed mode copies the file"
is "$(stat -c '%F %t:%T' "$upper/opt/agent/three")" \
	"character special file 0:0" "a removed file is a whiteout"
is "$(getfattr --only-values -n trusted.overlay.opaque \
	"$upper/opt/agent/replaced" 2>"$T/attr")" y \
	"a replaced directory is opaque"
is "$(ls -A "$upper/opt/agent/replaced")" new "and holds what is new"
is "$(stat -c %i "$upper/opt/agent/hard")" \
	"$(stat -c %i "$upper/opt/agent/one")" "a hard link is one"
in_box "$n" ls -A /opt/agent/replaced
is "$out" new "inside what was under it is gone"
in_box "$n" sh -c 'echo x >/opt/tree/one; rm /opt/tree/two; : >/usr/bin/cat
	mv /opt/tree /opt/t; mkdir /opt/new; touch /bin/sh'
[ ! -e "$upper/opt/tree" ] && [ ! -e "$upper/usr" ]
ok $? "what is root's it cannot change"
in_box "$n" sh -c 'cd /opt/agent && mkdir -p 1/2/3 && cd 1/2/3 &&
	echo kept >f && rm f && cd && touch .x && rm -r own && ls -A'
is "$out" .x "home is merged and changed alike"
is "$(stat -c '%F %t:%T' "$upper/home/agent/own")" \
	"character special file 0:0" "with a whiteout of its own"
is "$(find "$upper/" | wc -l)" "$(find "$upper/" -xdev | wc -l)" \
	"nothing else is mounted in it"

# --- the layers afterwards ----------------------------------------------------------
m=$(name second)
start_min "$m" --set rootfs.image="$I" -- sleep 1000
in_box "$m" sh -c 'cat /opt/agent/one /opt/agent/three; ls /opt/agent/replaced'
is "$(xargs <<<"$out")" "one of the image three of the image under" \
	"a second sandbox sees the image as it was"
isnt "$(field "$m" .id_base)" "$base" "under ids of its own"
"$S" stop "$n"
is "$(field "$n" .rootfs.writable)" null "what has ended has no writable layer"
[ ! -e "$upper" ]
ok $? "and it is gone"
"$S" rm -f "$n" "$m"
drop_caches
is "$(manifest "$I")" "$before" "the image is unchanged, read back from the disk"
done_testing
