#!/bin/bash
# exec: as whom, where, with which variables, and without waiting for it.
. "$(dirname "$0")/box.inc"

n=$(name exec)
start_min "$n" --set sandbox.user=worker --set env.KEPT=kept -- sleep 1000

# --- as whom --------------------------------------------------------------------
in_as() {
	local options=()

	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	run_cmd "$S" exec "${options[@]}" "$n" "$@"
}

# shellcheck disable=SC2016
show='echo "$(id -u):$(id -g):$(id -G) $USER $HOME $PWD"'
in_as -- sh -c "$show"
is "$rc $out" "0 1000:1000:1000 worker /home/worker /home/worker" \
	"exec is the agent"
in_as --user worker -- sh -c "$show"
is "$rc $out" "0 1000:1000:1000 worker /home/worker /home/worker" \
	"which has the name of the profile"
in_as -u nobody -- sh -c "$show"
is "$rc $out" "0 65534:65534:65534 nobody / /" "nobody is nobody"
in_as -u 1234 -- sh -c "$show"
is "$rc $out" "0 1234:1234:1234 1234 / /" "a number is user and group"
in_as -u 1234:77 -- sh -c "$show"
is "$rc $out" "0 1234:77:77 1234 / /" "two numbers are one of each"
in_as -u 1234 -- sh -c 'echo out >/dev/stdout && grep -E "^(Cap|NoNew|Sec)" \
	/proc/self/status | tr -s "\t\n" " "'
like "$out" "^out" "its streams are its own"
like "$out" "CapPrm: 0+ CapEff: 0+ CapBnd: 0+ .*NoNewPrivs: 1 Seccomp: 2" \
	"and it has as little as the agent"
put_inside "$n" box_guest
in_as -- /tmp/box_guest fds
is "$rc $out" "0 0 1 2 " "no descriptor of the way in is left"
in_as -- cat /proc/self/cgroup
[ -n "${ROOTLESS:-}" ] || is "$(cut -d: -f3 <<<"$out" | grep -vx / | sort -u)" /payload \
	"it is counted among the payload's"
for id in 0 997 998 65533 1:998 65535 1000000000000 worker:1 root; do
	in_as -u "$id" -- true
	like "$rc $err" "^2 .*use as user '$id'" "user '$id' is refused"
done
like "$err" "^hint: 'worker', 'nobody', or numbers" "with what would do"

# --- where, and with what ---------------------------------------------------------
in_as -w /usr/bin -- pwd
is "$rc $out" "0 /usr/bin" "-w is where it starts"
in_as -w usr -- true
like "$rc $err" "^2 .*'usr': it is not absolute" "a relative one is refused"
in_as -w /nonexistent -- true
like "$rc $err" "^125 .*working directory.*No such file" "as is none at all"
like "$err" "^hint: .*--workdir" "with the option that says where"
# shellcheck disable=SC2016
in_as -e 'A=1 "2"' -e B= -e KEPT=not -e HOME=/tmp -- \
	sh -c 'echo "[$A] [$B] [$KEPT] [$HOME]"'
is "$rc $out" '0 [1 "2"] [] [not] [/tmp]' "-e sets and overrides"
# shellcheck disable=SC2016
in_as -- sh -c 'echo "[$A] [$KEPT]"'
is "$out" "[] [kept]" "for that one only"
for bad in LD_PRELOAD=/tmp/x BASH_ENV=x 1A=x A-B=x =x novalue; do
	in_as -e "$bad" -- true
	like "$rc $err" "^2 .*--env '$bad': " "variable $bad is refused"
done

in_as -- ''
like "$rc $err" "^2 .*'$n': the name of the program is empty" \
	"so is a program without a name"
run_min -- ''
like "$rc $err" "^2 .*there is no command to run" "by run, too"

# --- and on its own ---------------------------------------------------------------
in_as -d -- sh -c 'echo lost; echo lost >&2; exec sleep 1001'
is "$rc $err" "0 " "exec -d returns at once"
like "$out" "^[0-9]+$" "with a pid"
in_box "$n" sh -c "ps -o ppid=,args= -p $out | tr -s ' '"
is "${out# }" "1 sleep 1001" "of a process inside, which init will reap"
in_as -d -- no-such-program
like "$rc $err" "^127 .*no-such-program': no such program" \
	"what cannot be run is told"
in_as -d -t -- true
like "$rc $err" "^2 .*nobody could show its terminal" "-d and -t are refused"
in_as -d -- sh -c 'exit 3'
is "$rc" 0 "what becomes of it is not"
no_zombies() {
	! "$S" exec "$n" -- ps -eo stat= | grep -q Z
}
wait_until no_zombies
ok $? "and it is reaped inside"
run_cmd timeout 60 "$S" stop "$n"
is "$rc" 0 "what was left running does not keep the sandbox"
is "$(field "$n" .state)" stopped "from its end"
"$S" rm "$n"
is_gone "$n" "and nothing is left"

done_testing
