/*
 * launch.h - from a profile to a running PID 1.
 */
#ifndef BOX_LAUNCH_H
#define BOX_LAUNCH_H

#include "box/box.h"

/* Makes the user namespace with its id maps and the cgroup namespace; both
 * are left as descriptors in `box`. Others are being made when it returns. */
int launch_namespaces(struct box *box, struct err *err);

/* Builds the root and starts sandbox-init as PID 1 of the rest: its pid goes
 * to the record, its pidfd and control socket to `box`. Ends any such process
 * again when it fails. Then limits the children of the group. */
int launch_init(struct box *box, struct err *err);

/* Kills PID 1 of the record, if it is there, and waits for its end. */
int launch_kill_init(const struct record *rec, struct err *err);

#endif
