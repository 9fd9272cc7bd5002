/*
 * lint.h - what in a profile weakens the sandbox.
 *
 * One table of rules. `check` prints what they find; `run` prints it once and
 * refuses the grave ones, unless the profile names the rule's id in
 * security.accept. Every key of profile_keys.c has a rule, or a reason why it
 * needs none: a test keeps it so, that no key comes without the question.
 */
#ifndef CONF_LINT_H
#define CONF_LINT_H

#include <stdbool.h>

#include "conf/profile.h"

enum lint {
	LINT_HOST_TREE,
	LINT_OWN_TREE,
	LINT_ENGINE_SOCKET,
	LINT_CREDENTIALS,
	LINT_FOREIGN_TREE,
	LINT_NO_MEMORY_LIMIT,
	LINT_NO_SWAP_LIMIT,
	LINT_MANY_PROCESSES,
	LINT_NO_DISK_LIMIT,
	LINT_BEST_EFFORT,
	LINT_CORE_DUMPS,
	LINT_GLX,
	LINT_SECRET_IN_ENV,
	LINT_UNCONFINED,
	LINT_OPEN_USERNS,
	LINT_NESTED_USERNS,
	LINT_HOST_DEVICE,
	LINT_DEVICE,
	LINT_LOST_DEVICE,
	LINT_NO_APPARMOR,
	LINT_RULES, /* how many */
};

enum lint_severity {
	LINT_NOTE,    /* to be known */
	LINT_WARNING, /* should not be so without a reason */
	LINT_GRAVE,   /* takes a wall away: `run` refuses it */
	LINT_FATAL,   /* is refused at the start even when it is accepted */
};

struct lint_rule {
	enum lint_severity severity;
	/* The first key it looks at, "section.key"; of [env] only "env". */
	const char *key;
	const char *also; /* another one it looks at, or NULL */
	const char *why;  /* what is given away: one sentence */
	const char *remedy;
	/* Adds what it objects to, each a text that starts with
	 * "section.key". */
	void (*find)(const struct profile *p, char ***found);
};

/* By number; the ids, which never change, beside them, ended by NULL. */
extern const struct lint_rule lint_rules[LINT_RULES];
extern const char *const lint_ids[];

/* "note", "warning", "grave", "fatal" */
const char *lint_severity_name(enum lint_severity severity);

struct lint_finding {
	enum lint rule;
	const char *what;  /* "section.key = value", or "env.NAME" */
	unsigned int line; /* that sets it, as of profile_line() */
	bool accepted;     /* the profile names the rule */
};

/* Calls `tell` for all that the rules find in a completed profile, in the order
 * of the table. Looks at the directories that the profile names, as they are
 * now. */
void lint_check(const struct profile *p,
		void (*tell)(void *ctx, const struct lint_finding *f),
		void *ctx);

/* Why the key ("limits.cpus") needs no rule; NULL when it has one or nobody
 * has thought about it. */
const char *lint_harmless(const char *key);

#endif
