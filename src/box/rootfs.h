/*
 * rootfs.h - the guest's root, built on the host side.
 *
 * The builder (launch.c) calls this in a private mount namespace that the
 * host's user namespace still owns. Mounts made here are therefore locked
 * when the guest's own mount namespace is copied from it: nobody inside can
 * undo them or make them writable, whatever capabilities they gain there
 * (mount_namespaces(7), "Restrictions on mount namespaces").
 *
 *	overlay   upper: the writable layer (writable.h)
 *		  lower: skeleton (view.h), layers and image (layers.h)
 *	  + with image = host: binds of its system directories, read-only
 *	  + /dev, /dev/shm, /tmp, /run: tmpfs, sized
 * What needs the guest's own namespaces (/proc, /sys, devpts, mqueue) is
 * attached by guest.c.
 */
#ifndef BOX_ROOTFS_H
#define BOX_ROOTFS_H

#include "box/box.h"
#include "box/view.h"

/* Builds it in a mount namespace of the caller's own, whose working directory
 * must be the sandbox's (STATE_DIR/NAME), and leaves the working directory in
 * the stage, a directory with
 *	new   the root, a mount point
 *	mask  an empty file and an empty directory, for guest.c
 * The working directory is what clone(2) carries over into a copy of the mount
 * namespace; a descriptor would go on showing the original. */
int rootfs_build(const struct box *box, const struct view *view,
		 struct err *err);

#endif
