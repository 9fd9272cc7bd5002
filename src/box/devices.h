/*
 * devices.h - the device nodes of a sandbox (conf/device.h).
 *
 * Those of every sandbox and those that [security] devices adds. A node is the
 * host's own, bound; that it is the one that was looked at is checked on the
 * descriptor that gets bound. What nobody else may open on the host, as
 * /dev/kvm on many, root gives the agent by a node made anew with the same
 * numbers: a bound one has the host's owner and mode, and no mount can map
 * those (devtmpfs). The host's node stays as it is. An ordinary user can make
 * none, and is told.
 *
 * Behind that stands the device list of the sandbox's control group, where
 * root can have one: what is not in it cannot be opened, whatever nodes there
 * are.
 */
#ifndef BOX_DEVICES_H
#define BOX_DEVICES_H

#include "box/box.h"

/* Opens what the profile adds, into box->device. EXIT_USAGE for what no
 * sandbox can have, EXIT_IMPOSSIBLE for what the agent could not open. */
int devices_open(struct box *box, struct err *err);

/* Gives the group of the whole, which has no children yet, its list, and says
 * so in the record; or notes there why it has none. EXIT_IMPOSSIBLE then when
 * the profile requires it. */
int devices_fence(struct box *box, struct err *err);

/* Makes box->dev, the guest's /dev, with the nodes that are made anew: the
 * group's list, which the builder is behind, lets nobody make any. */
int devices_make(struct box *box, struct err *err);

/* In the builder: binds all others there, once it is attached. */
int devices_fill(const struct box *box, struct err *err);

/* Closes what was opened for all that. */
void devices_close(struct box *box);

#endif
