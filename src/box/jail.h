/*
 * jail.h - confinement for the code that parses what an X server says.
 *
 * libX11 trusts its server, and ours belongs to the guest. So the process that
 * speaks X is taken to be lost from the first byte it reads, and is left with
 * nothing to lose: no file system, no network, no other process to see, no
 * privilege, no descriptor but those it was given.
 */
#ifndef BOX_JAIL_H
#define BOX_JAIL_H

#include <sys/resource.h>
#include <sys/types.h>

#include "base/err.h"

struct jail {
	uid_t uid;      /* becomes this, with no supplementary group */
	gid_t gid;
	const int *keep; /* descriptors that stay; all others are closed */
	int nkeep;
	rlim_t address_space; /* bytes; RLIM_INFINITY: not limited */
};

/* Confines the calling process, which must have one thread, for good: those of
 * 0, 1 and 2 that are not kept become /dev/null; own empty mount, network, IPC
 * and UTS namespaces; root and working directory an empty read-only file system
 * that is mounted nowhere; no capability, now or after any exec; not traceable;
 * SECCOMP_JAIL; killed when its parent dies. Whoever is not root gets a user
 * namespace first, which needs a kernel that allows that to unprivileged users
 * (EXIT_IMPOSSIBLE otherwise).
 *
 * A failure leaves the process half confined: report it and exit. */
int jail_enter(const struct jail *jail, struct err *err);

#endif
