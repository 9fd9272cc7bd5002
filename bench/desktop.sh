#!/bin/bash
# desktop.sh - until a desktop can be used: a display with a window manager.
. "$(dirname "$0")/lib.sh"

echo "## Desktop ready"
echo

# What can be had by hand, without a sandbox: no GLX, a keymap compiled before,
# our own small style, everything on one CPU.
mkdir "$W/fluxbox"
for f in "$TOP"/entrypoint/desktop/*; do
	sed "s|/etc/sandboxd/fluxbox|$W/fluxbox|g" "$f" >"$W/fluxbox/${f##*/}"
done
export KEYMAP=$W/keymap.xkm
printf '%s\n' 'xkb_keymap "default" {
	xkb_keycodes { include "evdev+aliases(qwerty)" };
	xkb_types { include "complete" };
	xkb_compatibility { include "complete" };
	xkb_symbols { include "pc+us+inet(evdev)" };
	xkb_geometry { include "pc(pc105)" };
};' | xkbcomp -w 0 -xkm - "$KEYMAP" || exit 1
mkdir -p /tmp/.X11-unix
mount -t tmpfs -o mode=1777 tmpfs /tmp/.X11-unix
server=(Xvfb -screen 0 1280x720x24 -nolisten tcp -noreset)

by_hand() {
	mount --bind "$TOOLS/keymap" /usr/bin/xkbcomp || return
	HOME=$W taskset 1 "$TOOLS/desk" "${server[@]}" -extension GLX -- \
		fluxbox -rc "$W/fluxbox/init"
	umount /usr/bin/xkbcomp
}

plain() {
	HOME=$W "$TOOLS/desk" "${server[@]}" -- fluxbox
}

# since STARTED: the milliseconds.
since() {
	local now=$EPOCHREALTIME

	awk "BEGIN { printf \"%.2f\n\", ($now - $1) * 1000 }"
}

two_sleeps() {
	local started=$EPOCHREALTIME xvfb wm

	"${server[@]}" :77 >"$W/out" 2>&1 &
	xvfb=$!
	sleep 1
	HOME=$W DISPLAY=:77 fluxbox >"$W/out" 2>&1 &
	wm=$!
	sleep 1
	since "$started"
	kill -KILL $wm $xvfb && wait $wm $xvfb 2>"$W/out"
	[ $? = 137 ]
}

ours() {
	local started=$EPOCHREALTIME

	"$S" run -d -n bench-$$ "$TOP/profiles/agent.ini" -- sleep infinity \
		>"$W/out" || return
	since "$started"
	"$S" rm -f bench-$$
}

names=("by hand" "plain Xvfb and fluxbox" "entrypoint with two sleeps" sandboxd)
kinds=(by_hand plain two_sleeps ours)
for ((r = -1; r < N; r++)); do
	for i in "${!kinds[@]}"; do
		ms=$(${kinds[i]} 2>>"$W/errors") || ms=failed
		[ $r -lt 0 ] || echo "$ms" >>"$W/desktop.$i"
	done
done
echo "| | median ms | min ms | p90 ms | failed |"
echo "|---|--:|--:|--:|--:|"
for i in "${!kinds[@]}"; do
	grep -v failed "$W/desktop.$i" | sort -g | awk -v name="${names[i]}" \
		-v rounds="$N" '{ v[NR] = $1 }
		END { printf "| %s | %.1f | %.1f | %.1f | %d |\n", name,
			v[int((NR + 1) / 2)], v[1], v[int(NR * 0.9) + (NR < 10)],
			rounds - NR }'
	paste -s "$W/desktop.$i" | sed "s/^/${names[i]}\t/"
done | tee "$W/both" | grep '^|'
grep -v '^|' "$W/both" >"$W/desktop"
[ ! -s "$W/errors" ] || sed 's/^/    /' "$W/errors" | sort | uniq -c | head
echo
expect "desktop ready, of the one by hand (at most 1.3)" \
	"$(ratio "$W/desktop" sandboxd "by hand")" 1.3
