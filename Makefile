# sandboxd and steer.
#
#   make            build/sandboxd build/steer and what runs inside
#   make demo       a picture of a sandboxed desktop, from nothing
#   make test       every test
#   make weak       builds that lack one defence each, and what notices
#   make fuzz       inputs that nobody thought of, for every parser
#   make bench      times and memory, against others of the kind
#   make bench-reach  what a program can reach, likewise
#
# V=1 shows whole commands. FLAVOUR=asan builds into build/asan.

prefix ?= /usr/local
bindir ?= $(prefix)/bin
libexecdir ?= $(prefix)/libexec/sandboxd
datadir ?= $(prefix)/share/sandboxd
mandir ?= $(prefix)/share/man
DESTDIR ?=

CC ?= cc
# PID 1 is counted in every sandbox: musl keeps it a tenth of the size.
MUSL_CC ?= musl-gcc
FLAVOUR ?=
B := build$(if $(FLAVOUR),/$(FLAVOUR))
Q := $(if $(V),,@)

WARN := -Wall -Wextra -Wshadow -Wundef -Wvla -Wformat=2 -Wstrict-prototypes \
	-Wmissing-prototypes -Wold-style-definition -Wpointer-arith \
	-Wcast-qual -Wwrite-strings -Wimplicit-fallthrough -Wnull-dereference \
	-Wno-unused-parameter
WERROR ?=
# https://best.openssf.org/Compiler-Hardening-Guides/
HARDEN := -D_FORTIFY_SOURCE=3 -fstack-protector-strong \
	-fstack-clash-protection -fcf-protection -fPIE \
	-ftrivial-auto-var-init=zero -fno-delete-null-pointer-checks
LINK_HARDEN := -pie -Wl,-z,relro,-z,now,-z,noexecstack,-z,nodlopen
OPT ?= -O2 -g
STD := -std=gnu11 -D_GNU_SOURCE

ifeq ($(FLAVOUR),asan)
OPT := -O1 -g
HARDEN := -fPIE -fsanitize=address,undefined -fno-sanitize-recover=undefined \
	-fno-omit-frame-pointer
LINK_HARDEN := -pie -fsanitize=address,undefined
endif

# For the compiler's own engine (tests/fuzz/fuzz.h).
ifeq ($(FLAVOUR),fuzz)
CC := clang
OPT := -O1 -g
FUZZ_SAN := -fsanitize=address,undefined -fno-sanitize-recover=undefined
HARDEN := -fPIE $(FUZZ_SAN) -fsanitize=fuzzer-no-link -fno-omit-frame-pointer \
	-Wno-unknown-warning-option
LINK_HARDEN := -pie $(FUZZ_SAN)
endif

CFLAGS_ALL = $(STD) $(OPT) $(WARN) $(WERROR) $(HARDEN) -Iinclude -iquote src -iquote . \
	-I$(B)/gen -DLIBEXECDIR='"$(libexecdir)"' $(CFLAGS)
LDFLAGS_ALL = $(LINK_HARDEN) $(LDFLAGS)

PKGS := libcap jansson inih
X_PKGS := x11 x11-xcb xcb xcb-shm xtst xdamage xfixes libpng libisal
PKG_CONFIG ?= pkg-config
LIBS = $(shell $(PKG_CONFIG) --libs $(PKGS))
X_LIBS = $(shell $(PKG_CONFIG) --libs $(X_PKGS))

