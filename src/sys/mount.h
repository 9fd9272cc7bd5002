/*
 * mount.h - mounts by descriptor.
 *
 * A mount is made detached, with its flags set, and only then attached to a
 * target that was opened beneath the root: nothing is reachable half made,
 * and no path inside a guest's tree is ever walked by name
 * (fsopen(2), open_tree(2), mount_setattr(2), move_mount(2), openat2(2)).
 *
 * Everything returns 0 or a descriptor, or negative errno.
 */
#ifndef SYS_MOUNT_H
#define SYS_MOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/types.h>

/* MOUNT_ATTR_* sets in common use. */
#define MOUNT_SAFE (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV)
#define MOUNT_LOCKED (MOUNT_SAFE | MOUNT_ATTR_RDONLY)
#define MOUNT_DATA (MOUNT_SAFE | MOUNT_ATTR_NOEXEC)

struct mount_option {
	const char *key, *value; /* value NULL: a flag; key NULL ends a list */
};

/* A new file system, detached. `why` (may be NULL, of `size` bytes) receives
 * the kernel's own words when it refuses. */
int mount_new(const char *fstype, const struct mount_option *options,
	      uint64_t attr, char *why, size_t size);

/* A tmpfs, detached: at most `size` and `inodes` (numbers, K M G allowed), its
 * root of `mode` and owned by `owner`. */
int mount_tmpfs(const char *size, const char *inodes, mode_t mode, uid_t owner,
		uint64_t attr);

/* A detached copy of what `path` beneath `dirfd` shows, with all mounts under
 * it, flags applied to all of them. A symbolic link is not followed. */
int mount_copy(int dirfd, const char *path, uint64_t attr);

/* Adds flags to an attached or detached mount, and to those under it if
 * `recursive`. */
int mount_set(int mountfd, uint64_t attr, bool recursive);

/* Attaches a detached mount on the file or directory that `targetfd` is. */
int mount_attach(int mountfd, int targetfd);

/* Opens beneath `rootfd` as if that were "/": no link of any kind is followed
 * in any component. */
int mount_open(int rootfd, const char *path, int flags);

/* The same, but symbolic links are followed: an absolute one starts at
 * `rootfd`, and none leads out of it. */
int mount_resolve(int rootfd, const char *path, int flags);

/* mkdir with parents beneath `rootfd`, each 0755 and owned by uid:gid; the
 * last one gets `mode`. Returns a descriptor (O_PATH) of it. A component that
 * is there and is no directory is -ENOTDIR. */
int mount_mkdir(int rootfd, const char *path, mode_t mode, uid_t uid,
		gid_t gid);

/* The mounts that process `pid` sees, as the kernel tells them: appends
 * "TARGET TYPE FLAGS" for each to *list (base/str.h). */
int mount_list(pid_t pid, char ***list);
/* The same of text in that form. */
void mount_read_list(FILE *mountinfo, char ***list);

/* Type of the file system that `fd` is on, as in /proc/mounts: "ext4". 0, or
 * -ENOENT when its mount is not in the caller's namespace. */
int mount_type(int fd, char *type, size_t size);

/* Makes all mounts of this namespace private. */
int mount_make_private(void);

/* Makes the mount at `rootfd` the root and detaches the old one; ends in "/".
 */
int mount_pivot(int rootfd);

#endif
