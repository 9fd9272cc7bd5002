#!/bin/bash
# style.sh - the form of C that no compiler minds: 80 columns with tabs of 8,
# no blanks at the end of a line, indentation by tabs, a newline at the end.
# Tables are aligned by hand, so clang-format has no say over whole files.
set -u
cd "${1:-$(dirname "$0")/../..}" || exit 1
bench=
[ ! -d bench ] || bench=bench

bad=0
while IFS= read -r f; do
	[ -z "$(tail -c 1 "$f")" ] || { echo "$f: no newline at the end"; bad=1; }
	expand -t 8 "$f" | awk -v f="$f" '
	length($0) > 80 { printf "%s:%d: %d columns\n", f, FNR, length($0); bad = 1 }
	END { exit bad }' || bad=1
	awk -v f="$f" '
	/[ \t]+$/ { printf "%s:%d: blanks at the end\n", f, FNR; bad = 1 }
	/^        / { printf "%s:%d: indented by blanks\n", f, FNR; bad = 1 }
	END { exit bad }' "$f" || bad=1
done < <(find include src steer entrypoint tests $bench -name '*.[ch]' | sort)
exit $bad