LIB_SRC := $(filter-out src/sys/seccomp_gen.c src/sys/scope_program.c src/conf/profile_man.c,$(wildcard src/base/*.c src/sys/*.c \
	src/conf/*.c src/box/*.c))
LIB_OBJ := $(LIB_SRC:%.c=$(B)/obj/%.o) $(B)/obj/filters.o $(B)/obj/desktop_files.o \
	$(B)/obj/complete_scripts.o $(B)/obj/profile_agent.o
DESKTOP_FILES := $(sort $(wildcard entrypoint/desktop/*))
CMD_OBJ := $(patsubst %.c,$(B)/obj/%.o,$(wildcard src/cmd/*.c))
STEER_OBJ := $(patsubst %.c,$(B)/obj/%.o,$(wildcard steer/*.c))
INIT_SRC := $(wildcard entrypoint/*.c)
XKBCOMP_SRC := $(wildcard entrypoint/xkbcomp/*.c)
# What runs inside, static.
GUEST := $(B)/sandbox-init $(B)/sandbox-xkbcomp
# What asks systemd for control groups, where there is one.
SCOPE := $(if $(shell $(PKG_CONFIG) --exists libsystemd && echo y),$(B)/sandboxd-scope)
UNIT_SRC := $(wildcard tests/unit/test_*.c)
UNITS := $(UNIT_SRC:tests/unit/%.c=$(B)/tests/%)
HELPER_SRC := $(wildcard tests/helpers/*.c)
HELPERS := $(HELPER_SRC:tests/helpers/%.c=$(B)/tests/%)

all: $(B)/sandboxd $(B)/steer $(GUEST) $(SCOPE) $(B)/sandboxd-profile.5

$(B)/sandboxd: $(CMD_OBJ) $(B)/libsandboxd.a
	@echo "  LD    $@"
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LIBS)

$(B)/steer: $(STEER_OBJ) $(B)/libsandboxd.a
	@echo "  LD    $@"
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(X_LIBS) $(LIBS)

$(B)/sandboxd-scope: src/sys/scope_program.c Makefile
	@mkdir -p $(@D)
	@echo "  LD    $@"
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $< $(shell $(PKG_CONFIG) --libs libsystemd)

# musl does not carry the kernel's headers; they come last in the search.
INIT_CFLAGS = $(STD) -Os $(WARN) $(WERROR) -fstack-protector-strong -static -s \
	-fPIE -static-pie -ffunction-sections -fdata-sections -Wl,--gc-sections \
	-Wl,-z,relro,-z,now,-z,noexecstack \
	-Iinclude -idirafter /usr/include/$(shell $(CC) -print-multiarch) \
	-idirafter /usr/include
$(B)/sandbox-init: $(INIT_SRC) $(wildcard entrypoint/*.h include/sandboxd/*.h) Makefile
	@mkdir -p $(@D)
	@echo "  INIT  $@"
	$(Q)$(MUSL_CC) $(INIT_CFLAGS) -o $@ $(INIT_SRC)
$(B)/sandbox-xkbcomp: $(XKBCOMP_SRC) include/sandboxd/keymap.h Makefile
	@mkdir -p $(@D)
	@echo "  INIT  $@"
	$(Q)$(MUSL_CC) $(INIT_CFLAGS) -o $@ $(XKBCOMP_SRC)

$(B)/libsandboxd.a: $(LIB_OBJ)
	@echo "  AR    $@"
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(B)/obj/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(CC) $(CFLAGS_ALL) $(if $(filter steer/%,$<),$(shell $(PKG_CONFIG) --cflags $(X_PKGS))) \
		-MMD -MP -c -o $@ $<

# The seccomp policies are compiled here, once, not at every start.
$(B)/policy-gen: src/sys/seccomp_gen.c src/sys/seccomp_policy.c $(wildcard src/sys/seccomp*.h)
	@mkdir -p $(@D)
	@echo "  GEN   $@"
	$(Q)$(CC) $(STD) $(WARN) -O1 -Iinclude -iquote src -o $@ src/sys/seccomp_gen.c \
		src/sys/seccomp_policy.c $(shell $(PKG_CONFIG) --libs libseccomp)
$(B)/gen/filters.c: $(B)/policy-gen
	@mkdir -p $(@D)
	$(Q)$< > $@.tmp && mv $@.tmp $@
$(B)/obj/filters.o: $(B)/gen/filters.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) -c -o $@ $<

# The manual of profiles: its frame, and the keys from their table.
$(B)/profile-man: src/conf/profile_man.c $(B)/libsandboxd.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(LIBS)
$(B)/sandboxd-profile.5: src/conf/sandboxd-profile.5.in $(B)/profile-man
	@echo "  MAN   $@"
	$(Q)$(B)/profile-man > $@.keys
	$(Q)sed -e '/^KEYS$$/{r $@.keys' -e 'd;}' $< > $@.tmp && mv $@.tmp $@

# The guest's desktop files, as C strings.
$(B)/gen/desktop_files.c: $(DESKTOP_FILES) Makefile
	@mkdir -p $(@D)
	$(Q){ echo '#include "box/desktop.h"'; \
	  echo 'const struct desktop_file desktop_files[] = {'; \
	  for f in $(DESKTOP_FILES); do \
	    echo "{ \"/etc/sandboxd/fluxbox/$${f##*/}\", \"\""; \
	    sed 's/["\\]/\\&/g; s/.*/"&\\n"/' $$f; echo '},'; \
	  done; echo '};'; \
	  echo 'const size_t desktop_nfiles = ARRAY_LEN(desktop_files);'; } > $@.tmp && mv $@.tmp $@
