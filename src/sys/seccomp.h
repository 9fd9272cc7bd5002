/*
 * seccomp.h - the filters, as data.
 *
 * The policies are tables in seccomp_policy.c. They are compiled to BPF when
 * the program is built (seccomp_gen.c, through libseccomp), because compiling
 * one costs more than the rest of a start; what is linked is the result.
 * Only EQ and MASKED_EQ comparisons are used: libseccomp 2.5.4 was measured
 * to miscompile others.
 */
#ifndef SYS_SECCOMP_H
#define SYS_SECCOMP_H

#include <linux/filter.h>
#include <stddef.h>

enum seccomp_policy {
	SECCOMP_DEFAULT, /* everything that runs inside */
	SECCOMP_INIT,    /* PID 1 */
	SECCOMP_JAIL,    /* steer's reader of X replies */
	SECCOMP_POLICIES,
};

struct seccomp_filter {
	const struct sock_filter *insns;
	size_t count;
};

const char *seccomp_policy_name(enum seccomp_policy policy);

/* The compiled filter; static, never NULL. */
struct seccomp_filter seccomp_filter(enum seccomp_policy policy);

/* Loads it for the calling thread. No-new-privileges must be set. Returns 0
 * or negative errno. */
int seccomp_load(enum seccomp_policy policy);

#endif
