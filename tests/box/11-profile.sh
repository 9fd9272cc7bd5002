#!/bin/bash
# What a profile may hold, and what one comes to, without starting anything.
. "$(dirname "$0")/../lib.sh"
need jq
S=$B/sandboxd

run_cmd "$S" profile keys
is "$rc $err" "0 " "the keys are listed"
is "$(awk 'length > 80' <<<"$out")" "" "no line of it is over 80 columns"
keys=$(grep -oE '^[a-z0-9]+\.[a-z0-9_]+' <<<"$out" | sort)
run_cmd "$S" profile keys --json
is "$(jq -r '.[].key' <<<"$out" | sort)" "$keys" "and the same as JSON"
is "$(jq -c '.[] | select(["key", "section", "name", "type", "default",
	"expected", "help"] - keys != [])' <<<"$out")" "" \
	"every one with its facts"
is "$(jq -c '.[] | select(.key == "display.window_manager") |
	[.type, .default, .choices]' <<<"$out")" \
	'["choice","fluxbox",["none","fluxbox"]]' "with what it may be"

named=$(sed -nE 's/^\| `\[([a-z]+)\]` \| (.*) \|$/\1 \2/p' "$TOP/README.md" |
	while read -r section rest; do
		grep -oE '`[a-z_]+`' <<<"$rest" | sed "s/^.\(.*\).$/$section.\1/"
	done)
is "$(grep -Fvx -e "$named" <<<"$keys")" "" "README names every key"

run_cmd "$S" profile keys network
like "$out" '^network\.mode = none$' "those of one section"
unlike "$out" '^(limits|sandbox)\.' "and no other"
run_cmd "$S" profile keys limits.pids
is "$(head -n 1 <<<"$out")" "limits.pids = 512" "one key"
run_cmd "$S" profile keys env
like "$out" '^env\.NAME = value' "a section of any names"
run_cmd "$S" profile keys limits.pdis
like "$rc $err" "^2 .*'limits.pdis'" "no such key is an error"
like "$err" "^hint: did you mean 'limits.pids'" "with the nearest"
run_cmd "$S" profile keys memory
like "$err" "^hint: there is 'display.memory', 'limits.memory'" \
	"or those of that name"

# A profile shown reads back as the same profile.
for profile in "$TOP"/profiles/*.ini; do
	run_cmd "$S" profile show "$profile" --set sandbox.command="a 'b;  c'" \
		--set env.GREETING='" hello ; you"' --set env.EMPTY=
	is "$rc $err" "0 " "${profile##*/} is shown"
	printf '%s\n' "$out" >"$T/shown.ini"
	run_cmd "$S" profile show "$T/shown.ini"
	is "$out" "$(cat "$T/shown.ini")" "and reads back as the same"
	is "$(awk '/^\[/ { s = substr($1, 2, length($1) - 2); next }
		{ sub(/^# /, "") }
		/=/ && s != "env" { print s "." $1 }' "$T/shown.ini" | sort)" "$keys" \
		"with every key"
done
run_cmd "$S" profile show "$TOP/profiles/agent.ini" --set sandbox.workdir='/a '
like "$rc $err" "^1 .*'sandbox.workdir'.*blank" "what no file can hold is said"

run_cmd "$S" profile
like "$rc $err" '^2 .*second word is missing' "half a command is an error"
like "$err" "^hint: one of 'profile keys'" "that lists the rest"
run_cmd "$S" profile --help
like "$rc $out" '^  profile show ' "and has a help"
run_cmd "$S" profile shew
like "$err" "^hint: did you mean 'profile show'" "the nearest is named"
run_cmd "$S" help profile show
direct=$out
run_cmd "$S" profile show --help
is "$out" "$direct" "help COMMAND is COMMAND --help"
run_cmd "$S" help
direct=$out
run_cmd "$S" --help
is "$out" "$direct" "help is --help"
run_cmd "$S" help rnu
like "$rc $err" "^2 .*'rnu'" "help of nothing is an error"
done_testing
