/*
 * promises.h - what the mounts of a sandbox must be, for the self-check.
 *
 * Every mount that the guest could gain by: those of rootfs.c and guest.c, each
 * with the flags that it was made with. Before a program starts it asks the
 * kernel for the flags of each (entrypoint/selfcheck.c).
 */
#ifndef BOX_PROMISES_H
#define BOX_PROMISES_H

#include <stdint.h>

#include "box/view.h"

#define PROMISES 7

struct promises {
	struct promise {
		uint32_t flags; /* as of struct plan_mounts */
		char **paths;   /* of mount points inside */
	} of[PROMISES];
};

/* Looks which of the masks there are on this kernel. 0, or negative errno when
 * that cannot be seen; the caller finishes *out in every case. */
int promises_make(struct promises *out, const struct view *view);
void promises_finish(struct promises *p);

#endif
