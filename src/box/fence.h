/*
 * fence.h - how many namespaces can be made inside a sandbox, and how much else
 * that the kernel counts by user.
 *
 * The kernel counts them by user namespace and user, and a namespace counts in
 * every user namespace above it (Linux: kernel/ucount.c). What the limits of
 * the sandbox's own user namespace refuse (ENOSPC) no user namespace made
 * inside it can grant, whatever capabilities it gives. Only CAP_SYS_RESOURCE
 * over the sandbox's could change them, which nobody inside has; their files
 * are read-only there besides (sysctl user.max_*_namespaces, namespaces(7)).
 */
#ifndef BOX_FENCE_H
#define BOX_FENCE_H

#include <stdint.h>

#include "sys/ns.h"

#define FENCE_OPEN (-1) /* as the kernel made it */

struct fence {
	const char *userns; /* as in [security] userns */
	int32_t most[NS_KINDS];
};

/* One of them; `userns` is that of a completed profile. */
const struct fence *fence_find(const char *userns);

/* The directory of limits of a proc file system that can be written; or
 * negative errno. */
int fence_open(int proc);

/* Sets those of the caller's user namespace, for which it needs
 * CAP_SYS_RESOURCE there. 0 or negative errno. */
int fence_set(int limits, const struct fence *fence);

/* Leaves everybody in the caller's user namespace half of the inotify instances
 * and watches that a user of the host can have: an ordinary user's sandboxes
 * take theirs from his. 0 or negative errno. */
int fence_halve(int limits);

#endif
