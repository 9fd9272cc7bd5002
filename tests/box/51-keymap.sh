#!/bin/bash
# The keyboard: its map waits for the X server, compiled; everybody else still
# has the real compiler.
. "$(dirname "$0")/box.inc"
need setxkbmap xkbcomp

# --- what is prepared -----------------------------------------------------------
# A compiler that tells, in the place of the host's; what the server runs
# inside tells the log.
printf '#!/bin/sh\necho "the compiler runs" >&2\nexec /usr/bin/xkbevd "$@"\n' \
	>"$T/xkbcomp"
chmod 755 "$T/xkbcomp"
telling() {
	private sh -c 'mount --bind /usr/bin/xkbcomp /usr/bin/xkbevd &&
		mount --bind "$0" /usr/bin/xkbcomp && exec "$@"' \
		"$T/xkbcomp" "$@"
}
# key NAME: what it types.
key() {
	"$S" exec "$n" -- xkbcomp -w 0 :99 - | grep -A 4 "key <$1> *{"
}
n=$(name keys)
run_cmd telling "$S" run -d -n "$n" "$AGENT" -- sleep 1000
is "$rc" 0 "a desktop starts" || cmd_diag
unlike "$(log_of "$n")" "compiler runs" "its server compiles no keymap"
in_box "$n" setxkbmap -query
like "$out" "layout: +us$" "its keyboard is a us one"
# Bytes that mean nothing differ from run to run: so in words.
in_box "$n" sh -c 'cd /tmp && x=/usr/bin/xkbevd k=/etc/sandboxd/keymap &&
	$x -w 0 -R/usr/share/X11/xkb -xkm - /tmp/new.xkm <$k/query &&
	$x -w 0 -xkb new.xkm new && $x -w 0 -xkb $k/compiled old && cmp old new'
is "$rc" 0 "what was prepared is what the compiler makes" || cmd_diag

in_box "$n" setxkbmap -layout de -variant nodeadkeys
is "$rc" 0 "setxkbmap works"
like "$(log_of "$n")" "compiler runs" "by the real compiler"
in_box "$n" setxkbmap -query
like "$out" "layout: +de$" "the layout is another"
like "$(key AD06)" "\[ +z," "and so are the keys"
in_box "$n" setxkbmap us
calls=$(log_of "$n" | grep -c "compiler runs")
in_box "$n" setxkbmap us
like "$(key AD06)" "\[ +y," "and back"
is "$(log_of "$n" | grep -c "compiler runs")" "$calls" \
	"the known map is copied then, too"
"$S" rm -f "$n"

# --- when it is made ------------------------------------------------------------
map=$SANDBOXD_DATA_DIR/keymap
before=$(stat -c %i "$map")
run_cmd "$S" run -n "$(name again)" "$AGENT" -- true
is "$rc" 0 "another compiler on the host"
isnt "$(stat -c %i "$map")" "$before" "has the map compiled anew"
before=$(stat -c %i "$map")
run_cmd "$S" run -n "$(name same)" "$AGENT" -- true
is "$(stat -c %i "$map")" "$before" "the same one has not"

printf '#!/bin/sh\necho "no keys today" >&2\nexit 3\n' >"$T/xkbcomp"
n=$(name nokeys)
run_cmd telling "$S" run -n "$n" "$AGENT" -- true
is "$rc" 125 "one that fails is an error"
like "$err" "compile the keymap.*no keys today$" "with its own words"
is_gone "$n" "and nothing is left"
# --- the profile's layout --------------------------------------------------------
n=$(name german)
run_cmd "$S" run -d -n "$n" --set 'display.keyboard=us,de(nodeadkeys)' "$AGENT" \
	-- sleep 1000
is "$rc" 0 "a profile names layouts" || cmd_diag
in_box "$n" setxkbmap -query
like "$out" "layout: +us,de$" "the keyboard has them"
like "$out" "variant: +,nodeadkeys$" "with their variants"
like "$(key AD06)" "Group2.= .* z, +Z," "and their keys"
"$S" rm -f "$n"

n=$(name nolayout)
for layout in 'xx' 'us,de(xx)'; do
	run_cmd "$S" run -n "$n" --set "display.keyboard=$layout" "$AGENT" \
		-- touch "$T/ran"
	is "$rc" 2 "an unknown layout is an error: $layout"
	like "$err" "set display.keyboard '${layout//[()]/.}': .* no such layout" \
		"that names it"
	is_gone "$n" "before the payload starts"
done
for layout in ',' 'us,' 'us()' 'us(a' 'us;id' 'us us' 'us,us,us,us,us' '-help('; do
	run_cmd "$S" run -n "$n" --set "display.keyboard=$layout" "$AGENT" -- true
	like "$rc $err" "^2 .*expected layouts|^2 .*comment" "'$layout' is no layout"
done
done_testing
