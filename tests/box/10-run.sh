#!/bin/bash
# The foreground: exit codes, streams, and what is said when it cannot be.
. "$(dirname "$0")/box.inc"

# --- exit codes ---------------------------------------------------------------
for code in 0 7 125; do
	run_min -- sh -c "exit $code"
	is "$rc" "$code" "status $code of the program is the status of run"
done
run_min -- sh -c 'kill -TERM $$'
is "$rc" 143 "a program killed by SIGTERM gives 143"
run_min -- sh -c 'kill -KILL $$'
is "$rc" 137 "a program killed by SIGKILL gives 137"
is "$err" "" "and says no more than that"

run_min -- /etc/passwd
is "$rc" 126 "a file that cannot be executed gives 126"
like "$err" "^sandboxd: run '/etc/passwd': Permission denied$" "and is named"
run_min -- no-such-program
is "$rc" 127 "a program that is not there gives 127"
like "$err" "^sandboxd: run 'no-such-program': no such program" "and is named"
like "$err" "^hint: " "with a hint"
is "$(wc -l <<<"$err")" 2 "in one line and a hint"

echo 'exit 9' >"$T/script"
"$S" run "$MINIMAL" <"$T/script"
is $? 9 "without a command the profile's own is run"

# --- streams ------------------------------------------------------------------
head -c 8M /dev/urandom >"$T/in"
"$S" run "$MINIMAL" -- cat <"$T/in" >"$T/back"
cmp -s "$T/in" "$T/back"
ok $? "8 MiB through stdin and stdout come back the same"
"$S" run "$MINIMAL" -- sh -c 'cat >&2' <"$T/in" 2>"$T/back" >"$T/other"
cmp -s "$T/in" "$T/back"
ok $? "8 MiB through stderr come out the same"
is "$(wc -c <"$T/other")" 0 "and none of it on stdout"
# shellcheck disable=SC2002
cat "$T/in" | "$S" run "$MINIMAL" -- sh -c 'cat; echo end >&2' 2>"$T/err" |
	cat >"$T/back"
cmp -s "$T/in" "$T/back"
ok $? "pipes on both sides lose nothing"
is "$(cat "$T/err")" end "and the streams stay apart"

"$S" run "$MINIMAL" -- sh -c 'read -r x; echo $?' </dev/null >"$T/out"
is "$(cat "$T/out")" 1 "end of input is passed on"
"$S" run "$MINIMAL" -- sh -c 'read -r x; echo $?' <&- >"$T/out"
is "$? $(cat "$T/out")" "0 1" "a closed stdin is an empty one"
"$S" run "$MINIMAL" -- sh -c 'echo gone; echo seen >&2' >&- 2>"$T/err"
is "$? $(cat "$T/err")" "0 seen" "a closed stdout loses stdout only"
"$S" run "$MINIMAL" -- true < <(yes)
is $? 0 "input that nobody reads does not keep it"
"$S" run "$MINIMAL" -- yes 2>"$T/err" | head -n 1 >"$T/out"
is "${PIPESTATUS[0]} $(cat "$T/out")" "141 y" \
	"a reader who leaves ends the writer by SIGPIPE"
"$S" run "$MINIMAL" -- true </ 2>"$T/err"
is $? 2 "a directory as stdin is refused"
like "$(cat "$T/err")" "stdin.*directory" "and named"
"$S" run "$MINIMAL" -- sh -c 'printf "\0\001\377 \0"' | od -An -tx1 >"$T/out"
is "$(cat "$T/out")" " 00 01 ff 20 00" "bytes of any value pass"

# --- options and profiles -----------------------------------------------------
run_min --set sandbox.hostname=other -- hostname
is "$rc $out" "0 other" "--set overrides the profile"
run_min --set limits.pid=3 -- true
is "$rc" 2 "--set of an unknown key is a usage error"
like "$err" "limits.pid=3'.*unknown key 'pid'" "that names the key"
like "$err" "^hint: did you mean 'pids'" "and the nearest one"
run_min --set limits.pids=many -- true
like "$rc $err" "^2 .*limits.pids = 'many': expected a number" \
	"--set of a bad value says what was expected"

bad_profile() {
	printf '%b' "$1" >"$T/bad.ini"
	run_cmd "$S" run "$T/bad.ini" -- true
	is "$rc" 2 "$3 is an error"
	like "$err" "bad.ini:$2'?: " "$3: the message has file and line"
}
bad_profile '[limits]\nmemory = 3Q\n' 2 "a bad value"
like "$err" "limits.memory = '3Q': expected a size" "with what was expected"
bad_profile '[limits]\n\nmemry = 3M\n' 3 "an unknown key"
like "$err" "^hint: did you mean 'memory'" "with the nearest key"
bad_profile '[limit]\nmemory = 3M\n' '[0-9]+' "an unknown section"
bad_profile '[limits]\npids = 3\npids = 4\n' 3 "a duplicate"
bad_profile '[limits]\nnonsense\n' 2 "a line that is no assignment"

run_cmd "$S" run "$T/none.ini" -- true
isnt "$rc" 0 "a profile that is not there is an error"
like "$err" "none.ini': No such file" "that names it"
run_cmd "$S" run "$T" -- true
like "$err" "$T': Is a directory" "a directory is no profile"
like "$rc" "^(125|2)$" "and neither status is a program's"
run_min --frob -- true
like "$rc $err" "^2 .*--frob': no such option" "an unknown option is named"
run_cmd "$S" rum
is "$rc" 2 "an unknown command is a usage error"
like "$err" "^hint: did you mean 'r(un|m)'" "with the nearest one"
run_cmd "$S"
is "$rc" 2 "no command at all is a usage error"
like "$err" "^usage: " "that shows the usage"
run_cmd "$S" run
like "$rc $err" "^2 .*argument is missing" "run without a profile too"
run_min -n 'no/name' -- true
like "$rc $err" "^2 .*no/name': not a sandbox name" "a bad name is refused"
run_cmd "$S" --help
is "$rc" 0 "--help succeeds"
for word in run exec attach ps inspect logs wait kill stop rm gc; do
	like "$out" "^  $word " "--help knows $word"
	"$S" "$word" --help >"$T/help"
	ok $? "$word --help succeeds"
