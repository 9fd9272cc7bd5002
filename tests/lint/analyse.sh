#!/bin/bash
# analyse.sh - cppcheck and clang-tidy over all C of the programs. What
# clang-tidy is told not to look for stands with its reason in .clang-tidy.
set -u
cd "$(dirname "$0")/../.." || exit 1
B=${B:-build}

mapfile -t files < <(find src steer entrypoint -name '*.c' | sort)
bad=0
# resourceLeak and memleak do not know __attribute__((cleanup)).
# readdirCalled, getpwuidCalled: every process here has one thread when it
# calls them. invalidFunctionArg*:
# mmap() does take descriptor -1, and _exit() a comparison.
cppcheck -q -j "$(nproc)" --error-exitcode=1 --inline-suppr --std=c11 \
	--enable=warning,performance,portability --library=posix \
	--suppress=resourceLeak --suppress=memleak --suppress=readdirCalled \
	--suppress=getpwuidCalled \
	--suppress=invalidFunctionArg --suppress=invalidFunctionArgBool \
	--suppress=missingIncludeSystem -D_GNU_SOURCE -D__x86_64__ \
	-DLIBEXECDIR='""' -Iinclude -I. -Isrc "${files[@]}" || bad=1

printf '%s\0' "${files[@]}" | xargs -0 -n 4 -P "$(nproc)" sh -c '
	clang-tidy --quiet "$@" -- -std=gnu11 -D_GNU_SOURCE -O1 -Iinclude \
		-iquote src -iquote . -I"$0/gen" -DLIBEXECDIR="\"\"" 2>/dev/null' "$B" || bad=1
exit $bad
