#!/bin/bash
# The lint itself: a tree with one fault of each kind is refused for it.
set -u
here=$(cd "$(dirname "$0")" && pwd -P)
w=$(mktemp -d) || exit 1
trap 'rm -rf "$w"' EXIT
mkdir -p "$w"/{include/sandboxd,src/{base,sys,conf,box,cmd},steer,entrypoint,tests,bench}

bad=0
# refuses SCRIPT FILE TEXT: with this file in the tree, the script fails and
# names the file; without it, it passes.
refuses() {
	local out

	"$here/$1" "$w" >"$w/out" 2>&1 || { echo "$1 refuses a clean tree"; bad=1; }
	printf '%b' "$3" >"$w/$2"
	out=$("$here/$1" "$w" 2>&1) && { echo "$1 accepts $2: $3"; bad=1; }
	case $out in
	*"$2"*) ;;
	*) echo "$1 does not name $2"; bad=1 ;;
	esac
	rm "$w/$2"
}
for f in src/base src/sys src/conf src/box src/cmd steer entrypoint; do
	echo '#include <stdio.h>' >"$w/$f/clean.c"
done
refuses floors.sh src/base/a.c '#include "sys/ns.h"\n'
refuses floors.sh src/sys/a.c '#include "conf/profile.h"\n'
refuses floors.sh src/conf/a.c '#include "sys/ns.h"\n'
refuses floors.sh src/conf/a.c '#include "box/box.h"\n'
refuses floors.sh src/box/a.c '#include "cmd/cmd.h"\n'
refuses floors.sh src/box/a.c '#include "sys/cgroup_internal.h"\n'
refuses floors.sh src/cmd/a.c '#include "sys/ns.h"\n'
refuses floors.sh steer/a.c '#include "cmd/cmd.h"\n'
refuses floors.sh steer/a.c '#include "box/launch.h"\n'
refuses floors.sh entrypoint/a.c '#include "base/fd.h"\n'
refuses floors.sh include/sandboxd/a.h '#include "base/fd.h"\n'
refuses sizes.sh src/base/a.c "int f(void)\n{\n$(printf '\t;\\n%.0s' {1..71})}\n"
refuses sizes.sh src/base/a.c "$(printf '\\n%.0s' {1..601})"
refuses style.sh src/base/a.c "/* $(printf 'x%.0s' {1..90}) */\n"
refuses style.sh src/base/a.c 'int a; \n'
refuses style.sh src/base/a.c 'int f(void)\n{\n        return 0;\n}\n'
refuses style.sh src/base/a.c 'int a;'
exit $bad
