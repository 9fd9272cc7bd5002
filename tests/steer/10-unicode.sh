#!/bin/bash
# Text of all of Unicode, through keys that the layout has not.
. "$(dirname "$0")/desk.inc"

# typed NAME TEXT: types it with a newline into a new cat.
typed() {
	desk_cat "$T/typed"
	steer type -- "$2
"
	[ "$rc" = 0 ] || cmd_diag
	desk_cat_end
	printf '%s\n' "$2" >"$T/want"
	cmp -s "$T/typed" "$T/want"
	ok $? "$1" || diag "$(diff "$T/want" "$T/typed" | head -5)"
}

# points FIRST LAST: their characters
points() {
	local i

	for ((i = $1; i <= $2; i++)); do
		printf '%b' "\\U$(printf %08x "$i")"
	done
}

# read_back NAME TEXT...: types each in a steer of its own to a program that
# lags; it must read the same.
read_back() {
	local name=$1 text wrong=0

	shift
	printf '%s' "$@" | iconv -t UTF-32BE | od -An -v -tx4 -w4 --endian=big |
		sed 's/^ *0*//' >"$T/want"
	mkfifo "$T/hold"
	"$B/tests/xraw" "$X" read 3 <"$T/hold" >"$T/read" 7>&- &
	tap_pids+=("$!")
	exec 7>"$T/hold"
	wait_until grep -q ready "$T/read" || fail "the program reads"
	for text; do
		steer --timeout 60 type -- "$text" 7>&-
		[ "$rc" = 0 ] || { wrong=1; cmd_diag; }
	done
	wait_until sh -c '[ "$(wc -l <"$1")" -gt "$(wc -l <"$2")" ]' - \
		"$T/read" "$T/want"
	exec 7>&-
	wait "${tap_pids[-1]}"
	rm "$T/hold"
	sed -i 1d "$T/read"
	[ "$wrong" = 0 ] && cmp -s "$T/read" "$T/want"
	ok $? "$name" || diag "$(diff "$T/want" "$T/read" | head -5)"
}

export LANG=C.UTF-8
desk_start
han=$(points 0x4e00 0x4ec7)
read_back "200 different characters reach a program that lags" "$han"
read_back "and again, from several steers" "$han" "$han" "äöü ÄÖÜ €"
read_back "with many others between" "$(printf 'a%sB ' "$han" "Ωß😀")"
steer type ''
is "$rc" 0 "nothing is typed for nothing"

desk_fluxbox
typed "a mixed line arrives" "Grüße, 你好, Привет, 😀 – «ça» ½ ✓"
typed "characters that a steer before left are typed again" "Привет, Grüße"
typed "all of Latin-1 arrives" "$(points 0xa1 0xac)$(points 0xae 0xc9)"
typed "ASCII arrives as before" 'The quick (brown) fox_jumps @ 100%'
xraw tap 66
typed "Caps Lock changes nothing" "äÄaA"
xraw tap 66
steer key shift+F5 ctrl+l
is "$rc" 0 "keys keep their meaning"
desk_cat "$T/typed"
steer key a EuroSign Greek_OMEGA Return
desk_cat_end
is "$rc $(cat "$T/typed")" "0 a€Ω" "a key that the layout has not gets one"
done_testing
