/*
 * writable.h - the layer that takes what the guest changes.
 *
 * A tmpfs of rootfs.size and rootfs.inodes, counted in the sandbox's memory; or
 * DATA_DIR/layers/NAME, which only the disk limits. Either goes with the
 * sandbox, so nothing is ever flushed for it.
 *
 * The monitor makes it and keeps it: root on the host sees through the
 * monitor's descriptor (record.rootfs.writable) what the guest has changed, as
 * overlayfs writes it: changed files, whiteouts, opaque directories.
 */
#ifndef BOX_WRITABLE_H
#define BOX_WRITABLE_H

#include "box/box.h"

/* Directories in it. */
#define WRITABLE_UPPER "upper"
#define WRITABLE_WORK "work" /* overlayfs's own */

/* Makes it: box->writable, not attached yet, and box->upper. */
int writable_make(struct box *box, struct err *err);

/* Refuses (EXIT_IMPOSSIBLE) a data directory, a descriptor, that cannot hold
 * one. */
int writable_check_disk(int dir, struct err *err);

/* A stage's down: removes what the record says is on the disk. */
int writable_remove(int statefd, struct record *rec, struct err *err);

/* Removes what is on the disk and whose monitor is no more, record or none:
 * records do not outlive a restart of the host. Returns how many, or -1. */
int writable_sweep(struct err *err);

#endif
