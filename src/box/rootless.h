/*
 * rootless.h - sandboxes of an ordinary user.
 *
 * There are two user namespaces. The outer one belongs to the user: in it his
 * own id is 0 and his subordinate ids are ranges from IDS_FIRST on. The monitor
 * lives there, in a mount namespace of its own, and works as it does for root.
 * The inner one is the sandbox's, as always: its mounts are locked because the
 * builder's belong to the outer one.
 *
 * A user owns his outer namespaces, so his other commands have power over them
 * from outside (user_namespaces(7), "Capabilities"): they read, signal and end.
 * Only who makes mounts or gives files to subordinate ids goes inside.
 */
#ifndef BOX_ROOTLESS_H
#define BOX_ROOTLESS_H

#include <stdbool.h>

#include "box/box.h"

/* Whether we work for an ordinary user, in his outer namespace or outside. */
bool rootless(void);

/* Looks for what he needs: newuidmap(1), newgidmap(1), subordinate ids.
 * EXIT_IMPOSSIBLE with the remedy when it is not there. */
int rootless_check(struct err *err);
/* A part each: AppArmor lets him have user namespaces; the two programs are
 * installed; he has been granted ids. */
int rootless_check_userns(struct err *err);
int rootless_check_programs(struct err *err);
int rootless_check_ids(struct err *err);

/* Puts the calling process, which must have one thread, into outer namespaces
 * of its own, and says which ranges of ids are there. */
int rootless_enter(struct record_ranges *out, struct err *err);

/* Calls `fn` where subordinate ids can be worked on: here, or in a child that
 * enters outer namespaces for it. The error is that of `fn`. */
int rootless_call(int (*fn)(void *ctx, struct err *err), void *ctx,
		  struct err *err);

/* Puts the calling process into the outer namespaces of a running sandbox. */
int rootless_join(const struct record *rec, struct err *err);

#endif
