#!/bin/bash
# time-limit: 600
# Every action of steer against every server that means harm: it ends, with a
# status that the manual names, one message, and little memory; and nothing of
# what the server says reaches a terminal as it is.
. "$(dirname "$0")/desk.inc"

# steer(1), "SECURITY CONSIDERATIONS": in kB.
memory_max=$((96 * 1024))
case $B in */asan) memory_max= ;; esac

# Separated by blanks; each action, option and choice of it is in one at least
# (compared with steer's own table below).
cases=(
	"screenshot"
	"screenshot -o a.png --json"
	"screenshot -o -"
	"size"
	"size --json"
	"position"
	"position --json"
	"move 1 1"
	"click"
	"click -b right -n 2 -m ctrl+shift 1 1"
	"press"
	"press -b back 1 1"
	"release"
	"release -b 2 1 1"
	"drag -b left -m shift -d 0.05 1 1 30 30"
	"scroll up"
	"scroll down 2"
	"scroll left 1 1"
	"scroll right -m alt 2 1 1"
	"type text"
	"type äöü€𐍈"
	"key ctrl+q F5"
	"key -d 0.02 Return"
	"keydown shift+x"
	"keyup shift+x"
	"windows"
	"windows --json"
	"focus evil"
	"focus 0x300 --json"
	"close 0x300"
	"close evil --json"
	"wait stable"
	"wait focus --json"
)

# --- all of them are here -----------------------------------------------------

# has WORD...: a case begins with the first and holds the others.
has() {
	local c w

	for c in "${cases[@]}"; do
		[ "${c%% *}" = "$1" ] || continue
		for w; do
			[[ " $c " == *" $w "* ]] || continue 2
		done
		return 0
	done
	return 1
}

# The synopsis of one, as its --help has it: "click [-b BUTTON] [X Y]".
check_action() {
	local action=$1 synopsis word choice

	synopsis=$("$B/steer" "$action" --help | sed -n '1s/^.*\.\.\. //p')
	[ "${synopsis%% *}" = "$action" ]
	ok $? "$action: its help tells its options"
	for word in $synopsis; do
		case $word in
		'[-'*) has "$action" "${word#[}" ;;
		*'|'*)
			for choice in ${word//|/ }; do
				has "$action" "$choice" || break
			done
			has "$action" "$choice"
			;;
		*) has "$action" ;;
		esac || { fail "$action: a case has '$word'"; return; }
	done
	pass "$action: cases have all of it"
}

actions=$("$B/steer" --help | sed -n '/^Actions:/,/^$/s/^  \([^ ]\+\).*/\1/p')
[ "$(wc -w <<<"$actions")" -ge 17 ]
ok $? "steer's help lists its actions"
for action in $actions; do
	check_action "$action"
done

# --- one server after the other -----------------------------------------------

# server COMMAND...: what listens at $X until server_end.
X=$T/x
server() {
	mkfifo "$T/hold"
	"$@" <"$T/hold" >"$T/ready" &
	tap_pids+=("$!")
	exec 7>"$T/hold"
	wait_until grep -q ready "$T/ready" || fail "$*: it listens"
}

server_end() {
	exec 7>&-
	wait "${tap_pids[-1]}"
	rm -f "$T/hold" "$T/x" "$T/ready"
}

# complain TEXT: about the case in hand.
complain() {
	complaints+="$case: $1"$'\n'
	[ -z "$err" ] || complaints+="    $err"$'\n'
}

# An error of the display names it.
check_json() {
	local object='*'

	[ "$status" != 5 ] || object='?*'
	# shellcheck disable=SC2053
	[[ $out == '{"ok":false,"error":{"code":'$status',"what":"'?*'","object":"'$object'","cause":"'?*'","hint":"'*'"}}'$'\n' ]]
}

# Nothing is said of what was done, one line and a hint of what was not.
check_words() {
	local said=$err

	case $case in
	*--json*)
		[ "$err_kind" = none ] || complain "words beside JSON"
		[ "$status" = 0 ] || check_json ||
			complain "status $status, and an answer of: $out"
		said=$out
		;;
	*)
		[[ $status == 0 && $err_kind == none ]] ||
			[[ $status != 0 && $out_kind == none &&
			$err =~ ^"steer: "[^$'\n']+": "[^$'\n']+$'\n'("hint: "[^$'\n']+$'\n')?$ ]] ||
			complain "status $status, and not one message"
		;;
	esac
	# libX11 gives up on nonsense by assertions of its own, and says so; a
	# crash and a sanitizer, whom the filter ends, say nothing of that kind.
	[[ $said != *"ended the process"* ||
		$said == *"that read them: [xcb] "* ]] || complain "a crash"
}

