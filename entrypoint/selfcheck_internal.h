/*
 * selfcheck_internal.h - the two halves of the self-check, and what they share.
 */
#ifndef ENTRYPOINT_SELFCHECK_INTERNAL_H
#define ENTRYPOINT_SELFCHECK_INTERNAL_H

#include "stage.h"

/* Holds /proc/self/status and /proc/self/cgroup several times over; a file
 * that does not fit fails the check. */
#define PROC_TEXT 8192

struct check {
	const struct stage *stage;
	struct init_msg *failure;
	int self; /* /proc/self */
	char text[PROC_TEXT];
};

/* Each asks for all of its half; 0, or -EPERM with the first difference told.
 */
int selfcheck_process(struct check *c); /* what the process itself is */
int selfcheck_view(struct check *c);    /* where it is, and what it sees */

/* "NAME: WHY", the second with errno. Return -EPERM. */
int selfcheck_refuse(struct check *c, const char *name, const char *why);
int selfcheck_refuse_errno(struct check *c, const char *name, const char *why);
/* "NAME: expected 5, found 6". Returns -EPERM. */
int selfcheck_differs(struct check *c, const char *name, uint64_t expected,
		      uint64_t found, unsigned int base);
/* The same if they differ; `found` below 0 is a call that failed. */
int selfcheck_value(struct check *c, const char *name, long expected,
		    long found);

/* Reads a file of `dir`, one of /proc, into c->text, newlines replaced by NULs,
 * an empty line at the end. */
int selfcheck_read(struct check *c, int dir, const char *name);

#endif
