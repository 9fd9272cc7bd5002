/*
 * seccomp_policy.h - what each policy says about each system call, as tables.
 *
 * The generator compiles these tables, the unit test checks the result
 * against them, and whoever wants to show a policy reads them. The numbers
 * are our own, for x86-64: libseccomp 2.5.4 and the headers of the oldest
 * kernel we support do not know the newest calls.
 *
 * A number that no table lists gets the policy's `unlisted` action. For the
 * guest that is ENOSYS, what an older kernel would say: the C libraries fall
 * back on it, while EPERM for a call they just learned of breaks programs.
 */
#ifndef SYS_SECCOMP_POLICY_H
#define SYS_SECCOMP_POLICY_H

#include <stdint.h>

enum seccomp_policy {
	/* What runs inside may get one of these. */
	SECCOMP_STRICT,
	SECCOMP_DEFAULT,
	SECCOMP_BROWSER,
	/* PID 1: as wide as whatever it starts. */
	SECCOMP_INIT,	      /* for strict and default */
	SECCOMP_INIT_BROWSER, /* for browser and default */
	/* What makes the first three of PID 1's, on top of it. */
	SECCOMP_STRICT_OVER_INIT,
	SECCOMP_DEFAULT_OVER_INIT,
	SECCOMP_BROWSER_OVER_INIT,
	SECCOMP_DEFAULT_OVER_BROWSER,
	SECCOMP_JAIL, /* steer's reader of X replies */
	SECCOMP_POLICIES,
	SECCOMP_NONE = SECCOMP_POLICIES, /* no filter at all */
};

/* What is loaded in a sandbox whose program gets the policy `name`: by PID 1,
 * and by whom it starts on top of that. The desktop keeps the default policy,
 * whatever the program has. */
struct seccomp_stack {
	const char *name;
	enum seccomp_policy whole; /* what the program's two come to */
	enum seccomp_policy init, program, desktop;
};

/* Ended by one without a name. */
extern const struct seccomp_stack seccomp_stacks[];

/* One of them, or NULL. */
const struct seccomp_stack *seccomp_stack(const char *name);

const char *seccomp_policy_name(enum seccomp_policy policy);

/* One past the highest number that the tables know. */
#define SECCOMP_NR_END 472
#define SECCOMP_MATCHES 3

/* True when (low 32 bits of argument `arg` & mask) == value. The upper half
 * is not looked at: the kernel drops it for every argument tested here, so a
 * test that saw it could be passed by setting a bit there. */
struct seccomp_match {
	uint8_t arg;
	uint32_t mask, value;
};

/* `action` (SECCOMP_RET_*) when all of the matches are true. */
struct seccomp_test {
	uint32_t action;
	uint32_t nmatches;
	struct seccomp_match match[SECCOMP_MATCHES];
};

struct seccomp_call {
	uint32_t nr;
	const char *name;
	uint32_t action;
	/* Not NULL: decides instead of `action`. The first test that is true
	 * counts; the last one has no matches and is always true. */
	const struct seccomp_test *tests;
};

/* What `policy` says about number `nr`; NULL when it is not listed. */
const struct seccomp_call *seccomp_policy_call(enum seccomp_policy policy,
					       uint32_t nr);

/* The action for what is not listed. */
uint32_t seccomp_policy_unlisted(enum seccomp_policy policy);

#endif
