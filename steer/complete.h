/*
 * complete.h - steer completion: base/complete.h over the table of actions.
 */
#ifndef STEER_COMPLETE_H
#define STEER_COMPLETE_H

#include "base/err.h"
#include "base/opt.h"

/* argv[0] is the word behind "completion". `opts`: those of every action.
 * Returns the exit code. */
int complete_actions(const struct opt *opts, int argc, char **argv,
		     struct err *err);

#endif
