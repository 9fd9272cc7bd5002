/*
 * enter.h - joining a running sandbox.
 */
#ifndef BOX_ENTER_H
#define BOX_ENTER_H

#include <sys/types.h>

#include "base/err.h"

/* Starts `command` in sandbox `name` as another of the payload's processes:
 * same groups, namespaces, ids, filter and environment (plan.h). `stdio` are
 * the ends it gets, -1 for /dev/null. Returns the pidfd of a child of the
 * caller, once its program has been executed; the child dies with the caller.
 * Numbers up to INIT_FD_PLAN must be taken (fd_reserve()).
 * EXIT_NOTFOUND, EXIT_NOEXEC, EXIT_LAUNCH, EXIT_ABSENT. */
int enter_start(int statefd, const char *name, char *const *command,
		const int stdio[3], struct err *err);

#endif
