#!/bin/bash
# Debian's Chromium from profiles/browser.ini, with the sandbox of its own.
. "$(dirname "$0")/box.inc"
need chromium python3

BROWSER=$T/t$$-browser.ini
cp "$TOP/profiles/browser.ini" "$BROWSER"
n=$(name browser)

windows() {
	"$B/steer" -s "$n" windows --json
}

# What the profile runs, on a page, and with a debugger to ask it by; that wants
# a directory of its own.
run_browser() {
	local words

	read -ra words < <(sed -n 's/^command = //p' "$BROWSER")
	unset 'words[-1]'
	unlike "${words[*]}" "sandbox" "nothing switches its sandbox off"
	start "$BROWSER" "$n" -- "${words[@]}" --remote-debugging-port=9222 \
		--user-data-dir=/home/agent/data "$@"
}

# text_of URL WORD: the text of that page, in a tab of its own, with WORD in it.
text_of() {
	"$S" exec "$n" -- python3 -c \
		"$(cat "$TOP/tests/helpers/page_text.py")" 9222 "$1" "$2"
}

has_title() {
	windows | jq -e --arg t "$1" '.windows[0].title | startswith($t)'
}

run_browser 'data:text/html,<title>a local page</title><h1>Hello</h1>'
ok $? "it starts"
wait_until has_title "a local page"
ok $? "and shows a local page"
page=$(text_of chrome://sandbox "adequately sandboxed")
like "$page" $'^Layer 1 Sandbox\tNamespace$' "its user namespace is there"
like "$page" $'^PID namespaces\tYes$' "so is that of processes"
like "$page" $'^Network namespaces\tYes$' "that of the network"
like "$page" $'^Seccomp-BPF sandbox\tYes$' "and its filter"
like "$page" '^You are adequately sandboxed' "it is content"
wait_until has_title "Sandbox Status"
ok $? "its window shows that page"
is "$(windows | jq -c '.total, [.windows[].class]')" \
	$'1\n["Chromium"]' "the only window there is"
run_cmd "$B/steer" -s "$n" screenshot -o "$T/page.png"
is "$rc" 0 "a picture can be taken"

in_box "$n" sh -c 'ps -e -o args | grep -c [t]ype=renderer'
like "$out" '^[1-9]' "its pages are processes"
in_box "$n" sh -c 'for p in /proc/[0-9]*; do
	grep -q type=renderer $p/cmdline 2>/dev/null &&
		grep -E "^(NSpid|Seccomp_filters)" $p/status; done'
like "$out" $'^NSpid:\t[0-9]+\t[0-9]+' "in a namespace below the sandbox's"
like "$out" '^Seccomp_filters:.*[3-9]' "with a filter on top of the sandbox's"
in_box "$n" find /home/agent /tmp -name '*.dmp'
is "$out" "" "nothing of it crashed"
is "$("$S" inspect "$n" | jq .oom_kills)" 0 "nor ran out of memory"
unlike "$(log_of "$n")" "No usable sandbox|Failed to move to new namespace" \
	"it says nothing about a sandbox that it lacks"
run_cmd "$S" stop "$n"
is "$rc" 0 "it can be stopped"
run_cmd "$S" rm -f "$n"
is_gone "$n" "and nothing is left"

# The same without what the policy opens: the test is worth something.
start "$BROWSER" "$n" --set security.seccomp=default -- sleep 100
run_cmd timeout 30 "$S" exec "$n" -- chromium --headless --disable-gpu \
	--user-data-dir=/tmp/h --dump-dom 'data:text/html,x'
like "$err" "No usable sandbox" "under the default policy it refuses to run"
isnt "$rc" 0 "and fails"
done_testing
