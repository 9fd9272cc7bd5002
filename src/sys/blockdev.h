/*
 * blockdev.h - from a name to the disk behind it: control groups limit whole
 * disks, never partitions (kernel Documentation/admin-guide/cgroup-v2.rst,
 * io.max).
 */
#ifndef SYS_BLOCKDEV_H
#define SYS_BLOCKDEV_H

#include <sys/types.h>

/* `name` is a device node, "MAJ:MIN", or any other path, which stands for the
 * disk that its file system is on. 0; -ENOENT for a path that is not there;
 * -ENODEV when there is no such disk; -ENOTBLK for a path on a file system
 * that no single disk holds (tmpfs, overlay, btrfs), and for a node of another
 * kind. */
int blockdev_find(const char *name, dev_t *disk);

/* The disk of `dev`, which may be a partition; `sysdev` is /sys/dev/block,
 * which tests make up. -ENODEV. */
int blockdev_disk_at(int sysdev, dev_t dev, dev_t *disk);

#endif
