/*
 * probe.h - what this kernel lets the calling process do, by doing it.
 *
 * A version number does not tell: distributions carry features back, builds
 * leave them out, and filters and security modules refuse what is there. So
 * each probe makes the calls that a start makes, in a child that ends with all
 * it made: namespaces, mounts and filters of its own.
 */
#ifndef SYS_PROBE_H
#define SYS_PROBE_H

#include <stddef.h>
#include <stdint.h>

#include "sys/ns.h"

enum probe {
	PROBE_USERNS,  /* a user namespace within the caller's */
	PROBE_MOUNTS,  /* fsopen, open_tree, mount_setattr, move_mount */
	PROBE_OVERLAY, /* overlayfs over tmpfs, with an upper layer */
	/* A fresh proc for new user and pid namespaces: refused where something
	 * covers a part of the caller's. */
	PROBE_PROC,
	PROBE_SYSFS,   /* the same of sysfs, with a network namespace */
	PROBE_DEVICES, /* devpts and mqueue of such namespaces */
	PROBE_SECCOMP, /* one of our own filters */
	PROBES,
};

/* What came of it: 0, or the negative errno of the call that failed.
 * -EOWNERDEAD: the child was killed, as filters do. */
struct probe_answer {
	int rc;
	char call[32]; /* "move_mount" */
};

/* Whoever is not root makes mounts in a user namespace of his own, as his
 * sandboxes do. */
struct probe_answer probe(enum probe which);

/* A new namespace of `kind` within a new user namespace. */
struct probe_answer probe_namespace(enum ns_kind kind);

/* A copy of the directory `dirfd` whose owners are those of `base` and on, as
 * root can make it (idmap.h). */
struct probe_answer probe_idmap(int dirfd, uint32_t base, uint32_t count);

/* The security modules in force, commas between: lsm_list_modules(2) since
 * Linux 6.8, before that what securityfs says. 0 or negative errno; -ENOENT
 * when neither can be asked. */
int probe_lsms(char *list, size_t size);

#endif
