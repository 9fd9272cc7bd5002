#!/bin/bash
# Runs inside the machine of tests/vm/vm: core dumps that go to a program of the
# host's, which the kernel runs as root, outside of every sandbox. It leaves a
# mark.
# shellcheck source=tests/box/box.inc
. "$(dirname "$0")/../../box/box.inc"
export WAIT_FACTOR=20

knob=/proc/sys/kernel/core_pattern
pattern=$(cat $knob)
mkdir "$T/marks"
printf '#!/bin/sh\ncat >/dev/null\n: >"%s/$1"\n' "$T/marks" >"$T/handler"
chmod 0755 "$T/handler"
n=$(name core)
# From before there was a pipe.
start_min "$n" -- sleep 1000
echo "|$T/handler %e" >$knob

# crash NAME: a program of that name, without a limit of its own if that can be;
# what it was before is not what is meant.
# shellcheck disable=SC2016
crash='cp /usr/bin/sleep "/tmp/$1"; [ "${2-}" ] || ulimit -c unlimited 2>/dev/null
	"/tmp/$1" 100 & until grep -qx "$1" /proc/$!/comm; do :; done
	kill -SEGV $!; wait $!; echo $?'
run_cmd sh -c "$crash" sh outside
is "$(tail -n 1 <<<"$out")" 139 "outside, a program crashes"
wait_until test -e "$T/marks/outside"
ok $? "and the host's program runs for it"
(ulimit -c 0; sh -c "$crash" sh zero kept) >"$T/out" 2>&1
wait_until test -e "$T/marks/zero"
ok $? "with a limit of 0 as well"

in_box "$n" sh -c "$crash" sh inside
is "$(tail -n 1 <<<"$out")" 139 "inside, one crashes"
run_min -- sh -c "$crash" sh payload
is "$(tail -n 1 <<<"$out")" 139 "as does a sandbox's own"
in_box "$n" sh -c 'grep "core file" /proc/self/limits'
like "$out" " 1 +1 " "the limit is 1, which the kernel takes for none"
# Later than both, and served: nothing was still on its way.
sh -c "$crash" sh last >"$T/out" 2>&1
wait_until test -e "$T/marks/last"
is "$(cd "$T/marks" && echo *)" "last outside zero" \
	"for neither does the host's program run"
run_min --set limits.core=16M -- true
like "$rc $err" "^4 .*'limits.core': .*outside the sandbox" \
	"a profile that asks for dumps is refused"
"$S" rm -f "$n"
echo "$pattern" >$knob
done_testing
