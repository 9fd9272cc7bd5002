/*
 * enter.h - joining a running sandbox.
 */
#ifndef BOX_ENTER_H
#define BOX_ENTER_H

#include <sys/types.h>

#include "base/err.h"
#include "box/terminal.h"

/* Another of the payload's processes: same groups, namespaces, ids, filter and
 * environment (plan.h). */
struct enter {
	char *const *command;
	int stdio[3]; /* the ends it gets, -1 for /dev/null */
	const struct terminal *terminal; /* what its own begins as, instead */
};

struct entered {
	int pidfd;  /* of a child of the caller, with which it dies */
	int master; /* the host's end of its terminal, or -1 */
};

/* Starts it in sandbox `name`; returns once its program has been executed.
 * Numbers up to INIT_FD_PLAN must be taken (fd_reserve()). The caller closes
 * what *out holds, which is -1 on failure. EXIT_NOTFOUND, EXIT_NOEXEC,
 * EXIT_LAUNCH, EXIT_ABSENT. */
int enter_start(int statefd, const char *name, const struct enter *what,
		struct entered *out, struct err *err);

#endif
