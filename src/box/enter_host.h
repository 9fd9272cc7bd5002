/*
 * enter_host.h - a tool of the host in some namespaces of a running sandbox.
 *
 * For diagnosis by root, outside the walls: the tool keeps the host's files,
 * ids, capabilities and control group, and has no filter. Namespaces that
 * would give the guest a hold on it are refused.
 */
#ifndef BOX_ENTER_HOST_H
#define BOX_ENTER_HOST_H

#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

/* Reads "net,ipc" into flags of clone(2). EXIT_USAGE. */
int enter_host_parse(const char *list, int *flags, struct err *err);

/* Name number `i` that can be in such a list; NULL behind the last. */
const char *enter_host_name(size_t i);

/* Moves the caller, which must have one thread, into those namespaces of a
 * running sandbox. EXIT_LAUNCH, EXIT_ABSENT, EXIT_IMPOSSIBLE without the
 * privileges of root. */
int enter_host_join(int statefd, const char *name, int flags, struct err *err);

/* Becomes `command`, looked for in the caller's PATH: does not return. But
 * where `flags` have CLONE_NEWPID only a child is there: returns its pid, to be
 * waited for by enter_host_wait(). -1: EXIT_NOTFOUND, EXIT_NOEXEC, EXIT_LAUNCH.
 * It gets every descriptor that is not close-on-exec. */
pid_t enter_host_run(int flags, char *const *command, struct err *err);

/* Passes on what signals are sent to the caller, which stay blocked, and
 * returns the exit status, 128+n by signal n. */
int enter_host_wait(pid_t pid);

#endif