$(B)/obj/desktop_files.o: $(B)/gen/desktop_files.c src/box/desktop.h
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) -c -o $@ $<

# The shells' completion scripts, likewise.
COMPLETE := $(sort $(wildcard src/base/complete.*sh))
$(B)/gen/complete_scripts.c: $(COMPLETE) Makefile
	@mkdir -p $(@D)
	$(Q){ echo '#include "base/complete_scripts.h"'; \
	  echo 'const struct complete_text complete_scripts[] = {'; \
	  for f in $(COMPLETE); do \
	    echo "{ \"$${f##*.}\", \"\""; \
	    sed 's/["\\]/\\&/g; s/.*/"&\\n"/' $$f; echo '},'; \
	  done; echo '};'; \
	  echo 'const size_t complete_nscripts = ARRAY_LEN(complete_scripts);'; } > $@.tmp && mv $@.tmp $@
$(B)/obj/complete_scripts.o: $(B)/gen/complete_scripts.c src/base/complete_scripts.h
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) -c -o $@ $<

# The profile that `doctor` asks for, likewise.
$(B)/gen/profile_agent.c: profiles/agent.ini Makefile
	@mkdir -p $(@D)
	$(Q){ echo '#include "conf/profile.h"'; \
	  echo 'const char profile_agent[] ='; \
	  sed 's/["\\]/\\&/g; s/.*/"&\\n"/' $<; echo ';'; } > $@.tmp && mv $@.tmp $@
$(B)/obj/profile_agent.o: $(B)/gen/profile_agent.c src/conf/profile.h
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) -c -o $@ $<

# It starts whole sandboxes.
$(B)/tests/test_stage: | $(GUEST) $(if $(filter asan,$(FLAVOUR)),,$(B)/steer)
# steer's main() stays out of its unit tests.
$(filter $(B)/tests/test_steer%,$(UNITS)): $(filter-out %/main.o,$(STEER_OBJ))
$(B)/tests/test_%: tests/unit/test_%.c $(B)/libsandboxd.a
	@mkdir -p $(@D)
	@echo "  TEST  $@"
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -MMD -MP -o $@ $< \
		$(filter $(B)/obj/steer/%,$^) $(B)/libsandboxd.a \
		$(UNIT_LD_$*) $(if $(filter steer%,$*),$(X_LIBS)) $(LIBS) -lcmocka
