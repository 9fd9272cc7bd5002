/*
 * seccomp.h - the filters, as data.
 *
 * The policies are tables in seccomp_policy.c. They are compiled to BPF when
 * the program is built (seccomp_gen.c, through libseccomp), because compiling
 * one costs more than the rest of a start; what is linked is the result, so
 * there is nothing to cache. Arguments are only tested for equality under a
 * mask, and not by libseccomp: 2.5.4 was measured to miscompile other
 * comparisons.
 *
 * Filters stack. A process answers to all that it or an ancestor loaded, and
 * the strictest action counts: KILL before ERRNO before ALLOW. Among equal
 * actions the filter loaded last gives the errno (seccomp(2)). PID 1 loads
 * .init of its sandbox's stack, each service .program or .desktop on top, and
 * what joins a sandbox .init and .program. Together they say exactly what
 * .whole and SECCOMP_DEFAULT say; a test keeps it that way.
 */
#ifndef SYS_SECCOMP_H
#define SYS_SECCOMP_H

#include <linux/filter.h>
#include <stddef.h>
#include <stdint.h>

#include "sys/seccomp_policy.h"

struct seccomp_filter {
	const struct sock_filter *insns;
	size_t count;
};

/* The compiled filter; static, never NULL. Not of SECCOMP_NONE. */
struct seccomp_filter seccomp_filter(enum seccomp_policy policy);

/* What tells two filters, or two stacks of them, apart: FNV-1a of the
 * instructions as the kernel gets them. Begin with `hash` SECCOMP_HASH, go on
 * with what came out. Whoever could forge one could load another filter. */
#define SECCOMP_HASH 0xcbf29ce484222325u
uint64_t seccomp_hash(uint64_t hash, const struct sock_filter *insns,
		      size_t count);

/* How many filters the caller is under; -1 where the kernel (before 5.9) does
 * not tell. */
int seccomp_own_filters(void);

/* Loads it for the calling thread. No-new-privileges must be set. Returns 0
 * or negative errno. */
int seccomp_load(enum seccomp_policy policy);

#endif
