/*
 * limits_rootless.h - what is left of the limits without control groups.
 *
 * An ordinary user may write none, so whatever rests on one is lost to his
 * sandboxes: an error by name, unless limits.best_effort lists the limit or
 * says `rootless`. Kept all the same:
 *	limits.pids   as RLIMIT_NPROC of the agent: a user's processes count by
 *	              user namespace (since Linux 5.14, getrlimit(2)), so those
 *	              of his other sandboxes do not
 *	sizes         of file systems, and what setrlimit(2) limits
 */
#ifndef BOX_LIMITS_ROOTLESS_H
#define BOX_LIMITS_ROOTLESS_H

#include "box/box.h"

/* The limits that the profile asks for and that are lost, "limits.memory" and
 * so on; NULL: none, or we are root. The caller frees the vector. */
char **limits_rootless_lost(const struct profile *p);

/* EXIT_IMPOSSIBLE when one of them may not be missing. */
int limits_rootless_check(const struct profile *p, struct err *err);

/* Marks in the record what was asked for and is lost, with a note each. */
void limits_rootless_note(struct box *box);

#endif
