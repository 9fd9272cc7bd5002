#!/bin/bash
# floors.sh - who may include whom:
#
#	cmd -> box -> conf -> base
#	        \---> sys --> base
#	steer -> box (enter and jail), conf (records), sys, base
#	entrypoint -> include/sandboxd only
#
# sys and conf do not know each other. A *_internal.h stays in its directory.
# A copy of the tree can be checked: tests/lint/floors.sh DIRECTORY
set -u
cd "${1:-$(dirname "$0")/../..}" || exit 1

find include src steer entrypoint -name '*.[ch]' | sort |
	xargs awk '
	BEGIN {
		may["base"] = "base sandboxd"
		may["sys"] = "sys base sandboxd"
		may["conf"] = "conf base sandboxd"
		may["box"] = "box conf sys base sandboxd"
		may["cmd"] = "cmd box conf base sandboxd"
		may["steer"] = "steer box/enter.h box/jail.h conf/record.h" \
			" sys base sandboxd"
		may["entrypoint"] = "entrypoint sandboxd"
		may["include"] = "sandboxd"
	}
	FNR == 1 {
		split(FILENAME, part, "/")
		floor = part[1] == "src" ? part[2] : part[1]
	}
	/^[ \t]*#[ \t]*include[ \t]*"/ {
		split($0, quoted, "\"")
		header = quoted[2]
		n = split(header, word, "/")
		to = n > 1 ? word[1] : floor
		if (floor == "src" || !(floor in may))
			next
		if (to == ".." || (header ~ /_internal\.h$/ && to != floor)) {
			complain("is private to its directory")
			next
		}
		list = " " may[floor] " "
		if (!index(list, " " to " ") && !index(list, " " header " "))
			complain("is not for " floor)
	}
	function complain(why) {
		printf "%s:%d: %s %s\n", FILENAME, FNR, header, why
		bad = 1
	}
	END { exit bad }'
