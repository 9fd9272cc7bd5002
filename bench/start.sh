#!/bin/bash
# start.sh - from the start of the launcher to its exit, with /bin/true in it.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/peers.inc"

echo "## Start to exit of /bin/true"
echo

# The same root for all: the host's /usr, read-only, in an empty skeleton.
root=$W/root
skeleton "$root"
mkdir "$W/upper"
profile=$W/bench-$$.ini
cp "$TOP/profiles/minimal.ini" "$profile"

# The groups of the floor: those of the profile's limits, in either version.
group() {
	awk -v want="$1" '$3 == "cgroup" && ("," $4 ",") ~ ("," want ",") {
		print $2; exit }' /proc/self/mounts
}
unified=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/self/mounts)
groups=()
if [ -n "$(group memory)" ]; then
	groups+=("$(group memory),memory.limit_in_bytes,268435456"
		"$(group cpu),cpu.cfs_quota_us,100000"
		"$(group pids),pids.max,64")
else
	groups+=("$unified,memory.max,268435456,cpu.max,100000 100000,pids.max,64")
fi

hide_host
row floor 0 "$TOOLS/floor" "$root" "$W/upper" "${groups[@]}" -- /bin/true
row "no sandbox" 0 /bin/true
row sandboxd 0 "$S" run "$profile" -- /bin/true
row "sandboxd, 2 s idle before" 2000 "$S" run "$profile" -- /bin/true
row "sandboxd, every wall looked at" 0 "$TOP/bench/walls.sh" "$profile"
have bwrap bubblewrap &&
	row "bwrap (no limits, no filter, no overlay)" 0 bwrap --unshare-all \
		--unshare-user --uid 1000 --cap-drop ALL --die-with-parent \
		--ro-bind /usr /usr --symlink usr/bin /bin --symlink usr/lib /lib \
		--symlink usr/lib64 /lib64 --proc /proc --dev /dev --tmpfs /tmp \
		/bin/true
if [ -r /usr/share/containers/seccomp.json ] && bundle "$W/oci" "$root"; then
	for runtime in crun runc; do
		have $runtime $runtime && row "$runtime (limits, filter; no overlay)" \
			"0@$hidden" $runtime run --bundle "$W/oci" bench-$runtime
	done
else
	echo "skipped: crun, runc: no filter in /usr/share/containers" \
		>>"$W/skipped"
fi
have podman podman &&
	row "podman run --rm" "0@$hidden" podman --cgroup-manager=cgroupfs \
		--events-backend=none --root "$W/podman" --runroot /run/podman \
		--storage-driver vfs run --rm --network=none --read-only \
		--security-opt no-new-privileges --cap-drop all \
		--ulimit nofile=1024:1024 --ulimit nproc=1000:1000 \
		--memory 256m --cpus 1 --pids-limit 64 -v /usr:/usr:ro \
		--rootfs "$root" /bin/true
rotate "$W/start" 2
find /sys/fs/cgroup -depth -type d -path '*libpod_parent*' -exec rmdir {} \; \
	2>/dev/null

walls=$(awk -F '\t' '$1 ~ /every wall/ { print NF - 1 }' "$W/start")
echo
echo "In each of the $walls rounds one more sandbox of the same profile was" \
	"asked for its walls; 'failed' counts those where one was missing."
echo
expect "start, of the floor's (at most 1.5)" \
	"$(ratio "$W/start" sandboxd floor)" 1.5
expect "start, of crun's with its filter (at most 0.4)" \
	"$(ratio "$W/start" sandboxd "crun (limits, filter; no overlay)")" 0.4
expect "start after idle, of one right behind another (at most 1.5)" \
	"$(ratio "$W/start" "sandboxd, 2 s idle before" sandboxd)" 1.5
