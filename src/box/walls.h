/*
 * walls.h - the walls that not every host has, and [security] that asks for
 * them.
 */
#ifndef BOX_WALLS_H
#define BOX_WALLS_H

#include "box/box.h"

#define WALLS_LANDLOCK_HINT \
	"boot Linux 5.19 or later with 'landlock' in its lsm= parameter"

/* Whether the profile will not go without that wall (WALL_*). */
bool walls_required(const struct profile *p, const char *wall);

/* Finds out what the host has, into the record: a wall that is missing is
 * noted there. EXIT_IMPOSSIBLE when the profile requires it. */
int walls_find(struct box *box, struct err *err);

/* EXIT_IMPOSSIBLE where a system call is missing that no sandbox can be made
 * or entered without: named before anything is begun. */
int walls_check_calls(struct err *err);

#endif
