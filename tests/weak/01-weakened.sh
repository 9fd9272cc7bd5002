#!/bin/bash
# For each defence a build without it, in which exactly the tests fail that are
# there for it; a wall that no test would miss is as bad as none. ONLY=NAMES
# (with blanks between) tries some, and keeps their trees in $B/weak.
# time-limit: 1200
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/weak.inc"
need_root
need ip jq nsenter setpriv unshare

# These run against every build.
QUICK=(box/20-inside.sh box/71-exec.sh hostile/10-attempts.sh)

# --- the check itself -----------------------------------------------------------
mkdir "$T/tree"
printf 'one\n\ttwo\n\ttwo\nthree\n' >"$T/tree/file"
cat >"$T/table" <<'END'
name once
what a line and the next
edit file
 one
-	two
+	2
edit file
-three
red a.sh: a point
red a.sh: so is *
name gone
edit file
-on
+1
name twice
edit file
-	two
+	2
name none
END
weak_read "$T/table"
ok $? "a table is read"
is "$(weak_edit "$T/tree" gone)" "edit 1 is for a text that file does not have" \
	"an edit that no longer fits is told"
is "$(weak_edit "$T/tree" twice)" \
	"edit 1 is for a text that file has more than once" "so is one that may be two"
is "$(weak_edit "$T/tree" none)" "none: no edit" "and one that is none"
is "$(cat "$T/tree/file")" $'one\n\ttwo\n\ttwo\nthree' "the file is as it was"
weak_edit "$T/tree" once
is "$(cat "$T/tree/file")" $'one\n\t2\n\ttwo' "edits change what they name"
is "$(printf '%s\n' "a.sh: a point" "a.sh: so is that" | weak_differ once)" "" \
	"what fails as it should is fine"
is "$(printf '%s\n' "a.sh: a point" "b.sh: a point" | weak_differ once)" \
	$'is red, and should not be: b.sh: a point
should be red, and is not: a.sh: so is *' "what does not is told"
is "$(printf '%s\n' "a.sh: cannot be tried here: why" | weak_differ once)" \
	"a.sh: cannot be tried here: why" "what a host cannot try is told, too"
is "$(weak_differ gone </dev/null)" "no test is named that would notice" \
	"so is a wall that nobody would miss"
sed "s/^red/rde/" "$T/table" >"$T/odd"
is "$(weak_read "$T/odd")" "$T/odd: not understood: rde a.sh: a point" \
	"a word that is none is told"
weak_names=()

# --- the defences ------------------------------------------------------------------
weak_read "$TOP/tests/weak/table"
ok $? "the table is understood"
read -ra chosen <<<"${ONLY:-}"
[ ${#chosen[@]} -gt 0 ] || chosen=("${weak_names[@]}")

# tests_of NAME: what runs against it, each once.
tests_of() {
	printf '%s\n' "${QUICK[@]}" "${weak_reds[$1]:-}" "${weak_may[$1]:-}" |
		sed 's/: .*//; /^$/d' | sort -u
}

# said DIR NAME WORDS: a sandbox of that build is refused with them.
said() {
	weak_build "$1" || return
	weak_start "$1" "$2" >"$1/start" 2>&1
	grep -Fq -e "$3" "$1/start" ||
		echo "it is not refused with '$3': $(<"$1/start")"
}

# try NAME: says what is not as the table has it.
try() {
	local dir=$B/weak/$1 tests units

	mapfile -t tests < <(tests_of "$1")
	mapfile -t units < <(printf '%s\n' "${tests[@]}" |
		sed -n 's|^unit/|build/tests/|p')
	weak_can "$1" ||
		{ echo "cannot be tried here: no ${weak_needs[$1]}"; return; }
	weak_copy "$dir" && weak_edit "$dir" "$1" || return
	if [ -n "${weak_refused[$1]:-}" ]; then
		said "$dir" "$1" "${weak_refused[$1]}"
		return
	fi
	if [ -n "${weak_birth[$1]:-}" ]; then
		said "$dir" "$1" "${weak_birth[$1]}"
		[ -n "${weak_reds[$1]:-}" ] || return 0
		weak_edit "$dir" no-self-check || return
	fi
	weak_build "$dir" "${units[@]}" || return
	# Nothing runs then, and all would fail.
	weak_start "$dir" "$1" >"$dir/start" 2>&1
	if grep 'not what the profile promises' "$dir/start"; then
		return
	fi
	weak_red "$dir" "${tests[@]}" >"$dir/red"
	weak_differ "$1" <"$dir/red"
}

rm -rf "$B/weak"
mkdir -p "$B/weak" "$T/said"
running=0
for n in "${chosen[@]}"; do
	if [ "$running" -gt "$(nproc)" ]; then
		wait -n
		running=$((running - 1))
	fi
	{
		try "$n" >"$T/said/$n" 2>&1
		[ -n "${ONLY:-}" ] || rm -rf "$B/weak/$n"
	} &
	running=$((running + 1))
done
wait
for n in "${chosen[@]}"; do
	what="$n is noticed: ${weak_what[$n]:-}"
	said=$(cat "$T/said/$n")
	if [ -n "$said" ] && ! grep -qv 'cannot be tried here: ' <<<"$said"; then
		skip "$what" "${said//$'\n'/, }"
	else
		is "$said" "" "$what"
	fi
done
done_testing
