/*
 * monitor.h - the one host process of a sandbox that outlives the command
 * line.
 */
#ifndef BOX_MONITOR_H
#define BOX_MONITOR_H

#include "box/box.h"

struct monitor_start {
	const struct profile *profile; /* completed */
	const char *name;
	char *const *command; /* at least one word */
	bool foreground;      /* the client's death ends the sandbox */
	bool keep;            /* its record stays when it has ended */
	const struct terminal *terminal; /* what the payload's begins as, or
					  * NULL: it gets `stdio` */
	int stdio[3];         /* the payload's ends, or -1 */
	int payload_log;      /* read end of what a detached payload writes */
	int caller[3];        /* the caller's ends of stdio, or -1: the monitor
			       * closes them, or nobody would see end of file */
};

/* Checks what can be known before anything is made: privilege, programs, a
 * command. */
int monitor_check(const struct monitor_start *start, struct err *err);

/* Forks the monitor of a sandbox of these stages: box_stages, or some of them
 * (trial.h). Numbers up to INIT_FD_PLAN must be taken (fd_reserve()). Returns
 * the client's end of its socket (client.h): the first message is
 * CLIENT_STARTED or CLIENT_FAILED, the last one CLIENT_ENDED. */
int monitor_spawn(const struct monitor_start *start, const struct stage *stages,
		  size_t nstages, struct err *err);

/* The monitor itself, in a process of its own: from nothing to nothing.
 * `client` may be -1. For monitor_spawn() and for tests, which bring a table
 * of their own. Returns the sandbox's exit code. */
int monitor_run(const struct monitor_start *start, const struct stage *stages,
		size_t nstages, int client);

#endif
