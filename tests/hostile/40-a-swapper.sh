#!/bin/bash
# CVE-2021-30465, CVE-2024-45310, CVE-2025-31133: what a launcher has looked at is
# something else by the time it uses it. A program outside exchanges directories
# of an image and of a layer with links out of them, as fast as it can, while
# sandboxes start.
. "$(dirname "$0")/../box/image.inc"
need_layers

canary=$trees/canary
mkdir "$canary"
echo secret-of-the-host >"$canary/secret"
: >"$canary/null"
chmod -R a+rwX "$canary"
tree=$trees/tree
mini_image "$tree" cat ls
layer=$trees/layer
mkdir -p "$layer/opt"

# swap TREE PATH: until stop_swapper, PATH in it is now a directory, now a link.
swap() {
	local at=$1$2

	mkdir -p "$at" "$(dirname "$at")"
	ln -sfn "$canary" "$at.other"
	mkfifo "$T/hold"
	"$B/tests/swapper" "$at" "$at.other" <"$T/hold" >"$T/swaps" &
	swapper=$!
	tap_pids+=("$swapper")
	exec 9>"$T/hold"
	rm "$T/hold"
}

stop_swapper() {
	exec 9>&-
	wait "$swapper"
	ok $? "$(cat "$T/swaps") exchanges of $2 later"
	rm -rf "$1$2" "$1$2.other"
}

# Who looks first, and then takes what is there, is caught: in the canary there
# is something that should have been in the directory.
before=$(manifest "$canary")
swap "$tree" /dev
caught='' end=$((SECONDS + 20))
while [ -z "$caught" ] && [ $SECONDS -lt $end ]; do
	[ -d "$tree/dev" ] && [ ! -L "$tree/dev" ] && : >"$tree/dev/caught"
	[ ! -e "$canary/caught" ] || caught=1
done 2>"$T/null"
stop_swapper "$tree" /dev
is "$caught" 1 "a launcher that looks and then walks a path is caught"
rm -f "$canary/caught"
before=$(manifest "$canary")

# Many starts, for some seconds at most.
starts=60
while read -r where path; do
	swap "$where" "$path"
	ran=0 refused=0 odd='' seen=''
	end=$((SECONDS + 3))
	for ((i = 0; i < starts && SECONDS < end; i++)); do
		run_min --set rootfs.image="$tree" --set rootfs.layers="$layer" \
			-- /bin/sh -c "cat $path/secret $path/null; ls $path
				(: >$path/written); echo ran"
		case $rc:$out$err in
		0:*ran*) ran=$((ran + 1)) ;;
		125:*"$path in it is a symbolic link"* | \
			125:*"'$path': Too many levels of symbolic links"*) refused=$((refused + 1)) ;;
		*) odd+="$rc: $out$err " ;;
		esac
		[[ $out != *secret-of-the-host* ]] || seen+="$out "
	done
	stop_swapper "$where" "$path"
	[ "$(cat "$T/swaps")" -gt 1000 ]
	ok $? "which are many"
	is "$odd" "" "$ran starts with $path in the ${where##*/}, $refused refused"
	[ $((ran + refused)) -gt 0 ]
	ok $? "and no other end"
	is "$seen" "" "nothing of the host was seen"
	is "$(manifest "$canary")" "$before" "nor touched"
done <<END
$tree /dev
$tree /tmp
$tree /var/lib
$tree /opt
$layer /proc
$layer /home/agent
$layer /opt/deep
END
is "$(ls "$SANDBOXD_STATE_DIR")" lock "nothing is left of any start"
is "$(awk -v t="$trees/" 'index($2, t) == 1' /proc/self/mounts)" "" "nor any mount"
done_testing
