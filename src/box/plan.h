/*
 * plan.h - the plan that sandbox-init works from (sandboxd/initproto.h).
 *
 * Made once at start and kept in the sandbox's directory: `exec` takes the
 * payload's service from it and changes nothing but the command, so that what
 * joins a sandbox lives within the very same boundaries.
 */
#ifndef BOX_PLAN_H
#define BOX_PLAN_H

#include "base/str.h"
#include "box/box.h"
#include "box/enter.h"
#include "box/enter_user.h"
#include "box/view.h"
#include "sys/ns.h"

#define PLAN_FILE "plan" /* in STATE_DIR/NAME */

/* For the 2048 clients that Xvfb is told to take, and its own. */
#define PLAN_SERVER_FILES 4096u

/* The limit of core dumps that is none: less than any takes, and where the
 * pattern is a pipe the one value for which its program is not run. That one
 * takes 0 for no limit (core(5)), and can be set at any time. */
#define PLAN_NO_CORE 1u

/* The plan for PID 1. Names descriptors of `box` by number. 0, or negative
 * errno when it cannot be seen what there is to promise. */
int plan_boot(const struct box *box, const struct view *view, struct buf *out);

struct plan_entry {
	const struct enter *what;
	const struct enter_user *user;
	const int *stdio; /* three descriptors */
	const uint64_t *ns; /* inodes of its NS_KINDS namespaces */
};

/* Reads STATE_DIR/NAME/plan (in `dir`) and makes of it a plan to become the
 * payload's service in the way that `how` says. */
int plan_exec(int dir, const char *name, const struct plan_entry *how,
	      struct buf *out, struct err *err);

/* What the plan in `dir` says of the walls that are numbers: the program's two
 * filters, PID 1's first, and what tells them apart (sys/seccomp.h); how many
 * namespaces can be made (FENCE_OPEN: not limited). */
struct plan_walls {
	uint32_t instructions[2]; /* 0: no filter */
	uint64_t hash;
	int32_t fence[NS_KINDS];
};

/* 0 or negative errno. */
int plan_walls(int dir, struct plan_walls *out);

#endif
