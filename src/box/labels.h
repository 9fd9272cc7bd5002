/*
 * labels.h - what the host's AppArmor or SELinux says of a sandbox's programs.
 *
 * [security] apparmor and selinux name a label, which every program inside
 * gets as it is executed (sandboxd/initproto.h). A host without that module, or
 * without that profile, fails the start.
 *
 * `apparmor = generated` makes a profile of the sandbox's own, sandboxd-NAME,
 * which forbids once more what the other walls do: mounts, raw sockets,
 * capabilities, other processes, and the files of masks.h. Root loads
 * it; it is taken from the kernel with the sandbox.
 */
#ifndef BOX_LABELS_H
#define BOX_LABELS_H

#include "base/str.h"
#include "box/box.h"

/* Finds, or makes, what the profile names, into the record. EXIT_IMPOSSIBLE. */
int labels_up(struct box *box, struct err *err);

/* A stage's down: takes what was made from the kernel. */
int labels_down(int statefd, struct record *rec, struct err *err);

/* The text of the profile `name` for a sandbox of that profile. */
void labels_text(const struct profile *p, const char *name, struct buf *out);

#endif
