#!/bin/bash
# The list of windows, and the focus.
. "$(dirname "$0")/desk.inc"

# one FILTER: jq's answer about the list
one() {
	steer windows --json
	[ "$rc" = 0 ] || cmd_diag
	jq -r "$1" <<<"$out"
}

# is_so FILTER: until it holds
is_so() {
	[ "$(one "$1")" = true ]
}

id_of() {
	tr -d '\n' <"$T/$1.id"
}

desk_start
steer windows
is "$rc $(wc -l <<<"$out")" "0 1" "an empty display has only a heading"
steer focus nothing
like "$rc $err" "^3 .*'nothing': there is none$" "and nothing to focus"

# Without a window manager.
mkfifo "$T/hold"
"$B/tests/xraw" "$X" windows 300 <"$T/hold" >"$T/ready" 7>&- &
tap_pids+=("$!")
exec 7>"$T/hold"
wait_until grep -q ready "$T/ready" || fail "the client has its windows"
is "$(one '[.total, (.windows | length)] | @csv')" "300,256" \
	"of very many windows the topmost are listed"
is "$(jq -c '.windows[0] | [.area.width, .mapped, .focused, .desktop,
	.claimed_pid, .title]' <"$T/out")" '[20,true,false,null,null,""]' \
	"and what is not known of them is null"
first=$(one '.windows[0].id')
steer focus "$first"
is "$rc $(one ".windows[] | select(.focused).id")" "0 $first" \
	"one gets the focus without a window manager"
exec 7>&-
wait "${tap_pids[-1]}"

desk_fluxbox
# shellcheck disable=SC2016
desk_window left 40x10+50+300 sh -c 'exec cat >"$0"' "$T/left"
left=$desk_term
# shellcheck disable=SC2016
desk_window right 40x10+700+300 sh -c 'exec cat >"$0"' "$T/right"
right=$desk_term
is "$(one '[.windows[].title] | sort | join(" ")')" "left right" \
	"the clients' windows are listed, and no frame"
is "$(one '.windows[0] | [.title, .focused, .mapped, .minimised, .class,
	.instance] | @csv')" '"right",true,true,false,"XTerm","xterm"' \
	"the topmost first, with what is known of it"
is "$(one '.windows[0].id')" "$(id_of right)" "by its number"
is "$(one '.windows[0].claimed_pid')" "$right" "and the process that it claims"
is "$(one '.windows[0] | (.frame.x <= .area.x and .frame.y < .area.y and
	.frame.height > .area.height)')" true "a frame lies around its window"
steer windows
like "$out" "^0x0*$(printf %x "$(id_of right)") +[0-9]+,[0-9]+ +[0-9]+x[0-9]+ +0 +$right +focused +XTerm +right\$" \
	"for people it is one line"
read -r x y < <(one '.windows[1].area | "\(.x + 5) \(.y + 5)"')
steer move "$x" "$y"
steer position --json
is "$(jq .window <<<"$out")" "$(id_of left)" \
	"position tells the client's window under the pointer"

steer focus left
is "$rc $out$err" "0 " "the other window is focused by its title"
desk_is_active "$T/left.id"
ok $? "at once"
is "$(one '.windows[0] | [.title, .focused] | @csv')" '"left",true' "and raised"
steer type "to the left
"
steer focus "$(id_of right)" --json
is "$rc $(jq -c '[.ok, .window, .title]' <<<"$out")" \
	"0 [true,$(id_of right),\"right\"]" "back by its number"
steer type "to the right
"
xraw iconify "$(id_of left)"
wait_until is_so '.windows[] | select(.title == "left").minimised'
ok $? "a minimised window is told"
steer windows
like "$out" ' minimised +XTerm +left$' "for people too"
steer focus LEF
is "$rc $(one '.windows[0] | [.title, .focused, .minimised] | @csv')" \
	'0 "left",true,false' "focus brings it back, by a part of its title"
steer key ctrl+d
wait "$left"
is "$(cat "$T/left")" "to the left" "what was typed went there"

# shellcheck disable=SC2016
desk_window right2 40x10+50+300 sh -c 'exec cat >"$0"' "$T/left"
steer focus XTerm
like "$rc $err" "^3 .*'XTerm': several match: 0x[0-9a-f]+ '.*0x[0-9a-f]+ '" \
	"several candidates are named"
like "$err" '^hint: .*number' "with the remedy"
steer focus right
is "$rc $(one '.windows[0].title')" "0 right" "a whole title goes before a part"
steer focus '0x1'
like "$rc $err" "^3 .*'0x1': there is none, only 0x" "an absent number is absent"
steer focus ''
like "$rc $err" '^2 ' "no name is no window"

long=$(printf 'ä%.0s' {1..400})
for title in $'a\e[31mb\ac' $'x\u202eyz' "$long"; do
	xprop -id "$(id_of right)" -f _NET_WM_NAME 8u \
		-set _NET_WM_NAME "$title"
	steer windows
	iconv -f UTF-8 -t UTF-8 <"$T/out" >"$T/null"
	ok $? "a list with a hostile title is UTF-8"
	[ "$(LC_ALL=C tr -d '\n' <"$T/out" | LC_ALL=C tr -cd '\000-\037\177' |
		wc -c)" = 0 ]
	ok $? "and holds no control character"
done
like "$(one '.windows[0].title')" '^ä{120,127}$' "a long title is cut at a character"
xprop -id "$(id_of right)" -remove _NET_WM_NAME
xprop -id "$(id_of right)" -f WM_NAME 8s -set WM_NAME $'caf\xe9'
wait_until is_so '.windows[0].title == "café"'
ok $? "an old title is read as Latin-1"
steer focus café
is "$rc" 0 "and can be named"

# shellcheck disable=SC2154
last=$desk_term
steer close right2 --json
is "$rc $(jq -c '[.ok, .title]' <<<"$out")" '0 [true,"right2"]' "a window closes"
wait "$last"
is "$(one '[.windows[].title] | join(" ")')" café "and is not there any more"
steer close right2
like "$rc $err" "^3 .*'right2': there is none, only 0x" \
	"a second time there is none"
kill -STOP "$right"
steer close café --timeout 2
like "$rc $err" '^124 .*still there' "one that does not close is told"
kill -CONT "$right"
wait_until is_so '.windows == []'
ok $? "and closes later all the same"
done_testing
