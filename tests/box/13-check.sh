#!/bin/bash
# What weakens a sandbox: told by check, warned of by run, refused when grave.
. "$(dirname "$0")/box.inc"

for profile in "$TOP"/profiles/*.ini; do
	run_cmd "$S" check --strict "$profile"
	is "$rc $err" "0 " "${profile##*/} has nothing to be warned of"
done
is "$(ls "$SANDBOXD_STATE_DIR")" "" "and nothing is started"
run_cmd "$S" check "$AGENT" --set limits.pids=0
like "$rc $err" '^2 .*limits.pids.*from 1 to' "a wrong value is bad usage"
printf '[display]\nwidht = 1\n' >"$T/bad.ini"
run_cmd "$S" check "$T/bad.ini"
like "$rc $err" '^2 .*bad.ini:2.*widht' "a mistake is named with its line"
run_cmd "$S" check "$T/bad.ini" extra
like "$rc $err" '^2 .*too many' "one profile at a time"
run_cmd "$S" check
like "$rc $err" '^2 .*a profile is missing' "and no less"

run_cmd "$S" check --rules --json
is "$(jq 'length > 10 and all(.rule and .severity and .why and .remedy)' \
	<<<"$out")" true "the rules are listed"
run_cmd "$S" check --rules "$AGENT"
is "$rc" 2 "of no profile"

# --- a warning -------------------------------------------------------------------
weak=(--set limits.memory=unlimited)
run_cmd "$S" check "${weak[@]}" "$MINIMAL"
like "$rc $out" '^0 .*minimal.ini: warning no-memory-limit: limits.memory = unlimited: ' \
	"a warning names key, value and rule"
like "$out" '^hint: set limits.memory' "with what to do"
run_cmd "$S" check --strict "${weak[@]}" "$MINIMAL"
is "$rc" 1 "--strict makes it fail"
run_cmd "$S" check --strict "${weak[@]}" --set \
	security.accept=no-memory-limit "$MINIMAL"
like "$rc $out" '^0 .*: accepted no-memory-limit: limits.memory' "what is accepted does not"
run_cmd "$S" check --json "${weak[@]}" "$MINIMAL"
is "$(jq -c '[.[] | select(.rule == "no-memory-limit") |
	.severity, .found, .accepted]' <<<"$out")" \
	'["warning","limits.memory = unlimited",false]' "as JSON, too"

# --- where it stands -------------------------------------------------------------
sed 's/^memory = .*/memory = unlimited/' "$MINIMAL" >"$T/weak.ini"
line=$(grep -n '^memory' "$T/weak.ini" | cut -d: -f1)
run_cmd "$S" check "$T/weak.ini"
like "$out" "^$T/weak.ini:$line: warning no-memory-limit: " \
	"a finding stands at its line"
run_cmd "$S" check --json "$T/weak.ini"
is "$(jq -c '.[] | select(.rule == "no-memory-limit") | [.file, .line]' \
	<<<"$out")" "[\"$T/weak.ini\",$line]" "as JSON, too"
run_cmd "$S" check "$T/weak.ini" --set limits.memory=unlimited
like "$out" "^$T/weak.ini: warning no-memory-limit: " \
	"what --set changed, or no line sets, has the file alone"
rc=0
"$S" check - --set sandbox.name=x <"$T/weak.ini" >"$T/out" || rc=$?
like "$(cat "$T/out")" "^standard input:$line: warning no-memory-limit: " \
	"standard input has lines, too"

# --- told by run ------------------------------------------------------------------
run_cmd "$S" run "$T/weak.ini" -- true
is "$rc $err" "0 sandboxd: warning: $T/weak.ini:$line: limits.memory = unlimited:\
 the guest can use up the host's memory [no-memory-limit]" \
	"run starts it all the same, and warns of it once"
run_min "${weak[@]}" --set security.accept=no-memory-limit -- true
is "$rc $err" "0 " "of what is accepted it says nothing"
run_min --set limits.core=1M -- true
is "$rc $err" "0 " "nor of what is only a note"

