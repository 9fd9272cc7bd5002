/*
 * seccomp.h - the filters, as data.
 *
 * The policies are tables in seccomp_policy.c. They are compiled to BPF when
 * the program is built (seccomp_gen.c, through libseccomp), because compiling
 * one costs more than the rest of a start; what is linked is the result.
 * Arguments are only tested for equality under a mask, and not by libseccomp:
 * 2.5.4 was measured to miscompile other comparisons.
 *
 * Filters stack. A process answers to all that it or an ancestor loaded, and
 * the strictest action counts: KILL before ERRNO before ALLOW. Among equal
 * actions the filter loaded last gives the errno (seccomp(2)). Services load
 * SECCOMP_SERVICE on top of the SECCOMP_INIT of PID 1, what joins a sandbox
 * loads both, and all get exactly what SECCOMP_DEFAULT says; a test keeps it
 * that way.
 */
#ifndef SYS_SECCOMP_H
#define SYS_SECCOMP_H

#include <linux/filter.h>
#include <stddef.h>

#include "sys/seccomp_policy.h"

struct seccomp_filter {
	const struct sock_filter *insns;
	size_t count;
};

/* The compiled filter; static, never NULL. */
struct seccomp_filter seccomp_filter(enum seccomp_policy policy);

/* Loads it for the calling thread. No-new-privileges must be set. Returns 0
 * or negative errno. */
int seccomp_load(enum seccomp_policy policy);

#endif