done

# --- privilege and programs ---------------------------------------------------
# Somebody else must be able to reach a copy.
chmod 0711 "$T"
[ "${TMPDIR:-/tmp}" = /tmp ] || chmod 0711 "$TMPDIR"
cp "$PROGRAMS/sandboxd" "$B/sandbox-init" "$T/"
chmod 0644 "$MINIMAL"
as_nobody() {
	run_cmd setpriv --reuid 65534 --regid 65534 --clear-groups \
		"$T/sandboxd" "$@"
}
as_nobody run "$MINIMAL" -- true
like "$rc $err" "^4 .*'nobody': /etc/sub[ug]id grants no" \
	"run for a user without subordinate ids gives 4"
like "$err" "^hint: .*usermod --add-subuids" "and says how to grant some"
for args in ps "exec x -- true" "stop x" "gc"; do
	# shellcheck disable=SC2086
	as_nobody $args
	like "$rc $err" "^4 .*$SANDBOXD_STATE_DIR': Permission denied" \
		"${args%% *} does not look at what is another user's"
	like "$err" "^hint: .*SANDBOXD_STATE_DIR" "and says so (${args%% *})"
done

: >"$T/no-program"
chmod 0644 "$T/no-program"
hide() {
	private sh -c 'mount --bind "$0" "$1" && shift && exec "$@"' \
		"$T/no-program" "$@"
}
run_cmd hide /usr/bin/Xvfb "$S" run "$AGENT" -- true
like "$rc $err" "^4 .*Xvfb" "a host without Xvfb gives 4"
like "$err" "^hint: .* xvfb$" "and names its package"
run_cmd hide /usr/bin/fluxbox "$S" run "$AGENT" -- true
like "$rc $err" "^4 .*fluxbox" "a host without fluxbox gives 4"
like "$err" "^hint: .* fluxbox$" "and names its package"
run_cmd as_owner "$T/sandboxd" run "$MINIMAL" -- true
is "$rc" 0 "sandbox-init is found beside the program"
rm "$T/sandbox-init"
if [ -e /usr/local/libexec/sandboxd/sandbox-init ]; then
	skip "without sandbox-init it says so" "one is installed"
else
	run_cmd as_owner "$T/sandboxd" run "$MINIMAL" -- true
	like "$rc $err" "^4 .*sandbox-init" "without sandbox-init it says so"
fi

# --- names --------------------------------------------------------------------
n=$(name taken)
start_min "$n" -- sleep 1000
is "$out" "$n" "a detached run prints the name"
run_min -n "$n" -- true
is "$rc" 125 "a name in use is refused"
like "$err" "$n': the name is taken by a running one" "and why"
like "$err" "^hint: .*stop" "and what to do"
is "$(field "$n" .state)" running "the one that has it goes on"
"$S" stop "$n"
run_min -n "$n" -- true
like "$rc $err" "^125 .*taken by one that has ended" \
	"an ended one keeps its name"
like "$err" "^hint: .*rm $n" "until it is removed"
"$S" rm "$n"
run_min -n "$n" -- true
is "$rc" 0 "after that the name is free"
is "$(field "$n" '.state + " " + (.exit_code | tostring)')" "stopped 0" \
	"a named run keeps its record"
"$S" rm "$n"

run_min -- true
is "$(ls "$SANDBOXD_STATE_DIR")" lock "a run without a name leaves no record"
is "$(ls "$SANDBOXD_DATA_DIR/logs")" "" "and no log"

# --- no space -----------------------------------------------------------------
# A tmpfs of two pages, full but for what is said.
no_space() {
	local variable=$1 fill=$2

	shift 2
	OWNER=$OWNER private sh -c '
		dir=$1 variable=$2 fill=$3
		shift 3
		mount -t tmpfs -o "size=8k,mode=0700,uid=$OWNER" tmpfs "$dir" || exit 99
		export "$variable=$dir"
		head -c "$fill" /dev/zero >"$dir/.fill" 2>/dev/null
		"$@"
		code=$?
		find "$dir" -mindepth 1 ! -name .fill ! -name lock ! -name logs
		exit $code' \
		sh "$T/full" "$variable" "$fill" "$@"
}
mkdir "$T/full"
n=$(name full)
run_cmd no_space SANDBOXD_STATE_DIR 8k "$S" run -n "$n" "$MINIMAL" -- true
like "$rc $err" "^125 .*No space left" "a full state directory is an error"
is "$out" "" "and nothing stays in it"
is "$(groups_of "$n")" "" "and no group"
# The record fits once, and not twice, as replacing it atomically takes.
run_cmd no_space SANDBOXD_STATE_DIR 4k "$S" run -n "$n" "$MINIMAL" -- true
like "$rc $err" "^125 .*No space left" "so is one that fills up on the way"
is "$out" "" "and nothing stays in it then"
is "$(groups_of "$n")" "" "and no group then"
run_cmd no_space SANDBOXD_DATA_DIR 8k "$S" run -n "$n" "$MINIMAL" -- echo fine
is "$rc ${out%%$'\n'*}" "0 fine" "a full log directory loses the log only"
"$S" rm "$n"

done_testing
