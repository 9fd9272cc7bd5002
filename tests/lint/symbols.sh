#!/bin/bash
# symbols.sh - what an object exports begins with the name of its module, its
# floor, or a word that the table in prefixes.txt gives to the module;
# everything else ought to be static. Reads the objects below $B/obj.
set -u
cd "$(dirname "$0")/../.." || exit 1
B=${B:-build}
table=tests/lint/prefixes.txt

bad=0
while IFS= read -r object; do
	path=${object#"$B"/obj/}
	path=${path%.o}
	module=${path##*/}
	floor=${path%/*}
	floor=${floor##*/}
	[ "$module" != main ] || continue
	# seccomp_policy has the prefix seccomp, as cgroup_v1 has cgroup.
	allowed="${module%%_*} $module $floor"
	allowed+=" $(sed -n "s|^$path:\([^#]*\).*|\1|p" "$table")"
	while read -r symbol; do
		found=
		for prefix in $allowed; do
			case $symbol in
			"$prefix" | "$prefix"_*) found=1 ;;
			esac
		done
		[ -n "$found" ] && continue
		echo "$path.c: $symbol: not one of: $allowed"
		bad=1
	done < <(nm -g --defined-only -P "$object" | awk '$2 ~ /[A-Z]/ { print $1 }' |
		grep -v '^__')
done < <(find "$B/obj/src" "$B/obj/steer" -name '*.o' 2>/dev/null | sort)
exit $bad
