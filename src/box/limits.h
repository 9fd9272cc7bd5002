/*
 * limits.h - from the profile's limits to control groups.
 *
 *	sandboxd/NAME          memory, swap and CPU of the whole sandbox
 *	sandboxd/NAME/init     a few processes
 *	sandboxd/NAME/desktop  some processes
 *	sandboxd/NAME/payload  limits.pids; memory less display.memory, so that
 *	                       the agent runs out before the display does
 *
 * A limit that cannot be enforced is an error, unless the profile lists it in
 * limits.best_effort: then it is a note in the record. An ordinary user has no
 * groups; see limits_rootless.h for what he has instead.
 */
#ifndef BOX_LIMITS_H
#define BOX_LIMITS_H

#include "box/box.h"

#define DESKTOP_PIDS 64 /* Xvfb, fluxbox and what they fork */

/* Makes the groups and limits the whole; no process is in them yet. */
int limits_create(struct box *box, struct err *err);

/* Limits the children. Call when NAME itself holds no process. Reads back
 * what is in force into the record and refuses a difference. */
int limits_children(struct box *box, struct err *err);

/* Writes what the sandbox has used so far into the record. */
void limits_count(struct box *box);

#endif
