/*
 * guest.h - the last steps before PID 1, inside the new namespaces.
 *
 * Runs in the process that becomes PID 1, with every capability over its own
 * namespaces and none outside, in the directory that rootfs.c staged.
 */
#ifndef BOX_GUEST_H
#define BOX_GUEST_H

#include "base/err.h"
#include "box/fence.h"

/* Network, host name, /proc, /sys, /dev/pts, /dev/mqueue, masks; then the new
 * root becomes the root and the old one is gone; last, how many namespaces can
 * be made inside. The working directory must be the stage. */
int guest_enter(const char *hostname, const struct fence *fence,
		struct err *err);

#endif
