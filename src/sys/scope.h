/*
 * scope.h - control groups from the user's systemd.
 *
 * An ordinary user owns no group that he could divide. The manager of his
 * services does (user@.service is delegated to it), and gives a part away as a
 * scope: a unit of processes that others started (systemd.scope(5)). A scope
 * ends, and is removed with all groups beneath, when its last process has.
 *
 * Each call runs `program`, a descriptor of sandboxd-scope (scope_program.c),
 * and returns 0 or negative errno; -ECONNREFUSED when it could not have what
 * was asked for, with its words in `why`.
 */
#ifndef SYS_SCOPE_H
#define SYS_SCOPE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Is there a bus to ask on? Looks for its socket in XDG_RUNTIME_DIR alone. */
bool scope_possible(void);

/* Moves process `pid`, one of the caller's user, to a new scope `unit`. */
int scope_start(int program, const char *unit, const char *description,
		pid_t pid, char *why, size_t size);

/* Moves it to `group` ("/a/b") beneath the scope, wherever it was before. */
int scope_attach(int program, const char *unit, const char *group, pid_t pid,
		 char *why, size_t size);

#endif
