/*
 * idmap.h - mounts that show other owners than the disk has.
 *
 * A file that belongs to uid 0 on the disk belongs, through such a mount, to
 * what the given user namespace maps 0 to. Nothing on the disk changes, and
 * one tree can serve many sandboxes with ids of their own
 * (mount_setattr(2), "ID-mapped mounts").
 */
#ifndef SYS_IDMAP_H
#define SYS_IDMAP_H

#include <stdint.h>

/* A detached copy of the directory `dirfd`, with `attr` (MOUNT_ATTR_*), its
 * owners mapped by the user namespace `userns` (-1: as they are). What is
 * mounted beneath the directory is not in it.
 * Returns a descriptor, or negative errno: -EINVAL when the file system cannot
 * do it (overlayfs never, tmpfs before Linux 6.3), -EPERM when the caller does
 * not own the file system or the mount has a map already. */
int idmap_copy(int dirfd, int userns, uint64_t attr);

#endif