# check_case: of $status, $kb, $out_kind, $err_kind, $out and $err.
check_case() {
	# 2 is for a mistake of ours, and a point outside the screen is one.
	[[ " $wanted " == *" $status "* ||
		"$status $err" =~ ^2\ .*(outside\ the\ screen|has\ no\ button) ]] ||
		complain "status $status"
	[ -z "$memory_max" ] || [ "$kb" -le "$memory_max" ] ||
		complain "$kb kB of memory"
	[ "$kb" -le "$most" ] || most=$kb
	[ "$err_kind" != raw ] || complain "control characters"
	case $case in
	"screenshot -o -"*) [ "$status" != 0 ] || return ;;
	esac
	[ "$out_kind" != raw ] || complain "control characters"
	check_words
}

# attack NAME SECONDS STATUS...: every case against the server at $X, which may
# end with one of the STATUSes.
attack() {
	local name=$1 seconds=$2 number ran=0 case kb status out_kind err_kind out err
	local complaints='' line

	shift 2
	wanted=$*
	rm -rf "$T/runs" && mkdir "$T/runs"
	for case in "${cases[@]}"; do
		line="$B/steer --socket $X --timeout $seconds $case"
		printf '%s\n' "${line// /$'\t'}"
	done >"$T/lines"
	"$B/tests/trials" -j 40 -t $((60 * ${WAIT_FACTOR:-1})) "$T/runs" \
		<"$T/lines" >"$T/results" || complaints="trials failed"
	while read -r number status kb out_kind err_kind; do
		case=${cases[number]}
		IFS= read -r -d '' -n 4000 out <"$T/runs/$number.out"
		IFS= read -r -d '' -n 4000 err <"$T/runs/$number.err"
		check_case
		ran=$((ran + 1))
	done <"$T/results" 2>"$T/null"
	[ "$ran" = ${#cases[@]} ] || complaints+="$ran ran"
	is "$complaints" "" "$name: every action ends as it should"
	check_files "$name"
}

# Pictures are there as a whole or not at all.
check_files() {
	local f bad=''

	for f in "$T"/runs/*/* "$T"/runs/*/.[a-z]*; do
		[ -e "$f" ] || continue
		"$B/tests/png_diff" "$f" "$f" >"$T/null" 2>&1 || bad+=" $f"
	done
	is "$bad" "" "$1: no file is left but a picture"
}

most=0
for how in $("$B/tests/hostile_x" --list); do
	server "$B/tests/hostile_x" "$X" "$how"
	attack "$how" 0.5 0 1 3 5 124
	server_end
done

desk_start
desk_fluxbox
real=$X
X=$T/x
for how in $("$B/tests/x_proxy" --list); do
	case $how in
	flip | body | claim | sequence | some-errors | cut) seeds="1 2" ;;
	*) seeds=1 ;;
	esac
	for seed in $seeds; do
		server "$B/tests/x_proxy" "$X" "$real" "$how" "$seed"
		attack "proxy $how, seed $seed" 1 0 1 3 5 124
		server_end
	done
done

# --- an honest server in bad company ------------------------------------------

X=$real
server "$B/tests/xraw" "$X" grab
attack "a client that has grabbed the server" 0.5 5
steer --timeout 0.2 size
like "$err" "^hint: .*grabbed" "and steer says what may be the cause"
server_end

server "$B/tests/xraw" "$X" clients
attack "no place for another client" 10 5
steer --timeout 30 size
like "$err" "Maximum number of clients" "and steer says what is the cause"
server_end

kill -STOP "$desk_xvfb"
attack "a server that is stopped" 0.5 5
kill -CONT "$desk_xvfb"

steer --timeout 60 size
is "$rc $out" "0 1280x720" "the server outlived all of it"
diag "at most $most kB"
done_testing
