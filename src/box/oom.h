/*
 * oom.h - when the payload's memory runs out.
 *
 * The whole payload is killed, not one process of it: an agent with a hole in
 * it is worth nothing. On v2 the kernel does so (memory.oom.group); on v1 the
 * kernel kills one process and we, once its counter says so, the rest. The
 * desktop is in another group and stays.
 */
#ifndef BOX_OOM_H
#define BOX_OOM_H

#include "box/box.h"

/* Starts to watch the payload's group. */
int oom_watch(struct box *box, struct err *err);
/* The watch descriptor is readable. */
void oom_seen(struct box *box);
/* Called before each wait; returns the wait's timeout, shortened while the
 * kernel has announced a kill that its counter does not show yet. */
int oom_poll(struct box *box, int timeout);
/* Counts kills into the record; true when there were any. */
bool oom_count(struct box *box);

#endif