# --- secrets ---------------------------------------------------------------------
for as in "" --json; do
	run_cmd "$S" check $as "$MINIMAL" --set env.A_PAT=hidden1 \
		--set env.DB=pg://me:hidden2@db/x
	like "$out" 'env\.DB' "a secret is named${as:+, as JSON, too}"
	unlike "$out$err" hidden "and not told"
done

# --- a grave one -----------------------------------------------------------------
for tree in / /etc /proc/self/root /root; do
	run_cmd "$S" check --set rootfs.image="$tree" "$MINIMAL"
	like "$out" ': grave host-tree: rootfs.image = ' \
		"$tree as an image is grave"
	is "$rc" 1 "and fails"
done
# By whatever way one comes there: a part of it, mounted elsewhere, too.
run_cmd private sh -c 'mkdir "$1/a b" && mount --bind /etc/ssl "$1/a b" &&
	exec "$2" check --set rootfs.layers="$1/a b/certs" "$3"' \
	sh "$T" "$S" "$MINIMAL"
like "$out" ": grave host-tree: rootfs.layers = $T/a b/certs \(lies in /etc\): " \
	"a bind mount hides nothing"
rmdir "$T/a b"
ln -s /etc "$T/link"
run_cmd "$S" check --set rootfs.layers="$T/link/ssl" "$MINIMAL"
like "$out" ": grave host-tree: .*\(lies in /etc\)" "nor does a link"
run_cmd "$S" check --json --set rootfs.layers="$T/link/ssl" "$MINIMAL"
is "$(jq -r '.[] | select(.rule == "host-tree") | .key' <<<"$out")" \
	rootfs.layers "as JSON with the key that names it"
mkdir "$T/fine"
run_cmd "$S" check --strict --set rootfs.layers="$T/fine" "$MINIMAL"
is "$rc" 0 "a directory made for it is fine"
mkdir "$T/open" "$T/open/layer"
chmod 0777 "$T/open"
run_cmd "$S" check --set rootfs.layers="$T/open/layer" \
	--set security.accept=foreign-tree "$MINIMAL"
like "$rc $out" "^1 .*: fatal foreign-tree: .*$T/open: uid 0, mode 0777" \
	"one that others may exchange is fatal"
run_min --set rootfs.layers="$T/open/layer" -- true
like "$rc $err" "^125 .*others may write to $T/open " \
	"and run says so, and nothing else"
is "$(grep -c . <<<"$err")" 2 "in one message with its hint"
run_min --set rootfs.image=/ -- true
like "$err" "^sandboxd: start with 'rootfs.image = /'.*\[host-tree\]$" \
	"run refuses it"
like "$err" "\($MINIMAL\) \[host-tree\]$" "and names the profile"
is "$rc" 2 "as a wrong profile"
like "$err" '^hint: .*accept = host-tree' "and says how to insist"
is "$(ls "$SANDBOXD_STATE_DIR")" lock "nothing is left of it"
cp "$MINIMAL" "$T/grave.ini"
printf '[security]\nseccomp = unconfined\n' >>"$T/grave.ini"
line=$(wc -l <"$T/grave.ini")
run_cmd "$S" run "$T/grave.ini" -- true
like "$err" "\($T/grave.ini:$line\) \[unconfined\]$" "with the line, if it has one"
printf '[security]\naccept = glx, host-tre\n' >"$T/typo.ini"
run_cmd "$S" check "$T/typo.ini"
like "$rc $err" "^2 .*typo.ini:2.*expected .*host-tree" \
	"a rule that there is not is refused, with its line"
like "$err" "^hint: did you mean 'host-tree'" "and the nearest is named"

# --- words from outside -----------------------------------------------------------
mkdir -m 0777 "$T/"$'a\e[31mb'
run_cmd "$S" check "$MINIMAL" --set rootfs.layers="$T/"$'a\e[31mb'
unlike "$out$err" $'\e' "no control character reaches a terminal"
done_testing
