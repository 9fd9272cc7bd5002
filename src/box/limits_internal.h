/*
 * limits_internal.h - what the files behind limits.h share.
 *
 *	limits.c         groups; limits that are one number; read back
 *	limits_device.c  CPUs, disks and huge pages, which are lists
 *	limits_process.c resource limits of each process (setrlimit(2))
 *	limits_rootless.c what an ordinary user loses
 */
#ifndef BOX_LIMITS_INTERNAL_H
#define BOX_LIMITS_INTERNAL_H

#include "box/limits.h"

/* Does the profile allow for the lack of it? */
bool limits_may_be_missing(const struct profile *p, enum limit limit);
/* What a limit that is not in force means: an error (-1), or 0 with a note in
 * the record where the profile allows it. */
int limits_refuse(struct box *box, enum limit limit, struct err *err,
		  const char *cause, ...) PRINTF_LIKE(4, 5);
/* The same for an error of sys/cgroup.h. */
int limits_refuse_rc(struct box *box, enum limit limit, int rc,
		     struct err *err);

/* Says why cgroup_create() of `path` failed: -1. */
int limits_create_failed(const char *path, int rc, struct err *err);

/* Whether a start is refused where the controller is missing: the profile asks
 * for a limit by it, and does not allow for the lack. */
bool limits_need(const struct profile *p, enum cgroup_controller c);

/* Refuses a limit whose controller the user was not given, naming it. */
int limits_rootless_refuse(struct box *box, enum limit limit, struct err *err);
/* Refuses all that the profile asks for and that needs groups, of which there
 * are none. */
int limits_rootless(struct box *box, struct err *err);

/* CPUs, disks and huge pages of the whole sandbox: set, and read back into the
 * record. */
int limits_device_set(struct box *box, struct err *err);
int limits_device_read(struct box *box, struct err *err);

/* Makes room for the programs' resource limits: no process may have more than
 * the one that made it. */
int limits_process_allow(struct box *box, struct err *err);

#endif
