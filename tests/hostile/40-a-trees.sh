#!/bin/bash
# CVE-2019-19921, CVE-2021-30465, CVE-2023-27561, CVE-2025-31133, CVE-2025-52565,
# CVE-2026-41579, CVE-2026-47766 and their kin: at every place of a tree where a
# launcher makes, mounts or writes something lies something else, as image and
# as layer. Either it is refused by its name or it is harmless; a tree outside,
# to which it leads, is neither changed nor seen.
. "$(dirname "$0")/../box/image.inc"
need_layers
need python3

# --- the canary -----------------------------------------------------------------
canary=$trees/canary
mkdir -p "$canary/pts"
echo secret-of-the-host >"$canary/secret"
: >"$canary/null"
chmod -R a+rwX "$canary"
before=$(manifest "$canary")

# put KIND PATH: makes it of that kind, where nothing is.
put() {
	case $1 in
	absolute) ln -s "$canary" "$2" ;;
	climbing) ln -s "../../../../../../../../..$canary" "$2" ;;
	magic) ln -s "/proc/self/root$canary" "$2" ;;
	process) ln -s "/proc/$$/cwd" "$2" ;;
	loop) ln -s "$(basename "$2")" "$2" ;;
	dangling) ln -s "$canary/new" "$2" ;;
	file) echo x >"$2" ;;
	fifo) mkfifo "$2" ;;
	socket) python3 -c 'import os, socket, sys
os.chdir(os.path.dirname(sys.argv[1]))
socket.socket(socket.AF_UNIX).bind(os.path.basename(sys.argv[1]))' "$2" ;;
	char) mknod -m 666 "$2" c 1 1 ;;
	block) mknod -m 666 "$2" b 7 0 ;;
	whiteout) mknod "$2" c 0 0 ;;
	mounted) mkdir "$2" && mount --bind "$canary" "$2" ;;
	esac
}
take() {
	umount "$1" 2>"$T/umount"
	rm -rf --one-file-system "$1"
}

# Somebody without care falls into each trap: his marks are in the canary.
cd "$canary" || exit 1
trapped=0
for kind in absolute climbing magic process mounted; do
	put $kind "$trees/trap"
	[ "$(cat "$trees/trap/secret")" = secret-of-the-host ] &&
		mkdir "$trees/trap/mark" && rmdir "$canary/mark" &&
		trapped=$((trapped + 1))
	take "$trees/trap"
done
is $trapped 5 "each way out of a tree leads to the canary"
put dangling "$trees/trap"
: >"$trees/trap"
rm "$canary/new" "$trees/trap"
ok $? "and a dangling one to a new file there"
before=$(manifest "$canary")

# --- where a sandbox needs a directory -------------------------------------------------
tree=$trees/tree
mini_image "$tree" cat ls
mkdir "$trees/layer"

# start_in WHERE SCRIPT
start_in() {
	local options=(--set "rootfs.image=$tree")

	[ "$1" = image ] || options+=(--set "rootfs.layers=$trees/layer")
	run_min "${options[@]}" -- /bin/sh -c "$2"
}

# refused WHERE PATH KIND...: what is wrong with it, if anything.
refused() {
	local where=$1 path=$2 of=tree at kind
	shift 2

	[ "$where" = image ] || of=layer
	at=$trees/$of$path
	mkdir -p "$(dirname "$at")"
	[ ! -e "$at" ] || mv "$at" "$trees/kept"
	for kind; do
		put "$kind" "$at"
		start_in "$where" 'echo hello'
		[[ "$rc $err" == "125 "*"/$of': $path in it is a"*"needs a dir"* ]] ||
			echo "$kind: status $rc: $out$err"
		take "$at"
	done
	[ ! -e "$trees/kept" ] || mv "$trees/kept" "$at"
	rm -rf "$trees/layer" && mkdir "$trees/layer"
}

few=(absolute process fifo)
all=(absolute climbing magic process loop dangling file fifo socket char block)
for path in /dev /proc /sys /run /tmp; do
	is "$(refused image "$path" "${all[@]}")" "" \
		"$path: each of ${#all[@]} kinds of trap is refused by name"
	is "$(refused layer "$path" "${few[@]}")" "" "$path: in a layer, too"
done
for path in /etc /var /var/tmp /var/lib /var/lib/xkb /home /home/agent; do
	is "$(refused image "$path" "${few[@]}")" "" \
		"$path: each of ${#few[@]} kinds of trap is refused by name"
	is "$(refused layer "$path" absolute)" "" "$path: in a layer, too"
done
is "$(manifest "$canary")" "$before" "the canary is untouched"

# --- where anything may lie ----------------------------------------------------------
places=(/dev/null /dev/pts /dev/shm /dev/console /proc/self /sys/fs /run/user
	/tmp/.X11-unix /etc/passwd /etc/resolv.conf /etc/machine-id /etc/mtab
	/var/run /home/agent/own /opt)
look="for p in ${places[*]}; do for f in \$p \$p/secret \$p/../secret; do
	[ -p \$f ] || [ -c \$f ] || cat \$f </dev/null; done; ls -A \$p/; done 2>&1
	echo hello"
for where in image layer; do
	for kind in "${all[@]}" whiteout mounted; do
		at=$tree
		[ $where = image ] || at=$trees/layer
		for path in "${places[@]}"; do
			mkdir -p "$at$(dirname "$path")"
			put "$kind" "$at$path"
		done
		start_in $where "$look"
		like "$rc $out" "hello" "$kind in ${#places[@]} places of the $where" ||
			cmd_diag
		unlike "$out" "secret-of-the-host|^pts$" "shows nothing of the host"
		for path in "${places[@]}"; do
			take "$at$path"
		done
	done
done
# Mount points that the launcher replaces, but not a whole tree of them.
for path in /dev /proc /sys /run /tmp; do
	put mounted "$tree$path"
	start_in image "cat $path/secret 2>&1; echo hello"
	is "$rc $(tail -n 1 <<<"$out")" "0 hello" "what is mounted at $path is not seen"
	unlike "$out" secret-of-the-host "by the guest"
	take "$tree$path"
done
cd /
is "$(manifest "$canary")" "$before" "the canary is untouched"
is "$(ls "$SANDBOXD_STATE_DIR")" lock "nothing is left of any start"
is "$(awk -v t="$trees/" 'index($2, t) == 1' /proc/self/mounts)" "" "nor any mount"
done_testing
