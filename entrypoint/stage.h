/*
 * stage.h - what happens in a new process before it is a service.
 *
 * Used by PID 1 in a child it made (PLAN_BOOT) and by a process that joined
 * the sandbox (PLAN_EXEC). The order is a table in stage.c.
 */
#ifndef ENTRYPOINT_STAGE_H
#define ENTRYPOINT_STAGE_H

#include <stdbool.h>
#include <stdnoreturn.h>

#include "plan.h"

#define STAGE_SLACK_NS 50000L /* a service's, prctl(2) PR_SET_TIMERSLACK */

struct stage {
	const struct plan *plan;
	const struct plan_service *service;
	int index;        /* of the service in the plan */
	int report;       /* where a failure is told; close-on-exec */
	int ready;        /* what -displayfd names, or -1 */
	int null;         /* /dev/null */
	bool joined;      /* PLAN_EXEC: the parent is outside */

	/* Filled on the way. */
	char **argv, **env;
	int keyring;      /* serial number of the session's own; 0: none */
	int kept;         /* descriptors 0 to kept - 1 are the service's */
	struct init_msg failure;
};

/* Becomes the service, or tells `report` why not and exits with the status
 * that exitcode.h has for it. */
noreturn void stage_run(struct stage *stage);

/* The exit status for a failure. */
int stage_exit_code(enum init_failure why);

#endif
