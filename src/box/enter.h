/*
 * enter.h - joining a running sandbox.
 */
#ifndef BOX_ENTER_H
#define BOX_ENTER_H

#include <sys/types.h>

#include "base/err.h"
#include "box/terminal.h"

struct record;

/* Another of the payload's processes: same groups, namespaces and filter, and
 * ids and environment too unless told otherwise (plan.h). */
struct enter {
	char *const *command;
	int stdio[3]; /* the ends it gets, -1 for /dev/null */
	const struct terminal *terminal; /* what its own begins as, instead */
	const char *user;    /* enter_user.h; NULL: the agent */
	const char *workdir; /* absolute; NULL: the agent's, or "/" of others */
	char *const *env;    /* "NAME=value", over what the payload has */
	bool detach;         /* it goes on without the caller */
};

#define ENTERED_KEPT 256

struct entered {
	int pidfd;  /* of a child of the caller, with which it dies; -1 when
		     * detached */
	pid_t inside; /* detached: its pid there */
	int master, peer; /* both ends of its terminal (terminal.h), or -1 */
	char kept[ENTERED_KEPT]; /* what it has of the caller's that no guest
				  * should, for people; "": nothing */
};

/* Starts it in sandbox `name`; returns once its program has been executed.
 * Numbers up to INIT_FD_PLAN must be taken (fd_reserve()). The caller closes
 * what *out holds. EXIT_NOTFOUND, EXIT_NOEXEC, EXIT_LAUNCH, EXIT_ABSENT,
 * EXIT_USAGE. */
int enter_start(int statefd, const char *name, const struct enter *what,
		struct entered *out, struct err *err);

/* PID 1 of a running sandbox as a pidfd, proved by start time and namespaces to
 * be the one that its record means. EXIT_LAUNCH. */
int enter_find_init(const struct record *rec, struct err *err);

#endif