# Small static programs that run inside sandboxes or beside them.
HELPER_LIBS_png_diff := -lpng -lz -lm
HELPER_LIBS_enosys := -lseccomp
HELPER_KIND_trap := -shared -fPIC
$(B)/tests/%: tests/helpers/%.c $(wildcard tests/helpers/*.h)
	@mkdir -p $(@D)
	@echo "  TEST  $@"
	$(Q)$(CC) $(STD) -O1 -g -Wall -Wextra -Iinclude $(or $(HELPER_KIND_$*),-static) \
		-o $@ $< $(HELPER_LIBS_$*)

# Fuzz targets: with the engine, or in any other flavour with files to replay.
# One that drives a whole session puts time and the end into its own hands.
FUZZ_SRC := $(filter-out %/replay.c,$(wildcard tests/fuzz/*.c))
FUZZERS := $(FUZZ_SRC:tests/fuzz/%.c=$(B)/fuzz/%)
FUZZ_DRIVER := $(if $(filter fuzz,$(FLAVOUR)),-fsanitize=fuzzer,tests/fuzz/replay.c)
FUZZ_LD_display := -Wl,--wrap=clock_ms -Wl,--wrap=poll -Wl,--wrap=_exit
$(B)/fuzz/words: $(filter-out %/main.o,$(CMD_OBJ)) $(B)/fuzz/main.o
$(B)/fuzz/main.o: $(B)/obj/src/cmd/main.o
	@mkdir -p $(@D)
	$(Q)objcopy --redefine-sym main=cmd_main $< $@
$(FUZZERS): $(filter-out %/main.o,$(STEER_OBJ)) $(B)/libsandboxd.a
$(B)/fuzz/%: tests/fuzz/%.c tests/fuzz/fuzz.h tests/fuzz/replay.c
	@mkdir -p $(@D)
	@echo "  FUZZ  $@"
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -MMD -MP -o $@ $< \
		$(FUZZ_DRIVER) $(filter %.o,$^) $(B)/libsandboxd.a $(FUZZ_LD_$*) $(X_LIBS) $(LIBS)

-include $(shell find $(B)/obj $(B)/tests $(B)/fuzz -name '*.d' 2>/dev/null)

units: $(UNITS)
# hostile/60-reach asks with the probe of the bench.
helpers: $(HELPERS) $(B)/bench/reach
fuzzers: $(FUZZERS)

clean:
	rm -rf build

.PHONY: all units helpers fuzzers clean

# --- dependencies, tests, lint, installation --------------------------------

# A machine without the compiler's needs is told their packages, once.
build/.deps-ok: tests/deps.sh
	@mkdir -p $(@D)
	@tests/deps.sh -n build
	@touch $@
$(LIB_OBJ) $(CMD_OBJ) $(STEER_OBJ) $(GUEST) $(B)/policy-gen \
	$(UNITS) $(HELPERS): | build/.deps-ok

deps:
	@tests/deps.sh

# The programs' own needs only; PICTURE=FILE says where it goes.
demo:
	@tests/deps.sh build run
	@$(MAKE) --no-print-directory all
	@tests/demo.sh $(PICTURE)

# The cheap ones first; ARGS goes to the runner (-j N, names of tests).
test: deps
	@$(MAKE) --no-print-directory all units helpers fuzzers
	@B=$(B) tests/run $(ARGS)

# Without one defence each; ONLY="NAME..." takes these from tests/weak/table.
weak: deps
	@$(MAKE) --no-print-directory all units helpers
	@B=$(B) ONLY="$(ONLY)" tests/run tests/weak/*.sh

# Address and undefined-behaviour checks: the unit programs of that flavour, the
# fuzz targets' inputs, and steer on hostile servers.
asan: deps
	@$(MAKE) --no-print-directory FLAVOUR=asan asan-units
asan-units: $(UNITS) helpers fuzzers $(GUEST) $(B)/steer
	@B=$(B) tests/run $(ARGS) $(UNITS) tests/fuzz/01-corpus.sh \
		tests/steer/11-hostile-every.sh

# New inputs for the parsers, TIME seconds for each of TARGETS (all of them).
TIME ?= 60
fuzz:
	@tests/deps.sh build fuzz
	@$(MAKE) --no-print-directory FLAVOUR=fuzz fuzzers
	@B=build/fuzz tests/fuzz/run -t $(TIME) $(TARGETS)

# Warnings are errors here and in CI, never for who only builds. The flavour
# has its own directory, so that a lint leaves the build alone.
lint:
	@$(MAKE) --no-print-directory FLAVOUR=lint WERROR=-Werror all units
	@tests/lint/run

BENCH_LIBS_desk := -lxcb
BENCH_LIBS_keymap := -static
BENCH_LIBS_reach := -static
# Against the peers, which it installs; ARGS: -n ROUNDS, names of parts.
BENCH := $(patsubst bench/%.c,$(B)/bench/%,$(wildcard bench/*.c))
$(B)/bench/%: bench/%.c
	@mkdir -p $(@D)
	@echo "  BENCH $@"
	$(Q)$(CC) $(STD) -O2 -Wall -Wextra $(WERROR) -o $@ $< $(BENCH_LIBS_$*)
bench:
	@tests/deps.sh build run bench
	@$(MAKE) --no-print-directory all bench-tools
	@B=$(B) bench/run $(ARGS)
# Which doors stand open, in ours and in others; JSON=FILE writes it there, too.
bench-reach:
	@tests/deps.sh build run reach
	@$(MAKE) --no-print-directory all bench-tools
	@B=$(B) JSON=$(JSON) bench/run reach
bench-tools: $(BENCH)

# Only lines that differ from the last commit: tables are aligned by hand.
format:
	@git clang-format --force --extensions c,h -- $(wildcard $(addsuffix /,include src \
		steer entrypoint tests bench))

MAN1 := $(wildcard src/*.1 src/cmd/*.1 steer/*.1)
MAN5 := $(B)/sandboxd-profile.5
MAN7 := $(wildcard src/*.7)
PROFILES := $(wildcard profiles/*.ini)
SHARE := $(DESTDIR)$(prefix)/share
INSTALLED_COMPLETE := $(foreach p,sandboxd steer, \
	$(SHARE)/bash-completion/completions/$p $(SHARE)/zsh/site-functions/_$p \
	$(SHARE)/fish/vendor_completions.d/$p.fish)
# .../zsh/site-functions/_steer is what `steer completion zsh` prints.
completes = $(patsubst _%,%,$(basename $(notdir $1))) completion \
	$(if $(findstring /zsh/,$1),zsh,$(if $(findstring /fish/,$1),fish,bash))

install: all
	install -d $(DESTDIR)$(bindir) $(DESTDIR)$(libexecdir) \
		$(DESTDIR)$(datadir)/profiles
	install -m 0755 $(B)/sandboxd $(B)/steer $(DESTDIR)$(bindir)
	install -m 0755 $(GUEST) $(SCOPE) $(DESTDIR)$(libexecdir)
	install -m 0644 $(PROFILES) $(DESTDIR)$(datadir)/profiles
	install -d $(dir $(INSTALLED_COMPLETE))
	$(foreach f,$(INSTALLED_COMPLETE),$(B)/$(call completes,$f) >$f &&) :
	$(foreach n,1 5 7,$(if $(MAN$n),install -d $(DESTDIR)$(mandir)/man$n && \
		install -m 0644 $(MAN$n) $(DESTDIR)$(mandir)/man$n &&)) :

# Files by name, and our own directories when nothing else is in them.
uninstall:
	rm -f $(DESTDIR)$(bindir)/sandboxd $(DESTDIR)$(bindir)/steer \
		$(patsubst $(B)/%,$(DESTDIR)$(libexecdir)/%,$(GUEST) $(SCOPE)) \
		$(patsubst %,$(DESTDIR)$(datadir)/%,$(PROFILES)) \
		$(INSTALLED_COMPLETE) \
		$(foreach n,1 5 7,$(patsubst %,$(DESTDIR)$(mandir)/man$n/%,$(notdir $(MAN$n))))
	-rmdir $(DESTDIR)$(datadir)/profiles $(DESTDIR)$(datadir) \
		$(DESTDIR)$(libexecdir) 2>/dev/null || :

.PHONY: deps demo test weak bench bench-reach bench-tools fuzz asan asan-units lint \
	format install uninstall
