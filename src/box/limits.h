/*
 * limits.h - from the profile's limits to control groups and resource limits.
 *
 *	sandboxd/NAME          memory, swap, CPU time, CPUs, disks and huge
 *	                       pages of the whole sandbox
 *	sandboxd/NAME/init     a few processes
 *	sandboxd/NAME/desktop  some processes; only with a display
 *	sandboxd/NAME/payload  limits.pids; memory and memory_high less
 *	                       display.memory, so that the agent runs out before
 *	                       the display does
 *
 * A limit that cannot be enforced is an error, unless the profile lists it in
 * limits.best_effort: then it is a note in the record. An ordinary user has
 * groups where his systemd gives him some (delegate.h), with the controllers
 * that it was given itself. Without, he keeps
 *	limits.pids   as RLIMIT_NPROC of the agent: a user's processes count by
 *	              user namespace (since Linux 5.14, getrlimit(2)), so those
 *	              of his other sandboxes do not
 *	sizes         of file systems, and what setrlimit(2) limits
 */
#ifndef BOX_LIMITS_H
#define BOX_LIMITS_H

#include "box/box.h"
#include "sandboxd/initproto.h"

#define DESKTOP_PIDS 64 /* Xvfb, fluxbox and what they fork */

/* The controllers (CGROUP_BIT) that a sandbox of these limits has groups of:
 * some for every sandbox, those that cost a hierarchy more when asked for. */
unsigned int limits_controllers(const struct record *rec);

/* Writes into the record what is asked for. */
void limits_describe(struct record *rec, const struct profile *p);

/* Makes the groups and limits the whole; no process is in them yet. Says in
 * the record which resource limits the programs will get. */
int limits_create(struct box *box, struct err *err);

/* Whether a group counts the processes, or each program's RLIMIT_NPROC has to:
 * an ordinary user's without that controller. */
bool limits_pids_in_group(const struct box *box);

/* Limits the children. Call when NAME itself holds no process. Reads back
 * what is in force into the record and refuses a difference. */
int limits_children(struct box *box, struct err *err);

/* Reads back the sizes of /tmp and /dev/shm through PID 1, before anything of
 * the guest's own runs. */
int limits_mounts(struct box *box, struct err *err);

/* Lets this process start `service` of a sandbox that runs, whose limits may
 * be more than its own, as far as its privileges go. Returns what stays lower,
 * or NULL; the caller frees. */
char *limits_allow(const struct plan_service *service);

/* Tells the command line what an ordinary user goes without, before he relies
 * on it. */
void limits_warn(const struct box *box);

/* Takes what was kept for a sandbox, whose groups are gone, back from those
 * above. */
void limits_release(const struct record *rec, const struct cgroup_host *host);

/* Writes what the sandbox has used so far into the record. */
void limits_count(struct box *box);

#endif
