#!/bin/bash
# The programs that are built and installed hold no switch that a weakened build
# could be made by: no variable of the environment, no condition of the
# preprocessor, no flag of a flavour, beyond those that are listed here.
. "$(dirname "$0")/../box/box.inc"
need cc nm make

cd "$TOP" || exit 1
mapfile -t sources < <(find src steer entrypoint include -name '*.[ch]' | sort)

# --- the environment ------------------------------------------------------------
# Where state and data lie, and what the caller's terminal is.
variables="HOME SANDBOXD_DATA_DIR SANDBOXD_STATE_DIR TERM XDG_DATA_HOME XDG_RUNTIME_DIR"

is "$(grep -l 'getenv' "${sources[@]}" | xargs)" \
	"src/box/console.c src/conf/dirs.c src/conf/lint_tree.c src/sys/scope.c" \
	"four sources ask for variables"
is "$(grep -lw 'environ' "${sources[@]}" | xargs)" \
	"entrypoint/stage.c src/sys/scope.c" \
	"two have to do with the whole environment"
is "$(for o in "$B"/obj/src/*/*.o "$B"/obj/steer/*.o; do
	nm -u "$o" | grep -qE ' U (secure_)?getenv$' && echo "${o#"$B/obj/"}"
done | xargs)" "src/box/console.o src/conf/dirs.o src/conf/lint_tree.o src/sys/scope.o" \
	"and so do their objects, and no other"

cat >"$T/ask.c" <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

char *getenv(const char *name)
{
	char *(*real)(const char *) = dlsym(RTLD_NEXT, "getenv");
	const char *log = real("ASKED");
	int fd = log ? open(log, O_WRONLY | O_APPEND | O_CLOEXEC) : -1;

	if (fd >= 0) {
		(void)!write(fd, name, strlen(name));
		(void)!write(fd, "\n", 1);
		close(fd);
	}
	return real(name);
}
END
cc -shared -fPIC -o "$T/ask.so" "$T/ask.c" -ldl
ok $? "who asks can be watched"
: >"$T/asked"
asking() {
	run_cmd env ASKED="$T/asked" LD_PRELOAD="$T/ask.so" "$@"
}
n=$(name asks)
env -u SANDBOXD_STATE_DIR ASKED="$T/asked" LD_PRELOAD="$T/ask.so" \
	"$S" ps >"$T/out" 2>&1
asking "$S" run -d -n "$n" "$AGENT" -- sleep 1000
is "$rc" 0 "a watched desktop starts" || cmd_diag
for what in "exec $n -- true" "inspect $n" "logs $n" "ps" "stop $n" "rm -f $n" \
	"gc" "check $MINIMAL" "seccomp default" "completion bash"; do
	read -ra words <<<"$what"
	asking "$S" "${words[@]}"
	is "$rc" 0 "so does ${words[0]}" || cmd_diag
done
"$B/tests/on_pty" end env ASKED="$T/asked" LD_PRELOAD="$T/ask.so" \
	"$S" run -t "$MINIMAL" -- true >"$T/out" 2>&1 </dev/null
sort -u "$T/asked" >"$T/names"
# What its libraries ask for is theirs; they are named in capitals as well.
is "$(grep -vxF -e "${variables// /$'\n'}" "$T/names" | xargs)" "" \
	"sandboxd asks for no other variable"
is "$(grep -cx -e SANDBOXD_STATE_DIR -e TERM "$T/names")" 2 \
	"and the watch sees those it asks for"

# --- the preprocessor -----------------------------------------------------------
# What is defined where it was not yet - a header itself, a word that an older
# header lacks - is none; one is left, for what sanitizers reserve.
is "$(awk '
	FNR == 1 { was = "" }
	was != "" && !($1 == "#define" && $2 == word) { print was }
	{ was = "" }
	/^[[:space:]]*#[[:space:]]*(if|elif)/ { was = FILENAME ":" $0; word = "-" }
	/^#ifndef / { word = $2 }' "${sources[@]}")" \
	"steer/session.h:#ifdef __SANITIZE_ADDRESS__" "no code depends on a condition"
is "$(grep -nE '\<assert[[:space:]]*\(' "${sources[@]}")" "" \
	"nor goes away with NDEBUG"

# --- flavours --------------------------------------------------------------------
# commands FLAVOUR: what make would run for all programs, directories alike.
commands() {
	local dir=build${1:+/$1}

	make -nB V=1 FLAVOUR="$1" CFLAGS= LDFLAGS= "$dir/sandboxd" "$dir/steer" \
		"$dir/sandbox-init" 2>&1 | sed "s|$dir/|build/|g"
}
# Of those: what is defined, what is compiled, and how sandbox-init is.
defines() { grep -oE -- '(^| )-[DU][^ ]+' "$1" | tr -d ' ' | sort -u; }
compiled() { grep -oE -- '-c -o [^ ]+ [^ ]+' "$1" | sort -u; }
init() { grep -E -- '-o build/sandbox-init ' "$1"; }

for flavour in '' asan fuzz lint; do
	commands "$flavour" >"$T/make.$flavour"
done
[ "$(compiled "$T/make." | wc -l)" -gt 100 ] && [ -n "$(init "$T/make.")" ]
ok $? "make tells what it would run"
is "$(defines "$T/make." | xargs -d '\n')" \
	"-DLIBEXECDIR='\"/usr/local/libexec/sandboxd\"' -D_FORTIFY_SOURCE=3 -D_GNU_SOURCE" \
	"the release defines nothing but these"
for flavour in asan fuzz lint; do
	is "$(defines "$T/make.$flavour" |
		grep -vxF -e "$(defines "$T/make.")")" "" \
		"$flavour defines nothing else"
	is "$(compiled "$T/make.$flavour")" "$(compiled "$T/make.")" \
		"$flavour has the same sources"
	is "$(init "$T/make.$flavour")" "$(init "$T/make.")" \
		"$flavour has the same sandbox-init"
	[ ! -e "build/$flavour/gen/filters.c" ] ||
		is "$(cat "build/$flavour/gen/filters.c")" \
			"$(cat "$B/gen/filters.c")" "$flavour has the same filters"
done

is "$(grep -rlE 'tests/weak|weaken(ed|ing) build' src steer entrypoint include \
	Makefile | xargs)" Makefile "no source knows of weakened builds"
done_testing
