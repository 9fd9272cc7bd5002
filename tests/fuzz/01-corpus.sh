#!/bin/bash
# Every input that a fuzz target has for good, and variants of it that are the
# same each time. `make fuzz` is what looks for new ones.
. "$(dirname "$0")/../lib.sh"
cd "$TOP" || exit 1
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}allocator_may_return_null=1

for source in tests/fuzz/*.c; do
	t=${source##*/}
	t=${t%.c}
	[ "$t" != replay ] || continue
	variants=200
	[ "$t" != display ] || variants=20
	files=("tests/fuzz/corpus/$t"/*)
	[ -e "${files[0]}" ]
	ok $? "$t has inputs"
	run_cmd "$B/fuzz/$t" -m "$variants" "${files[@]}"
	is "$rc" 0 "$t stands them" || diag "$(tail -n 20 "$T/err")"
done
done_testing
