/*
 * delegate.h - the control groups of an ordinary user's sandboxes.
 *
 * His monitor asks the manager of his services for a scope of its own
 * (sys/scope.h). Where there is no such manager, the group that it is in may
 * have been delegated to him, as those of a service or a container are. Either
 * way the processes in there go to a group beneath, out of the way of the
 * sandbox's:
 *
 *	.../sandboxd-NAME-PID.scope/supervisor
 *	                           /sandboxd/NAME/{init,desktop,payload}
 *
 * From there on all is as for root. The scope needs no taking down: systemd
 * removes it after the last process. Another group is left divided, with who
 * was in it in `supervisor`: what was there before is not ours to say.
 */
#ifndef BOX_DELEGATE_H
#define BOX_DELEGATE_H

#include "box/box.h"

/* Finds such a group for the calling process, which is to be the monitor and
 * not in outer namespaces yet; rec->scope says which. Where there is none to
 * be had it stays NULL, and box->no_groups says why. */
void delegate_enter(struct box *box, const char *name);

/* Why the calling user can have none, as box->no_groups says it, and what
 * helps; NULL when one can be had. Then `path` is the group of the v2 tree
 * whose controllers it may be given. */
const char *delegate_impossible(char *path, size_t size, const char **remedy);

/* Moves process `pid`, a child of the caller, to a group of the sandbox from
 * wherever it is. For when the caller may not: nobody moves processes out of a
 * part of the tree that he does not own, like that of a login session. */
int delegate_join(const struct record *rec, enum box_group g, pid_t pid,
		  struct err *err);

/* The hierarchies beneath whose roots the groups of this sandbox lie. */
int delegate_host(const struct record *rec, unsigned int controllers,
		  struct cgroup_host *host);

#endif
