/*
 * stage.h - an ordered table of things that go up and come down.
 *
 * A start walks up. A failure walks back, from the failing stage, because a
 * stage may fail half way. An end walks all the way down. Every `down` is
 * idempotent and works from the record alone: what a crashed start left
 * behind is removed by the same code as what a stop leaves.
 */
#ifndef BOX_STAGE_H
#define BOX_STAGE_H

#include <stddef.h>

#include "base/err.h"
#include "conf/record.h"

struct box;

struct stage {
	const char *name;
	/* 0, or -1 with *err set. May be NULL. */
	int (*up)(struct box *box, struct err *err);
	/* Removes whatever of it there is. 0 when nothing is left. May be
	 * NULL. */
	int (*down)(int statefd, struct record *rec, struct err *err);
};

/* Goes up through stages[0..n-1]. On failure *failed is the index of the
 * stage that refused and everything from there down to 0 has been taken down
 * again; an error while doing so becomes the hint of *err. */
int stage_up(const struct stage *stages, size_t n, struct box *box,
	     size_t *failed, struct err *err);

/* Takes down stages[n-1..from]. All of them are tried, but for stages[0] while
 * something above it is left, which is found again by that one; the first error
 * is reported. */
int stage_down(const struct stage *stages, size_t from, size_t n, int statefd,
	       struct record *rec, struct err *err);

#endif
