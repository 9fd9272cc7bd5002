#!/bin/bash
# CVE-2020-14386, CVE-2021-22555, CVE-2022-0185, CVE-2022-0847, CVE-2023-0386,
# CVE-2024-1086, CVE-2026-31431, CVE-2026-43284 and their kin: the doors that
# exploits of the kernel came in by. A rare kind of socket, a second table of
# system calls, the pages of a file that can only be read. Every kind of socket
# is asked for; the canary is a file of a layer, and of the host.
. "$(dirname "$0")/../box/box.inc"

doors=$B/tests/attack_doors
canaries() { sha256sum /usr/bin/env /usr/bin/id; }
before=$(canaries)

is "$("$doors" few | xargs)" "raw packet generic" "outside, root opens them"
outside=$("$doors" tables)
# A kernel may have been built without the one or the other.
like "$outside" "^i386-getpid (open|refused|signal 11)$" "and calls by other tables"
diag "outside: $(xargs <<<"$outside")"

# What opens, by family, type and protocol; nothing else of all there are.
ordinary="1 1: 0 1
1 2: 0 1
1 5: 0 1
2 1: 0 6
2 2: 0 17
10 1: 0 6
10 2: 0 17
16 2: %s
16 3: %s
tried"
n=$(name doors)
while read -r policy netlink; do
	start_min "$n" --set security.seccomp="$policy" -- sleep 1000
	put_inside "$n" attack_doors
	in_box "$n" /tmp/attack_doors sockets
	# shellcheck disable=SC2059
	is "$out" "$(printf "$ordinary" "${netlink/,/ }" "${netlink/,/ }")" \
		"$policy: of all families, types and protocols these open"
	in_box "$n" /tmp/attack_doors tables
	is "$(grep -Ec 'signal (31|11)$' <<<"$out")" "$(wc -l <<<"$outside")" \
		"$policy: another table of calls is death"
	in_box "$n" /tmp/attack_doors few
	is "$rc $out" "0 " "$policy: root's are closed"
	for file in /usr/bin/env /usr/bin/id; do
		in_box "$n" /tmp/attack_doors pages "$file"
		is "$out" kept "$policy: the pages of $file are not written to"
	done
	[ "$policy" != browser ] || {
		put_inside "$n" attack_nested
		in_box "$n" /tmp/attack_nested run /tmp/attack_doors sockets
		# shellcheck disable=SC2059
		is "$out" "$(printf "$ordinary" "$netlink" "$netlink")" \
			"nested: as root of a network of his own he opens no more"
		in_box "$n" /tmp/attack_nested run /tmp/attack_doors pages \
			/usr/bin/env
		is "$out" kept "nested: and writes to no page"
	}
	run_cmd "$S" rm -f "$n"
done <<END
strict 0
default 0,15
browser 15
END
is "$(canaries)" "$before" "the files are as they were"
done_testing
